"""Interactions and leave-one-out: an independent implementation, and games whose answer is known."""

import numpy as np
import shapiq
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from core.coalitions import COALITIONS, MEMBERS
from core.explain.interactions import interactions
from core.explain.leave_out import leave_one_out
from core.explain.shapley import shapley

games = arrays(np.float64, COALITIONS, elements=st.floats(-100, 100))
IMAGE, TEXT, AUDIO, BEHAVIOUR = MEMBERS.T


@given(games)
def test_equal_to_shapiq(values):
    game = shapiq.ExactComputer(
        n_players=4,
        game=lambda s: np.array([values[(np.asarray(row) << np.arange(4)).sum()] for row in s]),
    )
    expected = game("SII", order=2).get_n_order_values(2)
    np.testing.assert_allclose(interactions(values), expected, atol=1e-6)


@given(games, st.integers(0, 3))
def test_a_null_player_interacts_with_nobody(values, player):
    without = np.arange(COALITIONS) & ~(1 << player)
    found = interactions(values[without])
    assert not found[player].any()
    assert not found[:, player].any()


def test_exclusive_or_is_interaction_and_no_main_effect():
    values = np.where(IMAGE, 1, -1) * np.where(AUDIO, 1, -1) * 3.0
    found = interactions(values)
    assert found[0, 2] == found[2, 0] == 12
    assert np.abs(found).sum() == 24
    # Neither changes anything on average over the other.
    assert np.allclose(shapley(values), 0)


def test_duplicates_are_redundant_and_share_what_leave_one_out_denies_both():
    values = (IMAGE | TEXT) * 2.0 + AUDIO
    assert interactions(values)[0, 1] == -2
    np.testing.assert_allclose(shapley(values), [1, 1, 1, 0])
    np.testing.assert_allclose(leave_one_out(values), [0, 0, 1, 0])


@given(arrays(np.float64, 4, elements=st.floats(-10, 10)))
def test_an_additive_game_has_no_interactions(terms):
    values = MEMBERS @ terms + 3
    np.testing.assert_allclose(interactions(values), 0, atol=1e-9)
    np.testing.assert_allclose(leave_one_out(values), terms, atol=1e-9)


def test_many_games_at_once():
    values = np.random.default_rng(0).normal(size=(COALITIONS, 3, 5))
    assert interactions(values).shape == (4, 4, 3, 5)
    np.testing.assert_allclose(interactions(values)[..., 1, 2], interactions(values[:, 1, 2]))
    np.testing.assert_allclose(leave_one_out(values)[:, 1, 2], leave_one_out(values[:, 1, 2]))
