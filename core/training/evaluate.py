"""How well a tower ranks what its visitors took later."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import torch

from core.coalitions import coalition
from core.evaluation.splits import Split
from core.recommenders.tower import Tower
from core.recommenders.two_tower import Catalog
from core.training.measures import ndcg_at
from core.training.steps import full_scores
from core.types import CHANNELS


@dataclass(frozen=True)
class HeldOut:
    """Means over ``visitors`` who have something to be asked about, of lists of ``k``; NaN for nobody."""

    ndcg: float
    recall: float
    visitors: int
    k: int = 10


def held_out(
    tower: Tower, catalog: Catalog, split: Split, channels: Iterable[str] = CHANNELS, k: int = 10
) -> HeldOut:
    """Measure on the test split: full ranking, train and validation items masked."""
    known = torch.from_numpy(split.train + split.valid > 0)
    wanted = torch.from_numpy(split.test > 0)
    rows = wanted.any(dim=1) & known.any(dim=1)
    scores = full_scores(tower, catalog, known[rows], coalition(channels))
    scores, wanted = scores.masked_fill(known[rows], -torch.inf), wanted[rows]
    top = scores.topk(min(k, scores.shape[1]), dim=1).indices
    recall = wanted.gather(1, top).sum(1) / wanted.sum(1)
    ndcg = ndcg_at(scores, wanted, k)
    return HeldOut(float(ndcg.mean()), float(recall.mean()), len(wanted), k)


def held_out_ndcg(
    tower: Tower, catalog: Catalog, split: Split, channels: Iterable[str] = CHANNELS, k: int = 10
) -> float:
    """Return the mean NDCG@k over visitors; see :func:`held_out`."""
    return held_out(tower, catalog, split, channels, k).ndcg
