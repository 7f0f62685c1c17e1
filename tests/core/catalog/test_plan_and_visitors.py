import numpy as np
import pytest

from core.catalog import worlds
from core.catalog.worlds.plan import factor_table, plan_items
from core.catalog.worlds.visitors import SYNERGY, Crowd, utilities, visit
from core.types import MODALITIES


@pytest.fixture(scope="module")
def world():
    return worlds.create("shop")


def agreement(world, redundancy):
    plans = plan_items(world, 2000, seed=1, redundancy=redundancy)
    a, b, _ = (np.array([p.values[world.main(m).name] for p in plans]) for m in MODALITIES)
    return (a == b).mean()


def test_same_seed_same_plans(world):
    assert plan_items(world, 50, seed=3) == plan_items(world, 50, seed=3)
    assert plan_items(world, 50, seed=3) != plan_items(world, 50, seed=4)


def test_redundancy_says_how_often_the_modalities_agree(world):
    assert agreement(world, 1.0) == 1
    assert abs(agreement(world, 0.0) - 1 / 6) < 0.03
    assert abs(agreement(world, 0.6) - (0.36 + 0.64 / 6)) < 0.04


def test_some_items_lack_a_modality_and_none_lacks_all(world):
    plans = plan_items(world, 320)
    lacking = [p for p in plans if len(p.modalities) < len(MODALITIES)]
    assert 0.1 < len(lacking) / len(plans) < 0.4
    assert all(p.modalities for p in plans)


def test_what_an_item_lacks_is_not_in_the_factor_table(world):
    plans = plan_items(world, 100)
    for modality in MODALITIES:
        table = factor_table(world, plans, modality)
        for row, plan in zip(table, plans, strict=True):
            assert row.any() == (modality in plan.modalities)


def test_planted_weights_rule_the_utility(world):
    plans = plan_items(world, 300, lacking=0, redundancy=0)
    truth = utilities(world, plans, Crowd(visitors=300, synergy=0, kind=0, popularity=0))
    for column, modality in enumerate(MODALITIES):
        table = factor_table(world, plans, modality)
        explained = []
        for u in truth.utility:
            fit = table @ np.linalg.lstsq(table, u - u.mean(), rcond=None)[0]
            explained.append(fit.std() / u.std())
        assert np.corrcoef(explained, truth.weights[:, column])[0, 1] > 0.9


def test_synergy_visitors_care_for_no_modality_alone(world):
    plans = plan_items(world, 400, lacking=0, redundancy=0)
    truth = utilities(world, plans, Crowd(visitors=50, synergy=1, kind=0, popularity=0))
    halves = [
        np.array([p.values[world.main(m).name] for p in plans]) < len(world.main(m).values) // 2
        for m in SYNERGY
    ]
    same = halves[0] == halves[1]
    for u in truth.utility:
        assert abs(u[same].mean() - u[~same].mean()) > 2
        assert abs(u[halves[0]].mean() - u[~halves[0]].mean()) < 2


def test_visits_prefer_what_is_worth_more(world):
    plans = plan_items(world, 100)
    truth = utilities(world, plans, Crowd(visitors=200))
    data = visit(truth, Crowd(visitors=200))
    taken = truth.utility[data.user, data.item].mean()
    assert taken > truth.utility.mean() + truth.utility.std() / 2
    pairs = set(zip(data.user.tolist(), data.item.tolist(), strict=True))
    assert len(pairs) == len(data), "nobody takes a thing twice"
    assert data.rating.min() >= 1
    assert data.rating.max() <= 5
    high = truth.utility[data.user, data.item][data.rating == 5].mean()
    low = truth.utility[data.user, data.item][data.rating == 1].mean()
    assert high > low
