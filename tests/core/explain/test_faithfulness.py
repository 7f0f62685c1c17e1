"""The measures of the benchmark, on games whose answer is known."""

from itertools import permutations

import numpy as np
import pytest

from core.bench.faithfulness import _List as List
from core.bench.faithfulness import curves, deletion, insertion, paired, planted, shares
from core.coalitions import FULL, MEMBERS

TERMS = np.array([3.0, 1.0, -2.0, 0.5])
ADDITIVE = (MEMBERS @ TERMS + 1)[:, None]
BEST = np.argsort(-TERMS)[:, None]


def test_the_curves_by_hand():
    # 3.5 with all; without image .5, without text -.5, without behaviour -1, without audio 1
    assert deletion(ADDITIVE, BEST)[0] == pytest.approx(np.mean([3.5, 0.5, -0.5, -1, 1]))
    assert insertion(ADDITIVE, BEST)[0] == pytest.approx(np.mean([1, 4, 5, 5.5, 3.5]))


def test_in_an_additive_game_no_order_is_better_than_that_of_phi():
    for order in permutations(range(4)):
        rows = np.array(order)[:, None]
        assert deletion(ADDITIVE, rows)[0] >= deletion(ADDITIVE, BEST)[0]
        assert insertion(ADDITIVE, rows)[0] <= insertion(ADDITIVE, BEST)[0]


def test_the_comparison_finds_the_better_order_and_no_difference_where_there_is_none():
    rng = np.random.default_rng(0)
    lists = []
    for _ in range(30):
        terms = rng.normal(size=(4, 5))
        values = MEMBERS @ terms
        lists.append(List(np.arange(5), values, {"same": terms.T, "opposite": -terms.T}))
    found = curves(lists)
    for curve in ("deletion", "insertion"):
        assert found[f"{curve} same"]["phi is better by"] == 0
        assert found[f"{curve} same"]["p"] == 1
        assert found[f"{curve} opposite"]["phi is better by"] > 0.5
        assert found[f"{curve} opposite"]["interval"][0] > 0
        assert found[f"{curve} opposite"]["p"] < 0.01
        assert found[f"{curve} chance"]["phi is better by"] > 0


def test_the_bootstrap_is_wide_where_the_sign_is_open():
    found = paired(np.array([1.0, -1.0] * 20))
    assert found["interval"][0] < 0 < found["interval"][1]
    assert found["p"] > 0.5


def test_shares_take_the_size_of_every_item_before_the_mean():
    values = np.stack([MEMBERS @ np.array([1, 0, 0, 0]), MEMBERS @ np.array([-1, 2, 0, 9])], axis=1)
    np.testing.assert_allclose(shares([values]), [[0.5, 0.5, 0]])


def test_the_planted_weights_are_found_where_they_are():
    weights = np.random.default_rng(1).dirichlet([0.5] * 3, size=50).astype(np.float32)
    games = [(MEMBERS[:, :3] @ w)[:, None] for w in weights]
    found = planted(shares(games), weights)
    assert found["spearman"] == 1
    assert found["one"] > 0.95
    assert planted(shares(games)[::-1], weights)["spearman"] < 0.5
    assert len(games[0]) == FULL + 1
