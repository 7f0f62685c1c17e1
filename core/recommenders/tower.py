"""The two-tower network: a visitor is what he liked, an item is what it shows, and any fusion serves both.

Which channels are heard is decided pair by pair: a channel counts only where the coalition, the visitor and
the item all have it. So a channel that is absent on either side is a null player of the contribution game.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

import torch
from torch import Tensor, nn

from core.fusion import Fused, create_attention, create_fusion
from core.fusion.base import masked_softmax
from core.types import CHANNELS, Channel

HEADS: Final[tuple[str, ...]] = ("dot", "mlp")


@dataclass(frozen=True)
class TowerConfig:
    """What a tower is built from: everything but its weights."""

    fusion: str
    attention: str
    head: str
    dims: Mapping[str, int]
    items: int
    width: int = 64


class Side(nn.Module):
    """One side of the tower: project every channel to one width, attend, fuse.

    ``behaviour`` is a free vector an item; it is absent for uploads and for items nobody has met yet.
    """

    def __init__(self, config: TowerConfig, attention: str) -> None:
        super().__init__()
        self.project = nn.ModuleDict(
            {m: nn.Linear(d, config.width) for m, d in config.dims.items()}
        )
        self.behaviour = nn.Parameter(torch.randn(config.items, config.width) * 0.1)
        self.attention = create_attention(attention, CHANNELS, config.width)
        self.fusion = create_fusion(
            config.fusion, dict.fromkeys(CHANNELS, config.width), config.width
        )

    def embed(self, features: Mapping[str, Tensor], rows: Tensor, present: Tensor) -> Tensor:
        """Project every channel to the common width.

        Parameters
        ----------
        features : modality -> (B, P_m); what stands in an absent slot is not looked at
        rows : (B,) which row of the behaviour table; any valid row where behaviour is absent
        present : (B, C) bool in the order of ``CHANNELS``

        Returns
        -------
        (B, C, width), zeros where absent
        """
        x = []
        for column, channel in enumerate(CHANNELS):
            on = present[:, column, None]
            value = (
                self.behaviour[rows]
                if channel is Channel.BEHAVIOUR
                else self.project[channel](torch.where(on, features[channel], 0.0))
            )
            x.append(torch.where(on, value, 0.0))
        return torch.stack(x, dim=1)

    def average(self) -> Tensor:
        """Return (C, width): the item that is average in every channel.

        Features are centred, so the average item's are zero, and its projection is the bias.
        """
        return torch.stack(
            [
                self.behaviour.mean(0)
                if c is Channel.BEHAVIOUR
                else self.project[c].get_parameter("bias")
                for c in CHANNELS
            ]
        )

    def fuse(self, x: Tensor, present: Tensor, query: Tensor | None = None) -> Fused:
        """Attend and fuse.

        Parameters
        ----------
        x : (B, C, width) from :meth:`embed`
        present : (B, C) bool
        query : (B, width), the visitor, or None
        """
        channels = dict(zip((str(c) for c in CHANNELS), x.unbind(1), strict=True))
        attended = self.attention(channels, present, query)
        fused: Fused = self.fusion(attended.x, present, query)
        if attended.map is None:
            return fused
        maps = {**(fused.attention or {}), self.attention.card.key: attended.map}
        return replace(fused, attention=maps)

    def under(self, x: Tensor, present: Tensor, members: Tensor) -> Tensor:
        """Return z (K, L, width) of :meth:`fused_under`."""
        return self.fused_under(x, present, members).z

    def fused_under(self, x: Tensor, present: Tensor, members: Tensor) -> Fused:
        """Fuse every item under several coalitions.

        Parameters
        ----------
        x : (L, C, width)
        present : (L, C) bool
        members : (K, C) bool

        Returns
        -------
        Fused with z (K, L, width); the rest as the fusion gave it, over K * L rows
        """
        count, items = len(members), len(x)
        shown = (members[:, None] & present).flatten(0, 1)
        fused = self.fuse(x.expand(count, *x.shape).flatten(0, 1), shown)
        return replace(fused, z=fused.z.view(count, items, fused.z.shape[-1]))


class Tower(nn.Module):
    """Visitor side, item side, and the head that compares them.

    With the ``dot`` head, score = u . (z - average item) + popularity: how far the item stands above an
    average one. A softmax over the catalog fixes logits only up to a constant a visitor; measuring from the
    average item is what makes a contribution's sign mean something. The ``mlp`` head is the classical
    sigmoid MLP, with a linear path beside it (He et al., Neural Collaborative Filtering, 2017); its logit is
    absolute.
    """

    def __init__(self, config: TowerConfig) -> None:
        super().__init__()
        self.config = config
        # The visitor's own query is made of this side's output, so user attention can only act on the other.
        self.liked = Side(config, "off" if config.attention == "user" else config.attention)
        self.offered = Side(config, config.attention)
        self.pool = nn.Sequential(
            nn.Linear(config.width, config.width), nn.Tanh(), nn.Linear(config.width, 1)
        )
        self.mix = nn.Linear(config.width, config.width)
        if config.head == "dot":
            self.popularity = nn.Parameter(torch.zeros(config.items))
        else:
            # Some fusions start with vectors near zero, on which an MLP learns the base rate and stops.
            self.mlp = nn.Sequential(
                nn.LayerNorm(3 * config.width),
                nn.Linear(3 * config.width, 2 * config.width),
                nn.ReLU(),
                nn.Linear(2 * config.width, config.width),
                nn.ReLU(),
                nn.Linear(config.width, 1),
            )
            # Without a linear path an MLP takes very long to find out that u and z should be compared.
            self.match = nn.Parameter(torch.ones(config.width))

    @property
    def asks(self) -> bool:
        """Whether the item side depends on the visitor."""
        return self.offered.attention.uses_query

    def visitor(self, z: Tensor, history: Tensor) -> Tensor:
        """Pool fused likes by attention.

        The pooled vector grows with the root of the number of likes: who has liked more is known better.

        Parameters
        ----------
        z : (..., L, width) fused entries
        history : (B, L) bool, which of them each visitor has

        Returns
        -------
        (..., B, width)
        """
        scores = self.pool(z).squeeze(-1).unsqueeze(-2)
        weights = masked_softmax(scores.expand(*z.shape[:-2], *history.shape), history)
        pooled = (weights @ z) * history.sum(-1, keepdim=True).to(z.dtype).sqrt()
        return torch.tanh(self.mix(pooled))

    def popular(self, rows: Tensor) -> Tensor:
        """Return how much more popular than average items are; part of the behaviour channel."""
        return self.popularity[rows] - self.popularity.mean()

    def judge(self, u: Tensor, z: Tensor) -> Tensor:
        """Return the classical MLP's logits (...) of visitors u and items z, both (..., width)."""
        together = u * z
        logit: Tensor = self.mlp(torch.cat([u, z, together], -1)).squeeze(-1)
        return logit + together @ self.match
