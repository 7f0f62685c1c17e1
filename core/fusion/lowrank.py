"""Low-rank multimodal fusion."""

from __future__ import annotations

from collections.abc import Mapping

import torch
from torch import Tensor, nn

from core.fusion.base import AbsentTokens, Embeddings, Fused, Fusion, register
from core.registry import Card


@register
class LowRank(Fusion):
    """The tensor product of all channels, without ever forming the tensor.

    Each channel, with a 1 appended, is multiplied by ``rank`` factors; the elementwise product over channels
    holds every interaction up to order M, and the sum over ranks is what a full weight tensor of that rank
    would give.
    """

    card = Card(
        key="lowrank",
        family="tensor",
        formula=r"z = \sum_{r=1}^{R} w_r \prod_m F_m^{(r)} [1; x_m] + b",
        source="Liu et al., Efficient Low-rank Multimodal Fusion, 2018",
        year=2018,
    )

    def __init__(self, dims: Mapping[str, int], width: int, rank: int = 4) -> None:
        super().__init__(dims, width)
        self.absent = AbsentTokens(dims)
        # Starting near 1 + small keeps the product of M factors neither vanishing nor exploding.
        self.constant = nn.ParameterDict(
            {str(c): nn.Parameter(1 + 0.1 * torch.randn(rank, width)) for c in dims}
        )
        self.factor = nn.ParameterDict(
            {str(c): nn.Parameter(torch.randn(rank, d, width) / d**0.5) for c, d in dims.items()}
        )
        self.mix = nn.Parameter(torch.full((rank,), 1 / rank))
        self.bias = nn.Parameter(torch.zeros(width))

    def forward(self, x: Embeddings, present: Tensor, query: Tensor | None = None) -> Fused:
        """Fuse; see :meth:`Fusion.forward`."""
        product = torch.ones((), dtype=self.mix.dtype, device=self.mix.device)
        for c, value in self.absent(x, present).items():
            product = product * (
                self.constant[c] + torch.einsum("bd,rdw->brw", value, self.factor[c])
            )
        return Fused(torch.einsum("r,brw->bw", self.mix, product) + self.bias)
