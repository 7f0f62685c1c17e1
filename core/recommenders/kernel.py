"""Kernel ridge regression from what items show to what a model of behaviour says of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import solve
from scipy.sparse import csr_array
from sklearn.preprocessing import normalize

from core.recommenders.base import EVERYTHING, Recommender, RecommenderCard, register
from core.recommenders.ease import check_size, ease_weights
from core.recommenders.inputs import Inputs


def likeness(inputs: Inputs, sharpness: float) -> NDArray[np.float64]:
    """Return the mean over modalities of exp(sharpness (cos - 1)), (I, I).

    A modality that either item lacks says 0: nothing is known of how alike they are.
    """
    total = np.zeros((inputs.items, inputs.items))
    for modality, x in inputs.standardised().items():
        unit = normalize(x.astype(np.float64))
        has = inputs.present[modality]
        total += np.exp(sharpness * (unit @ unit.T - 1)) * (has[:, None] & has)
    return total / max(len(inputs.features), 1)


@register
class KernelRidge(Recommender):
    """An item that nobody has taken yet gets what EASE says of items that show the like.

    Who took an item is a noisy and sparse answer to learn from; what EASE makes of it is dense. Both are
    linear in the history, so the fit is one matrix from histories to scores.

    Parameters
    ----------
    decay : lambda of the regression
    sharpness : of the kernel; the larger, the nearer an item has to be to count
    smoothing : lambda of EASE
    own : what the visitor's own taking of an item counts beside what EASE says of it
    channels : modalities to go by; None for all there are
    """

    card = RecommenderCard(
        key="kernel-ridge",
        family="linear",
        formula=r"s_u = x_u (B + \beta I)\,(K + \lambda I)^{-1} K,\quad "
        r"K_{ij} = e^{\gamma (\cos(f_i, f_j) - 1)},\quad B \text{ of EASE}",
        source="after Gantner et al., Learning Attribute-to-Feature Mappings for Cold-Start "
        "Recommendations, 2010",
        year=2010,
        teaches="New items gain most when content learns from a model of behaviour, not from raw behaviour.",
        scores_unseen=True,
        uses=EVERYTHING,
    )
    space: ClassVar[Mapping[str, tuple[Any, ...]]] = {
        "decay": (0.3, 1.0, 3.0),
        "sharpness": (1.0, 2.0, 4.0),
        "smoothing": (50.0, 100.0, 200.0),
        "own": (0.2, 0.5, 1.0),
    }
    content_only: ClassVar[bool] = True

    def __init__(
        self,
        *,
        decay: float = 1.0,
        sharpness: float = 2.0,
        smoothing: float = 100.0,
        own: float = 0.5,
        channels: tuple[str, ...] | None = None,
    ) -> None:
        self.decay = decay
        self.sharpness = sharpness
        self.smoothing = smoothing
        self.own = own
        self.channels = channels

    def _fit(self, inputs: Inputs, seed: int) -> None:
        check_size(self.card.key, inputs.items)
        # An item that nobody could take says nothing about taste: it is scored, but not a zero to learn from.
        taken = np.flatnonzero(np.asarray(inputs.train.sum(axis=0)) > 0)
        x = inputs.train[:, taken].astype(np.float64)
        says = ease_weights((x.T @ x).toarray(), self.smoothing).astype(np.float64)
        says[np.diag_indices_from(says)] = self.own
        kernel = likeness(inputs, self.sharpness)
        among = kernel[np.ix_(taken, taken)]
        among[np.diag_indices_from(among)] += self.decay
        self.weights = np.zeros((inputs.items, inputs.items), dtype=np.float32)
        self.weights[taken] = says @ solve(among, kernel[taken], assume_a="pos")

    def _scores(self, users: NDArray[np.int64], history: csr_array) -> NDArray[np.float32]:
        scores: NDArray[np.float32] = history @ self.weights
        return scores
