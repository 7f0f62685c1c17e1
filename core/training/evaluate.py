"""How well a tower ranks what its visitors took later."""

from __future__ import annotations

from collections.abc import Iterable

import torch

from core.coalitions import coalition
from core.evaluation.splits import Split
from core.recommenders.tower import Tower
from core.recommenders.two_tower import Catalog
from core.training.train import full_scores, ndcg_at
from core.types import CHANNELS


def held_out_ndcg(
    tower: Tower, catalog: Catalog, split: Split, channels: Iterable[str] = CHANNELS, k: int = 10
) -> float:
    """Return the mean NDCG@k over visitors: full ranking, train and validation items masked."""
    known = torch.from_numpy(split.train + split.valid > 0)
    wanted = torch.from_numpy(split.test > 0)
    rows = wanted.any(dim=1) & known.any(dim=1)
    scores = full_scores(tower, catalog, known[rows], coalition(channels))
    return float(ndcg_at(scores.masked_fill(known[rows], -torch.inf), wanted[rows], k).mean())
