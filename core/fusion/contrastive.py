"""Contrastive alignment of channels."""

from __future__ import annotations

import math
from collections.abc import Mapping
from itertools import combinations

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from core.fusion.base import Embeddings, Fused, Fusion, Projection, clean, masked_mean, register
from core.fusion.chance import Chance
from core.registry import Card


@register
class Contrastive(Fusion):
    """Channels of one item are drawn together and apart from other items; then they are averaged.

    After that any channel can stand in for another, and what only one of them shows has no place left.

    Parameters
    ----------
    alignment : weight of the InfoNCE loss
    most : rows of a batch that are compared; the loss costs their square
    """

    card = Card(
        key="contrastive",
        family="alignment",
        formula=(
            r"z = \frac{1}{|P|} \sum_{m \in P} h_m,\quad \mathcal{L} = -\sum_{a \neq b}"
            r"\log \frac{\exp(\cos(h_a^i, h_b^i) / \tau)}{\sum_j \exp(\cos(h_a^i, h_b^j) / \tau)}"
        ),
        source="Radford et al., CLIP, 2021; Girdhar et al., ImageBind, 2023",
        year=2021,
    )

    def __init__(
        self, dims: Mapping[str, int], width: int, alignment: float = 0.1, most: int = 256
    ) -> None:
        super().__init__(dims, width)
        self.alignment = alignment
        self.most = most
        self.project = Projection(dims, width)
        self.sharpness = nn.Parameter(torch.tensor(math.log(1 / 0.07)))  # log 1/tau, as CLIP starts
        self.chance = Chance()

    def forward(self, x: Embeddings, present: Tensor, query: Tensor | None = None) -> Fused:
        """Fuse; see :meth:`Fusion.forward`. Nothing present gives 0."""
        said = self.project(x, present)
        z = masked_mean(said, present)
        if not self.training:
            return Fused(z)
        rows = self.chance.rows(len(z), self.most, z)
        loss, matched = self.align(
            {c: v[rows] for c, v in clean(x, present, self.channels).items()},
            said[rows],
            present[rows],
        )
        return Fused(z, aux_loss=self.alignment * loss, scalars={"matched": matched})

    def align(self, x: Embeddings, said: Tensor, present: Tensor) -> tuple[Tensor, Tensor]:
        """Return the symmetric InfoNCE loss and how often the right partner is the nearest.

        A batch holds an item several times, under different coalitions. It is no negative of itself: a row
        whose vector points the same way in either channel is left out of the denominator.

        Parameters
        ----------
        x : channel -> (n, D), zeros where absent
        said : (n, M, width) projections
        present : (n, M) bool
        """
        unit = F.normalize(said, dim=-1)
        same = []
        for c in self.channels:
            direction = F.normalize(x[c].detach(), dim=-1)
            same.append(direction @ direction.T > 1 - 1e-5)
        scale = self.sharpness.exp().clamp(max=100)
        eye = torch.eye(len(said), dtype=torch.bool, device=said.device)
        floor = torch.finfo(said.dtype).min
        losses, hits, count = [], [], present.new_zeros((), dtype=said.dtype)
        for a, b in combinations(range(len(self.channels)), 2):
            both = present[:, a] & present[:, b]
            usable = eye | (both[:, None] & both & ~(same[a] | same[b]))
            near = (scale * unit[:, a] @ unit[:, b].T).masked_fill(~usable, floor)
            # Rows of a row's log-softmax are partners b of a, columns partners a of b.
            found = near.log_softmax(1).diagonal() + near.log_softmax(0).diagonal()
            losses.append(-(found * both).sum() / 2)
            hits.append(((near.argmax(1) == torch.arange(len(near)).to(near.device)) & both).sum())
            count = count + both.sum()
        count = count.clamp(min=1)
        return torch.stack(losses).sum() / count, torch.stack(hits).sum().detach() / count
