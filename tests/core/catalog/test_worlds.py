"""What holds for every world that ships: its truth can be seen, read and heard, and it is one folder."""

import json
from pathlib import Path

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from core.catalog import bundle as bundles
from core.catalog import worlds
from core.catalog.worlds.visitors import SYNERGY
from core.resources import ASSETS
from core.types import LANGUAGES, MODALITIES, Modality, Request

CORE = Path(worlds.__file__).parents[2]
SHIPPED = bundles.available()


def test_every_world_ships():
    assert set(SHIPPED) == set(worlds.worlds())


def test_all_of_them_are_small_enough_to_travel():
    folders = [bundles.folder(world) for world in SHIPPED]
    assert sum(p.stat().st_size for folder in folders for p in folder.iterdir()) < 40 * 2**20


@pytest.fixture(scope="module", params=SHIPPED)
def shipped(request):
    found = bundles.Bundle(bundles.folder(request.param))
    return worlds.create(request.param), list(found.plans().values()), found.dataset()


@pytest.mark.parametrize("modality", MODALITIES)
def test_each_encoder_finds_its_main_factor(shipped, modality):
    world, plans, dataset = shipped
    rows = [i for i, plan in enumerate(plans) if modality in plan.modalities]
    x = dataset.vectors[modality][rows]
    y = [plans[i].values[world.main(modality).name] for i in rows]
    probe = make_pipeline(StandardScaler(), LogisticRegression(C=0.01, max_iter=500))
    assert cross_val_score(probe, x, y, cv=4).mean() >= 0.9


@pytest.mark.parametrize("modality", MODALITIES)
def test_no_two_items_are_alike(shipped, modality):
    _, plans, dataset = shipped
    rows = [i for i, plan in enumerate(plans) if modality in plan.modalities]
    x = dataset.vectors[modality][rows]
    x = (x - x.mean(0)) / (x.std(0) + 1e-6)
    x /= np.linalg.norm(x, axis=1, keepdims=True)
    near = x @ x.T - 2 * np.eye(len(x))
    assert near.max() < 0.995


def test_modalities_agree_as_often_as_the_world_says(shipped):
    world, plans, _ = shipped
    main = np.array([[p.values[world.main(m).name] for m in MODALITIES] for p in plans])
    size = len(world.main(Modality.IMAGE).values)
    agree = np.mean([main[:, a] == main[:, b] for a, b in ((0, 1), (0, 2), (1, 2))])
    expected = world.redundancy**2 * (1 - 1 / size) + 1 / size
    assert agree == pytest.approx(expected, abs=0.06)


def test_some_love_only_the_combination_of_two_modalities(shipped):
    world, plans, dataset = shipped
    truth = dataset.truth
    assert 0.02 < truth.synergy.mean() < 0.12
    half = [
        np.array([p.values[f.name] < len(f.values) // 2 for p in plans])
        for f in map(world.main, SYNERGY)
    ]
    whole = np.array([set(SYNERGY) <= p.modalities for p in plans])
    one = np.abs(_correlations(truth.utility[truth.synergy][:, whole], half[0][whole])).mean()
    both = np.abs(
        _correlations(truth.utility[truth.synergy][:, whole], (half[0] ^ half[1])[whole])
    ).mean()
    assert both > 0.8
    assert one < 0.3


def _correlations(rows, column):
    return np.array([np.corrcoef(row, column)[0, 1] for row in rows])


def test_the_oracle_ranks_what_was_taken_high(shipped):
    _, _, dataset = shipped
    rank = np.argsort(np.argsort(-dataset.truth.utility, axis=1), axis=1)
    taken = rank[dataset.interactions.user, dataset.interactions.item]
    assert np.median(taken) < 0.15 * len(dataset.items)


def test_a_world_is_one_folder():
    """No other code knows a world by name, but which one is the default."""
    folders = {world: CORE / "catalog" / "worlds" / world for world in worlds.worlds()}
    for path in CORE.rglob("*.py"):
        text = path.read_text(encoding="utf-8")
        inside = [world for world, folder in folders.items() if folder in path.parents]
        for world in worlds.worlds():
            assert world in inside or f"worlds.{world}" not in text, path
            if world != Request().world and not inside:
                assert f'"{world}"' not in text, path


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_world_and_category_has_a_name(language):
    words = json.loads((ASSETS / "locales" / f"{language}.json").read_text(encoding="utf-8"))
    for key in worlds.worlds():
        world = worlds.create(key)
        assert words["scenario"][key]["name"]
        assert words["scenario"][key]["line"]
        kind = next(f for f in world.factors if f.name == world.category)
        assert set(kind.values) <= set(words["category"])
