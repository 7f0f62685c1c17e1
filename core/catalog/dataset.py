"""The dataset object: items, visitors and what they did, and where it is known, why they did it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from core.types import CHANNELS, Channel, Item, Modality


@dataclass(frozen=True, eq=False)
class Interactions:
    """Who took what, when: arrays of one length N.

    ``user`` and ``item`` are row numbers, ``rating`` is 1 to 5, ``time`` is in seconds since the epoch.
    ``part`` is the split that came with the data, where one did: 0 train, 1 validation, 2 test.
    """

    user: NDArray[np.int64]
    item: NDArray[np.int64]
    rating: NDArray[np.int64]
    time: NDArray[np.int64]
    part: NDArray[np.int64] | None = None

    def __len__(self) -> int:
        return len(self.user)

    def where(self, keep: NDArray[np.bool_]) -> Interactions:
        """Return the rows in which ``keep`` (N,) is True."""
        return Interactions(
            self.user[keep],
            self.item[keep],
            self.rating[keep],
            self.time[keep],
            None if self.part is None else self.part[keep],
        )

    def matrix(self, users: int, items: int) -> NDArray[np.float32]:
        """Return the (users, items) 0/1 matrix."""
        seen = np.zeros((users, items), dtype=np.float32)
        seen[self.user, self.item] = 1
        return seen


@dataclass(frozen=True, eq=False)
class Truth:
    """What was planted in a simulated world.

    Attributes
    ----------
    weights : (U, M) how much each visitor cares for what each modality alone shows; rows sum to 1
    synergy : (U,) bool, visitors who love only combinations of two modalities
    utility : (U, I) the noise-free utility, whose order is the oracle's ranking
    """

    weights: NDArray[np.float32]
    synergy: NDArray[np.bool_]
    utility: NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class Dataset:
    """A scenario.

    Attributes
    ----------
    name : key
    kind : ``rendered`` | ``real`` | ``yours``
    simulated : whether the visitors are
    vectors : modality -> (I, D) float32, zeros where the item lacks it
    encoders : modality -> id of the encoder that made the vectors; a modality whose vectors came with the
        data has none
    """

    name: str
    kind: str
    simulated: bool
    items: tuple[Item, ...]
    visitors: tuple[str, ...]
    interactions: Interactions
    vectors: Mapping[Modality, NDArray[np.float32]]
    encoders: Mapping[Modality, str] = field(default_factory=dict)
    truth: Truth | None = None

    @cached_property
    def rows(self) -> Mapping[str, int]:
        """Item id -> row."""
        return {item.id: row for row, item in enumerate(self.items)}

    @cached_property
    def present(self) -> NDArray[np.bool_]:
        """(I, C) bool in the order of ``CHANNELS``; behaviour is there once anybody took the item."""
        present = np.zeros((len(self.items), len(CHANNELS)), dtype=np.bool_)
        for column, channel in enumerate(CHANNELS):
            if channel is Channel.BEHAVIOUR:
                present[self.interactions.item, column] = True
            else:
                modality = Modality(channel)
                present[:, column] = [modality in item.modalities for item in self.items]
        return present

    def history(self, visitor: int) -> NDArray[np.int64]:
        """Return the rows of the items that a visitor took, oldest first."""
        mine = self.interactions.where(self.interactions.user == visitor)
        return mine.item[np.argsort(mine.time, kind="stable")]
