"""What ships is what the code makes."""

import dataclasses
import json

import numpy as np
import pytest

from core import encoders
from core.build import build, encode_items
from core.catalog import bundle as bundles
from core.catalog import worlds
from core.catalog.worlds.plan import plan_items
from core.catalog.worlds.visitors import Crowd, utilities, visit
from core.engine import Engine
from core.errors import TriadError
from core.resources import ASSETS, digest
from core.training.train import TrainConfig
from core.types import LANGUAGES, Method, Modality, Request


@pytest.fixture(scope="module", params=bundles.available())
def shipped(request):
    return bundles.Bundle(bundles.folder(request.param))


def test_every_file_is_named_with_its_digest(shipped):
    there = {p.name for p in shipped.path.iterdir()} - {"manifest.json"}
    assert there == set(shipped.manifest["files"])
    for name, expected in shipped.manifest["files"].items():
        assert digest(shipped.path / name) == expected


def test_the_shop_is_small_enough_to_travel():
    size = sum(p.stat().st_size for p in bundles.folder("shop").iterdir())
    assert size < 25 * 2**20


def test_factors_texts_and_visits_are_made_again_alike(shipped):
    manifest = shipped.manifest
    world = worlds.create(manifest["world"])
    plans = plan_items(world, manifest["counts"]["items"], seed=manifest["seed"])
    assert tuple(shipped.plans().values()) == plans
    dataset = shipped.dataset()
    for plan, item in list(zip(plans, dataset.items, strict=True))[::20]:
        texts = world.text(plan)
        assert {k: dataclasses.asdict(texts[k]) for k in LANGUAGES} == {
            k: dataclasses.asdict(item.texts[k]) for k in LANGUAGES
        }
    crowd = Crowd(**manifest["crowd"])
    truth = utilities(world, plans, crowd, seed=manifest["seed"])
    np.testing.assert_allclose(truth.weights, dataset.truth.weights, atol=1e-6)
    again = visit(truth, crowd, seed=manifest["seed"])
    np.testing.assert_array_equal(again.item, dataset.interactions.item)
    np.testing.assert_array_equal(again.time, dataset.interactions.time)


@pytest.mark.parametrize("modality", Modality)
def test_a_slice_of_the_vectors_is_made_again_alike(shipped, modality):
    manifest = shipped.manifest
    assert manifest["encoders"][modality]["id"] == encoders.default(modality).card.id
    assert manifest["encoders"][modality]["revision"] == encoders.default(modality).card.revision
    world = worlds.create(manifest["world"])
    rows = range(0, manifest["counts"]["items"], 60)
    plans = list(shipped.plans().values())
    again = encode_items(world, [plans[row] for row in rows], modality)
    stored = shipped.dataset().vectors[modality][list(rows)]
    spread = shipped.dataset().vectors[modality].std()
    # Pixels and samples are equal to within rounding, and vectors are stored at half precision.
    assert np.abs(again - stored).max() < 0.05 * spread + 1e-3 * np.abs(stored).max()


@pytest.mark.slow
def test_a_small_world_is_built_from_nothing_and_recommends(tmp_path):
    config = TrainConfig(epochs=1)
    build("shop", fusions=("late",), items=24, visitors=40, config=config, root=tmp_path, jobs=1)
    engine = Engine(tmp_path)
    assert [card.items for card in engine.worlds()] == [24]
    result = engine.recommend(Request("shop", method=Method("late"), k=5))
    assert len(result.items) == 5
    manifest = json.loads((tmp_path / "worlds" / "shop" / "manifest.json").read_text("utf-8"))
    assert set(manifest["quality"]) == {
        "late-off-dot",
        "late-self-dot",
        "late-user-dot",
        "late-off-mlp",
    }
    assert [p.name for p in (tmp_path / "worlds").iterdir()] == ["shop"], "nothing left behind"


def test_a_failed_build_leaves_the_old_bundle_alone(tmp_path):
    with pytest.raises(TriadError, match="nowhere"):
        build("nowhere", root=tmp_path)
    assert not list(tmp_path.iterdir())
    assert (ASSETS / "worlds" / "shop" / "manifest.json").exists()
