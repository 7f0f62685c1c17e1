"""Writing and reading the items of an index."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import ExitStack
from dataclasses import fields
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from core.errors import TriadError
from core.retrieval.rows import Rows, no_rows
from core.retrieval.shelf import Shelf, Side
from core.retrieval.stock import Stock
from core.retrieval.store import Growing, Store
from core.types import CHANNELS

NAMES: Final = tuple(field.name for field in fields(Rows))
REMOVED: Final = "removed"
_AT_ONCE: Final = 20_000


def rows_of(stock: Stock, categories: dict[str, int]) -> Rows:
    """Return items as they are kept; names that ``categories`` lacks are given numbers (``index_ids``)."""
    ids = np.asarray(stock.ids, dtype=np.int64)
    if len(ids) and ids.min() < 0:
        raise TriadError("index_ids", id=int(ids.min()))
    number = [categories.setdefault(name, len(categories)) for name in stock.categories]
    return Rows(
        ids,
        np.asarray(stock.channels, dtype=np.float32),
        np.asarray(stock.has, dtype=np.uint8),
        np.asarray(stock.popular, dtype=np.float32),
        np.array(number, dtype=np.int32),
    )


def twice(ids: NDArray[np.int64]) -> None:
    """Refuse ids of which one is there twice (``index_ids``)."""
    ordered = np.sort(ids)
    again = ordered[1:][ordered[1:] == ordered[:-1]]
    if len(again):
        raise TriadError("index_ids", id=int(again[0]))


def write(store: Store, stocks: Iterable[Stock], width: int) -> None:
    """Write the base; the items need not fit into memory together."""
    categories: dict[str, int] = {}
    blocks = (rows_of(stock, categories) for stock in stocks)
    new = _written(store, blocks, width)
    twice(np.load(new["ids"], allow_pickle=False))
    store.commit(new, categories=list(categories))


def _written(store: Store, blocks: Iterable[Rows], width: int) -> dict[str, Path]:
    """Write the arrays of a base; to be committed."""
    kinds = {name: x.dtype for name, x in no_rows(len(CHANNELS), width).arrays().items()}
    new = {name: store.scratch(name) for name in NAMES}
    with ExitStack() as stack:
        files = {
            name: stack.enter_context(
                Growing(path, kinds[name], *((len(CHANNELS), width) if name == "channels" else ()))
            )
            for name, path in new.items()
        }
        for rows in blocks:
            assert rows.channels.shape[1:] == (len(CHANNELS), width)
            for name, x in rows.arrays().items():
                files[name].append(x)
    return new


def read(store: Store) -> Shelf:
    """Return what an index has."""
    base = Rows(**{name: store.array(name) for name in NAMES})
    removed = np.zeros(len(base), dtype=np.bool_)
    if REMOVED in store:
        removed[store.array(REMOVED)] = True
    return Shelf.of(base, removed, Side(_side(store, base.channels.shape[2])))


def _side(store: Store, width: int) -> Rows:
    if _beside("ids") not in store:
        return no_rows(len(CHANNELS), width)
    return Rows(**{name: store.array(_beside(name), mapped=False) for name in NAMES})


def _beside(name: str) -> str:
    return f"side-{name}"


def keep(store: Store, shelf: Shelf, categories: Mapping[str, int]) -> None:
    """Write the side list and what was removed; the base stays as it is."""
    new = {_beside(name): store.scratch(_beside(name)) for name in NAMES}
    for name, x in shelf.side.rows.arrays().items():
        np.save(new[_beside(name)], x, allow_pickle=False)
    new[REMOVED] = store.scratch(REMOVED)
    np.save(new[REMOVED], np.flatnonzero(shelf.removed), allow_pickle=False)
    store.commit(new, categories=list(categories))


def merged(store: Store, shelf: Shelf) -> tuple[Shelf, dict[str, Path]]:
    """Write the base anew, with the side list at its end; returned with the files to commit.

    Nothing in the base moves. What was removed from it stays as a hole without an id, since the id may have
    come back on the side.
    """

    def blocks() -> Iterable[Rows]:
        for start in range(0, len(shelf.base), _AT_ONCE):
            place = np.arange(start, min(start + _AT_ONCE, len(shelf.base)))
            rows = shelf.base.take(place)
            rows.ids[shelf.removed[place]] = -1 - place[shelf.removed[place]]
            yield rows
        yield shelf.side.rows

    width = shelf.base.channels.shape[2]
    new = _written(store, blocks(), width)
    base = Rows(**{name: np.load(path, mmap_mode="r") for name, path in new.items()})
    removed = np.concatenate([shelf.removed, np.zeros(len(shelf.side.rows), dtype=np.bool_)])
    return Shelf.of(base, removed, Side(no_rows(len(CHANNELS), width))), new


def side_files() -> tuple[str, ...]:
    """Return the names of the files of the side list."""
    return tuple(map(_beside, NAMES))
