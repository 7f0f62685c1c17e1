"""The second baseline: an item against what other items show, in place of knowing nothing.

Under the first baseline a channel that is off is absent. Here it is another item's:

    v(S) = mean over background items b of score(visitor, item with the channels outside S taken from b)

so v(all) is the item's score and v(none) the mean score of the background (Lundberg & Lee 2017, the
interventional expectation). The two baselines ask different questions; where they give a channel
opposite signs, an explanation has to say so. Channels that the item or the visitor lacks stay absent, and so
null players.
"""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray

from core.coalitions import COALITIONS, pack
from core.explain.scoring import BEHAVIOUR, embedded, heard, logits, members, popularity
from core.recommenders.neighbours import Neighbours
from core.recommenders.two_tower import TwoTower, Visitor

SIZE = 64
"""Items in the background."""


def background(items: int, size: int = SIZE, *, seed: int = 0) -> NDArray[np.int64]:
    """Return the rows of a fixed sample of the catalog, sorted."""
    drawn = np.random.default_rng(seed).choice(items, size=min(size, items), replace=False)
    return np.sort(drawn.astype(np.int64))


@torch.inference_mode()
def background_values(
    model: TwoTower | Neighbours,
    visitor: Visitor,
    rows: NDArray[np.int64],
    on: int,
    sample: NDArray[np.int64],
) -> NDArray[np.float64]:
    """Return v(S) (coalitions, K) of items ``rows`` (K,) against the background ``sample`` (B,)."""
    if isinstance(model, Neighbours):
        return _additive(model, visitor, rows, on, sample)
    return np.stack([_against(model, visitor, int(row), on, sample) for row in rows], axis=1)


def _against(
    model: TwoTower, visitor: Visitor, row: int, on: int, sample: NDArray[np.int64]
) -> NDArray[np.float64]:
    """Return v(S) (coalitions,) of one item: one pass over coalitions x background."""
    tower, size = model.tower, len(sample)
    there = int(heard(model, visitor, np.array([row]), on)[0])
    codes = np.arange(COALITIONS) & there
    # Coalitions that differ in null players only are one and the same.
    distinct, which = np.unique(codes, return_inverse=True)
    others = heard(model, visitor, sample, on)
    own = np.repeat(distinct, size)
    code = own | (np.tile(others, len(distinct)) & there & ~own)

    item, rows = torch.tensor([row]), torch.from_numpy(sample)
    mine, theirs = embedded(model, item), embedded(model, rows).repeat(len(distinct), 1, 1)
    from_item = members(torch.from_numpy(own))
    x = torch.where(from_item[:, :, None], mine, theirs)
    popular = torch.where(
        from_item[:, BEHAVIOUR],
        popularity(tower, item),
        popularity(tower, rows).repeat(len(distinct)),
    )
    index = torch.from_numpy(code)
    found = logits(tower, visitor.vectors[index], x, index, popular)
    mean = found.double().view(len(distinct), size).mean(1).numpy()
    return np.asarray(mean[which])


def _additive(
    model: Neighbours,
    visitor: Visitor,
    rows: NDArray[np.int64],
    on: int,
    sample: NDArray[np.int64],
) -> NDArray[np.float64]:
    """The same where the score is a sum over channels: what is outside S has the background's mean."""
    there = pack(model.catalog.present.numpy()[rows]) & on & visitor.channels
    rest = there & ~np.arange(COALITIONS)[:, None]
    mean: NDArray[np.float64] = model.values(visitor, sample, on).mean(1)
    out: NDArray[np.float64] = model.values(visitor, rows, on) + mean[rest]
    return out


def disagree(
    first: NDArray[np.float64], second: NDArray[np.float64], share: float = 0.05
) -> NDArray[np.bool_]:
    """Return (C, ...) bool: where two attributions of the same items have opposite signs.

    An attribution below ``share`` of the item's largest is near enough to nothing to have no sign.
    """

    def sign(phi: NDArray[np.float64]) -> NDArray[np.float64]:
        size = np.abs(phi)
        return np.where(size > share * size.max(axis=0), np.sign(phi), 0.0)

    opposite: NDArray[np.bool_] = sign(first) * sign(second) < 0
    return opposite
