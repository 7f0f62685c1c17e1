"""What the score loses when one channel is switched off and the others stay.

Beside Shapley values as a warning: two channels that say the same lose nothing one by one, so each gets 0.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from core.coalitions import FULL
from core.types import CHANNELS


def leave_one_out(values: NDArray[np.floating]) -> NDArray[np.float64]:
    """Return v(all) - v(all but c) (C, ...) of games ``values`` (coalitions, ...), in logits."""
    v = np.asarray(values, dtype=np.float64)
    without: NDArray[np.float64] = v[[FULL & ~(1 << c) for c in range(len(CHANNELS))]]
    lost: NDArray[np.float64] = v[FULL] - without
    return lost
