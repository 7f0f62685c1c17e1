"""LightGCN beside a frozen graph of which items are alike."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

import torch
from torch import Tensor, nn

from core.recommenders.base import EVERYTHING, RecommenderCard, register
from core.recommenders.factors import FactorRecommender, Factors
from core.recommenders.fitting import pairwise_loss
from core.recommenders.graph import alike, bipartite, normalised, propagate, thinned, to_torch
from core.recommenders.inputs import Inputs
from core.recommenders.lightgcn import Smoothed
from core.recommenders.vbpr import Shown


class Frozen(Smoothed):
    """The vectors of items are smoothed a second time, over likeness.

    Parameters
    ----------
    layers : of the graph of visitors and items; likeness has one
    neighbours : of an item in each modality
    prune : share of the interactions that an epoch does without, rather those of popular items
    guide : weight of the loss in which projected features stand for the item
    """

    def __init__(
        self, inputs: Inputs, width: int, layers: int, neighbours: int, prune: float, guide: float
    ) -> None:
        super().__init__(inputs.train, width, layers)
        features = inputs.standardised()
        # Each modality's graph counts the same; an item that lacks one has the neighbours of the others.
        graphs = [normalised(alike(x, inputs.present[m], neighbours)) for m, x in features.items()]
        likeness = sum(graphs[1:], graphs[0]) / len(graphs)
        self.register_buffer("likeness", to_torch(likeness), persistent=False)
        self.shown = nn.ModuleDict({m: Shown({m: x}, width) for m, x in features.items()})
        self.prune, self.guide = prune, guide
        self._train = inputs.train
        self._thin: Tensor | None = None

    def refresh(self) -> None:
        """Draw the interactions that this epoch keeps."""
        seed = int(torch.randint(2**31, ()))
        kept = thinned(self._train, 1 - self.prune, seed)
        self._thin = to_torch(normalised(bipartite(kept)))

    def tables(self) -> tuple[Tensor, Tensor]:
        """Return smoothed visitors (U, d) and twice smoothed items (I, d); all edges outside training."""
        free = torch.cat([self.user.weight, self.item.weight])
        thin = self._thin if self.training and self._thin is not None else None
        smooth = propagate(self.get_buffer("graph") if thin is None else thin, free, self.layers)
        count = self.user.num_embeddings
        return smooth[:count], smooth[count:] + self.get_buffer("likeness") @ self.item.weight

    def objective(self, users: Tensor, taken: Tensor, other: Tensor) -> Tensor:
        """Add that what items show should foretell what is taken, modality by modality."""
        visitors, items = self.tables()
        mine = visitors[users]
        total = pairwise_loss((mine * items[taken]).sum(1), (mine * items[other]).sum(1))
        for shown in self.shown.values():
            z = shown()
            total = total + self.guide * pairwise_loss(
                (mine * z[taken]).sum(1), (mine * z[other]).sum(1)
            )
        return total


@register
class Freedom(FactorRecommender):
    """The graph of likeness is made once, of the features as they are, and never learned.

    Parameters
    ----------
    layers, neighbours, prune, guide : see :class:`Frozen`
    channels : modalities to look at; None for all there are. Others as for every factor model
    """

    card = RecommenderCard(
        key="freedom",
        family="graph",
        formula=r"e_i = \text{LightGCN}_i + (S e^0)_i,\quad S = \tfrac{1}{M} \sum_m \tilde S_m,\quad "
        r"\tilde S_m = \text{nearest neighbours by } f_m",
        source="Zhou and Shen, A Tale of Two Graphs: Freezing and Denoising Graph Structures, 2023",
        year=2023,
        teaches="Features are used only to say which items are alike, and that can be frozen.",
        scores_unseen=True,
        uses=EVERYTHING,
        newcomers=False,
    )
    content_only: ClassVar[bool] = True
    space: ClassVar[Mapping[str, tuple[Any, ...]]] = {
        **FactorRecommender.space,
        "rate": (5e-3, 1e-2, 2e-2),
        "neighbours": (5, 10, 20),
        "prune": (0.0, 0.5, 0.8),
    }

    def __init__(
        self,
        *,
        width: int = 64,
        rate: float = 1e-2,
        decay: float = 1e-3,
        epochs: int = 200,
        batch: int = 2048,
        layers: int = 2,
        neighbours: int = 10,
        prune: float = 0.8,
        guide: float = 1e-2,
        channels: tuple[str, ...] | None = None,
    ) -> None:
        super().__init__(width=width, rate=rate, decay=decay, epochs=epochs, batch=batch)
        self.layers, self.neighbours = layers, neighbours
        self.prune, self.guide = prune, guide
        self.channels = channels

    def _module(self, inputs: Inputs) -> Factors:
        return Frozen(inputs, self.width, self.layers, self.neighbours, self.prune, self.guide)
