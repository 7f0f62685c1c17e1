"""Which items may be among a visitor's best."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.recommenders.two_tower import Visitor
from core.retrieval import unit
from core.retrieval.rows import Rows
from core.retrieval.scorer import Scorer
from core.retrieval.shelf import Shelf
from core.retrieval.units import Units

Ints = NDArray[np.int64]
Floats = NDArray[np.float32]


@dataclass(frozen=True)
class Asked:
    """What is asked for.

    Attributes
    ----------
    heard : the channels that are on and that the visitor has
    having : the coalition of channels that an item must have
    categories : numbers; without, any
    count : of candidates, from each unit
    effort : share of the vectors that are compared
    """

    heard: int
    having: int
    categories: frozenset[int]
    count: int
    effort: float


def candidates(
    shelf: Shelf, scorer: Scorer, units: Units, visitor: Visitor, asked: Asked
) -> tuple[Rows, bool]:
    """Return items that may be among the best, and whether none was left out."""
    queries = scorer.queries(visitor) if scorer.linear else np.zeros((0, 0), np.float32)
    parts, exact = [], True
    for group in shelf.groups.values():
        if group.has & asked.having != asked.having:
            continue
        allowed, code = group.allowed(asked.categories), group.has & asked.heard
        if scorer.linear and code:
            there = units(group.has, code)
            found, products = there.search(queries[code], asked.count, allowed, asked.effort)
            exact &= there.exact(allowed, asked.effort)
        else:
            found = np.arange(len(group.rows)) if allowed is None else allowed.rows
            if scorer.linear:  # nothing is heard of them: the smallest ids stand for all
                found = found[unit.best(-shelf.base.ids[group.rows[found]], asked.count)]
            products = np.zeros(len(found), np.float32)
        # A merge that ends meanwhile makes units longer than the groups that this search knows.
        known = found < len(group.rows)
        parts.append((group.rows[found[known]], products[known]))
    rows = _first(shelf, parts, asked.count if scorer.linear else None)
    beside = _beside(shelf, scorer, queries, asked)
    return shelf.base.take(rows) + shelf.side.rows.take(beside), exact


def _first(shelf: Shelf, parts: list[tuple[Ints, Floats]], count: int | None) -> Ints:
    """Return the rows of the ``count`` largest products, in the order of the file: it is read that way."""
    rows = np.concatenate([np.zeros(0, np.int64), *(rows for rows, _ in parts)])
    products = np.concatenate([np.zeros(0, np.float32), *(x for _, x in parts)])
    # Where nothing is heard all are alike, and then the smallest ids are the first.
    order = np.lexsort((shelf.base.ids[rows], -products))[:count]
    return np.sort(rows[order])


def _beside(shelf: Shelf, scorer: Scorer, queries: Floats, asked: Asked) -> Ints:
    """Return rows of the side list."""
    side = shelf.side
    mask = (side.rows.has & asked.having) == asked.having
    if asked.categories:
        mask &= np.isin(side.rows.category, list(asked.categories))
    rows = np.flatnonzero(mask)
    if not scorer.linear or len(rows) <= asked.count:
        return rows
    vectors = side.under(scorer, asked.heard)[rows]
    codes = side.rows.has[rows] & asked.heard
    products = np.einsum("nd,nd->n", vectors, queries[codes])
    best: Ints = rows[unit.best(products, asked.count)]
    return best
