"""Exactness of the Shapley values: axioms, closed forms, and an independent implementation."""

import numpy as np
import shapiq
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from core.coalitions import COALITIONS, FULL, MEMBERS
from core.explain import shapley
from core.types import CHANNELS

games = arrays(np.float64, COALITIONS, elements=st.floats(-100, 100))


@given(games)
def test_efficiency(values):
    assert abs(shapley(values).sum() - (values[FULL] - values[0])) < 1e-9


@given(games)
def test_equal_to_shapiq(values):
    game = shapiq.ExactComputer(
        n_players=len(CHANNELS),
        game=lambda s: np.array([values[(np.asarray(row) << np.arange(4)).sum()] for row in s]),
    )
    expected = game("SV").get_n_order_values(1)
    np.testing.assert_allclose(shapley(values), expected, atol=1e-6)


@given(games, st.integers(0, 3))
def test_a_null_player_gets_nothing(values, player):
    without = np.arange(COALITIONS) & ~(1 << player)
    assert shapley(values[without])[player] == 0


@given(games)
def test_equal_players_get_equal_shares(values):
    # Make image and text interchangeable: v depends on how many of the two are in.
    pair = MEMBERS[:, 0].astype(int) + MEMBERS[:, 1]
    rest = np.arange(COALITIONS) >> 2
    phi = shapley(values[pair + 3 * rest])
    np.testing.assert_allclose(phi[0], phi[1], atol=1e-9)


@given(games, games, st.floats(-3, 3))
def test_linearity(first, second, factor):
    np.testing.assert_allclose(
        shapley(first + factor * second), shapley(first) + factor * shapley(second), atol=1e-8
    )


def test_an_additive_game_returns_its_terms():
    terms = np.array([1.5, -2.0, 0.25, 4.0])
    np.testing.assert_allclose(shapley(MEMBERS @ terms + 7), terms)


def test_many_games_at_once():
    values = np.random.default_rng(0).normal(size=(COALITIONS, 3, 5))
    phi = shapley(values)
    assert phi.shape == (len(CHANNELS), 3, 5)
    np.testing.assert_allclose(phi[:, 1, 2], shapley(values[:, 1, 2]))
