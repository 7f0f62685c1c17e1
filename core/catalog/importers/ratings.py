"""Ratings of any common scale to 1 to 5."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final

import numpy as np

from core.catalog.importers.log import Log, Lost

Scale = tuple[float, float]

STARS: Final[Scale] = (1, 5)
TAKEN: Final = 5.0
"""What counts where nothing was rated: somebody took the item."""

_CLOSE: Final[tuple[Scale, ...]] = (STARS, (0, 1), (0.5, 5), (0, 5), (-1, 1))
_ALL: Final[tuple[Scale, ...]] = (*_CLOSE, (1, 10), (0, 10), (0, 100))


def number(cell: str) -> float | None:
    """Return the finite number that a cell spells, or None."""
    try:
        value = float(cell)
    except ValueError:
        return None
    return value if math.isfinite(value) else None


class Ratings:
    """A column of ratings.

    If the column as a whole shows a common scale other than 1 to 5, it is mapped to 1 to 5 in proportion. A
    single stray among four or more, or up to a tenth of the ratings, does not make another scale: it is
    outside of this one. A column of nothing but 1 says only who took what, and so does one that fits no
    scale, such as how often a song was played.

    Parameters
    ----------
    cells : the column, as it was written
    file : for messages
    log : is told of what was decided
    stars : whether the column says of itself that it is from 1 to 5
    """

    def __init__(self, cells: Sequence[str], file: str, log: Log, *, stars: bool = False) -> None:
        numbers = np.array([n for cell in cells if (n := number(cell)) is not None])
        self._rated = any(cells)
        self._scale: Scale | None = STARS
        if stars or not numbers.size:
            return
        low, high = numbers.min().item(), numbers.max().item()
        if low == high == 1:
            self._scale = None
            log.note("ratings_all_one", file)
            return
        self._scale = _scale_of(numbers)
        if self._scale is None:
            log.note("ratings_no_scale", file, low=f"{low:g}", high=f"{high:g}")
        elif self._scale != STARS:
            low, high = self._scale
            log.note("ratings_mapped", file, low=f"{low:g}", high=f"{high:g}")

    def read(self, cell: str) -> float:
        """Return a rating from 1 to 5.

        Raises
        ------
        Lost
            ``rating_missing``, ``rating_not_a_number``, ``rating_off_scale``
        """
        if not self._rated:
            return TAKEN
        if not cell:
            raise Lost("rating_missing")
        value = number(cell)
        if value is None:
            raise Lost("rating_not_a_number", rating=cell)
        if self._scale is None:
            return TAKEN
        low, high = self._scale
        if not low <= value <= high:
            raise Lost("rating_off_scale", rating=cell, low=f"{low:g}", high=f"{high:g}")
        return value if self._scale == STARS else 1 + 4 * (value - low) / (high - low)


def _scale_of(numbers: np.ndarray[tuple[int], np.dtype[np.float64]]) -> Scale | None:
    """Return the first scale that holds all numbers, or else all but a few; None if none does."""

    def held(scale: Scale) -> int:
        return int(np.count_nonzero((numbers >= scale[0]) & (numbers <= scale[1])))

    few = max(len(numbers) // 10, int(len(numbers) >= 4))
    for scales, strays in ((_CLOSE, 0), (_ALL, few)):
        for scale in scales:
            if held(scale) >= len(numbers) - strays:
                # A zero is more likely the lower end than a stray: 0 to 10 rather than 1 to 10.
                return max((s for s in scales if s[1] == scale[1]), key=held)
    return None
