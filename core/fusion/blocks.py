"""The two halves of a transformer block, for the strategies that work on tokens."""

from __future__ import annotations

import torch
from torch import Tensor, nn


class Attend(nn.Module):
    """Tokens read other tokens: pre-norm multi-head attention, and what was found is added.

    Parameters
    ----------
    width : of every token; a multiple of ``heads``
    heads : of attention
    """

    def __init__(self, width: int, heads: int) -> None:
        super().__init__()
        self.heads = heads
        self.before = nn.LayerNorm(width)
        self.query = nn.Linear(width, width)
        self.key_value = nn.Linear(width, 2 * width)
        self.out = quiet(nn.Linear(width, width))

    def forward(self, readers: Tensor, read: Tensor) -> tuple[Tensor, Tensor]:
        """Let ``readers`` (B, T, width) read ``read`` (B, S, width).

        Returns
        -------
        the readers after it (B, T, width), and the weights (B, T, S), averaged over heads
        """
        q, k, v = (
            heads_of(part, self.heads)
            for part in (
                self.query(self.before(readers)),
                *self.key_value(self.before(read)).chunk(2, dim=-1),
            )
        )
        weights = torch.softmax(q @ k.transpose(-1, -2) / q.shape[-1] ** 0.5, dim=-1)
        found = self.out((weights @ v).transpose(1, 2).flatten(2))
        return readers + found, weights.mean(dim=1)


class Think(nn.Module):
    """Every token by itself: a pre-norm feed-forward network, and what it says is added."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.net = nn.Sequential(
            nn.LayerNorm(width),
            nn.Linear(width, 2 * width),
            nn.GELU(),
            quiet(nn.Linear(2 * width, width)),
        )

    def forward(self, tokens: Tensor) -> Tensor:
        """Return tokens (..., width)."""
        said: Tensor = self.net(tokens)
        return tokens + said


def heads_of(tokens: Tensor, heads: int) -> Tensor:
    """Return (B, T, width) as (B, heads, T, width / heads)."""
    return tokens.view(*tokens.shape[:2], heads, tokens.shape[-1] // heads).transpose(1, 2)


def quiet(linear: nn.Linear) -> nn.Linear:
    """Start a residual branch near zero.

    Channel vectors are small at first; a branch behind a LayerNorm is not, and would drown them with what is
    the same for every item. Not at zero, or nothing before the branch's end would get a gradient.
    """
    nn.init.normal_(linear.weight, std=0.02)
    nn.init.zeros_(linear.bias)
    return linear
