"""Directed cross-modal attention."""

from __future__ import annotations

from collections.abc import Mapping

import torch
from torch import Tensor, nn

from core.fusion.base import Embeddings, Fused, Fusion, clean, masked_mean, register
from core.fusion.blocks import Think, heads_of, quiet
from core.registry import Card


@register
class CrossModal(Fusion):
    """Every channel rereads every other one, token by token, in all M(M - 1) directions.

    Where a channel comes as one vector, a learned soft mask deals its features out to ``parts`` tokens; where
    it comes as tokens (B, T, D), those are read. The paper has a stack of blocks a direction and concatenates
    what comes out of them, which needs all channels and is dear; here each channel has one set of queries,
    keys and values, what it found in the others is averaged, and so are its tokens and the channels.

    ``attention["b>a"]`` is (B, T_a, T_b): what the tokens of a read of b; zeros where either is absent.

    Parameters
    ----------
    parts : tokens that a vector is split into
    heads : of attention; half of ``width`` must be a multiple
    """

    card = Card(
        key="mult",
        family="attention",
        formula=(
            r"z_{b \to a} = \mathrm{softmax}(Q_a K_b^\top / \sqrt d)\, V_b,\quad z = \mathrm{mean}_{a \in P}"
            r"\, F_a\big(X_a + O_a\, \mathrm{mean}_{b \in P,\, b \neq a}\, z_{b \to a}\big)"
        ),
        source=(
            "Tsai et al., Multimodal Transformer for Unaligned Multimodal Language Sequences, 2019; "
            "a channel that is one vector is split into 3 learned tokens"
        ),
        year=2019,
        tokens=True,
    )

    def __init__(self, dims: Mapping[str, int], width: int, parts: int = 3, heads: int = 2) -> None:
        super().__init__(dims, width)
        inner = width // 2  # several tokens a channel: half the width is a quarter of the work
        self.heads = heads
        self.deal = nn.ParameterDict(
            {str(c): nn.Parameter(torch.randn(parts, d)) for c, d in dims.items()}
        )
        self.project = nn.ModuleDict({str(c): nn.Linear(d, inner) for c, d in dims.items()})
        self.ask = nn.ModuleDict(
            {str(c): nn.Sequential(nn.LayerNorm(inner), nn.Linear(inner, 3 * inner)) for c in dims}
        )
        self.out = nn.ModuleDict({str(c): quiet(nn.Linear(inner, inner)) for c in dims})
        self.think = nn.ModuleDict({str(c): Think(inner) for c in dims})
        self.read = nn.ModuleDict({str(c): nn.Linear(inner, width) for c in dims})

    def tokens(self, channel: str, x: Tensor) -> Tensor:
        """Return the tokens (B, T, inner) of a channel's vector (B, D) or tokens (B, T, D)."""
        if x.ndim == 2:
            # Softmax over tokens: every feature is shared out, and the parts average to the vector.
            share = torch.softmax(self.deal[channel], dim=0)
            x = x[:, None] * (len(share) * share)
        tokens: Tensor = self.project[channel](x)
        return tokens

    def forward(self, x: Embeddings, present: Tensor, query: Tensor | None = None) -> Fused:
        """Fuse; see :meth:`Fusion.forward`. Nothing present gives 0."""
        x = clean(x, present, self.channels)
        tokens = [self.tokens(c, x[c]) for c in self.channels]
        lengths = [t.shape[1] for t in tokens]
        asked = [self.ask[c](t) for c, t in zip(self.channels, tokens, strict=True)]
        q, k, v = (heads_of(part, self.heads) for part in torch.cat(asked, dim=1).chunk(3, dim=-1))
        scores = q @ k.transpose(-1, -2) / q.shape[-1] ** 0.5
        # A softmax of its own over each source: no direction competes with another.
        weights = torch.cat([s.softmax(-1) for s in torch.split(scores, lengths, dim=-1)], dim=-1)
        others = ~torch.eye(len(lengths), dtype=torch.bool, device=present.device)
        directed = present[:, :, None] & present[:, None] & others  # (B, reader, source)
        size = torch.tensor(lengths, device=present.device)
        spread = directed.repeat_interleave(size, 1).repeat_interleave(size, 2)[:, None]
        weights = weights * spread
        many = directed.sum(dim=2).clamp(min=1).repeat_interleave(size, 1)
        found = ((weights @ v) / many[:, None, :, None]).transpose(1, 2).flatten(2)
        heard = torch.stack(
            [
                self.read[c](self.think[c](mine + self.out[c](new)).mean(dim=1))
                for c, mine, new in zip(
                    self.channels, tokens, torch.split(found, lengths, dim=1), strict=True
                )
            ],
            dim=1,
        )
        maps = {
            f"{b}>{a}": part
            for a, row in zip(
                self.channels, torch.split(weights.mean(dim=1), lengths, dim=1), strict=True
            )
            for b, part in zip(self.channels, torch.split(row, lengths, dim=2), strict=True)
            if a != b
        }
        return Fused(masked_mean(heard, present), attention=maps)
