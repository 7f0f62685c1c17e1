"""An index over the items of a two-tower model, for catalogs that are too large to go through.

An item's vector depends on which of its channels are heard: on what it has, what the visitor has, and what is
switched off. Items that have the same channels are heard by the same coalition, and have one *unit* for each
(see :mod:`core.retrieval.unit`), made when it is first asked for. A search asks each unit that the filters
leave for its best, fuses these candidates anew, and ranks them by their exact logits.

Below ``exact_below`` items nothing is left out, so the answers are those of the model itself.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from core.coalitions import FULL, coalition
from core.errors import TriadError
from core.recommenders.tower import Tower
from core.recommenders.two_tower import Visitor
from core.retrieval import base
from core.retrieval.candidates import Asked, candidates
from core.retrieval.scorer import Scorer, fingerprint
from core.retrieval.shelf import Shelf
from core.retrieval.stock import Stock
from core.retrieval.store import Store, writing
from core.retrieval.unit import EFFORT
from core.retrieval.units import Units
from core.types import Modality

Ints = NDArray[np.int64]

EXACT_BELOW: Final = 50_000
"""Catalogs of fewer items are searched exactly."""
SIDE: Final = 10_000
"""So many items are kept beside the base before they are worked into it."""
CANDIDATES: Final = 100
MAX_K: Final = 1000


@dataclass(frozen=True, eq=False)
class Found:
    """The best items, the best first.

    Attributes
    ----------
    ids : (k,), fewer where the filters leave fewer
    scores : (k,) exact logits
    exact : whether nothing was left out
    """

    ids: Ints
    scores: NDArray[np.float32]
    exact: bool


class ItemIndex:
    """Items in files, searched through their fused vectors. Thread-safe; one process may change it.

    Parameters
    ----------
    folder : that :meth:`build` made
    tower : the one that it was built for
    check : compare all files with their digests first; takes seconds for a million items

    Raises
    ------
    TriadError
        ``file_missing``, ``index_damaged``, ``index_other_model``
    """

    def __init__(self, folder: Path, tower: Tower, *, check: bool = True) -> None:
        self._store = Store(folder, check=check)
        facts = self._store.manifest
        if facts["model"] != fingerprint(tower):
            raise TriadError("index_other_model")
        self.exact_below = int(facts["exact_below"])
        self.effort = float(facts["effort"])
        self._scorer = Scorer(tower)
        self._shelf = base.read(self._store)
        self._units = Units(self._store, self._scorer, lambda: self._shelf)

    @classmethod
    def build(
        cls,
        folder: Path,
        tower: Tower,
        stocks: Iterable[Stock],
        *,
        exact_below: int = EXACT_BELOW,
        effort: float = EFFORT,
    ) -> ItemIndex:
        """Write an index of items into a new folder, and open it.

        Parameters
        ----------
        stocks : the items, some at a time; they need not fit into memory together
        exact_below : a base of fewer items is searched exactly
        effort : share of the vectors that a query is compared with otherwise

        Raises
        ------
        TriadError
            ``export_exists``, ``index_ids``, ``index_needs_dot``, ``index_unwritable``
        """
        facts = {"model": fingerprint(tower), "exact_below": exact_below, "effort": effort}
        store = Store.create(folder, **facts, categories=[])
        try:
            with writing(folder):
                base.write(store, stocks, tower.config.width)
            index = cls(folder, tower, check=False)
            index._check_size(len(index))
            if index.large:
                index.prepare()
        except BaseException:
            shutil.rmtree(folder, ignore_errors=True)  # a half index helps nobody
            raise
        return index

    def __len__(self) -> int:
        return len(self._shelf)

    @property
    def large(self) -> bool:
        """Whether the base is so large that it is not gone through."""
        return len(self._shelf.base) >= self.exact_below

    @property
    def size(self) -> int:
        """Bytes on disk."""
        return self._store.size

    @property
    def categories(self) -> tuple[str, ...]:
        """Names of the categories."""
        return tuple(self._store.manifest["categories"])

    # Answers ------------------------------------------------------------------------------------------

    def search(
        self,
        visitor: Visitor,
        on: int = FULL,
        k: int = 10,
        *,
        having: Sequence[Modality] = (),
        categories: Sequence[str] = (),
        exclude: Sequence[int] = (),
    ) -> Found:
        """Return the best items for a visitor; equal scores are in the order of the ids.

        Parameters
        ----------
        visitor : from the model that the index was built for
        on : the coalition that is switched on
        having : modalities that an item must have
        categories : of which an item must have one; without, any
        exclude : ids that are not to be found, such as what the visitor took

        Raises
        ------
        TriadError
            ``bad_k``, ``index_category``, ``index_unwritable`` (a coalition that nobody asked for before)
        """
        if not 1 <= k <= MAX_K:
            raise TriadError("bad_k", k=k, limit=MAX_K)
        asked = Asked(
            heard=on & visitor.channels,
            having=coalition(having),
            categories=self._numbers(categories),
            count=max(CANDIDATES, 2 * k) + len(exclude),
            effort=self.effort if self.large else 1.0,
        )
        found, exact = candidates(self._shelf, self._scorer, self._units, visitor, asked)
        found = found.take(~np.isin(found.ids, np.asarray(exclude, dtype=np.int64)))
        scores = self._scorer.scores(visitor, found, on)
        order = np.lexsort((found.ids, -scores))[:k]
        return Found(found.ids[order], scores[order], exact)

    def values(self, visitor: Visitor, ids: Ints, on: int = FULL) -> NDArray[np.float64]:
        """Return v(S) (coalitions, K) of items, exactly; for :func:`core.explain.shapley`.

        Raises
        ------
        TriadError
            ``index_no_item``
        """
        shelf = self._shelf
        in_base, on_side = shelf.places(np.asarray(ids, dtype=np.int64))
        beside = on_side >= 0
        rows = shelf.base.take(in_base[~beside]) + shelf.side.rows.take(on_side[beside])
        back = np.argsort(np.argsort(beside, kind="stable"))
        return self._scorer.values(visitor, rows, on)[:, back]

    def _numbers(self, categories: Sequence[str]) -> frozenset[int]:
        known = {name: number for number, name in enumerate(self.categories)}
        for name in categories:
            if name not in known:
                raise TriadError("index_category", category=name, known=", ".join(known))
        return frozenset(known[name] for name in categories)

    # Changes ------------------------------------------------------------------------------------------

    def prepare(self, on: int = FULL) -> None:
        """Make the units of a coalition now, rather than when somebody waits for them."""
        for has in self._shelf.groups:
            if has & on and self._scorer.linear:
                self._units(has, has & on)

    def add(self, stock: Stock, *, side: int = SIDE) -> None:
        """Take in items. They are found at once; nothing is built anew.

        Parameters
        ----------
        side : with more items than this beside the base, they are merged into it

        Raises
        ------
        TriadError
            ``index_ids``, ``index_needs_dot``, ``index_unwritable``
        """
        with self._store.turn:
            shelf = self._shelf
            known = {name: number for number, name in enumerate(self.categories)}
            rows = base.rows_of(stock, known)
            base.twice(np.concatenate([rows.ids, shelf.side.rows.ids]))
            taken = shelf.in_base(rows.ids) >= 0
            if taken.any():
                raise TriadError("index_ids", id=int(rows.ids[taken][0]))
            self._check_size(len(shelf) + len(rows))
            self._keep(shelf.plus(self._scorer, rows), known)
            if len(self._shelf.side.rows) > side:
                self.merge()

    def remove(self, ids: Sequence[int]) -> None:
        """Take items out. They are found no more; nothing is built anew.

        Raises
        ------
        TriadError
            ``index_no_item``, ``index_unwritable``
        """
        with self._store.turn:
            shelf = self._shelf
            in_base, on_side = shelf.places(np.asarray(ids, dtype=np.int64))
            known = {name: number for number, name in enumerate(self.categories)}
            self._keep(shelf.without(in_base[in_base >= 0], on_side[on_side >= 0]), known)

    def _keep(self, shelf: Shelf, categories: dict[str, int]) -> None:
        with writing(self._store.folder):
            base.keep(self._store, shelf, categories)
        self._shelf = shelf

    def merge(self) -> None:
        """Work the side list into the base: its items are sorted into the lists that there are.

        What was removed leaves a hole in the files, until the index is built anew.
        """
        with self._store.turn, writing(self._store.folder):
            shelf, new = base.merged(self._store, self._shelf)
            new |= self._units.lengthened(shelf)
            self._store.commit(new, gone=base.side_files())
            self._units.forget()
            self._shelf = shelf

    def _check_size(self, count: int) -> None:
        if count >= self.exact_below and not self._scorer.linear:
            raise TriadError("index_needs_dot", limit=self.exact_below)
