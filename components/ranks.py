"""How alike two rankings are."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations


def overlap(a: Sequence[str], b: Sequence[str]) -> int:
    """Return how many items are in both lists."""
    return len(set(a) & set(b))


def kendall_tau(a: Sequence[str], b: Sequence[str]) -> float | None:
    """Return Kendall's tau of the items that both lists have; None for fewer than two."""
    common = [x for x in a if x in set(b)]
    if len(common) < 2:
        return None
    place = {x: n for n, x in enumerate(b)}
    pairs = list(combinations(common, 2))
    agree = sum(place[x] < place[y] for x, y in pairs)
    return 2 * agree / len(pairs) - 1


def rank_biased_overlap(a: Sequence[str], b: Sequence[str], p: float = 0.9) -> float:
    """Return the extrapolated rank-biased overlap of two lists of equal length, 0 to 1.

    Parameters
    ----------
    p : persistence; the first ranks count more the smaller it is

    References
    ----------
    Webber, Moffat and Zobel, A Similarity Measure for Indefinite Rankings, 2010, equation 30.
    """
    depth = min(len(a), len(b))
    if not depth:
        return 0.0
    shared = [len(set(a[:d]) & set(b[:d])) for d in range(1, depth + 1)]
    weighted = sum(x / d * p**d for d, x in enumerate(shared, start=1))
    return shared[-1] / depth * p**depth + (1 - p) / p * weighted
