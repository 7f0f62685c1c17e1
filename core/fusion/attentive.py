"""Attention pooling over channels."""

from __future__ import annotations

from collections.abc import Mapping

import torch
from torch import Tensor, nn

from core.fusion.base import Embeddings, Fused, Fusion, Projection, masked_softmax, register
from core.registry import Card


@register
class Attentive(Fusion):
    """One learned question is put to every channel; how well it answers is how much it is heard.

    Unlike a gate, which decides from all channels at once, each channel is scored by itself.
    """

    card = Card(
        key="attention",
        family="attention",
        formula=(
            r"z = \sum_m a_m h_m,\quad h_m = P_m x_m,"
            r"\quad a = \mathrm{softmax}_m(v^\top \tanh(W h_m + b))"
        ),
        source="Bahdanau et al., Neural Machine Translation by Jointly Learning to Align and Translate, 2015",
        year=2015,
    )

    def __init__(self, dims: Mapping[str, int], width: int) -> None:
        super().__init__(dims, width)
        self.project = Projection(dims, width)
        # A bias of the last layer would be the same for every channel, and a softmax does not see it.
        self.score = nn.Sequential(
            nn.Linear(width, width), nn.Tanh(), nn.Linear(width, 1, bias=False)
        )

    def forward(self, x: Embeddings, present: Tensor, query: Tensor | None = None) -> Fused:
        """Fuse; see :meth:`Fusion.forward`. Nothing present gives 0."""
        said = self.project(x, present)
        weights = masked_softmax(self.score(said).squeeze(-1), present)
        return Fused(torch.einsum("bm,bmd->bd", weights, said), weights)
