"""Worlds of any size for scale tests: factors, vectors and interactions, without media.

The factors are sampled as in :mod:`core.catalog.worlds.plan`. A modality's vector is the sum of a random
direction for each value of its factors, and noise, so what a real encoder would find is there to be found.
Everything is made and written in blocks: a million items need no more memory than a few.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

import numpy as np
from numpy.lib.format import open_memmap
from numpy.typing import NDArray

from core.catalog.worlds.base import Factor, World
from core.catalog.worlds.plan import sample_factors
from core.catalog.worlds.visitors import Crowd
from core.resources import write_json
from core.types import MODALITIES, Modality

BLOCK: Final = 50_000
"""Items or visitors that are made at once."""
MET: Final = 200
"""How many items a visitor meets: nobody looks through a million."""


def synthesise(
    world: World,
    folder: Path,
    *,
    items: int,
    visitors: int,
    width: int = 64,
    taken: int = 20,
    seed: int = 0,
    say: Callable[[str], None] = lambda _: None,
) -> None:
    """Write a world of ``items`` items into a folder.

    ``factors.npy`` is (items, factors) uint8 in the order of ``world.factors``; ``image.npy``,
    ``text.npy`` and ``audio.npy`` are (items, width) float16; ``interactions.npy`` is
    (visitors * taken, 2) int32, rows of visitor and item, best liked first; ``weights.npy`` is
    (visitors, modalities) float32, the planted truth.

    Parameters
    ----------
    taken : how many items each visitor takes of the :data:`MET` that he meets
    """
    folder.mkdir(parents=True, exist_ok=True)
    rng = np.random.default_rng([seed, 0x5CA1E])
    columns = sample_factors(world, items, rng)
    factors = open_memmap(folder / "factors.npy", "w+", np.uint8, (items, len(world.factors)))
    for column, factor in enumerate(world.factors):
        factors[:, column] = columns[factor.name]
    del columns
    say("factors")
    for modality in MODALITIES:
        directions = {
            column: rng.standard_normal((len(factor.values), width)).astype(np.float32)
            for column, factor in _shown(world, modality)
        }
        vectors = open_memmap(folder / f"{modality}.npy", "w+", np.float16, (items, width))
        for rows in _blocks(items):
            noise = 0.3 * rng.standard_normal((rows.stop - rows.start, width), dtype=np.float32)
            for column, direction in directions.items():
                noise += direction[factors[rows, column]]
            vectors[rows] = noise
        vectors.flush()
        say(f"{modality} vectors")
    taken = min(taken, items)
    took = open_memmap(folder / "interactions.npy", "w+", np.int32, (visitors * taken, 2))
    weights = open_memmap(folder / "weights.npy", "w+", np.float32, (visitors, len(MODALITIES)))
    for rows in _blocks(visitors, BLOCK // 5):
        weights[rows], chosen = _visit(world, factors, rows.stop - rows.start, taken, rng)
        place = slice(rows.start * taken, rows.stop * taken)
        took[place, 0] = np.repeat(np.arange(rows.start, rows.stop), taken)
        took[place, 1] = chosen.ravel()
    took.flush()
    weights.flush()
    write_json(
        folder / "scale.json",
        {
            "world": world.key,
            "seed": seed,
            "items": items,
            "visitors": visitors,
            "taken": taken,
            "width": width,
            "factors": {f.name: list(f.values) for f in world.factors},
            "simulated": True,
        },
    )
    say("interactions")


def _visit(
    world: World, factors: NDArray[np.uint8], visitors: int, taken: int, rng: np.random.Generator
) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Draw visitors, show each some items, and let them choose; returns weights and (visitors, taken)."""
    crowd = Crowd()
    weights = rng.dirichlet(np.full(len(MODALITIES), crowd.concentration), size=visitors)
    met = rng.integers(len(factors), size=(visitors, max(MET, taken)))
    utility = rng.gumbel(size=met.shape)
    for number, modality in enumerate(MODALITIES):
        term = np.zeros(met.shape)
        for column, factor in _shown(world, modality):
            scale = 1.0 if factor.main else crowd.minor
            taste = scale * rng.standard_normal((visitors, len(factor.values)))
            term += np.take_along_axis(taste, factors[met, column].astype(np.int64), axis=1)
        utility += crowd.strength * weights[:, [number]] * term
    order = np.argsort(-utility, axis=1)[:, :taken]
    return weights, np.take_along_axis(met, order, axis=1)


def _shown(world: World, modality: Modality) -> list[tuple[int, Factor]]:
    """Return the factors that a modality shows alone, with their columns."""
    return [(c, f) for c, f in enumerate(world.factors) if f.modality == modality]


def _blocks(count: int, size: int = BLOCK) -> Iterator[slice]:
    for start in range(0, count, size):
        yield slice(start, min(start + size, count))
