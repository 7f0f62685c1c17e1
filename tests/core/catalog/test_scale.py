"""Worlds without media, as large as one likes."""

import numpy as np
import pytest

from core.__main__ import main
from core.catalog.worlds import create
from core.catalog.worlds.scale import synthesise
from core.types import MODALITIES


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    folder = tmp_path_factory.mktemp("scale")
    synthesise(create("shop"), folder, items=3000, visitors=500, seed=1)
    return folder


def arrays(folder):
    return {p.stem: np.load(p, allow_pickle=False) for p in folder.glob("*.npy")}


def test_the_same_seed_gives_the_same_bytes(written, tmp_path):
    synthesise(create("shop"), tmp_path, items=3000, visitors=500, seed=1)
    for name, array in arrays(written).items():
        np.testing.assert_array_equal(array, arrays(tmp_path)[name])
    synthesise(create("shop"), tmp_path, items=3000, visitors=500, seed=2)
    assert not np.array_equal(arrays(written)["image"], arrays(tmp_path)["image"])


def test_nobody_takes_anything_twice_or_from_outside_nearly(written):
    took = arrays(written)["interactions"]
    assert took.shape == (500 * 20, 2)
    assert took[:, 1].max() < 3000
    distinct = len(np.unique(took, axis=0)) / len(took)
    assert distinct > 0.97, "a visitor may meet an item twice, rarely"


def test_vectors_show_the_factors_of_their_own_modality_only(written):
    world, made = create("shop"), arrays(written)
    names = [f.name for f in world.factors]
    for modality in MODALITIES:
        x = made[modality].astype(np.float32)
        for other in MODALITIES:
            main = made["factors"][:, names.index(world.main(other).name)]
            means = np.stack([x[main == k].mean(0) for k in range(6)])
            nearest = ((x[:, None] - means) ** 2).sum(2).argmin(1)
            right = (nearest == main).mean()
            assert right > 0.9 if other == modality else right < 0.6, (modality, other, right)


def test_taste_decides_what_is_taken(written):
    world, made = create("shop"), arrays(written)
    names = [f.name for f in world.factors]
    weights, took = made["weights"], made["interactions"][:, 1].reshape(500, 20)
    np.testing.assert_allclose(weights.sum(1), 1, atol=1e-5)
    spread = []
    for modality in MODALITIES:
        main = made["factors"][:, names.index(world.main(modality).name)][took]
        counts = np.stack([np.bincount(row, minlength=6) for row in main])
        spread.append(counts.max(1))
    concentration = np.stack(spread, 1)
    cares = weights.argmax(1)
    sure = weights.max(1) > 0.8
    assert (concentration.argmax(1) == cares)[sure].mean() > 0.8


@pytest.mark.parametrize("size", ["0", "-5", "1000000000"])
def test_sizes_that_cannot_be_are_one_sentence(size, capsys, tmp_path):
    assert main(["worlds", "--synth", size, "--into", str(tmp_path / "x")]) == 2
    assert "100,000,000" in capsys.readouterr().err
    assert not (tmp_path / "x").exists()
