"""Free vectors, smoothed over the graph of who took what."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

import torch
from scipy.sparse import csr_array
from torch import Tensor

from core.recommenders.base import RecommenderCard, register
from core.recommenders.factors import FactorRecommender, Factors
from core.recommenders.graph import bipartite, normalised, propagate, to_torch
from core.recommenders.inputs import Inputs


class Smoothed(Factors):
    """A vector is the mean of itself and of its neighbourhoods up to some distance.

    Parameters
    ----------
    train : (U, I)
    layers : that distance
    """

    def __init__(self, train: csr_array, width: int, layers: int) -> None:
        super().__init__(train.shape[0], train.shape[1], width)
        self.layers = layers
        self.register_buffer("graph", to_torch(normalised(bipartite(train))), persistent=False)

    def tables(self) -> tuple[Tensor, Tensor]:
        """Return the smoothed visitors (U, d) and items (I, d)."""
        free = torch.cat([self.user.weight, self.item.weight])
        smooth = propagate(self.get_buffer("graph"), free, self.layers)
        return smooth[: self.user.num_embeddings], smooth[self.user.num_embeddings :]


@register
class LightGcn(FactorRecommender):
    """Matrix factorisation in which neighbours in the graph share what they learn.

    Parameters
    ----------
    layers : how far it is smoothed. Others as for every factor model
    """

    card = RecommenderCard(
        key="lightgcn",
        family="graph",
        formula=r"E = \tfrac{1}{L + 1} \sum_{l=0}^{L} \tilde A^l E_0,\quad "
        r"\tilde A = D^{-1/2} A D^{-1/2},\quad s_{ui} = e_u \cdot e_i",
        source="He et al., LightGCN: Simplifying and Powering Graph Convolution Network, 2020",
        year=2020,
        teaches="What a graph adds to free vectors; the multimodal graph models build on this one.",
        newcomers=False,
    )
    space: ClassVar[Mapping[str, tuple[Any, ...]]] = {
        **FactorRecommender.space,
        "rate": (5e-3, 1e-2, 2e-2),
        "layers": (1, 2, 3, 4),
    }

    def __init__(
        self,
        *,
        width: int = 64,
        rate: float = 2e-2,
        decay: float = 1e-3,
        epochs: int = 200,
        batch: int = 2048,
        layers: int = 3,
    ) -> None:
        super().__init__(width=width, rate=rate, decay=decay, epochs=epochs, batch=batch)
        self.layers = layers

    def _module(self, inputs: Inputs) -> Factors:
        return Smoothed(inputs.train, self.width, self.layers)
