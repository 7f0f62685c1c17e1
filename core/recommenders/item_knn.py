"""Nearest neighbours among items, by who took them or by what they show."""

from __future__ import annotations

from typing import ClassVar

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from sklearn.neighbors import NearestNeighbors

from core.recommenders.base import CONTENT, Recommender, RecommenderCard, register
from core.recommenders.inputs import Inputs


@register
class ItemKNN(Recommender):
    """An item's score is the sum of its cosines to those of its nearest items that the visitor took.

    Parameters
    ----------
    neighbours : how many items an item has for neighbours, out of those that somebody took
    """

    card = RecommenderCard(
        key="item-knn",
        family="neighbours",
        formula=r"s_{ui} = \sum_{j \in H_u \cap N_k(i)} \cos(x_i, x_j),\quad x_i = \text{who took } i",
        source="Sarwar et al., Item-Based Collaborative Filtering, 2001",
        year=2001,
        teaches="A method of one line from 2001, and many networks do not beat it.",
    )
    space = {"neighbours": (10, 20, 50, 100, 200)}

    def __init__(self, *, neighbours: int = 100) -> None:
        self.neighbours = neighbours

    def _fit(self, inputs: Inputs, seed: int) -> None:
        vectors = self._vectors(inputs)
        taken = np.flatnonzero(np.asarray(inputs.train.sum(axis=0)) > 0)
        if not len(taken):  # by content alone, nobody need have taken anything
            taken = np.arange(inputs.items)
        count = min(self.neighbours + 1, len(taken))  # the nearest of all is the item itself
        index = NearestNeighbors(n_neighbors=count, metric="cosine", algorithm="brute")
        distances, nearest = index.fit(vectors[taken]).kneighbors(vectors)
        own = taken[nearest] == np.arange(inputs.items)[:, None]
        likeness = np.where(own, 0, 1 - distances).astype(np.float32)
        rows = np.repeat(np.arange(inputs.items), count)
        shape = (inputs.items, inputs.items)
        self.similarity = csr_array((likeness.ravel(), (rows, taken[nearest].ravel())), shape=shape)
        self.similarity.eliminate_zeros()

    def _vectors(self, inputs: Inputs) -> csr_array | NDArray[np.float32]:
        """Return what stands for each item, (I, anything)."""
        return inputs.train.T.tocsr()

    def _scores(self, users: NDArray[np.int64], history: csr_array) -> NDArray[np.float32]:
        scores: NDArray[np.float32] = (history @ self.similarity.T).toarray()
        return scores


@register
class ContentKNN(ItemKNN):
    """The same by features: modalities end to end, or one of them.

    Parameters
    ----------
    neighbours : as for :class:`ItemKNN`
    channels : modalities to go by; None for all there are
    """

    card = RecommenderCard(
        key="knn-content",
        family="neighbours",
        formula=r"s_{ui} = \sum_{j \in H_u \cap N_k(i)} \cos(f_i, f_j),\quad f = [f_1; \dots; f_M]",
        source="Pazzani and Billsus, Content-Based Recommendation Systems, 2007",
        year=2007,
        teaches="What likeness alone gives: it answers for new items, and ignores what people do.",
        scores_unseen=True,
        uses=CONTENT,
    )
    content_only: ClassVar[bool] = True

    def __init__(self, *, neighbours: int = 100, channels: tuple[str, ...] | None = None) -> None:
        super().__init__(neighbours=neighbours)
        self.channels = channels

    def _vectors(self, inputs: Inputs) -> NDArray[np.float32]:
        return inputs.stacked()
