"""Times of any common unit to seconds since the epoch."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from statistics import median_low
from typing import Final

from core.catalog.importers.log import Log
from core.catalog.importers.ratings import number

_UNITS: Final = ((1e17, 10**9, "ns"), (1e14, 10**6, "µs"), (1e11, 10**3, "ms"))
"""From which size on a number is in this unit. In seconds, 1e11 is the year 5138; in milliseconds, 1973."""

_LATEST: Final = 10**11


class Times:
    """A column of times: numbers of one unit, or dates as in ISO 8601, in UTC where they do not say.

    Parameters
    ----------
    cells : the column, as it was written
    file : for messages
    log : is told of the unit, unless it is seconds
    """

    def __init__(self, cells: Sequence[str], file: str, log: Log) -> None:
        self._timed = any(cells)
        self._per_second = 1
        sizes = [abs(n) for cell in cells if (n := number(cell))]  # 0 is 0 in every unit
        typical = median_low(sizes) if sizes else 0
        for size, per_second, unit in _UNITS:
            if typical >= size:
                self._per_second = per_second
                log.note("times_in_unit", file, unit=unit)
                break

    def read(self, cell: str) -> int | None:
        """Return seconds since the epoch; 0 where nothing is timed; None where the cell is no time."""
        if not self._timed:
            return 0
        seconds = self._seconds(cell)
        return None if seconds is None or abs(seconds) > _LATEST else seconds

    def _seconds(self, cell: str) -> int | None:
        try:
            return int(cell) // self._per_second  # a float could not hold nanoseconds
        except ValueError:
            pass
        value = number(cell)
        if value is not None:
            return int(value / self._per_second)
        try:
            moment = datetime.fromisoformat(cell)
        except ValueError:
            return None
        return int((moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp())
