"""Late fusion: one expert a channel, and a weighted sum of what they say."""

from __future__ import annotations

from collections.abc import Mapping

import torch
from torch import Tensor, nn

from core.fusion.base import Embeddings, Fused, Fusion, clean, masked_softmax, register
from core.registry import Card


@register
class Late(Fusion):
    """A convex combination of experts that never see each other's channel.

    The weights are the same for every item, learned, and renormalised over the channels that are present.
    Under a dot-product head the score is then the same weighted sum of the experts' own scores.
    """

    card = Card(
        key="late",
        family="ensemble",
        formula=r"z = \sum_m w_m f_m(x_m),\quad w = \mathrm{softmax}(\theta)\ \text{over present } m",
        source="Kittler et al., On Combining Classifiers, 1998",
        year=1998,
    )

    def __init__(self, dims: Mapping[str, int], width: int) -> None:
        super().__init__(dims, width)
        self.expert = nn.ModuleDict(
            {
                str(c): nn.Sequential(nn.Linear(d, width), nn.GELU(), nn.Linear(width, width))
                for c, d in dims.items()
            }
        )
        self.theta = nn.Parameter(torch.zeros(len(self.channels)))
        self.empty = nn.Parameter(torch.zeros(width))

    def forward(self, x: Embeddings, present: Tensor, query: Tensor | None = None) -> Fused:
        """Fuse; see :meth:`Fusion.forward`."""
        x = clean(x, present, self.channels)
        said = torch.stack([self.expert[c](x[c]) for c in self.channels], dim=1)
        weights = masked_softmax(self.theta.expand_as(present), present)
        nothing = ~present.any(dim=1, keepdim=True)
        return Fused(torch.einsum("bm,bmd->bd", weights, said) + nothing * self.empty, weights)
