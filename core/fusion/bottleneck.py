"""Attention bottlenecks."""

from __future__ import annotations

from collections.abc import Mapping

import torch
from torch import Tensor, nn

from core.fusion.base import Embeddings, Fused, Fusion, register
from core.fusion.blocks import Attend, Think
from core.registry import Card


@register
class Bottleneck(Fusion):
    """Channels may exchange only what fits through a few shared tokens.

    In every layer each channel reads itself and the bottleneck, in its own transformer, and writes its own
    version of the bottleneck; the versions of the present channels are averaged. So nothing passes from
    one channel to another but through the bottleneck, and not before the second layer.

    Parameters
    ----------
    tokens : of the bottleneck
    layers : at least 2
    heads : of attention; half of ``width`` must be a multiple
    """

    card = Card(
        key="bottleneck",
        family="attention",
        formula=(
            r"[z_m, b_m] = \mathrm{TF}_m([z_m, b]),\quad b \leftarrow \mathrm{mean}_{m \in P}\, b_m,"
            r"\quad z = W\, \mathrm{mean}_{m \in P}\, z_m"
        ),
        source="Nagrani et al., Attention Bottlenecks for Multimodal Fusion, 2021",
        year=2021,
    )

    def __init__(
        self, dims: Mapping[str, int], width: int, tokens: int = 2, layers: int = 2, heads: int = 2
    ) -> None:
        super().__init__(dims, width)
        inner = (
            width // 2
        )  # two transformers a channel and layer: half the width is a quarter of the work
        self.layers = layers
        self.project = nn.ModuleDict({str(c): nn.Linear(d, inner) for c, d in dims.items()})
        self.shared = nn.Parameter(torch.randn(tokens, inner))
        names = [f"{c}-{layer}" for c in dims for layer in range(layers)]
        self.attend = nn.ModuleDict({name: Attend(inner, heads) for name in names})
        self.think = nn.ModuleDict({name: Think(inner) for name in names})
        self.out = nn.Linear(inner, width)

    def block(self, name: str, readers: Tensor, read: Tensor) -> Tensor:
        """Apply a channel's transformer of one layer."""
        found, _ = self.attend[name](readers, read)
        thought: Tensor = self.think[name](found)
        return thought

    def forward(self, x: Embeddings, present: Tensor, query: Tensor | None = None) -> Fused:
        """Fuse; see :meth:`Fusion.forward`."""
        # Only the rows that have a channel are computed for it, and the others are never looked at.
        rows = {c: present[:, i].nonzero().squeeze(1) for i, c in enumerate(self.channels)}
        z = {c: self.project[c](x[c][r])[:, None] for c, r in rows.items()}
        many = present.sum(dim=1).clamp(min=1).to(self.shared.dtype)
        shared = self.shared.expand(len(present), -1, -1)
        for layer in range(self.layers - 1):
            written = torch.zeros_like(shared)
            for c, r in rows.items():
                both = torch.cat([z[c], shared[r]], dim=1)
                both = self.block(f"{c}-{layer}", both, both)
                z[c] = both[:, :1]
                written = written.index_add(0, r, both[:, 1:])
            shared = written / many[:, None, None]
        total = shared.new_zeros(len(present), shared.shape[-1])
        for c, r in rows.items():
            # What the last layer would write into the bottleneck, nobody reads.
            both = torch.cat([z[c], shared[r]], dim=1)
            last = self.block(f"{c}-{self.layers - 1}", z[c], both)
            total = total.index_add(0, r, last.squeeze(1))
        return Fused(self.out(total / many[:, None]))
