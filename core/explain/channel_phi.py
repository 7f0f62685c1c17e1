"""A channel's Shapley value as a function of what the channel shows.

Everything within a modality is measured on it: how does phi of the image change without this patch? The
coalitions without the channel do not depend on it, so they are evaluated once.
"""

from __future__ import annotations

from collections.abc import Callable
from math import factorial

import numpy as np
import torch
from torch import Tensor

from core.coalitions import COALITIONS, MEMBERS
from core.explain.scoring import embedded, heard, logits, members, popularity
from core.recommenders.two_tower import Entries, TwoTower, Visitor
from core.types import CHANNELS, Modality

Phi = Callable[[Tensor], Tensor]
"""Features (N, P_m) of N variants of a modality -> phi (N,) of its channel, in logits; differentiable."""


def of_item(model: TwoTower, visitor: Visitor, row: int, on: int, modality: Modality) -> Phi:
    """Return phi of a modality of an item, as a function of the item's features.

    Parameters
    ----------
    row : of the item, which must have the modality
    on : the coalition that is switched on
    """
    there = int(heard(model, visitor, np.array([row]), on)[0])
    vectors = visitor.vectors.clone()  # made in inference mode; a copy may enter a graph

    def score(features: Tensor, code: int) -> Tensor:
        count = len(features)
        rows = torch.full((count,), row)
        x = embedded(model, rows, {modality: features})
        codes = torch.full((count,), code)
        popular = popularity(model.tower, rows)
        return logits(model.tower, vectors[codes], x, codes, popular)

    return _phi(score, there, modality)


def of_upload(
    model: TwoTower, entries: Entries, which: int, row: int, on: int, modality: Modality
) -> Phi:
    """Return phi of a modality of an item, as a function of what the visitor brought.

    Parameters
    ----------
    entries : what the visitor is made of
    which : the entry whose features vary; it must have the modality
    row : of the item that is scored
    """
    side = model.tower.liked
    has = entries.present.any(0).numpy() & model.catalog.present[row].numpy()
    there = int((1 << np.flatnonzero(has)).sum()) & on
    fixed = side.embed(entries.features, entries.rows, entries.present)

    def score(features: Tensor, code: int) -> Tensor:
        count, length = len(features), len(entries)
        pick = torch.full((count,), which)
        mine = {m: f[pick] for m, f in entries.features.items()} | {str(modality): features}
        varied = side.embed(mine, entries.rows[pick], entries.present[pick])
        x = torch.cat([fixed, varied])
        present = torch.cat([entries.present, entries.present[pick]])
        z = side.under(x, present, members(torch.tensor([code])))[0]
        # N visitors who share every entry but one.
        history = torch.zeros(count, length + count, dtype=torch.bool)
        history[:, :length] = torch.arange(length) != which
        history[torch.arange(count), length + torch.arange(count)] = True
        u = model.tower.visitor(z, history)
        rows = torch.full((count,), row)
        popular = popularity(model.tower, rows)
        return logits(model.tower, u, embedded(model, rows), torch.full((count,), code), popular)

    return _phi(score, there, modality)


def _phi(score: Callable[[Tensor, int], Tensor], there: int, modality: Modality) -> Phi:
    """Return phi of a channel, from the score of coalitions within ``there``."""
    n, bit = len(CHANNELS), 1 << CHANNELS.index(modality)
    share: dict[int, float] = {}
    for s in range(COALITIONS):
        if not s & bit:
            size = int(MEMBERS[s].sum())
            weight = factorial(size) * factorial(n - size - 1) / factorial(n)
            share[s & there] = share.get(s & there, 0.0) + weight

    def phi(features: Tensor) -> Tensor:
        if not there & bit:
            return features.sum(-1) * 0
        # A code without the channel does not read the features: one row stands for all.
        gains = (
            weight * (score(features, s | bit) - score(features[:1].detach(), s))
            for s, weight in share.items()
        )
        return torch.stack(list(gains)).sum(0)

    return phi
