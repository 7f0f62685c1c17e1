"""What an index has at one moment. A search holds on to one such moment; a change makes the next."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from core.errors import TriadError
from core.retrieval.rows import Rows
from core.retrieval.scorer import Scorer
from core.retrieval.unit import Allowed
from core.types import CHANNELS

Floats = NDArray[np.float32]
Bools = NDArray[np.bool_]

HAS = range(1 << len(CHANNELS))
_FILTERS = 32


@dataclass(frozen=True, eq=False)
class Group:
    """The items of the base that have exactly the same channels.

    Attributes
    ----------
    has : the coalition of their channels
    rows : (N,) where they are in the base, ascending
    category : (N,) int32
    removed : (N,) bool
    """

    has: int
    rows: NDArray[np.int64]
    category: NDArray[np.int32]
    removed: Bools
    _made: dict[frozenset[int], Allowed] = field(default_factory=dict)

    def allowed(self, categories: frozenset[int]) -> Allowed | None:
        """Return who may be found, None for everybody; without ``categories`` all of them may."""
        if not categories and not self.removed.any():
            return None
        made = self._made.get(categories)
        if made is None:
            if len(self._made) >= _FILTERS:
                self._made.clear()
            mask = ~self.removed
            if categories:
                mask &= np.isin(self.category, list(categories))
            made = self._made[categories] = Allowed(mask)
        return made


@dataclass(frozen=True, eq=False)
class Side:
    """The few items that were added since the base was written, in memory.

    ``vectors`` has, for each coalition that was asked for, their vectors (N, dim).
    """

    rows: Rows
    vectors: dict[int, Floats] = field(default_factory=dict)

    @cached_property
    def row(self) -> Mapping[int, int]:
        """Id -> row."""
        return {int(id): row for row, id in enumerate(self.rows.ids)}

    def under(self, scorer: Scorer, on: int) -> Floats:
        """Return the vectors (N, dim) of all under a coalition."""
        if on not in self.vectors:
            self.vectors[on] = scorer.vectors(self.rows, self.rows.has.astype(np.int64) & on)
        return self.vectors[on]

    def plus(self, scorer: Scorer, more: Rows) -> Side:
        """Return the side with items more."""
        added = {
            on: np.concatenate([x, scorer.vectors(more, more.has.astype(np.int64) & on)])
            for on, x in self.vectors.copy().items()
        }
        return Side(self.rows + more, added)

    def only(self, keep: Bools) -> Side:
        """Return the side with some of its items."""
        return Side(self.rows.take(keep), {on: x[keep] for on, x in self.vectors.copy().items()})


@dataclass(frozen=True, eq=False)
class Shelf:
    """A base of many items in files, without those that were removed, and a side list.

    Attributes
    ----------
    base : rows never move while the index lives; an id that was removed may come back on the side
    removed : (N,) bool
    """

    base: Rows
    removed: Bools
    side: Side
    groups: Mapping[int, Group]

    @classmethod
    def of(cls, base: Rows, removed: Bools, side: Side) -> Shelf:
        """Sort the base into groups."""
        groups = {}
        for has in HAS:
            rows = np.flatnonzero(base.has == has)
            if len(rows):
                groups[has] = Group(has, rows, np.array(base.category[rows]), removed[rows])
        return cls(base, removed, side, groups)

    def __len__(self) -> int:
        return len(self.base) - int(self.removed.sum()) + len(self.side.rows)

    @cached_property
    def _order(self) -> NDArray[np.int64]:
        return np.argsort(self.base.ids)

    @cached_property
    def _sorted(self) -> NDArray[np.int64]:
        return np.asarray(self.base.ids)[self._order]

    def in_base(self, ids: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return the rows (N,) of ids in the base, -1 where they are not, or no longer."""
        if not len(self.base):
            return np.full(len(ids), -1)
        place = np.searchsorted(self._sorted, ids).clip(max=len(self.base) - 1)
        rows = self._order[place]
        return np.where((self._sorted[place] == ids) & ~self.removed[rows], rows, -1)

    def on_side(self, ids: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return the rows (N,) of ids on the side, -1 where they are not."""
        return np.array([self.side.row.get(int(id), -1) for id in ids], dtype=np.int64)

    def places(self, ids: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Return the rows of ids in the base and on the side, one of them -1 (``index_no_item``)."""
        in_base, on_side = self.in_base(ids), self.on_side(ids)
        missing = (in_base < 0) & (on_side < 0)
        if missing.any():
            raise TriadError("index_no_item", id=int(ids[missing][0]))
        return in_base, on_side

    def without(self, base: NDArray[np.int64], side: NDArray[np.int64]) -> Shelf:
        """Return the shelf without some rows of the base and of the side."""
        removed = self.removed.copy()
        removed[base] = True
        keep = np.ones(len(self.side.rows), dtype=np.bool_)
        keep[side] = False
        groups = {
            has: Group(has, g.rows, g.category, removed[g.rows]) for has, g in self.groups.items()
        }
        return self._next(removed=removed, side=self.side.only(keep), groups=groups)

    def plus(self, scorer: Scorer, more: Rows) -> Shelf:
        """Return the shelf with more items on the side."""
        return self._next(side=self.side.plus(scorer, more))

    def _next(self, **changed: object) -> Shelf:
        """Return a changed shelf; the base is the same, so what was found out about its ids stays true."""
        other = replace(self, **changed)  # type: ignore[arg-type]
        other.__dict__["_order"], other.__dict__["_sorted"] = self._order, self._sorted
        return other
