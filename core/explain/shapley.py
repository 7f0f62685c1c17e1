"""Exact Shapley values over the channels.

    phi_i = sum over S without i of |S|! (n - |S| - 1)! / n! * (v(S + i) - v(S))

With four channels there are sixteen coalitions, so nothing is sampled and nothing is approximated.

References
----------
Shapley, A Value for n-Person Games, 1953.
"""

from __future__ import annotations

from math import factorial

import numpy as np
from numpy.typing import NDArray

from core.coalitions import COALITIONS, MEMBERS
from core.types import CHANNELS


def _marginals() -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]:
    """Return, for every player, the coalitions with him, those without, and the weights of their pairs."""
    n = len(CHANNELS)
    without = np.array([[s for s in range(COALITIONS) if not MEMBERS[s, i]] for i in range(n)])
    size = MEMBERS.sum(axis=1)[without]
    share = np.array([factorial(s) * factorial(n - s - 1) / factorial(n) for s in range(n)])
    return without | (1 << np.arange(n))[:, None], without, share[size]


_WITH, _WITHOUT, _SHARE = _marginals()


def shapley(values: NDArray[np.floating]) -> NDArray[np.float64]:
    """Return the Shapley values of games.

    Parameters
    ----------
    values : (coalitions, ...) v(S) for every coalition, in logits, numbered as in ``core.coalitions``

    Returns
    -------
    (C, ...) float64; their sum over C is v(all) - v(none), and a player who changes nothing has exactly 0
    """
    v = np.asarray(values, dtype=np.float64)
    phi: NDArray[np.float64] = np.einsum("cs,cs...->c...", _SHARE, v[_WITH] - v[_WITHOUT])
    return phi
