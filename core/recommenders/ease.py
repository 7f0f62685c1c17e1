"""Linear models in closed form: one item-by-item matrix of weights."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import inv
from scipy.sparse import csr_array

from core.errors import TriadError
from core.recommenders.base import EVERYTHING, Recommender, RecommenderCard, register
from core.recommenders.inputs import Inputs

MAX_ITEMS: Final = 20_000
"""The inverse then takes 3 GB and some minutes."""


def check_size(key: str, items: int) -> None:
    """Refuse catalogs that are too large to be inverted (``fit_too_many_items``)."""
    if items > MAX_ITEMS:
        raise TriadError("fit_too_many_items", key=key, items=f"{items:,}", limit=f"{MAX_ITEMS:,}")


def ease_weights(gram: NDArray[np.float64], decay: float) -> NDArray[np.float32]:
    """Return Steck's weights (I, I) with a diagonal of zeros.

    Parameters
    ----------
    gram : (I, I), X'X; changed in place
    decay : lambda of the squared norm of the weights
    """
    gram[np.diag_indices_from(gram)] += decay
    precision = inv(gram, overwrite_a=True, assume_a="pos")
    weights = -precision / np.diag(precision)
    np.fill_diagonal(weights, 0)
    return np.asarray(weights, dtype=np.float32)


@register
class Ease(Recommender):
    """Each item is predicted from all others by ridge regression.

    Parameters
    ----------
    decay : lambda
    """

    card = RecommenderCard(
        key="ease",
        family="linear",
        formula=r"s_u = x_u B,\quad B_{ij} = -P_{ij} / P_{jj},\ B_{jj} = 0,\quad "
        r"P = (X^\top X + \lambda I)^{-1}",
        source="Steck, Embarrassingly Shallow Autoencoders for Sparse Data, 2019",
        year=2019,
        teaches="One matrix inverse, no training: the baseline that deep models of behaviour have to beat.",
    )
    space = {"decay": (10.0, 30.0, 100.0, 200.0, 500.0, 1000.0)}

    def __init__(self, *, decay: float = 100.0) -> None:
        self.decay = decay

    def _fit(self, inputs: Inputs, seed: int) -> None:
        check_size(self.card.key, inputs.items)
        self.weights = ease_weights(self._gram(inputs), self.decay)

    def _gram(self, inputs: Inputs) -> NDArray[np.float64]:
        x = inputs.train.astype(np.float64)
        gram: NDArray[np.float64] = (x.T @ x).toarray()
        return gram

    def _scores(self, users: NDArray[np.int64], history: csr_array) -> NDArray[np.float32]:
        scores: NDArray[np.float32] = history @ self.weights
        return scores


@register
class EaseFeatures(Ease):
    """Collective EASE: features are stacked under the interactions, as if they were visitors.

    Parameters
    ----------
    decay : lambda
    weight : alpha, how much a feature counts beside a visitor
    channels : modalities to stack; None for all there are
    """

    card = RecommenderCard(
        key="ease-features",
        family="linear",
        formula=r"X \leftarrow [X;\ \sqrt{\alpha}\, F_1^\top;\ \dots;\ \sqrt{\alpha}\, F_M^\top],\ "
        r"\text{then EASE}",
        source="Jeunen et al., Closed-Form Models for Collaborative Filtering with Side-Information, 2020",
        year=2020,
        teaches="The simplest fusion of behaviour and content there is, and one of the strongest.",
        scores_unseen=True,
        uses=EVERYTHING,
    )
    space = {**Ease.space, "weight": (1.0, 3.0, 10.0, 30.0, 100.0, 300.0)}

    def __init__(
        self,
        *,
        decay: float = 100.0,
        weight: float = 30.0,
        channels: tuple[str, ...] | None = None,
    ) -> None:
        super().__init__(decay=decay)
        self.weight = weight
        self.channels = channels

    def _gram(self, inputs: Inputs) -> NDArray[np.float64]:
        gram = super()._gram(inputs)
        features = inputs.stacked().astype(np.float64)
        gram += self.weight * features @ features.T
        return gram
