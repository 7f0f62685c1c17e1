"""Worlds whose features are drawn from their planted factors, in place of media and encoders.

Drawing, synthesising and encoding a world takes minutes; an experiment that needs a world for every setting
of a knob draws the features directly, as the worlds of any size do (:mod:`core.catalog.worlds.scale`). Only
the features are short-cut: items, visitors and what they took are sampled as in the worlds that ship.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.catalog import worlds
from core.catalog.dataset import Dataset
from core.catalog.worlds.plan import factor_table, plan_items
from core.catalog.worlds.visitors import Crowd, utilities, visit
from core.types import MODALITIES, Item


@dataclass(frozen=True)
class Sizes:
    """How large planted worlds are.

    ``width`` is that of a modality's vector; ``noise`` its standard deviation around what the factors say, in
    units of the directions that the factors' values have.
    """

    items: int = 160
    visitors: int = 400
    width: int = 64
    noise: float = 2.0


def planted(
    world: str, sizes: Sizes, *, redundancy: float, missing: float = 0.0, seed: int = 0
) -> Dataset:
    """Draw a world with features in place of media.

    Every modality of an item is drawn, and visitors choose by all of them; then a share is withheld from the
    recommender, as where a catalog has lost its pictures. So behaviour, popularity and the oracle's ranking
    are the same for every share, and what is withheld at one share is withheld at every larger one.

    Parameters
    ----------
    world : whose factors, and whose crowd
    redundancy : how often a modality's main factor follows the item's shared style, in [0, 1]
    missing : share of modalities that is withheld, in [0, 1]; every item keeps at least one
    seed : of everything
    """
    maker = worlds.create(world)
    plans = plan_items(maker, sizes.items, seed=seed, redundancy=redundancy, lacking=0.0)
    crowd = Crowd(visitors=sizes.visitors)
    truth = utilities(maker, plans, crowd, seed=seed)
    rng = np.random.default_rng([seed, 0xFEA7])
    vectors = {}
    for modality in MODALITIES:
        shown = factor_table(maker, plans, modality)
        said = shown @ rng.standard_normal((shown.shape[1], sizes.width))
        said += sizes.noise * rng.standard_normal(said.shape)
        vectors[modality] = said.astype(np.float32)
    kept = ~withheld(sizes.items, missing, np.random.default_rng([seed, 0x10557]))
    kind = next(f for f in maker.factors if f.name == maker.category)
    return Dataset(
        name=world,
        kind="rendered",
        simulated=True,
        items=tuple(
            Item(
                plan.id,
                {},
                kind.values[plan.values[kind.name]],
                frozenset(m for m, there in zip(MODALITIES, row, strict=True) if there),
            )
            for plan, row in zip(plans, kept, strict=True)
        ),
        visitors=tuple(f"visitor-{u:04d}" for u in range(sizes.visitors)),
        interactions=visit(truth, crowd, seed=seed),
        vectors=vectors,
        truth=truth,
    )


def withheld(items: int, share: float, rng: np.random.Generator) -> NDArray[np.bool_]:
    """Return which modalities (items, M) are withheld: nested in ``share``, and never all of an item."""
    lot = rng.random((items, len(MODALITIES)))
    gone = lot < share
    gone[np.arange(items), lot.argmax(axis=1)] = False
    return gone
