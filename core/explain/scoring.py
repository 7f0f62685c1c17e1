"""The two-tower's score of items that need not exist, as a differentiable function of what they show.

:class:`~core.recommenders.two_tower.TwoTower` scores the items of its catalog. An explanation asks about
others: one with another's picture, one without a phrase, one half way to the average. A test holds that for
the catalog's own items the two agree.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from core.coalitions import MEMBERS, pack
from core.recommenders.tower import Tower
from core.recommenders.two_tower import TwoTower, Visitor
from core.types import CHANNELS, Channel

BEHAVIOUR = CHANNELS.index(Channel.BEHAVIOUR)


def members(codes: Tensor) -> Tensor:
    """Return (N, C) bool: which channels the coalitions ``codes`` (N,) have."""
    return torch.from_numpy(MEMBERS)[codes]


def above(tower: Tower, u: Tensor, x: Tensor, codes: Tensor) -> Tensor:
    """Fuse items; under the ``dot`` head, how they stand above the average item.

    Parameters
    ----------
    u : (N, width) visitors
    x : (N, C, width) embedded channels of one item each
    codes : (N,) the coalition that is heard of each
    """
    side, shown = tower.offered, members(codes)
    z = side.fuse(x, shown, u if tower.asks else None).z
    if tower.config.head != "dot":
        return z
    average = side.average()
    if tower.asks:
        return z - side.fuse(average.expand(len(x), -1, -1), shown, u).z
    every = torch.from_numpy(MEMBERS)
    return z - side.fuse(average.expand(len(every), -1, -1), every).z[codes]


def compare(tower: Tower, u: Tensor, stand: Tensor, popular: Tensor) -> Tensor:
    """Return logits (...) of visitors ``u`` and items ``stand`` from :func:`above`, both (..., width).

    ``popular`` (...) is the share of :func:`popularity` that is heard.
    """
    if tower.config.head != "dot":
        return tower.judge(u, stand)
    return (u * stand).sum(-1) + popular


def logits(tower: Tower, u: Tensor, x: Tensor, codes: Tensor, popular: Tensor) -> Tensor:
    """Return the logits (N,) of N pairs; see :func:`above`. ``popular`` (N,) counts with behaviour only."""
    heard = popular * members(codes)[:, BEHAVIOUR]
    return compare(tower, u, above(tower, u, x, codes), heard)


def popularity(tower: Tower, rows: Tensor) -> Tensor:
    """Return how much more popular than average items are (N,): 0 where the head knows no popularity."""
    return tower.popular(rows) if tower.config.head == "dot" else torch.zeros(len(rows))


def embedded(model: TwoTower, rows: Tensor, swap: Mapping[str, Tensor] | None = None) -> Tensor:
    """Embed items of the catalog (N, C, width), with the features ``swap`` in place of their own.

    ``swap`` maps a modality to (N, P_m); the items must have it.
    """
    features = {m: f[rows] for m, f in model.catalog.features.items()} | dict(swap or {})
    return model.tower.offered.embed(features, rows, model.catalog.present[rows])


def heard(model: TwoTower, visitor: Visitor, rows: NDArray[np.int64], on: int) -> NDArray[np.int64]:
    """Return the coalition (N,) that is on, and that the visitor and the item have."""
    return pack(model.catalog.present.numpy()[rows]) & on & visitor.channels
