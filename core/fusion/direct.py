"""Elementwise fusion: project every channel, then add, average, take the largest, or multiply."""

from __future__ import annotations

from collections.abc import Mapping

import torch
from torch import Tensor, nn

from core.fusion.base import Embeddings, Fused, Fusion, Projection, masked_mean, register
from core.registry import Card


class _Elementwise(Fusion):
    """Channels meet feature by feature; one that is absent takes no part."""

    def __init__(self, dims: Mapping[str, int], width: int) -> None:
        super().__init__(dims, width)
        self.project = Projection(dims, width)


@register
class Sum(_Elementwise):
    """What two channels say counts twice; an item with more channels is a longer vector."""

    card = Card(
        key="sum",
        family="direct",
        formula=r"z = \sum_{m \in P} W_m x_m",
        source="elementwise, over the present channels P",
    )

    def forward(self, x: Embeddings, present: Tensor, query: Tensor | None = None) -> Fused:
        """Fuse; see :meth:`Fusion.forward`. Nothing present sums to 0."""
        said = self.project(x, present)
        return Fused(torch.einsum("bm,bmd->bd", present.to(said.dtype), said))


@register
class Mean(_Elementwise):
    """Every channel that is there has one vote."""

    card = Card(
        key="mean",
        family="direct",
        formula=r"z = \frac{1}{|P|} \sum_{m \in P} W_m x_m",
        source="elementwise, over the present channels P",
    )

    def forward(self, x: Embeddings, present: Tensor, query: Tensor | None = None) -> Fused:
        """Fuse; see :meth:`Fusion.forward`. Nothing present gives 0."""
        return Fused(masked_mean(self.project(x, present), present))


@register
class Max(_Elementwise):
    """Feature by feature, the channel that says it most strongly speaks alone."""

    card = Card(
        key="max",
        family="direct",
        formula=r"z = \max_{m \in P} W_m x_m",
        source="elementwise, over the present channels P",
    )

    def forward(self, x: Embeddings, present: Tensor, query: Tensor | None = None) -> Fused:
        """Fuse; see :meth:`Fusion.forward`. Nothing present gives 0."""
        said = self.project(x, present)
        floor = torch.finfo(said.dtype).min
        loudest = said.masked_fill(~present[..., None], floor).amax(dim=1)
        return Fused(loudest.masked_fill(~present.any(dim=1, keepdim=True), 0.0))


@register
class Product(_Elementwise):
    """A feature counts only where the channels agree on it; a zero of one silences all.

    The inner biases start at 1, since products of M small numbers would vanish, and with them their
    gradients; the outer one at -1, so that the constant 1 does not drown what differs between items.
    """

    card = Card(
        key="product",
        family="direct",
        formula=r"z = \prod_{m \in P} (W_m x_m + b_m) + b",
        source="elementwise, over the present channels P",
    )

    def __init__(self, dims: Mapping[str, int], width: int) -> None:
        super().__init__(dims, width)
        for linear in self.project.of.values():
            nn.init.ones_(linear.get_parameter("bias"))
        self.bias = nn.Parameter(torch.full((width,), -1.0))

    def forward(self, x: Embeddings, present: Tensor, query: Tensor | None = None) -> Fused:
        """Fuse; see :meth:`Fusion.forward`. The empty product is 1."""
        said = self.project(x, present).masked_fill(~present[..., None], 1.0)
        return Fused(said.prod(dim=1) + self.bias)
