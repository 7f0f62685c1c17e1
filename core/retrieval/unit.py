"""The vectors of the items that have the same channels, heard by one coalition, and how they are searched.

All of them are asked by the same vector of the visitor. Many are sorted into lists around centres (inverted
lists, Sivic & Zisserman 2003, in faiss), in 8 bits a number, of which a query reads those nearest to it; few
are simply gone through.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Final

import faiss
import numpy as np
from numpy.typing import NDArray

from core.errors import TriadError

Floats = NDArray[np.float32]

FEW: Final = 10_000
"""So many vectors are gone through one by one in about a millisecond."""
EFFORT: Final = 0.25
"""Share of the vectors that a query is compared with, where there are more than :data:`FEW`."""

_A_CENTRE: Final = 50
"""Vectors that a centre is learned from."""
_AT_ONCE: Final = 20_000


@dataclass(frozen=True, eq=False)
class Allowed:
    """Which rows of a unit may be found: ``mask`` (N,) bool."""

    mask: NDArray[np.bool_]

    @cached_property
    def rows(self) -> NDArray[np.int64]:
        """Their numbers."""
        return np.flatnonzero(self.mask)

    @cached_property
    def bits(self) -> NDArray[np.uint8]:
        """One bit a row, as faiss reads them."""
        return np.packbits(self.mask, bitorder="little")


@dataclass(frozen=True, eq=False)
class Unit:
    """Vectors (N, dim), mapped from a file, and their lists if they have any."""

    vectors: Floats
    lists: Any = None

    def exact(self, allowed: Allowed | None, effort: float) -> bool:
        """Return whether a search compares the query with every vector that is allowed."""
        there = len(self.vectors) if allowed is None else len(allowed.rows)
        return self.lists is None or there <= FEW or effort >= 1

    def search(
        self, query: Floats, count: int, allowed: Allowed | None, effort: float
    ) -> tuple[NDArray[np.int64], Floats]:
        """Return the rows of up to ``count`` vectors with the largest products with the query (dim,).

        The products are returned with them; those from lists are off by what 8 bits a number cost. Where the
        lists have too few that are allowed, all vectors are gone through.

        The fewer are allowed, the more lists are read, so that about as many vectors are compared as
        without a filter.
        """
        total = len(self.vectors)
        there = total if allowed is None else len(allowed.rows)
        if not self.exact(allowed, effort):
            params = faiss.SearchParametersIVF()
            share = min(1.0, effort * total / there)
            params.nprobe = max(1, round(share * self.lists.nlist))
            if allowed is not None:
                bits = allowed.bits
                selector = faiss.IDSelectorBitmap(len(bits), faiss.swig_ptr(bits))
                params.sel = selector  # which keeps neither it nor the bits alive
            products, rows = self.lists.search(query[None], count, params=params)
            found = rows[0] >= 0  # -1 where the lists that were read have no more
            if found.sum() >= min(count, there):
                return rows[0][found], products[0][found]
        return self._through(query, count, allowed)

    def _through(
        self, query: Floats, count: int, allowed: Allowed | None
    ) -> tuple[NDArray[np.int64], Floats]:
        """Search without lists."""
        if allowed is None:
            products = self.vectors @ query
            top = best(products, count)
            return top, products[top]
        if 4 * len(allowed.rows) < len(allowed.mask):
            products = self.vectors[allowed.rows] @ query
            top = best(products, count)
            return allowed.rows[top], products[top]
        # To copy the many that are allowed would take longer than to multiply them all.
        products = self.vectors[: len(allowed.mask)] @ query
        top = best(np.where(allowed.mask, products, -np.inf), min(count, len(allowed.rows)))
        return top, products[top]


def best(values: NDArray[Any], count: int) -> NDArray[np.int64]:
    """Return where the ``count`` largest are, in any order."""
    if count >= len(values):
        return np.arange(len(values))
    return np.argpartition(-values, count)[:count]


def write_lists(path: Path, vectors: Floats, *, seed: int = 0) -> None:
    """Sort vectors (N, dim) into about root N lists, and write them.

    Parameters
    ----------
    seed : of the sample that centres are learned from
    """
    total, dim = vectors.shape
    count = max(1, round(total**0.5))
    lists: Any = faiss.index_factory(dim, f"IVF{count},SQ8", faiss.METRIC_INNER_PRODUCT)
    lists.cp.niter, lists.cp.seed = 8, seed + 1
    lists.cp.min_points_per_centroid = 1  # fewer than usual are enough; faiss would warn
    sample = np.random.default_rng(seed).choice(
        total, size=min(total, _A_CENTRE * count), replace=False
    )
    lists.train(np.ascontiguousarray(vectors[np.sort(sample)]))
    _append(lists, vectors)
    faiss.write_index(lists, str(path))


def extend_lists(path: Path, new: Floats, goal: Path) -> None:
    """Read lists, sort new vectors into them by the centres they have, and write them elsewhere."""
    lists = _read(path, 0)
    _append(lists, new)
    faiss.write_index(lists, str(goal))


def read_lists(path: Path) -> Any:
    """Return lists whose codes stay in the file until they are read (``index_damaged``)."""
    lists = _read(path, faiss.IO_FLAG_MMAP)
    mapped: Any = faiss.downcast_InvertedLists(lists.invlists)
    mapped.prefetch_nthread = 0  # otherwise every search starts 32 threads, which doubles its time
    return lists


def _append(lists: Any, vectors: Floats) -> None:
    for start in range(0, len(vectors), _AT_ONCE):
        lists.add(np.ascontiguousarray(vectors[start : start + _AT_ONCE]))


def _read(path: Path, flags: int) -> Any:
    try:
        return faiss.read_index(str(path), flags)
    except RuntimeError:
        raise TriadError("index_damaged", file=path.name) from None
