"""What a step is judged by: a softmax over items, pairs of items, or the classical pointwise BCE.

All take logits (B, N), what was liked ``target`` (B, N) and which likes the tower was shown ``known``, and
return (B,) losses, one a visitor.
"""

from __future__ import annotations

from typing import Final

import torch
from torch import Tensor
from torch.nn import functional as F

LOSSES: Final = ("softmax", "sampled", "bpr", "bce")
"""Softmax over the catalog, or over as many random items a step as ``candidates`` says; pairs; points."""


def softmax_loss(logits: Tensor, target: Tensor, known: Tensor) -> Tensor:
    """Cross-entropy against the likes that the tower was not shown; those shown are left out."""
    hidden = (target & ~known).to(logits.dtype)
    log_p = F.log_softmax(logits.masked_fill(known, torch.finfo(logits.dtype).min), dim=1)
    return -(log_p * hidden).sum(1) / hidden.sum(1).clamp(min=1)


def bce_loss(
    logits: Tensor, target: Tensor, known: Tensor, negatives: int, generator: torch.Generator
) -> Tensor:
    """Binary cross-entropy of hidden likes against ``negatives`` sampled others each."""
    hidden = target & ~known
    rate = negatives * hidden.sum(1, keepdim=True) / (~target).sum(1, keepdim=True).clamp(min=1)
    drawn = ~target & (torch.rand(logits.shape, generator=generator) < rate)
    used = (hidden | drawn).to(logits.dtype)
    pointwise = F.binary_cross_entropy_with_logits(
        logits, hidden.to(logits.dtype), reduction="none"
    )
    return (pointwise * used).sum(1) / used.sum(1).clamp(min=1)


def bpr_loss(
    logits: Tensor, target: Tensor, known: Tensor, negatives: int, generator: torch.Generator
) -> Tensor:
    """-log sigmoid of how far every hidden like is above each of ``negatives`` sampled others.

    Rendle et al., BPR: Bayesian Personalized Ranking from Implicit Feedback, 2009.
    """
    visitor, like = torch.nonzero(target & ~known, as_tuple=True)  # (P,)
    others = draw_others(target, visitor, negatives, generator)  # (P, negatives)
    above = logits[visitor, like, None] - logits[visitor[:, None], others]
    pairs = -F.logsigmoid(above).mean(1) * (~target).any(1)[visitor]
    count = torch.bincount(visitor, minlength=len(logits)).clamp(min=1)
    return logits.new_zeros(len(logits)).index_add(0, visitor, pairs) / count


def draw_others(taken: Tensor, rows: Tensor, count: int, generator: torch.Generator) -> Tensor:
    """Draw ``count`` columns for each of ``rows`` (P,) that are False in ``taken`` (B, N), uniformly.

    A row in which everything is taken gets any column.
    """
    free_first = taken.to(torch.uint8).argsort(dim=1, stable=True)
    free = (~taken).sum(1).clamp(min=1)[rows, None]
    place = (torch.rand(len(rows), count, generator=generator) * free).long().clamp(max=free - 1)
    return free_first[rows[:, None], place]
