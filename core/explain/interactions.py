"""What two channels do together that neither does alone.

    I_ij = sum over S without i, j of |S|! (n - |S| - 2)! / (n - 1)! * (v(S+ij) - v(S+i) - v(S+j) + v(S))

Positive is synergy (the pair is worth more than its parts), negative is redundancy (they say the same).

References
----------
Grabisch & Roubens, An Axiomatic Approach to the Concept of Interaction among Players, 1999.
"""

from __future__ import annotations

from itertools import combinations
from math import factorial

import numpy as np
from numpy.typing import NDArray

from core.coalitions import COALITIONS
from core.types import CHANNELS

_N = len(CHANNELS)
_SHARE = [factorial(s) * factorial(_N - s - 2) / factorial(_N - 1) for s in range(_N - 1)]


def interactions(values: NDArray[np.floating]) -> NDArray[np.float64]:
    """Return the pairwise Shapley interaction indices of games.

    Parameters
    ----------
    values : (coalitions, ...) v(S) in logits, numbered as in ``core.coalitions``

    Returns
    -------
    (C, C, ...) float64, symmetric, with zeros on the diagonal; a pair with a null player has exactly 0
    """
    v = np.asarray(values, dtype=np.float64)
    out = np.zeros((_N, _N, *v.shape[1:]))
    for i, j in combinations(range(_N), 2):
        first, second = 1 << i, 1 << j
        for s in range(COALITIONS):
            if s & (first | second):
                continue
            # Differences of differences: where i or j changes nothing, both vanish without rounding.
            together = (v[s | first | second] - v[s | second]) - (v[s | first] - v[s])
            out[i, j] += _SHARE[s.bit_count()] * together
        out[j, i] = out[i, j]
    return out
