"""What most have taken."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from core.recommenders.base import Recommender, RecommenderCard, register
from core.recommenders.inputs import Inputs


@register
class Popular(Recommender):
    """The same list for everybody."""

    card = RecommenderCard(
        key="popular",
        family="baseline",
        formula=r"s_{ui} = |\{v : i \in H_v\}|",
        source="-",
        teaches="How far one gets without knowing anything about the visitor.",
    )

    def _fit(self, inputs: Inputs, seed: int) -> None:
        self._counts = np.asarray(inputs.train.sum(axis=0), dtype=np.float32)

    def _scores(self, users: NDArray[np.int64], history: csr_array) -> NDArray[np.float32]:
        return np.tile(self._counts, (len(users), 1))
