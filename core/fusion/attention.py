"""Attention as its own switch, in front of any fusion: who decides which channel is heard.

``off`` leaves the channel vectors as they are; ``self`` lets the channels of one item look at each other;
``user`` lets the visitor's history weigh them.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

import torch
from torch import Tensor, nn

from core.fusion.base import Embeddings, clean, masked_softmax
from core.registry import Card, Registry


@dataclass(frozen=True, eq=False)
class Attended:
    """Channel vectors after attention, and its map: (B, M, M) for ``self``, (B, M) for ``user``, or None."""

    x: dict[str, Tensor]
    map: Tensor | None = None


class Attention(nn.Module, ABC):
    """Base of the attention blocks.

    Parameters
    ----------
    channels : names, in the order of the columns of ``present``
    width : size of every channel vector and of the query
    """

    card: ClassVar[Card]
    uses_query: ClassVar[bool] = False

    def __init__(self, channels: tuple[str, ...], width: int) -> None:
        super().__init__()
        self.channels = channels
        self.width = width

    @abstractmethod
    def forward(self, x: Embeddings, present: Tensor, query: Tensor | None = None) -> Attended:
        """Attend.

        Parameters
        ----------
        x : channel -> (B, width)
        present : (B, M) bool
        query : (B, width), the visitor; None is nobody in particular
        """


ATTENTIONS: Registry[type[Attention]] = Registry("attention")


@ATTENTIONS.register
class Off(Attention):
    """Leave every channel as it is."""

    card = Card(key="off", family="attention", formula=r"h_m = x_m", source="-")

    def forward(self, x: Embeddings, present: Tensor, query: Tensor | None = None) -> Attended:
        """Attend; see :meth:`Attention.forward`."""
        return Attended(clean(x, present, self.channels))


@ATTENTIONS.register
class SelfAttention(Attention):
    """Each present channel adds what it finds in the others."""

    card = Card(
        key="self",
        family="attention",
        formula=r"h = x + \mathrm{softmax}(Q K^\top / \sqrt d)\, V W_o",
        source="Vaswani et al., Attention Is All You Need, 2017",
        year=2017,
    )

    def __init__(self, channels: tuple[str, ...], width: int) -> None:
        super().__init__(channels, width)
        self.kind = nn.Parameter(torch.randn(len(channels), width) * 0.02)
        self.before = nn.LayerNorm(width)
        self.query_key_value = nn.Linear(width, 3 * width)
        self.out = nn.Linear(width, width)

    def forward(self, x: Embeddings, present: Tensor, query: Tensor | None = None) -> Attended:
        """Attend; see :meth:`Attention.forward`."""
        tokens = torch.stack(list(clean(x, present, self.channels).values()), dim=1)
        q, k, v = self.query_key_value(self.before(tokens + self.kind)).chunk(3, dim=-1)
        scores = torch.einsum("bqd,bkd->bqk", q, k) / self.width**0.5
        weights = masked_softmax(scores, present[:, None].expand_as(scores))
        heard = tokens + self.out(weights @ v)
        return Attended(dict(zip(self.channels, heard.unbind(1), strict=True)), weights)


@ATTENTIONS.register
class UserAttention(Attention):
    """The visitor's history decides which channel counts, for this visitor, on every item.

    The weights are scaled by the number of present channels, so that even weights change nothing.
    """

    card = Card(
        key="user",
        family="attention",
        formula=r"h_m = M a_m x_m,\quad a = \mathrm{softmax}_m(W_m \cdot u)",
        source="after Chen et al., Attentive Collaborative Filtering, 2017",
        year=2017,
    )
    uses_query = True

    def __init__(self, channels: tuple[str, ...], width: int) -> None:
        super().__init__(channels, width)
        self.score = nn.Linear(width, len(channels))

    def forward(self, x: Embeddings, present: Tensor, query: Tensor | None = None) -> Attended:
        """Attend; see :meth:`Attention.forward`."""
        x = clean(x, present, self.channels)
        asks = next(iter(x.values())).new_zeros(1, self.width) if query is None else query
        weights = masked_softmax(self.score(asks).expand_as(present), present)
        scale = weights * present.sum(dim=1, keepdim=True)
        return Attended({c: x[c] * scale[:, i, None] for i, c in enumerate(x)}, weights)


def create_attention(
    key: str, channels: Mapping[str, int] | tuple[str, ...], width: int
) -> Attention:
    """Return a new attention block (``TriadError`` for an unknown key)."""
    return ATTENTIONS[key](tuple(channels), width)
