"""What would have to be different: channels off, another's picture, a channel turned down."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray

from core.coalitions import MEMBERS
from core.explain.scoring import BEHAVIOUR, above, compare, embedded, heard, logits, popularity
from core.recommenders.neighbours import Neighbours
from core.recommenders.two_tower import TwoTower, Visitor
from core.types import CHANNELS, Channel, Modality

Scores = NDArray[np.float32]


@dataclass(frozen=True)
class Change:
    """One change, and where it puts the item.

    ``off`` are the channels that are turned down, to ``weight`` (0 is off); ``swap`` is the modality that was
    taken from ``other``, the row of an item. ``score`` in logits; ``rank`` from 1.
    """

    score: float
    rank: int
    off: tuple[Channel, ...] = ()
    weight: float = 0.0
    swap: Modality | None = None
    other: int | None = None


def rank_of(scores: Scores, row: int, hidden: NDArray[np.int64]) -> int:
    """Return the rank of an item, from 1, among all that are not ``hidden`` (rows of known items).

    Ties go to the lower row, as in the engine's stable sort.
    """
    rest = np.ones(len(scores), dtype=bool)
    rest[hidden] = False
    rest[row] = False
    mine = scores[row]
    ahead = (scores > mine) | ((scores == mine) & (np.arange(len(scores)) < row))
    return 1 + int((ahead & rest).sum())


def switched(
    model: TwoTower | Neighbours, visitor: Visitor, row: int, on: int, hidden: NDArray[np.int64]
) -> tuple[Change, ...]:
    """Return what every set of channels that can be switched off does, the smallest sets first.

    At least one of the channels that are on and that the visitor has stays on.
    """
    there = on & visitor.channels
    sets = [s for s in range(1, there) if s & ~there == 0]
    out = []
    for off in sorted(sets, key=lambda s: (s.bit_count(), s)):
        scores = model.scores(visitor, on & ~off)
        out.append(Change(float(scores[row]), rank_of(scores, row, hidden), _names(off)))
    return tuple(out)


@torch.inference_mode()
def swapped(
    model: TwoTower | Neighbours,
    visitor: Visitor,
    row: int,
    on: int,
    hidden: NDArray[np.int64],
    modality: Modality,
    other: int,
) -> Change:
    """Give the item another item's image, text or sound; both must have it. The rest of the list stays."""
    scores = model.scores(visitor, on).copy()
    if isinstance(model, Neighbours):
        alone = model.values(visitor, np.array([row, other]), on)[1 << CHANNELS.index(modality)]
        scores[row] += alone[1] - alone[0]
    else:
        rows = torch.tensor([row])
        x = embedded(model, rows, {modality: model.catalog.features[modality][other][None]})
        code = torch.from_numpy(heard(model, visitor, np.array([row]), on))
        popular = popularity(model.tower, rows)
        scores[row] = float(logits(model.tower, visitor.vectors[code], x, code, popular)[0])
    return Change(float(scores[row]), rank_of(scores, row, hidden), swap=modality, other=int(other))


@torch.inference_mode()
def slider(
    model: TwoTower | Neighbours, visitor: Visitor, on: int, channel: Channel
) -> Callable[[float], Scores]:
    """Return the whole catalog's scores (I,) as a function of a channel's weight in [0, 1].

    At 1 the channel is itself and at 0 absent, on both sides; between, the visitor's and every item's
    fused vector lie on the line between the two.
    """
    bit = 1 << CHANNELS.index(channel)
    if isinstance(model, Neighbours):
        ends = model.scores(visitor, on & ~bit), model.scores(visitor, on)
        return lambda weight: np.asarray(ends[0] + np.float32(weight) * (ends[1] - ends[0]))
    tower, rows = model.tower, np.arange(len(model.catalog))
    index = torch.from_numpy(rows)
    x = embedded(model, index)
    code = heard(model, visitor, rows, on)
    behaviour = torch.from_numpy(MEMBERS)[:, BEHAVIOUR]
    sides = []
    for codes in (torch.from_numpy(code & ~bit), torch.from_numpy(code)):
        u = visitor.vectors[codes]
        popular = popularity(tower, index) * behaviour[codes]
        sides.append((u, above(tower, u, x, codes), popular))
    (u0, z0, p0), (u1, z1, p1) = sides

    @torch.inference_mode()
    def scores(weight: float) -> Scores:
        u, z, p = (torch.lerp(a, b, weight) for a, b in ((u0, u1), (z0, z1), (p0, p1)))
        return np.asarray(compare(tower, u, z, p).numpy())

    return scores


def smallest_drop(
    model: TwoTower | Neighbours,
    visitor: Visitor,
    row: int,
    on: int,
    hidden: NDArray[np.int64],
    k: int,
) -> Change | None:
    """Return the smallest change that drops an item out of the first ``k``, or None where there is none.

    The fewest channels off come first, and among equals those that put it last. Where one channel is enough,
    it is not switched off but turned down as little as it takes.
    """
    drops = [c for c in switched(model, visitor, row, on, hidden) if c.rank > k]
    if not drops:
        return None
    fewest = len(drops[0].off)
    equal = [c for c in drops if len(c.off) == fewest]
    if fewest > 1:
        return max(equal, key=lambda c: c.rank)
    return max(
        (
            turned_down(slider(model, visitor, on, c.off[0]), c.off[0], row, hidden, k)
            for c in equal
        ),
        key=lambda c: c.weight,
    )


def turned_down(
    scores: Callable[[float], Scores],
    channel: Channel,
    row: int,
    hidden: NDArray[np.int64],
    k: int,
    *,
    steps: int = 20,
    digits: int = 12,
) -> Change:
    """Return the largest weight of a channel at which an item is out of the first ``k``.

    The item must be out at weight 0. The rank need not fall steadily, so the weight is looked for on a grid
    of ``steps`` from 1 downwards, and then by ``digits`` bisections between two neighbours.
    """

    def rank(weight: float) -> int:
        return rank_of(scores(weight), row, hidden)

    out = next((s for s in range(steps, -1, -1) if rank(s / steps) > k), 0)
    low, high = out / steps, min(out + 1, steps) / steps
    for _ in range(digits if high > low else 0):
        middle = (low + high) / 2
        low, high = (middle, high) if rank(middle) > k else (low, middle)
    final = scores(low)
    return Change(float(final[row]), rank_of(final, row, hidden), (channel,), low)


def _names(code: int) -> tuple[Channel, ...]:
    return tuple(c for c, there in zip(CHANNELS, MEMBERS[code], strict=True) if there)
