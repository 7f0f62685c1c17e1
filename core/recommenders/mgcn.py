"""Each modality is purified by behaviour, and has a graph of its own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from core.fusion.base import masked_softmax
from core.recommenders.base import EVERYTHING, RecommenderCard, register
from core.recommenders.factors import FactorRecommender, Factors
from core.recommenders.fitting import pairwise_loss
from core.recommenders.graph import alike, bipartite, normalised, to_torch
from core.recommenders.inputs import Inputs
from core.recommenders.lightgcn import Smoothed
from core.recommenders.vbpr import Shown


def info_nce(a: Tensor, b: Tensor, temperature: float = 0.2) -> Tensor:
    """Return the loss of finding each row's partner, a and b (B, d), among those of the batch; a scalar."""
    logits = F.normalize(a, dim=1) @ F.normalize(b, dim=1).T / temperature
    return F.cross_entropy(logits, torch.arange(len(a), device=a.device))


class View(nn.Module):
    """One modality of items and visitors.

    Parameters
    ----------
    shown : its projected features
    likeness : its graph of items (I, I)
    has : (I,) bool
    """

    def __init__(self, shown: Shown, likeness: Tensor, has: Tensor, width: int) -> None:
        super().__init__()
        self.shown = shown
        self.purify = nn.Sequential(nn.Linear(width, width), nn.Sigmoid())
        self.register_buffer("likeness", likeness, persistent=False)
        self.register_buffer("has", has[:, None], persistent=False)

    def forward(self, items: Tensor, taken: Tensor) -> Tensor:
        """Return visitors and items (U + I, d) of this modality.

        Parameters
        ----------
        items : (I, d) free vectors
        taken : (U, I) normalised, sparse
        """
        pure = torch.where(self.get_buffer("has"), items * self.purify(self.shown()), 0.0)
        smooth = self.get_buffer("likeness") @ pure
        return torch.cat([taken @ smooth, smooth])


class MultiView(Smoothed):
    """LightGCN of behaviour; beside it what modalities have in common and what each has of its own.

    Parameters
    ----------
    layers : of the graph of visitors and items; likeness has one
    neighbours : of an item in each modality
    contrast : weight of the loss that brings both sides of a node together
    """

    def __init__(
        self, inputs: Inputs, width: int, layers: int, neighbours: int, contrast: float
    ) -> None:
        super().__init__(inputs.train, width, layers)
        self.views, self.prefer = nn.ModuleDict(), nn.ModuleDict()
        for m, x in inputs.standardised().items():
            has = inputs.present[m]
            likeness = to_torch(normalised(alike(x, has, neighbours)))
            self.views[m] = View(Shown({m: x}, width), likeness, torch.from_numpy(has), width)
            self.prefer[m] = nn.Sequential(nn.Linear(width, width), nn.Sigmoid())
        users = inputs.train.shape[0]
        taken = normalised(bipartite(inputs.train))[:users, users:]
        self.register_buffer("taken", to_torch(taken), persistent=False)
        self.common = nn.Sequential(
            nn.Linear(width, width), nn.Tanh(), nn.Linear(width, 1, bias=False)
        )
        self.contrast = contrast

    def sides(self) -> tuple[Tensor, Tensor]:
        """Return the side of behaviour and the side of content, each (U + I, d)."""
        behaviour = torch.cat(super().tables())
        views = torch.stack(
            [view(self.item.weight, self.get_buffer("taken")) for view in self.views.values()], 1
        )  # (U + I, M, d)
        there = (views != 0).any(2)
        weights = masked_softmax(self.common(views).squeeze(2), there)
        shared = (weights[..., None] * views).sum(1)
        wanted = torch.stack([prefer(behaviour) for prefer in self.prefer.values()], 1)
        own = torch.where(there[..., None], wanted * (views - shared[:, None]), 0.0)
        return behaviour, shared + own.mean(1)

    def tables(self) -> tuple[Tensor, Tensor]:
        """Return the sum of both sides, of visitors (U, d) and of items (I, d)."""
        both = sum(self.sides())
        assert isinstance(both, Tensor), "there are two"
        return both[: self.user.num_embeddings], both[self.user.num_embeddings :]

    def objective(self, users: Tensor, taken: Tensor, other: Tensor) -> Tensor:
        """Add that a node's two sides should know each other."""
        behaviour, content = self.sides()
        both, count = behaviour + content, self.user.num_embeddings
        mine = both[users]
        total = pairwise_loss(
            (mine * both[count + taken]).sum(1), (mine * both[count + other]).sum(1)
        )
        for nodes in (torch.unique(users), count + torch.unique(taken)):
            total = total + self.contrast * info_nce(content[nodes], behaviour[nodes])
        return total


@register
class Mgcn(FactorRecommender):
    """Behaviour filters what features say before it is spread; attention mixes the views.

    Parameters
    ----------
    layers, neighbours, contrast : see :class:`MultiView`
    channels : modalities to look at; None for all there are. Others as for every factor model
    """

    card = RecommenderCard(
        key="mgcn",
        family="graph",
        formula=r"e = \text{LightGCN} + c + \tfrac{1}{M} \sum_m \sigma(W'_m e) \odot (h_m - c),\quad "
        r"h_m = \tilde S_m\big(e^0 \odot \sigma(W_m f_m)\big),\ c = \sum_m a_m h_m",
        source="Yu et al., Multi-View Graph Convolutional Network for Multimedia Recommendation, 2023",
        year=2023,
        teaches="The most elaborate of the graph models: is it worth what it costs?",
        scores_unseen=True,
        uses=EVERYTHING,
        newcomers=False,
    )
    content_only: ClassVar[bool] = True
    space: ClassVar[Mapping[str, tuple[Any, ...]]] = {
        **FactorRecommender.space,
        "rate": (5e-3, 1e-2, 2e-2),
        "neighbours": (5, 10, 20),
        "contrast": (1e-3, 1e-2, 1e-1),
    }

    def __init__(
        self,
        *,
        width: int = 64,
        rate: float = 2e-2,
        decay: float = 1e-3,
        epochs: int = 60,
        batch: int = 2048,
        layers: int = 2,
        neighbours: int = 10,
        contrast: float = 1e-2,
        channels: tuple[str, ...] | None = None,
    ) -> None:
        super().__init__(width=width, rate=rate, decay=decay, epochs=epochs, batch=batch)
        self.layers, self.neighbours, self.contrast = layers, neighbours, contrast
        self.channels = channels

    def _module(self, inputs: Inputs) -> Factors:
        return MultiView(inputs, self.width, self.layers, self.neighbours, self.contrast)
