"""Which patches, phrases or seconds carried a modality's contribution.

Two answers, which promise different things. *Occlusion* says what phi loses without a part; parts that say
the same hide each other, so the values need not sum to phi, and ``missing`` says by how much they do not.
*Integrated gradients* go from a baseline, every part the average item's, to the parts; their sum is phi
minus the baseline's phi, up to the number of steps.

References
----------
Zeiler & Fergus, Visualizing and Understanding Convolutional Networks, 2014;
Sundararajan, Taly & Yan, Axiomatic Attribution for Deep Networks, 2017.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from core.encoders.base import TokenLabel
from core.explain.channel_phi import Phi
from core.explain.parts import Parts, scaled
from core.recommenders.features import Scaler


@dataclass(frozen=True, eq=False)
class Attribution:
    """Signed values (T,) of the parts of one modality, in logits of its phi.

    Attributes
    ----------
    method : ``occlusion`` or ``gradients``
    labels : what each part is
    phi : the contribution that is explained
    baseline : phi of what the values are counted from: 0 for occlusion
    gap : how far the features of the pooled parts are from those of the encoder's own vector, relative to
        their length: 0 where the encoder takes that mean itself
    """

    method: str
    labels: tuple[TokenLabel, ...]
    values: NDArray[np.float64]
    phi: float
    baseline: float
    gap: float

    @property
    def missing(self) -> float:
        """By how much the values do not sum to ``phi - baseline``, in logits."""
        return self.phi - self.baseline - float(self.values.sum())


class _Variants:
    """Features of variants of the parts, moved so that the unchanged parts give the features of the model."""

    def __init__(self, parts: Parts, scaler: Scaler, features: Tensor) -> None:
        self.parts, self.scaler, self.features = parts, scaler, features
        whole = parts.pooled(parts.tokens, torch.ones(len(parts)))
        self.whole = scaled(scaler, whole)
        true = scaled(scaler, parts.vector)
        self.gap = float((self.whole - true).norm() / true.norm().clamp(min=1e-9))

    def __call__(self, tokens: Tensor, keep: Tensor) -> Tensor:
        moved = scaled(self.scaler, self.parts.pooled(tokens, keep)) - self.whole
        return self.features + self.parts.share * moved


@torch.no_grad()
def occlusion(
    phi: Phi, parts: Parts, scaler: Scaler, features: Tensor, *, mean: bool = False
) -> Attribution:
    """Return what phi loses without each part.

    Parameters
    ----------
    phi : of the modality
    features : (P,) that the model has of the modality
    mean : replace a part by the average item's instead of leaving it out
    """
    variants, count = _Variants(parts, scaler, features), len(parts)
    before = float(phi(features[None])[0])
    if count == 1 and not mean:
        after = torch.zeros(1)  # without its only part the modality is absent
    else:
        # A video has hundreds of parts: all at once would not fit into memory.
        after = torch.cat([phi(_left_out(variants, off, mean)) for off in _few_at_once(count)])
    values = before - after.double().numpy()
    return Attribution("occlusion", parts.labels, values, before, 0.0, variants.gap)


def _few_at_once(count: int) -> tuple[Tensor, ...]:
    """Return the rows of an identity (count, count), some at a time."""
    return torch.split(torch.eye(count, dtype=torch.bool), 64)


def _left_out(variants: _Variants, off: Tensor, mean: bool) -> Tensor:
    """Return features (N, P) of N variants that lack what ``off`` (N, T) says."""
    tokens = variants.parts.tokens
    if not mean:
        return variants(tokens, ~off)
    average = torch.from_numpy(variants.scaler.mean)
    return variants(torch.where(off[:, :, None], average, tokens), torch.ones(off.shape))


def integrated_gradients(
    phi: Phi, parts: Parts, scaler: Scaler, features: Tensor, *, steps: int = 64
) -> Attribution:
    """Return the integrated gradients of phi along the straight path from the average item's parts.

    The integral is taken by the midpoint rule with ``steps`` points.
    """
    variants, count = _Variants(parts, scaler, features), len(parts)
    start = torch.from_numpy(scaler.mean).expand_as(parts.tokens)
    way = parts.tokens - start
    keep = torch.ones(count)
    total = torch.zeros_like(way)
    at_once = max(1, min(16, 2**22 // way.numel()))
    for some in torch.split((torch.arange(steps) + 0.5) / steps, at_once):
        tokens = (start + some[:, None, None] * way).requires_grad_()
        (slope,) = torch.autograd.grad(phi(variants(tokens, keep)).sum(), tokens)
        total += slope.sum(0)
    values = (way * total / steps).sum(-1).double().numpy()
    with torch.no_grad():
        ends = phi(torch.stack([variants(start, keep), features]))
    return Attribution(
        "gradients", parts.labels, values, float(ends[1]), float(ends[0]), variants.gap
    )
