"""Sets of channels as the integers 0 to 15: bit c is ``CHANNELS[c]``."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

import numpy as np
from numpy.typing import NDArray

from core.types import CHANNELS, Channel

COALITIONS: Final[int] = 1 << len(CHANNELS)
FULL: Final[int] = COALITIONS - 1
MEMBERS: Final[NDArray[np.bool_]] = (
    (np.arange(COALITIONS)[:, None] >> np.arange(len(CHANNELS))) & 1
).astype(bool)
"""(coalitions, C): which channels are in which coalition."""


def coalition(channels: Iterable[str]) -> int:
    """Return the number of a set of channels."""
    return sum(1 << CHANNELS.index(Channel(c)) for c in set(channels))


def pack(present: NDArray[np.bool_]) -> NDArray[np.int64]:
    """Return the coalition (B,) that each row of ``present`` (B, C) spells."""
    codes: NDArray[np.int64] = (present.astype(np.int64) << np.arange(len(CHANNELS))).sum(axis=-1)
    return codes
