"""A modality of one item or upload as the parts that its encoder saw: patches, phrases, seconds.

The parts are brought together again as most encoders do it, by a mean. Where an encoder does more than that
(a sentence encoder that reads parts in context, statistics over a whole sound), the mean is a stand-in, and
:func:`core.explain.attribution.occlusion` returns by how much it misses.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from core.encoders.base import Encoded, Span, TokenLabel
from core.recommenders.features import Scaler


@dataclass(frozen=True, eq=False)
class Parts:
    """Tokens and how they make one vector.

    Attributes
    ----------
    tokens : (T, D)
    vector : (D,) what the encoder itself made of the whole
    weights : (T,) of the mean: lengths of spans, otherwise equal
    unit : whether the encoder scales vectors to unit length
    labels : what each token is
    share : how much of the vector that is explained they make: 1 / number of languages, for a text in one
    """

    tokens: Tensor
    vector: Tensor
    weights: Tensor
    unit: bool
    labels: tuple[TokenLabel, ...]
    share: float = 1.0

    def __len__(self) -> int:
        return len(self.tokens)

    def pooled(self, tokens: Tensor, keep: Tensor) -> Tensor:
        """Pool variants.

        Parameters
        ----------
        tokens : (..., T, D)
        keep : (..., T) 1 where a token counts; at least one must

        Returns
        -------
        (..., D)
        """
        weights = keep.to(tokens.dtype) * self.weights
        mean = (weights.unsqueeze(-1) * tokens).sum(-2) / weights.sum(-1, keepdim=True)
        return torch.nn.functional.normalize(mean, dim=-1) if self.unit else mean


def parts_of(encoded: Encoded, index: int = 0, *, share: float = 1.0) -> Parts:
    """Return the parts of entry ``index`` of what an encoder returned with ``tokens=True``."""
    if encoded.tokens is None:
        raise ValueError("encode with tokens=True")
    labels = encoded.labels[index]
    tokens = encoded.tokens[index, : len(labels)].clone().float()
    sizes = [float(max(x.end - x.start, 1)) if isinstance(x, Span) else 1.0 for x in labels]
    vector = encoded.pooled[index].clone().float()
    unit = bool((vector.norm() - 1).abs() < 1e-3)
    return Parts(tokens, vector, torch.tensor(sizes), unit, labels, share)


def scaled(scaler: Scaler, x: Tensor) -> Tensor:
    """Return the scaler's features (..., P) of vectors (..., D), differentiably."""
    mean, scale, axes = (
        torch.from_numpy(part).to(x.dtype) for part in (scaler.mean, scaler.scale, scaler.axes)
    )
    z = ((x - mean) / scale) @ axes
    norm = z.norm(dim=-1, keepdim=True)
    return z * torch.clamp(scaler.cap / norm.clamp(min=1e-9), max=1)
