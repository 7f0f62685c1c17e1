import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import permutation_test

from core.evaluation.significance import Figure, compare, holm, paired_interval, paired_p


def test_figure():
    assert Figure.of([1.0, 2.0, 3.0]) == Figure(2.0, 1.0, (1.0, 2.0, 3.0))
    assert Figure.of([4.0]) == Figure(4.0, None, (4.0,))
    assert Figure.of([1.0, np.nan]) is None


def test_holm_of_the_textbook():
    assert holm([0.01, 0.04, 0.03, 0.005]) == pytest.approx((0.03, 0.06, 0.06, 0.02))
    assert holm([]) == ()


@given(st.lists(st.floats(0, 1), min_size=1, max_size=8), st.floats(0.01, 0.99))
def test_holm_rejects_what_stepping_down_rejects(p, level):
    rejected, order = set(), np.argsort(p, kind="stable")
    for step, which in enumerate(order):
        if p[which] * (len(p) - step) > level:
            break
        rejected.add(int(which))
    assert {i for i, value in enumerate(holm(p)) if value <= level} == rejected


def test_paired_p_is_near_that_of_flipping_signs():
    difference = np.random.default_rng(0).normal(0.2, 1, 80)
    flipped = permutation_test(
        (difference,), np.mean, permutation_type="samples", n_resamples=20_000, rng=0
    )
    assert paired_p(difference) == pytest.approx(flipped.pvalue, abs=0.01)


def test_no_difference_is_no_evidence():
    assert paired_p(np.zeros(10)) == 1
    assert paired_p(np.ones(1)) == 1


def test_luck_is_called_more_than_luck_one_time_in_twenty():
    rng = np.random.default_rng(0)
    draws = rng.normal(0, 1, (400, 40))
    false = np.mean([paired_p(d) < 0.05 for d in draws])
    outside = np.mean(
        [not low <= 0 <= high for low, high in (paired_interval(d, resamples=400) for d in draws)]
    )
    assert 0.02 < false < 0.09
    assert 0.02 < outside < 0.10


def test_pairs_belong_to_visitors():
    """The visitors differ far more than the recommenders, and still the difference is found."""
    rng = np.random.default_rng(0)
    base = rng.random((2, 200))
    base[:, :5] = np.nan
    values = {"a": base + 0.02 + rng.normal(0, 0.02, base.shape), "b": base, "c": base.copy()}
    ab, ac, bc = compare("ndcg@10", values)
    assert (ab.first, ab.second, ab.users) == ("a", "b", 195)
    assert 0 < ab.low < ab.difference < ab.high
    assert ab.difference == pytest.approx(0.02, abs=0.005)
    assert ab.p < ab.p_holm < 1e-6
    assert (bc.difference, bc.low, bc.high, bc.p_holm) == (0, 0, 0, 1)
    assert ac.p_holm >= ac.p


def test_nobody_in_common_is_no_comparison():
    nan = np.nan
    assert compare("m", {"a": np.array([[1.0, nan]]), "b": np.array([[nan, 1.0]])}) == ()
