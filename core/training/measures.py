"""What validation says of a tower: NDCG of the ranking, and of the classical model accuracy and AUC."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor

from core.evaluation.metrics import auc
from core.training.losses import draw_others


def ndcg_at(score: Tensor, target: Tensor, k: int = 10) -> Tensor:
    """Return NDCG@k (B,) of scores (B, I) against binary relevance (B, I) with at least one hit a row."""
    k = min(k, score.shape[1])
    gain = 1 / torch.log2(torch.arange(2, k + 2, dtype=score.dtype))
    hits = target.to(score.dtype).gather(1, score.topk(k, dim=1).indices)
    ideal = torch.cumsum(gain, 0)[target.sum(1).clamp(max=k).long() - 1]
    return (hits * gain).sum(1) / ideal


def pointwise(
    logits: Tensor, wanted: Tensor, taken: Tensor, negatives: int, seed: int
) -> tuple[float, float]:
    """Return accuracy and AUC of sigmoid(logits) over every wanted item and ``negatives`` others for each.

    The others are drawn from what the visitor did not take, the same ones by the same seed. AUC is over all
    pairs of a wanted item and another one, across visitors. Saying no to everything has an accuracy of
    negatives / (negatives + 1), and an AUC of 0.5.

    Parameters
    ----------
    logits : (B, I)
    wanted, taken : (B, I) bool
    """
    label, answer = sample_pairs(logits, wanted, taken, negatives, seed)
    right = ((answer > 0) == label).double().mean()
    nothing = np.zeros((1, len(label)), dtype=np.bool_)
    area = auc(answer.numpy()[None], nothing, label.numpy()[None])
    return float(right), float(area[0])


def sample_pairs(
    logits: Tensor, wanted: Tensor, taken: Tensor, negatives: int, seed: int
) -> tuple[Tensor, Tensor]:
    """Return the labels and logits (P,) that :func:`pointwise` judges by."""
    visitor, item = torch.nonzero(wanted, as_tuple=True)
    generator = torch.Generator().manual_seed(seed)
    others = draw_others(wanted | taken, visitor, negatives, generator)
    answers = torch.cat([logits[visitor, item, None], logits[visitor[:, None], others]], dim=1)
    labels = torch.zeros_like(answers, dtype=torch.bool)
    labels[:, 0] = True
    return labels.flatten(), answers.flatten()
