"""Tensor fusion."""

from __future__ import annotations

from collections.abc import Mapping

import torch
from torch import Tensor, nn

from core.fusion.base import Embeddings, Fused, Fusion, Projection, register
from core.registry import Card


@register
class TensorFusion(Fusion):
    """The outer product of all channels: every product of features of different channels, of every order.

    The tensor has (1 + k)^M entries, so channels are first projected to a small width k; with the full 64
    of four channels it would have 18 million. An absent channel is [1; 0]: all products with it
    vanish, and those of the others stay.

    Parameters
    ----------
    small : k, what a channel is projected to before the product
    """

    card = Card(
        key="tensor",
        family="tensor",
        formula=(
            r"z = W \mathrm{vec}\Big(\bigotimes_m [1; s_m]\Big),"
            r"\quad s_m = P_m x_m \in \mathbb{R}^k,\ k \ll d"
        ),
        source=(
            "Zadeh et al., Tensor Fusion Network, 2017; channels are projected to a few numbers "
            "before the product, which grows as (1 + k)^M"
        ),
        year=2017,
    )

    def __init__(self, dims: Mapping[str, int], width: int, small: int = 5) -> None:
        super().__init__(dims, width)
        self.project = Projection(dims, small)
        # The entry 1 x 1 x ... x 1 of the tensor is the bias.
        self.read = nn.Linear((1 + small) ** len(self.channels), width, bias=False)
        # Nearly all entries are products of several small numbers, so torch's default, which counts them all
        # as of size 1, starts so near zero that nothing is learned for long. Count the plain features; and
        # start without constants, which would drown what differs between items.
        nn.init.normal_(self.read.weight, std=(small * len(self.channels)) ** -0.5)
        with torch.no_grad():
            self.read.weight[:, 0] = 0
        for linear in self.project.of.values():
            nn.init.zeros_(linear.get_parameter("bias"))

    def forward(self, x: Embeddings, present: Tensor, query: Tensor | None = None) -> Fused:
        """Fuse; see :meth:`Fusion.forward`."""
        small = self.project(x, present).masked_fill(~present[..., None], 0.0)
        one = small.new_ones(len(small), 1)
        product = one
        for channel in small.unbind(dim=1):
            extended = torch.cat([one, channel], dim=1)
            product = torch.einsum("bi,bj->bij", product, extended).flatten(1)
        return Fused(self.read(product))
