"""Items as an index keeps them, one to a row."""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, eq=False)
class Rows:
    """Arrays of one length N, in memory or mapped from files.

    Attributes
    ----------
    ids : (N,) int64, from 0 on
    channels : (N, C, width) float32, the item side's embedded channels, zeros where absent
    has : (N,) uint8, the coalition of the channels that are there
    popular : (N,) float32, in logits
    category : (N,) int32, a number for each category
    """

    ids: NDArray[np.int64]
    channels: NDArray[np.float32]
    has: NDArray[np.uint8]
    popular: NDArray[np.float32]
    category: NDArray[np.int32]

    def __len__(self) -> int:
        return len(self.ids)

    def take(self, which: NDArray[np.int64] | NDArray[np.bool_]) -> Rows:
        """Return some of the rows, in memory."""
        return Rows(**{name: np.asarray(x)[which] for name, x in self.arrays().items()})

    def __add__(self, other: Rows) -> Rows:
        theirs = other.arrays()
        return Rows(
            **{name: np.concatenate([x, theirs[name]]) for name, x in self.arrays().items()}
        )

    def arrays(self) -> dict[str, NDArray]:  # type: ignore[type-arg]
        """Return name -> array."""
        return {field.name: getattr(self, field.name) for field in fields(self)}


def no_rows(channels: int, width: int) -> Rows:
    """Return no items."""
    return Rows(
        np.zeros(0, np.int64),
        np.zeros((0, channels, width), np.float32),
        np.zeros(0, np.uint8),
        np.zeros(0, np.float32),
        np.zeros(0, np.int32),
    )
