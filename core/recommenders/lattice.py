"""A graph of which items are alike, learned with the recommender."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional as F

from core.recommenders.base import EVERYTHING, RecommenderCard, register
from core.recommenders.factors import FactorRecommender, Factors
from core.recommenders.graph import alike, normalised, to_torch
from core.recommenders.inputs import Inputs
from core.recommenders.lightgcn import Smoothed


class Likeness(nn.Module):
    """The graph of one modality: the frozen one of raw features, and one of projected features.

    Who the neighbours are is found once an epoch; how near they are is differentiable.

    Parameters
    ----------
    x : (I, D), zeros where absent
    has : (I,) bool
    width : of the projection
    neighbours : of an item
    keep : weight of the frozen graph
    """

    def __init__(
        self,
        x: NDArray[np.float32],
        has: NDArray[np.bool_],
        width: int,
        neighbours: int,
        keep: float,
    ) -> None:
        super().__init__()
        self.project = nn.Linear(x.shape[1], width)
        self.keep, self.neighbours, self._has = keep, neighbours, has
        self.register_buffer("x", torch.from_numpy(x), persistent=False)
        frozen = normalised(alike(x, has, neighbours))
        self.register_buffer("frozen", to_torch(frozen), persistent=False)
        self.refresh()

    @torch.no_grad()
    def refresh(self) -> None:
        """Find the neighbours anew."""
        z = self.project(self.get_buffer("x")).numpy()
        rows, columns = alike(z, self._has, self.neighbours).tocoo().coords
        self._rows, self._columns = (
            torch.from_numpy(np.asarray(c, dtype=np.int64)) for c in (rows, columns)
        )

    def forward(self, items: Tensor) -> Tensor:
        """Return the sum over neighbours (I, d) of ``items`` (I, d)."""
        unit = F.normalize(self.project(self.get_buffer("x")), dim=1)
        near = (unit[self._rows] * unit[self._columns]).sum(1).clamp(min=0)
        degree = near.new_zeros(len(items)).index_add(0, self._rows, near).clamp(min=1e-6).rsqrt()
        weight = near * degree[self._rows] * degree[self._columns]
        learned = torch.zeros_like(items).index_add(
            0, self._rows, weight[:, None] * items[self._columns]
        )
        frozen: Tensor = self.get_buffer("frozen") @ items
        return self.keep * frozen + (1 - self.keep) * learned


class Latent(Smoothed):
    """LightGCN, and beside it items that borrow from those alike.

    Parameters
    ----------
    layers : of the graph of visitors and items; likeness has one
    neighbours, keep : see :class:`Likeness`
    """

    def __init__(
        self, inputs: Inputs, width: int, layers: int, neighbours: int, keep: float
    ) -> None:
        super().__init__(inputs.train, width, layers)
        self.likeness = nn.ModuleDict(
            {
                m: Likeness(x, inputs.present[m], width, neighbours, keep)
                for m, x in inputs.standardised().items()
            }
        )
        self.importance = nn.Parameter(torch.zeros(len(self.likeness)))

    def refresh(self) -> None:
        """Find all neighbours anew."""
        for likeness in self.likeness.values():
            assert isinstance(likeness, Likeness), "they were made here"
            likeness.refresh()

    def tables(self) -> tuple[Tensor, Tensor]:
        """Return smoothed visitors (U, d) and items (I, d)."""
        visitors, items = super().tables()
        borrowed = torch.stack([near(self.item.weight) for near in self.likeness.values()])
        mixed = (torch.softmax(self.importance, 0)[:, None, None] * borrowed).sum(0)
        return visitors, items + F.normalize(mixed, dim=1)


@register
class Lattice(FactorRecommender):
    """Which items are alike is learned from projected features, modality by modality.

    Parameters
    ----------
    layers, neighbours, keep : see :class:`Latent`
    channels : modalities to look at; None for all there are. Others as for every factor model
    """

    card = RecommenderCard(
        key="lattice",
        family="graph",
        formula=r"e_i = \text{LightGCN}_i + \frac{h_i}{\|h_i\|},\quad h = \sum_m \alpha_m "
        r"\big(\lambda \tilde S_m + (1 - \lambda) \tilde A_m(W_m f_m)\big) e^0",
        source="Zhang et al., Mining Latent Structures for Multimedia Recommendation, 2021",
        year=2021,
        teaches="Learning which items are alike; beside FREEDOM it shows whether that pays.",
        scores_unseen=True,
        uses=EVERYTHING,
        newcomers=False,
    )
    content_only: ClassVar[bool] = True
    space: ClassVar[Mapping[str, tuple[Any, ...]]] = {
        **FactorRecommender.space,
        "rate": (5e-3, 1e-2, 2e-2),
        "neighbours": (5, 10, 20),
        "keep": (0.5, 0.7, 0.9),
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
        keep: float = 0.9,
        channels: tuple[str, ...] | None = None,
    ) -> None:
        super().__init__(width=width, rate=rate, decay=decay, epochs=epochs, batch=batch)
        self.layers, self.neighbours, self.keep = layers, neighbours, keep
        self.channels = channels

    def _module(self, inputs: Inputs) -> Factors:
        return Latent(inputs, self.width, self.layers, self.neighbours, self.keep)
