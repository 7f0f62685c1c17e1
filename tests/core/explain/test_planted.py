"""What was planted is what contributions find, in towers that are trained here on planted factors."""

import numpy as np
import pytest

from core.bench.faithfulness import correlation, shares
from core.catalog import worlds
from core.catalog.dataset import Dataset, Truth
from core.catalog.worlds.plan import factor_table, plan_items
from core.catalog.worlds.visitors import Crowd, utilities, visit
from core.coalitions import FULL, coalition
from core.explain.interactions import interactions
from core.explain.leave_out import leave_one_out
from core.explain.shapley import shapley
from core.methods import catalog_of, fit_scalers, new_tower
from core.recommenders.two_tower import Entries, TwoTower
from core.training.train import TrainConfig, train
from core.types import MODALITIES, Channel, Item, Method, Modality

WORLD = worlds.create("shop")
ALONE = coalition(MODALITIES)
PURE = {"kind": 0.0, "popularity": 0.0}
"""Crowds who care for nothing that several modalities show."""


def planted(utility, plans, taken, *, shown=lambda m: m):
    """Items whose vectors are their factors, turned; ``shown`` says whose factors a modality shows."""
    rng = np.random.default_rng(0)
    turns = {m: rng.normal(size=(factor_table(WORLD, plans, m).shape[1], 48)) for m in MODALITIES}
    vectors = {m: factor_table(WORLD, plans, shown(m)) @ turns[shown(m)] for m in MODALITIES}
    visitors = len(utility)
    truth = Truth(np.zeros((visitors, 3)), np.zeros(visitors, bool), utility.astype(np.float32))
    return Dataset(
        "planted",
        "rendered",
        True,
        tuple(Item(p.id, {}, "thing", p.modalities) for p in plans),
        tuple(map(str, range(visitors))),
        visit(truth, Crowd(visitors=visitors, taken=taken), seed=0),
        {m: (x + 0.05 * rng.normal(size=x.shape)).astype(np.float32) for m, x in vectors.items()},
        truth=truth,
    )


def by_picture(plans, visitors):
    """Utilities of visitors who choose by the picture alone."""
    table = factor_table(WORLD, plans, Modality.IMAGE)
    utility = np.random.default_rng(0).normal(size=(visitors, table.shape[1])) @ table.T
    return 5 * utility / utility.std(1, keepdims=True)


def taught(dataset, method, **config):
    """Teach a tower of the modalities alone, and return it with the values of some visitors' items."""
    catalog = catalog_of(dataset, fit_scalers(dataset))
    tower = new_tower(method, catalog, seed=0, width=32)
    seen = dataset.interactions.matrix(len(dataset.visitors), len(dataset.items))
    channels = tuple(map(Channel, MODALITIES))
    for _ in train(tower, catalog, seen, None, TrainConfig(channels=channels, **config)):
        pass
    model = TwoTower(tower, catalog)
    return model, games(model, seen)


def games(model, seen, visitors=40):
    rows = np.flatnonzero(model.catalog.present.numpy().all(1))
    every = (Entries.liked(model.catalog, np.flatnonzero(likes)) for likes in seen[:visitors])
    return [model.values(model.visitor(entries), rows, ALONE) for entries in every]


@pytest.fixture(scope="module")
def one_modality():
    plans = plan_items(WORLD, 160, seed=0, redundancy=0.0)
    dataset = planted(by_picture(plans, 1000), plans, 30.0)
    return dataset, *taught(dataset, Method("concat"), epochs=12)


def test_the_only_modality_that_counts_gets_nine_tenths(one_modality):
    _, _, values = one_modality
    assert shares(values).mean(0)[0] >= 0.9


def test_an_untrained_tower_has_other_contributions(one_modality):
    dataset, model, values = one_modality
    seen = dataset.interactions.matrix(len(dataset.visitors), len(dataset.items))
    fresh = TwoTower(new_tower(Method("concat"), model.catalog, seed=1, width=32), model.catalog)
    assert abs(correlation(values, games(fresh, seen))) < 0.2
    assert correlation(values, values) == pytest.approx(1)


def test_exclusive_or_is_an_interaction_and_no_main_effect():
    """Everybody loves combinations of image and sound, of which neither says anything alone."""
    plans = plan_items(WORLD, 80, seed=0, redundancy=0.0)
    truth = utilities(WORLD, plans, Crowd(visitors=150, synergy=1.0, **PURE))
    _, values = taught(planted(truth.utility, plans, 20.0), Method("lowrank"), epochs=80)
    every = np.concatenate(values, axis=1)
    pairs = np.abs(interactions(every)).mean(2)
    alone = [np.abs(every[1 << c] - every[0]).mean() for c in range(3)]
    assert pairs[0, 2] > 2 * max(pairs[0, 1], pairs[1, 2])
    assert pairs[0, 2] > 3 * max(alone)


def test_a_duplicate_is_redundant_and_leave_one_out_misses_it():
    """The text shows what the picture shows, and everybody chooses by that."""
    plans = plan_items(WORLD, 80, seed=0, redundancy=0.0, lacking=0.0)
    dataset = planted(
        by_picture(plans, 300), plans, 20.0, shown=lambda m: Modality.IMAGE if m == "text" else m
    )
    _, values = taught(dataset, Method("gated"), epochs=30)
    every = np.concatenate(values, axis=1)
    # Redundant means: together they move the score less far in its direction than one by one.
    pairs = (interactions(every) * np.sign(every[FULL] - every[0])).mean(2)
    assert pairs[0, 1] < 0
    assert pairs[0, 1] < 3 * min(pairs[0, 2], pairs[1, 2])
    phi, loss = (np.abs(f(every)).mean(1) for f in (shapley, leave_one_out))
    assert phi[:2].min() > 1.5 * phi[2]
    assert loss[:2].max() < 0.7 * phi[:2].min()
