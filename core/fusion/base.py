"""What every fusion strategy is: several channel vectors in, one vector out.

Absent is a first-class state. A strategy may replace an absent channel's vector by a learned token
(:meth:`Fusion.fill`) or leave it out (:meth:`Fusion.masked_softmax`); in either case what stands in the
absent slot, NaN included, cannot change any output or gradient.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

import torch
from torch import Tensor, nn

from core.registry import Card, Registry

Embeddings = Mapping[str, Tensor]
"""channel -> (B, D_channel); a strategy whose card says ``tokens`` also takes (B, T_channel, D_channel)"""


@dataclass(frozen=True, eq=False)
class Fused:
    """What a fusion returns.

    Attributes
    ----------
    z : (B, width)
    weights : (B, M) the strategy's own gates, 0 where absent and summing to 1 over the present channels
        (all 0 where nothing is present); None where the strategy has none. Internal, not a contribution
    attention : maps by name, each (B, M, M) unless the strategy says otherwise, or None
    aux_loss : scalar to add to the training loss, already weighted; None in eval mode and where there is none
    scalars : numbers by name that tell how the auxiliary game goes, detached; for curves, not for the loss
    """

    z: Tensor
    weights: Tensor | None = None
    attention: Mapping[str, Tensor] | None = None
    aux_loss: Tensor | None = None
    scalars: Mapping[str, Tensor] | None = None


def clean(x: Embeddings, present: Tensor, channels: tuple[str, ...]) -> dict[str, Tensor]:
    """Return ``x`` in the order of ``channels``, with zeros where a channel is absent.

    Uses ``where`` and not a product, since 0 * NaN is NaN. A channel that is missing from ``x`` altogether
    must be absent in every row.
    """
    return {
        c: torch.where(
            present[:, i].view(-1, *(1,) * (x[c].ndim - 1)),
            x[c],
            torch.zeros((), dtype=x[c].dtype, device=x[c].device),
        )
        for i, c in enumerate(channels)
    }


def masked_mean(values: Tensor, present: Tensor) -> Tensor:
    """Return the mean (B, D) of (B, M, D) over the present channels; zeros where nothing is present."""
    share = present / present.sum(dim=1, keepdim=True).clamp(min=1)
    return torch.einsum("bm,bmd->bd", share.to(values.dtype), values)


def masked_softmax(scores: Tensor, present: Tensor) -> Tensor:
    """Softmax over the present entries of the last dimension; all zeros where nothing is present."""
    floor = torch.finfo(scores.dtype).min
    weights = torch.softmax(scores.masked_fill(~present, floor), dim=-1)
    return weights * present.to(weights.dtype)


class Fusion(nn.Module, ABC):
    """Base of the strategies.

    Parameters
    ----------
    dims : channel -> D_channel, in canonical order; fixes the meaning of the columns of ``present``
    width : size of the fused vector
    """

    card: ClassVar[Card]

    def __init__(self, dims: Mapping[str, int], width: int) -> None:
        super().__init__()
        self.channels = tuple(str(c) for c in dims)
        self.width = width

    @abstractmethod
    def forward(self, x: Embeddings, present: Tensor, query: Tensor | None = None) -> Fused:
        """Fuse channel vectors.

        Parameters
        ----------
        x : channel -> (B, D_channel); the order of the mapping does not matter
        present : (B, M) bool, False where the item has no such channel
        query : (B, width), who asks; only strategies that say so use it
        """


class Projection(nn.Module):
    """One linear map a channel, into a common space."""

    def __init__(self, dims: Mapping[str, int], width: int) -> None:
        super().__init__()
        self.channels = tuple(str(c) for c in dims)  # a ModuleDict sorts its keys
        self.of = nn.ModuleDict({str(c): nn.Linear(d, width) for c, d in dims.items()})

    def forward(self, x: Embeddings, present: Tensor) -> Tensor:
        """Return (B, M, width) in canonical order; what stands in an absent slot means nothing."""
        x = clean(x, present, self.channels)
        return torch.stack([self.of[c](x[c]) for c in self.channels], dim=1)


class AbsentTokens(nn.Module):
    """One learned vector a channel, which stands in where the channel is absent."""

    def __init__(self, dims: Mapping[str, int]) -> None:
        super().__init__()
        self.channels = tuple(str(c) for c in dims)  # a ParameterDict sorts its keys
        self.token = nn.ParameterDict(
            {str(c): nn.Parameter(torch.randn(d) * 0.02) for c, d in dims.items()}
        )

    def forward(self, x: Embeddings, present: Tensor) -> dict[str, Tensor]:
        """Return ``x`` in canonical order with the tokens where ``present`` (B, M) is False."""
        return {
            c: torch.where(present[:, i, None], x[c], self.token[c])
            for i, c in enumerate(self.channels)
        }


FUSIONS: Registry[type[Fusion]] = Registry("fusion")
register = FUSIONS.register
