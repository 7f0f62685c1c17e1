"""Ridge regression from what items show to what a visitor takes."""

from __future__ import annotations

from typing import ClassVar

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import solve
from scipy.sparse import csr_array
from sklearn.preprocessing import normalize

from core.recommenders.base import EVERYTHING, Recommender, RecommenderCard, register
from core.recommenders.inputs import Inputs


@register
class Ridge(Recommender):
    """One linear taste a visitor, fitted to 1 for what he took and 0 for the rest that anybody took.

    All visitors share the features, so the fit is one matrix from histories to scores.

    Parameters
    ----------
    decay : lambda
    channels : modalities to go by; None for all there are
    """

    card = RecommenderCard(
        key="ridge",
        family="linear",
        formula=r"s_u = F w_u,\quad w_u = (F^\top F + \lambda I)^{-1} F^\top x_u",
        source="Hoerl and Kennard, Ridge Regression, 1970",
        year=1970,
        teaches="A taste as weights on features: what content can say at most without other visitors.",
        scores_unseen=True,
        uses=EVERYTHING,
    )
    space = {"decay": (1.0, 3.0, 5.0, 10.0, 20.0, 30.0, 100.0)}
    content_only: ClassVar[bool] = True

    def __init__(self, *, decay: float = 10.0, channels: tuple[str, ...] | None = None) -> None:
        self.decay = decay
        self.channels = channels

    def _fit(self, inputs: Inputs, seed: int) -> None:
        # Rows of one length: an item that is odd in everything would otherwise weigh more than the others.
        features = np.asarray(normalize(inputs.stacked().astype(np.float64)))
        # An item that nobody could take says nothing about taste: it is scored, but not a zero to learn from.
        taken = np.asarray(inputs.train.sum(axis=0)) > 0
        known = features * taken[:, None]
        gram = known.T @ known
        gram[np.diag_indices_from(gram)] += self.decay
        self._taste = solve(gram, known.T, assume_a="pos").T.astype(np.float32)  # (I, D)
        self._features = features.astype(np.float32)

    def _scores(self, users: NDArray[np.int64], history: csr_array) -> NDArray[np.float32]:
        scores: NDArray[np.float32] = (history @ self._taste) @ self._features.T
        return scores
