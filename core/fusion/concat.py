"""Early fusion by concatenation."""

from __future__ import annotations

from collections.abc import Mapping

import torch
from torch import Tensor, nn

from core.fusion.base import AbsentTokens, Embeddings, Fused, Fusion, register
from core.registry import Card


@register
class Concat(Fusion):
    """All channels side by side, then an MLP. An absent channel's slot holds its learned token."""

    card = Card(
        key="concat",
        family="direct",
        formula=r"z = \mathrm{MLP}([x_1; x_2; \dots; x_M])",
        source="the classical early fusion, X = [X_i, X_t, X_a]",
    )

    def __init__(self, dims: Mapping[str, int], width: int) -> None:
        super().__init__(dims, width)
        self.absent = AbsentTokens(dims)
        self.mlp = nn.Sequential(
            nn.Linear(sum(dims.values()), 2 * width), nn.GELU(), nn.Linear(2 * width, width)
        )

    def forward(self, x: Embeddings, present: Tensor, query: Tensor | None = None) -> Fused:
        """Fuse; see :meth:`Fusion.forward`."""
        return Fused(self.mlp(torch.cat(list(self.absent(x, present).values()), dim=-1)))
