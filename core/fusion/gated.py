"""Gated multimodal units."""

from __future__ import annotations

from collections.abc import Mapping

import torch
from torch import Tensor, nn

from core.fusion.base import Embeddings, Fused, Fusion, clean, masked_softmax, register
from core.registry import Card


@register
class Gated(Fusion):
    """Every item decides by itself how much each of its channels is heard."""

    card = Card(
        key="gated",
        family="gate",
        formula=r"z = \sum_m g_m \tanh(W_m x_m),\quad g = \mathrm{softmax}_m(W_g [x_1; \dots; x_M])",
        source="Arevalo et al., Gated Multimodal Units for Information Fusion, 2017",
        year=2017,
    )

    def __init__(self, dims: Mapping[str, int], width: int) -> None:
        super().__init__(dims, width)
        self.hidden = nn.ModuleDict({str(c): nn.Linear(d, width) for c, d in dims.items()})
        self.gate = nn.Linear(sum(dims.values()), len(dims))
        self.empty = nn.Parameter(torch.zeros(width))

    def forward(self, x: Embeddings, present: Tensor, query: Tensor | None = None) -> Fused:
        """Fuse; see :meth:`Fusion.forward`."""
        x = clean(x, present, self.channels)
        hidden = torch.stack([torch.tanh(self.hidden[c](x[c])) for c in self.channels], dim=1)
        weights = masked_softmax(self.gate(torch.cat(list(x.values()), dim=-1)), present)
        nothing = ~present.any(dim=1, keepdim=True)
        return Fused(torch.einsum("bm,bmd->bd", weights, hidden) + nothing * self.empty, weights)
