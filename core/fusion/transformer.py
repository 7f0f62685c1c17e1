"""A transformer encoder over one token a channel."""

from __future__ import annotations

from collections.abc import Mapping

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from core.fusion.base import Embeddings, Fused, Fusion, clean, register
from core.registry import Card


@register
class Transformer(Fusion):
    """Channels are tokens; a summary token reads them. Absent channels are masked as padding."""

    card = Card(
        key="transformer",
        family="attention",
        formula=r"z = \mathrm{TF}([s, P_1 x_1 + e_1, \dots, P_M x_M + e_M])_0",
        source="Vaswani et al., Attention Is All You Need, 2017",
        year=2017,
    )

    def __init__(self, dims: Mapping[str, int], width: int, heads: int = 4) -> None:
        super().__init__(dims, width)
        self.heads = heads
        self.project = nn.ModuleDict({str(c): nn.Linear(d, width) for c, d in dims.items()})
        self.summary = nn.Parameter(torch.randn(width) * 0.02)
        self.before = nn.LayerNorm(width)
        self.query_key_value = nn.Linear(width, 3 * width)
        self.out = nn.Linear(width, width)
        self.feed = nn.Sequential(
            nn.LayerNorm(width), nn.Linear(width, 2 * width), nn.GELU(), nn.Linear(2 * width, width)
        )

    def forward(self, x: Embeddings, present: Tensor, query: Tensor | None = None) -> Fused:
        """Fuse; see :meth:`Fusion.forward`. ``attention["summary"]`` is (B, M)."""
        x = clean(x, present, self.channels)
        tokens = torch.stack(
            [self.summary.expand(len(present), -1)]
            + [self.project[c](x[c]) for c in self.channels],
            dim=1,
        )
        readable = F.pad(present, (1, 0), value=True)
        # Pre-norm, and only the summary token is read out, so only its row of the block is computed.
        q, k, v = (
            part.unflatten(-1, (self.heads, -1)).transpose(1, 2)
            for part in self.query_key_value(self.before(tokens)).chunk(3, dim=-1)
        )
        scores = torch.einsum("bhd,bhtd->bht", q[:, :, 0], k) / q.shape[-1] ** 0.5
        weights = scores.masked_fill(~readable[:, None], -torch.inf).softmax(-1)
        read = torch.einsum("bht,bhtd->bhd", weights, v).flatten(1)
        z = tokens[:, 0] + self.out(read)
        z = z + self.feed(z)
        return Fused(z, attention={"summary": weights.mean(1)[:, 1:]})
