"""The units of an index: made when they are first asked for, kept in files, and lengthened by a merge."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import numpy as np

from core.retrieval import unit
from core.retrieval.scorer import Scorer
from core.retrieval.shelf import Shelf
from core.retrieval.store import Growing, Store, writing
from core.retrieval.unit import FEW, Unit

_AT_ONCE = 20_000


class Units:
    """Units by the channels that their items have, and by the coalition that is heard of them.

    Parameters
    ----------
    shelf : returns what the index has now, which may be more than a search that began earlier knows
    """

    def __init__(self, store: Store, scorer: Scorer, shelf: Callable[[], Shelf]) -> None:
        self._store, self._scorer, self._shelf = store, scorer, shelf
        self._open: dict[tuple[int, int], Unit] = {}

    def __call__(self, has: int, code: int) -> Unit:
        """Return the unit of items that have ``has`` under a coalition; making one may take seconds."""
        there = self._open.get((has, code))
        if there is not None:
            return there
        with self._store.turn:
            if (has, code) not in self._open:
                if _vectors(has, code) not in self._store:
                    self._make(self._shelf(), has, code)
                self._open[has, code] = self._read(has, code)
            return self._open[has, code]

    def _many(self, shelf: Shelf, has: int) -> bool:
        """Return whether the items that have ``has`` are worth lists."""
        large = len(shelf.base) >= self._store.manifest["exact_below"]
        return large and len(shelf.groups[has].rows) > FEW

    def _read(self, has: int, code: int) -> Unit:
        store, name = self._store, _lists(has, code)
        lists = unit.read_lists(store.path(name)) if name in store else None
        return Unit(store.array(_vectors(has, code)), lists)

    def _make(self, shelf: Shelf, has: int, code: int) -> None:
        name = _vectors(has, code)
        new = {name: self._store.scratch(name)}
        with writing(self._store.folder):
            with Growing(new[name], np.float32, self._scorer.dim) as file:
                self._append(file, shelf, has, code, 0)
            if self._many(shelf, has):
                new |= self._sorted(has, code, new[name])
            self._store.commit(new)

    def _append(self, file: Growing, shelf: Shelf, has: int, code: int, start: int) -> None:
        """Write the vectors of a group's items, from the row ``start`` on."""
        group = shelf.groups[has].rows
        for first in range(start, len(group), _AT_ONCE):
            rows = shelf.base.take(group[first : first + _AT_ONCE])
            file.append(self._scorer.vectors(rows, np.full(len(rows), code)))

    def _sorted(self, has: int, code: int, vectors: Path) -> dict[str, Path]:
        """Sort the vectors of a file into new lists."""
        name = _lists(has, code)
        goal = self._store.scratch(name, ".faiss")
        unit.write_lists(goal, np.load(vectors, mmap_mode="r", allow_pickle=False))
        return {name: goal}

    def lengthened(self, shelf: Shelf) -> dict[str, Path]:
        """Write units anew, with the items that their groups have got in a new shelf; to be committed."""
        new: dict[str, Path] = {}
        for name in list(self._store):
            known = re.fullmatch(r"vectors-(\d+)-(\d+)", name)
            if known is None:
                continue
            has, code = map(int, known.groups())
            old, lists = self._store.array(name), _lists(has, code)
            lacking = self._many(shelf, has) and lists not in self._store
            if len(shelf.groups[has].rows) == len(old) and not lacking:
                continue
            new[name] = self._store.scratch(name)
            with Growing(new[name], np.float32, self._scorer.dim) as file:
                for first in range(0, len(old), _AT_ONCE):
                    file.append(old[first : first + _AT_ONCE])
                self._append(file, shelf, has, code, len(old))
            if lists in self._store:
                more = np.load(new[name], mmap_mode="r", allow_pickle=False)[len(old) :]
                new[lists] = self._store.scratch(lists, ".faiss")
                unit.extend_lists(self._store.path(lists), more, new[lists])
            elif lacking:
                new |= self._sorted(has, code, new[name])
        return new

    def forget(self) -> None:
        """Read units anew from now on: their files have changed."""
        self._open = {}


def _vectors(has: int, code: int) -> str:
    return f"vectors-{has}-{code}"


def _lists(has: int, code: int) -> str:
    return f"lists-{has}-{code}"
