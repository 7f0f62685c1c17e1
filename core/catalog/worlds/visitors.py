"""Simulated visitors with planted modality weights: who they are, and what they take.

The utility of item i to visitor u is

    U(u, i) = kind * t_u(kind of i) + sum_m strength * w_um * t_um(what only m shows of i) + popularity(i)

where every taste term is standardised over the items, so that a weight means the same in each modality. A
small group has, in place of the sum, the exclusive or of two modalities: neither says anything alone.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.catalog.dataset import Interactions, Truth
from core.catalog.worlds.base import Plan, World
from core.catalog.worlds.plan import factor_table
from core.types import MODALITIES, Modality


@dataclass(frozen=True)
class Crowd:
    """How visitors are simulated.

    ``strength`` and ``kind`` are in units of the choice noise (a standard Gumbel); ``concentration`` is the
    Dirichlet's of the modality weights (small: most care for one modality); ``exposure`` is the share of
    the catalog that a visitor ever meets.
    """

    visitors: int = 800
    concentration: float = 0.5
    strength: float = 5.0
    kind: float = 2.0
    minor: float = 0.35
    popularity: float = 0.4
    synergy: float = 0.06
    exposure: float = 0.7
    taken: float = 30.0


SYNERGY: tuple[Modality, Modality] = (Modality.IMAGE, Modality.AUDIO)
"""The two modalities whose exclusive or the synergy visitors love."""


def _standardised(terms: NDArray[np.float64]) -> NDArray[np.float64]:
    spread = terms.std(axis=1, keepdims=True)
    centred: NDArray[np.float64] = terms - terms.mean(axis=1, keepdims=True)
    return centred / np.where(spread > 1e-9, spread, 1)


def _tastes(
    rng: np.random.Generator, world: World, modality: Modality | None, minor: float, visitors: int
) -> NDArray[np.float64]:
    """Draw each visitor's liking of every factor value; minor factors count ``minor`` as much."""
    scale = [
        np.full(len(f.values), 1.0 if f.main or modality is None else minor)
        for f in world.factors
        if f.modality == modality
    ]
    scales = np.concatenate(scale) if scale else np.zeros(0)
    return rng.standard_normal((visitors, len(scales))) * scales


def utilities(
    world: World, plans: tuple[Plan, ...], crowd: Crowd = Crowd(), *, seed: int = 0
) -> Truth:
    """Draw visitors and say what every item is worth to each of them."""
    rng = np.random.default_rng([seed, 0xC0])
    count = crowd.visitors
    weights = rng.dirichlet(np.full(len(MODALITIES), crowd.concentration), size=count)
    synergy = rng.random(count) < crowd.synergy

    total = np.zeros((count, len(plans)))
    for column, modality in enumerate(MODALITIES):
        tastes = _tastes(rng, world, modality, crowd.minor, count)
        term = _standardised(tastes @ factor_table(world, plans, modality).T)
        total += crowd.strength * weights[:, [column]] * term

    halves = []
    for modality in SYNERGY:
        factor = world.main(modality)
        value = np.array([plan.values[factor.name] for plan in plans])
        shown = np.array([modality in plan.modalities for plan in plans])
        halves.append(np.where(shown, np.where(value < len(factor.values) // 2, 1, -1), 0))
    side = rng.choice([-1, 1], size=(count, 1))
    total = np.where(synergy[:, None], crowd.strength * side * (halves[0] * halves[1]), total)

    kinds = _tastes(rng, world, None, crowd.minor, count)
    total += crowd.kind * _standardised(kinds @ factor_table(world, plans, None).T)
    total += crowd.popularity * rng.standard_normal(len(plans))
    return Truth(weights.astype(np.float32), synergy, total.astype(np.float32))


def visit(truth: Truth, crowd: Crowd = Crowd(), *, seed: int = 0) -> Interactions:
    """Let every visitor choose, without replacement, among the items that he meets (Plackett-Luce).

    Ratings follow the utility within what the visitor took; times are uniform over one year.
    """
    rng = np.random.default_rng([seed, 0x7A4E])
    users, items = truth.utility.shape
    wanted = truth.utility + rng.gumbel(size=(users, items))
    wanted[rng.random((users, items)) > crowd.exposure] = -np.inf
    order = np.argsort(-wanted, axis=1)
    sizes = np.clip(
        rng.lognormal(np.log(crowd.taken), 0.4, size=users), 6, 0.8 * crowd.exposure * items
    )

    user, item, rating, time = [], [], [], []
    for u, size in enumerate(sizes.astype(int)):
        took = order[u, : int(min(size, np.isfinite(wanted[u]).sum()))]
        liking = truth.utility[u, took] + 0.5 * rng.standard_normal(len(took))
        rank = np.argsort(np.argsort(liking)) / max(len(took) - 1, 1)
        user.append(np.full(len(took), u))
        item.append(took)
        rating.append(np.searchsorted([0.05, 0.15, 0.35, 0.7], rank, side="right") + 1)
        time.append(np.sort(1_735_689_600 + rng.integers(365 * 86_400, size=len(took))))
        # What is taken first is not what is liked best: times are dealt in random order.
        rng.shuffle(time[-1])
    return Interactions(
        *(np.concatenate(part).astype(np.int64) for part in (user, item, rating, time))
    )
