"""Feature-wise linear modulation."""

from __future__ import annotations

from collections.abc import Mapping

import torch
from torch import Tensor, nn

from core.fusion.base import Embeddings, Fused, Fusion, Projection, masked_mean, register
from core.registry import Card


@register
class Film(Fusion):
    """The other channels turn the knobs of each one: they stretch and shift its features.

    Every channel is modulated by the mean of the others that are present, and the results are averaged, so
    that no channel is the condition by decree. A channel alone is modulated by the biases only.
    """

    card = Card(
        key="film",
        family="conditioning",
        formula=(
            r"z = \frac{1}{|P|} \sum_{m \in P} (1 + \gamma_m(c_m)) \odot h_m + \beta_m(c_m),"
            r"\quad h_m = W_m x_m,\quad c_m = \mathrm{mean}_{n \in P,\, n \neq m}\, h_n"
        ),
        source="Perez et al., FiLM: Visual Reasoning with a General Conditioning Layer, 2018",
        year=2018,
    )

    def __init__(self, dims: Mapping[str, int], width: int) -> None:
        super().__init__(dims, width)
        self.project = Projection(dims, width)
        self.modulate = nn.ModuleDict({str(c): nn.Linear(width, 2 * width) for c in dims})

    def forward(self, x: Embeddings, present: Tensor, query: Tensor | None = None) -> Fused:
        """Fuse; see :meth:`Fusion.forward`. Nothing present gives 0."""
        said = self.project(x, present)
        modulated = []
        for i, c in enumerate(self.channels):
            others = present.clone()
            others[:, i] = False
            gamma, beta = self.modulate[c](masked_mean(said, others)).chunk(2, dim=-1)
            modulated.append((1 + gamma) * said[:, i] + beta)
        return Fused(masked_mean(torch.stack(modulated, dim=1), present))
