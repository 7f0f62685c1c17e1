"""BPR with a taste for what items show."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from core.recommenders.base import EVERYTHING, RecommenderCard, register
from core.recommenders.bpr import Biased
from core.recommenders.factors import FactorRecommender, Factors
from core.recommenders.inputs import Inputs


class Shown(nn.Module):
    """The features of all items, projected: sum over modalities of W_m f_m; zeros where an item has none.

    Parameters
    ----------
    features : modality -> (I, D), zeros where absent
    width : of the projection
    """

    def __init__(self, features: Mapping[str, NDArray[np.float32]], width: int) -> None:
        super().__init__()
        self.project = nn.ModuleDict(
            {m: nn.Linear(x.shape[1], width, bias=False) for m, x in features.items()}
        )
        for m, x in features.items():
            self.register_buffer(f"of_{m}", torch.from_numpy(x), persistent=False)

    def forward(self) -> Tensor | float:
        """Return (I, width), or 0 without any modality."""
        return sum(
            (project(self.get_buffer(f"of_{m}")) for m, project in self.project.items()), 0.0
        )


class Visual(Biased):
    """Free vectors, and a taste t_u for projected features.

    Parameters
    ----------
    features : modality -> (I, D), zeros where absent
    """

    def __init__(
        self,
        users: int,
        items: int,
        width: int,
        features: Mapping[str, NDArray[np.float32]],
    ) -> None:
        super().__init__(users, items, width)
        self.taste = nn.Embedding(users, width)
        nn.init.normal_(self.taste.weight, std=0.1)
        self.shown = Shown(features, width)  # E f
        self.appeal = Shown(features, 1)  # b'.f, the same for everybody

    def tables(self) -> tuple[Tensor, Tensor]:
        """Return [g_u, 1, t_u, 1] and [g_i, b_i, E f_i, b'.f_i]."""
        users, items = super().tables()
        if not self.shown.project:
            return users, items
        one = users.new_ones(len(users), 1)
        return (
            torch.cat([users, self.taste.weight, one], 1),
            torch.cat([items, self.shown(), self.appeal()], 1),
        )

    def penalised(self) -> tuple[Tensor, Tensor]:
        """Count tastes and what they meet as well, but not the 1 that b'.f_i meets."""
        visitors, items = super().penalised()
        if not self.shown.project:
            return visitors, items
        taste, one = torch.ones(self.taste.embedding_dim), torch.ones(1)
        return torch.cat([visitors, taste, 0 * one]), torch.cat([items, taste, one])

    def ego(self, users: Tensor, items: Tensor) -> Tensor:
        """Add tastes and what they meet. Without the latter, the projections overfit."""
        penalty: Tensor = super().ego(users, items) + self.taste(users).square().sum()
        for shown in (self.shown, self.appeal) if self.shown.project else ():
            penalty = penalty + shown()[items].square().sum()
        return penalty


@register
class Vbpr(FactorRecommender):
    """A free vector learns what features do not say, and only that.

    Parameters
    ----------
    channels : modalities to look at; None for all there are. Others as for every factor model
    """

    card = RecommenderCard(
        key="vbpr",
        family="factors",
        formula=r"s_{ui} = \beta_i + g_u \cdot g_i + t_u \cdot E f_i + \beta' \cdot f_i",
        source="He and McAuley, VBPR: Visual Bayesian Personalized Ranking, 2016",
        year=2016,
        teaches="The first multimodal recommender of its kind; beside BPR it shows what the features add.",
        scores_unseen=True,
        uses=EVERYTHING,
        newcomers=False,
    )

    def __init__(
        self,
        *,
        width: int = 64,
        rate: float = 5e-3,
        decay: float = 1e-2,
        epochs: int = 200,
        batch: int = 2048,
        channels: tuple[str, ...] | None = None,
    ) -> None:
        super().__init__(width=width, rate=rate, decay=decay, epochs=epochs, batch=batch)
        self.channels = channels

    def _module(self, inputs: Inputs) -> Factors:
        users, items = inputs.train.shape
        return Visual(users, items, self.width, inputs.standardised())
