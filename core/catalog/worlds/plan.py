"""Sampling the planted factors of a world's items."""

from __future__ import annotations

import numpy as np

from core.catalog.worlds.base import Plan, World
from core.types import MODALITIES, Modality

LACKING = 0.08
"""Probability that an item lacks one given modality. No item lacks all of them."""


def plan_items(
    world: World,
    count: int = 320,
    *,
    seed: int = 0,
    redundancy: float | None = None,
    lacking: float = LACKING,
) -> tuple[Plan, ...]:
    """Sample the factors of ``count`` items.

    Every item has a hidden style. The main factor of each modality follows it with probability
    ``redundancy`` and is uniform otherwise, so at 1 the modalities always agree and at 0 knowing one says
    nothing about another. All other factors are uniform and independent; the category is balanced.

    Parameters
    ----------
    world : whose factors are sampled
    count : number of items
    seed : same seed, same plans
    redundancy : in [0, 1]; the world's own by default
    lacking : probability that an item lacks a given modality
    """
    rng = np.random.default_rng([seed, 0x17E5])
    columns = sample_factors(world, count, rng, redundancy)
    lacks = rng.random((count, len(MODALITIES))) < lacking
    lacks[lacks.all(axis=1)] = False
    seeds = rng.integers(2**31, size=count)
    return tuple(
        Plan(
            id=f"{world.key}-{i:0{max(4, len(str(count - 1)))}d}",
            index=i,
            seed=int(seeds[i]),
            values={name: int(column[i]) for name, column in columns.items()},
            modalities=frozenset(
                m for m, lack in zip(MODALITIES, lacks[i], strict=True) if not lack
            ),
        )
        for i in range(count)
    )


def sample_factors(
    world: World, count: int, rng: np.random.Generator, redundancy: float | None = None
) -> dict[str, np.ndarray]:
    """Sample every factor of ``count`` items; see :func:`plan_items`.

    Returns
    -------
    factor name -> (count,) indices into its values
    """
    agree = world.redundancy if redundancy is None else redundancy
    style = rng.integers(len(world.main(MODALITIES[0]).values), size=count)
    columns: dict[str, np.ndarray] = {}
    for factor in world.factors:
        size = len(factor.values)
        if factor.name == world.category:
            columns[factor.name] = rng.permutation(np.arange(count) % size)
        elif factor.main:
            follows = rng.random(count) < agree
            columns[factor.name] = np.where(follows, style, rng.integers(size, size=count))
        else:
            columns[factor.name] = rng.integers(size, size=count)
    return columns


def factor_table(world: World, plans: tuple[Plan, ...], modality: Modality | None) -> np.ndarray:
    """Return the one-hot factors that ``modality`` alone shows (None: the shared ones).

    Returns
    -------
    (items, sum of the factors' sizes) float32; all zero rows where the item lacks the modality
    """
    blocks = []
    for factor in world.factors:
        if factor.modality != modality:
            continue
        block = np.zeros((len(plans), len(factor.values)), dtype=np.float32)
        for row, plan in enumerate(plans):
            if modality is None or modality in plan.modalities:
                block[row, plan.values[factor.name]] = 1
        blocks.append(block)
    return np.concatenate(blocks, axis=1) if blocks else np.zeros((len(plans), 0), np.float32)
