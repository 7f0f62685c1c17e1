"""What ensembles share: members that are trained apart and know nothing of each other."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from core.recommenders.base import Recommender, create_recommender
from core.recommenders.inputs import Inputs

DEFAULT: tuple[str, ...] = ("ease-features", "item-knn", "history-tower")
"""Three that err differently: a linear model, neighbours and a network."""


def zscored(scores: NDArray[np.float32]) -> NDArray[np.float32]:
    """Standardise each visitor's scores (B, I), so that members of different scales can be added.

    A member that tells nothing apart for a visitor becomes zeros.
    """
    spread = scores.std(axis=1, keepdims=True)
    centred = scores - scores.mean(axis=1, keepdims=True)
    scaled: NDArray[np.float32] = np.divide(
        centred, spread, out=np.zeros_like(centred), where=spread > 1e-12
    )
    return scaled


class Ensemble(Recommender):
    """Trains its members; a subclass says how what they say is put together.

    Parameters
    ----------
    members : keys, or recommenders not fitted yet. The k-th is fitted with seed + k, so one that is named
        several times is averaged over seeds
    """

    def __init__(self, *, members: Sequence[str | Recommender] = DEFAULT) -> None:
        if not members:
            raise ValueError("an ensemble needs members")
        self.members = tuple(create_recommender(m) if isinstance(m, str) else m for m in members)

    def _fit(self, inputs: Inputs, seed: int) -> None:
        self._fit_members(inputs, inputs.train, seed)

    def _fit_members(self, inputs: Inputs, train: csr_array, seed: int) -> None:
        """Fit the members on ``train`` (U, I), which may be a part of what there is."""
        has = [inputs.present[m] for m in inputs.features]
        present = np.stack(has, axis=1) if has else np.zeros((inputs.items, 0), np.bool_)
        for k, member in enumerate(self.members):
            member.fit(train, inputs.features, present, valid=inputs.valid, seed=seed + k)

    def _opinions(self, users: NDArray[np.int64], history: csr_array) -> list[NDArray[np.float32]]:
        """Return every member's scores (B, I)."""
        return [member.scores(users, history) for member in self.members]
