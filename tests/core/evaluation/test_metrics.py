import numba
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import roc_auc_score

from core.errors import TriadError
from core.evaluation.metrics import auc, coverage, list_metrics, novelty, top_k

K = 7


@pytest.fixture(scope="module")
def case():
    """40 visitors, 60 items; everything is scored differently, and some visitors want nothing."""
    rng = np.random.default_rng(0)
    scores = rng.permutation(40 * 60).reshape(40, 60).astype(np.float32)
    part = rng.choice(3, size=(40, 60), p=[0.6, 0.3, 0.1])
    part[:4][part[:4] == 2] = 0
    wanted = part == 2
    wanted[5, :30], part[5, :30] = True, 2
    return scores, part == 1, wanted


def ours(case, k=K):
    scores, masked, wanted = case
    return list_metrics(top_k(scores, masked, k, np.arange(scores.shape[1])), wanted)


@pytest.mark.slow
def test_agrees_with_ranx(case, monkeypatch):
    # Its formulas in plain Python: compiling them takes a minute, running them no time.
    monkeypatch.setattr(numba.config, "DISABLE_JIT", 1)
    from ranx import Qrels, Run
    from ranx import evaluate as ranx

    scores, masked, wanted = case
    rows = [u for u in range(len(wanted)) if wanted[u].any()]
    # It returns its queries in the order of their names.
    qrels = Qrels({f"{u:02}": {str(i): 1 for i in np.flatnonzero(wanted[u])} for u in rows})
    run = Run(
        {f"{u:02}": {str(i): float(scores[u, i]) for i in np.flatnonzero(~masked[u])} for u in rows}
    )
    names = {
        "recall": "recall",
        "ndcg": "ndcg",
        "hit": "hit_rate",
        "mrr": "mrr",
        "precision": "precision",
        "map_relevant": "map",
    }
    for k in (1, K, 60):
        found = ours(case, k)
        theirs = ranx(qrels, run, [f"{n}@{k}" for n in names.values()], return_mean=False)
        for mine, other in names.items():
            np.testing.assert_allclose(
                found[f"{mine}@{k}"][rows], theirs[f"{other}@{k}"], atol=1e-9, rtol=0
            )


def test_the_two_denominators_of_map(case):
    _, _, wanted = case
    found, count = ours(case), wanted.sum(axis=1)
    some = count > 0
    np.testing.assert_allclose(
        found[f"map_capped@{K}"][some] * np.minimum(count, K)[some],
        found[f"map_relevant@{K}"][some] * count[some],
    )
    assert found[f"map_capped@{K}"][5] > found[f"map_relevant@{K}"][5] > 0


def test_a_list_by_hand():
    found = list_metrics(np.array([[4, 0, 2, -1]]), np.array([[True, False, True, True, False]]))
    gain = 1 / np.log2(np.arange(2, 6))
    expected = {
        "recall@4": 2 / 3,
        "precision@4": 2 / 4,
        "hit@4": 1,
        "mrr@4": 1 / 2,
        "ndcg@4": (gain[1] + gain[2]) / gain[:3].sum(),
        "map_relevant@4": (1 / 2 + 2 / 3) / 3,
        "map_capped@4": (1 / 2 + 2 / 3) / 3,
    }
    assert {name: value[0] for name, value in found.items()} == pytest.approx(expected)


def test_who_wants_nothing_is_left_out(case):
    nothing = ~case[2].any(axis=1)
    assert nothing.sum() >= 4
    for values in ours(case).values():
        np.testing.assert_array_equal(np.isnan(values), nothing)


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_top_k_is_the_sorted_order_with_ties_by_lot(data):
    items = data.draw(st.integers(1, 9))
    levels = st.lists(st.integers(-2, 2), min_size=items, max_size=items)
    scores = np.array([data.draw(levels)], dtype=np.float32)
    masked = np.array([data.draw(st.lists(st.booleans(), min_size=items, max_size=items))])
    lot = np.array(data.draw(st.permutations(range(items))))
    k = data.draw(st.integers(1, items))
    place = {item: at for at, item in enumerate(lot.tolist())}
    free = [i for i in range(items) if not masked[0, i]]
    expected = sorted(free, key=lambda i: (-scores[0, i], place[i]))[:k]
    expected += [-1] * (k - len(expected))
    assert top_k(scores, masked, k, lot)[0].tolist() == expected


def test_a_constant_score_is_worth_no_more_than_chance():
    """The wanted items stand first in the catalog: an order by row would find all of them."""
    scores, masked = np.zeros((1, 50), np.float32), np.zeros((1, 50), bool)
    wanted = np.arange(50)[None] < 10
    rng = np.random.default_rng(0)
    recalls = [
        list_metrics(top_k(scores, masked, 10, rng.permutation(50)), wanted)["recall@10"][0]
        for _ in range(2000)
    ]
    assert np.mean(recalls) == pytest.approx(10 / 50, abs=0.01)
    assert auc(scores, masked, wanted)[0] == 0.5


@pytest.mark.parametrize("k", [0, 61])
def test_k_beyond_the_catalog(case, k):
    with pytest.raises(TriadError) as caught:
        ours(case, k)
    assert caught.value.code == "bad_k"
    assert "60" in str(caught.value)


def test_auc_is_that_of_scikit_learn_with_ties(case):
    scores, masked, wanted = case
    coarse = np.floor(scores / 300).astype(np.float32)
    found = auc(coarse, masked, wanted)
    for u in range(len(scores)):
        if not wanted[u].any():
            assert np.isnan(found[u])
            continue
        free = ~masked[u]
        assert found[u] == pytest.approx(roc_auc_score(wanted[u, free], coarse[u, free]), abs=1e-12)


def test_coverage_and_novelty_by_hand():
    top = np.array([[0, 1], [1, -1], [-1, -1]])
    assert coverage(top, 5) == 2 / 5
    found = novelty(top, np.array([7, 0, 3, 1, 1]), 7)
    np.testing.assert_allclose(found, [(0 + 3) / 2, 3, np.nan])
