"""Stacking: a small model learns from out-of-fold scores how far to trust each member."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import KFold

from core.errors import TriadError
from core.recommenders.base import EVERYTHING, Recommender, RecommenderCard, register
from core.recommenders.ensemble import DEFAULT, Ensemble, zscored
from core.recommenders.fitting import untaken
from core.recommenders.inputs import Inputs

COMBINERS = ("logistic", "boosting")


@register
class Stacking(Ensemble):
    """g is fitted on what members say of interactions that they were not shown.

    Parameters
    ----------
    members : as for every ensemble
    folds : into which interactions are cut; every member is trained so many times, and once on all
    combiner : g, ``logistic`` regression or gradient ``boosting`` of trees
    negatives : sampled for every hidden interaction
    """

    card = RecommenderCard(
        key="stacking",
        family="ensemble",
        formula=r"s_{ui} = g(s^1_{ui}, \dots, s^M_{ui}),\quad g \text{ fitted on out-of-fold } s^m",
        source="Wolpert, Stacked Generalization, 1992",
        year=1992,
        teaches="Why weights must be learned on what members did not see: who overfits looks best.",
        scores_unseen=True,
        uses=EVERYTHING,
    )
    space = {"combiner": COMBINERS, "folds": (2, 3, 5)}

    def __init__(
        self,
        *,
        members: Sequence[str | Recommender] = DEFAULT,
        folds: int = 3,
        combiner: str = "logistic",
        negatives: int = 20,
    ) -> None:
        super().__init__(members=members)
        if combiner not in COMBINERS:
            raise ValueError(f"combiner is one of {COMBINERS}, not {combiner!r}")
        self.folds = folds
        self.combiner = combiner
        self.negatives = negatives

    def _fit(self, inputs: Inputs, seed: int) -> None:
        said, answers = self._out_of_fold(inputs, seed)
        self.g = (
            LogisticRegression()
            if self.combiner == "logistic"
            else HistGradientBoostingClassifier(random_state=seed)
        ).fit(said, answers)
        super()._fit(inputs, seed)

    def _out_of_fold(
        self, inputs: Inputs, seed: int
    ) -> tuple[NDArray[np.float32], NDArray[np.bool_]]:
        """Return members' scores (N, M) of hidden and of sampled items, and which were hidden (N,)."""
        rng = np.random.default_rng(seed)
        users, items = (np.asarray(c, dtype=np.int64) for c in inputs.train.tocoo().coords)
        if len(users) < 2 * self.folds:
            raise TriadError("fit_too_little", key=self.card.key, count=2 * self.folds)
        said, answers = [], []
        for rest, hidden in KFold(self.folds, shuffle=True, random_state=seed).split(users):
            ones = np.ones(len(rest), np.float32)
            part = csr_array((ones, (users[rest], items[rest])), shape=inputs.train.shape)
            self._fit_members(inputs, part, seed)
            u = np.repeat(users[hidden], 1 + self.negatives)
            i = untaken(inputs.train, u, rng)
            i[:: 1 + self.negatives] = items[hidden]
            said.append(self._pairs(part, u, i))
            answers.append(np.arange(len(u)) % (1 + self.negatives) == 0)
        return np.concatenate(said), np.concatenate(answers)

    def _pairs(
        self, history: csr_array, users: NDArray[np.int64], items: NDArray[np.int64]
    ) -> NDArray[np.float32]:
        """Return members' scores (N, M) of pairs."""
        who, row = np.unique(users, return_inverse=True)
        opinions = self._opinions(who, history[who])
        return np.stack([zscored(s)[row, items] for s in opinions], axis=1)

    def _scores(self, users: NDArray[np.int64], history: csr_array) -> NDArray[np.float32]:
        said = np.stack([zscored(s) for s in self._opinions(users, history)], axis=-1)
        flat = said.reshape(-1, len(self.members))
        # Log-odds keep the order that probabilities near 1 would lose to rounding.
        odds: NDArray[np.float32] = self.g.decision_function(flat).reshape(said.shape[:2])
        return odds
