"""Seeds: a number, or several that together stand for one."""

from __future__ import annotations

from collections.abc import Sequence

Seed = int | Sequence[int]
"""What :func:`numpy.random.default_rng` takes; not negative."""


def sub_seed(seed: Seed, number: int) -> tuple[int, ...]:
    """Return the ``number``-th of the independent seeds that follow from ``seed``."""
    return (seed, number) if isinstance(seed, int) else (*seed, number)
