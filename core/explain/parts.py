"""A modality of one item or upload as the parts that its encoder saw: patches, phrases, seconds.

The parts are brought together again as most encoders do it, by a mean. Where an encoder does more than that
(a sentence encoder that reads parts in context, statistics over a whole sound), the mean is a stand-in, and
:func:`core.explain.attribution.occlusion` returns by how much it misses.
"""

from __future__ import annotations

from collections.abc import Sequence
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
        tokens : (..., T, D); (T, D) where all variants have the same
        keep : (..., T) 1 where a token counts; at least one must

        Returns
        -------
        (..., D)
        """
        weights = keep.to(tokens.dtype) * self.weights
        mean = (weights.unsqueeze(-2) @ tokens).squeeze(-2) / weights.sum(-1, keepdim=True)
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


def joined(encoded: Encoded, weights: Sequence[float], vector: Tensor) -> Parts:
    """Return the parts of all entries as parts of one thing, as frames are of a video.

    Parameters
    ----------
    weights : one an entry, of the mean of their vectors
    vector : (D,) that mean
    """
    each = [parts_of(encoded, index) for index in range(len(weights))]
    unit = bool((vector.norm() - 1).abs() < 1e-3)
    return Parts(
        torch.cat([parts.tokens for parts in each]),
        vector,
        torch.cat([w * p.weights / p.weights.sum() for w, p in zip(weights, each, strict=True)]),
        unit,
        tuple(label for parts in each for label in parts.labels),
    )


def mean_of(vectors: Tensor, weights: Sequence[float]) -> Tensor:
    """Return the mean (..., D) of vectors (..., C, D), as :func:`core.clips.encode` takes it of frames.

    It has unit length where several vectors have.
    """
    if vectors.shape[-2] == 1:
        return vectors[..., 0, :]
    mean = torch.tensor(weights, dtype=vectors.dtype) @ vectors
    if bool(((vectors.norm(dim=-1) - 1).abs() < 1e-3).all()):
        mean = torch.nn.functional.normalize(mean, dim=-1)
    return mean


def scaled(scaler: Scaler, x: Tensor) -> Tensor:
    """Return the scaler's features (..., P) of vectors (..., D), differentiably."""
    mean, scale, axes = (
        torch.from_numpy(part).to(x.dtype) for part in (scaler.mean, scaler.scale, scaler.axes)
    )
    z = ((x - mean) / scale) @ axes
    norm = z.norm(dim=-1, keepdim=True)
    return z * torch.clamp(scaler.cap / norm.clamp(min=1e-9), max=1)
