"""Reciprocal rank fusion."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.stats import rankdata

from core.recommenders.base import EVERYTHING, Recommender, RecommenderCard, register
from core.recommenders.ensemble import DEFAULT, Ensemble


@register
class ReciprocalRank(Ensemble):
    """Only places count, so scores need not be comparable; what was taken already has no place.

    Parameters
    ----------
    members : as for every ensemble
    k : the larger, the less the first places stand out
    """

    card = RecommenderCard(
        key="rank",
        family="ensemble",
        formula=r"s_{ui} = \sum_m \frac{1}{k + \mathrm{rank}_m(u, i)}",
        source="Cormack et al., Reciprocal Rank Fusion Outperforms Condorcet, 2009",
        year=2009,
        teaches="Fusing lists without any weight to learn, hard to beat by weights that are.",
        scores_unseen=True,
        uses=EVERYTHING,
    )
    space = {"k": (10, 30, 60, 100)}

    def __init__(self, *, members: Sequence[str | Recommender] = DEFAULT, k: float = 60.0) -> None:
        super().__init__(members=members)
        self.k = k

    def _scores(self, users: NDArray[np.int64], history: csr_array) -> NDArray[np.float32]:
        taken = history.toarray() > 0
        fused = np.zeros(history.shape)
        for opinion in self._opinions(users, history):
            # Equal scores share the mean of their places: a member that cannot tell items apart adds nothing.
            places = rankdata(np.where(taken, np.inf, -opinion), axis=1)
            fused += 1 / (self.k + places)
        return fused.astype(np.float32)
