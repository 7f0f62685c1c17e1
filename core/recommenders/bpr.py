"""Matrix factorisation with a pairwise objective."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from core.recommenders.base import RecommenderCard, register
from core.recommenders.factors import FactorRecommender, Factors
from core.recommenders.fitting import pairwise_loss
from core.recommenders.inputs import Inputs


class Biased(Factors):
    """Factors, and a popularity b_i an item."""

    def __init__(self, users: int, items: int, width: int) -> None:
        super().__init__(users, items, width)
        # From larger vectors it starts with tastes that nobody has, and forgets them slowly.
        for table in (self.user, self.item):
            nn.init.normal_(table.weight, std=0.01)
        self.bias = nn.Parameter(torch.zeros(items))

    def tables(self) -> tuple[Tensor, Tensor]:
        """Return (U, d + 1) and (I, d + 1): the popularity meets a constant 1 in every visitor."""
        users, items = super().tables()
        return (
            torch.cat([users, users.new_ones(len(users), 1)], 1),
            torch.cat([items, self.bias[:, None]], 1),
        )

    def penalised(self) -> tuple[Tensor, Tensor]:
        """Return which columns of the tables :meth:`ego` counts, (d,) 0 or 1 each: not 1 nor b_i."""
        columns = torch.cat([torch.ones(self.item.embedding_dim), torch.zeros(1)])
        return columns, columns

    def terms(self, users: Tensor, taken: Tensor, other: Tensor) -> tuple[Tensor, Tensor]:
        """Return the objective and the penalty, both of the same rows: the tables are made but once."""
        mine, one, two = self.looked_up(users, taken, other)
        objective = pairwise_loss((mine * one).sum(1), (mine * two).sum(1))
        of_visitors, of_items = self.penalised()
        squares = one.square().sum(0) + two.square().sum(0)
        return objective, mine.square().sum(0) @ of_visitors + squares @ of_items


@register
class Bpr(FactorRecommender):
    """What was taken shall stand above what was not."""

    card = RecommenderCard(
        key="bpr",
        family="factors",
        formula=r"s_{ui} = g_u \cdot g_i + b_i,\quad \max \sum \ln \sigma(s_{ui} - s_{uj})",
        source="Rendle et al., BPR: Bayesian Personalized Ranking from Implicit Feedback, 2009",
        year=2009,
        teaches="The classical learned baseline: a free vector for everybody and everything.",
        newcomers=False,
    )

    def _module(self, inputs: Inputs) -> Factors:
        users, items = inputs.train.shape
        return Biased(users, items, self.width)
