"""Exact Shapley values over the channels.

    phi_i = sum over S without i of |S|! (n - |S| - 1)! / n! * (v(S + i) - v(S))

With four channels there are sixteen coalitions, so nothing is sampled and nothing is approximated.

References
----------
Shapley, A Value for n-Person Games, 1953.
"""

from __future__ import annotations

from math import factorial
from typing import Final

import numpy as np
from numpy.typing import NDArray

from core.coalitions import COALITIONS, MEMBERS
from core.types import CHANNELS


def _weights() -> NDArray[np.float64]:
    n = len(CHANNELS)
    size = MEMBERS.sum(axis=1)
    weights = np.zeros((n, COALITIONS))
    for player in range(n):
        for s in range(COALITIONS):
            inside = bool(MEMBERS[s, player])
            others = int(size[s]) - inside
            share = factorial(others) * factorial(n - others - 1) / factorial(n)
            weights[player, s] = share if inside else -share
    return weights


SHAPLEY: Final[NDArray[np.float64]] = _weights()
"""(C, coalitions): the Shapley value is linear in the game, so it is a matrix."""


def shapley(values: NDArray[np.floating]) -> NDArray[np.float64]:
    """Return the Shapley values of games.

    Parameters
    ----------
    values : (coalitions, ...) v(S) for every coalition, in logits, numbered as in ``core.coalitions``

    Returns
    -------
    (C, ...) float64; their sum over C is v(all) - v(none)
    """
    return np.tensordot(SHAPLEY, np.asarray(values, dtype=np.float64), axes=1)
