"""Late fusion of recommenders: a weighted sum of what they say."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from core.recommenders.base import EVERYTHING, Recommender, RecommenderCard, register
from core.recommenders.ensemble import DEFAULT, Ensemble, zscored
from core.recommenders.fitting import Judge
from core.recommenders.inputs import Inputs


def select(
    opinions: Sequence[NDArray[np.float32]], judge: Judge, rounds: int
) -> NDArray[np.float64]:
    """Choose weights (M,) by greedy selection with replacement (Caruana et al., Ensemble Selection, 2004).

    In every round the member is added that helps the sum most on validation; a weight is the share of rounds
    that a member won. The best prefix of rounds stands.

    Parameters
    ----------
    opinions : each (B, I), of the visitors of ``judge``, on one scale
    """
    total = np.zeros_like(opinions[0])
    votes = np.zeros(len(opinions))
    best, best_votes = -1.0, votes + 1
    for _ in range(rounds):
        results = [judge.of(total + opinion) for opinion in opinions]
        winner = int(np.argmax(results))
        votes[winner] += 1
        total = total + opinions[winner]
        if results[winner] > best:
            best, best_votes = results[winner], votes.copy()
    return np.asarray(best_votes / best_votes.sum(), dtype=np.float64)


@register
class Late(Ensemble):
    """Weights on z-scored scores, chosen on validation or set by hand.

    Parameters
    ----------
    members : as for every ensemble
    weights : one a member, set by hand; None to choose them. Without validation all weigh the same
    rounds : of the choice
    """

    card = RecommenderCard(
        key="late",
        family="ensemble",
        formula=r"s_{ui} = \sum_m w_m \frac{s^m_{ui} - \mu^m_u}{\sigma^m_u}",
        source="Kittler et al., On Combining Classifiers, 1998; weights: Caruana et al., 2004",
        year=1998,
        teaches="Models that err differently, simply added, often beat one that fuses deeply.",
        scores_unseen=True,
        uses=EVERYTHING,
    )
    space = {"rounds": (5, 10, 20)}

    def __init__(
        self,
        *,
        members: Sequence[str | Recommender] = DEFAULT,
        weights: Sequence[float] | None = None,
        rounds: int = 20,
    ) -> None:
        super().__init__(members=members)
        if weights is not None and len(weights) != len(self.members):
            raise ValueError(f"{len(self.members)} weights are needed, not {len(weights)}")
        self.by_hand = weights
        self.rounds = rounds

    def _fit(self, inputs: Inputs, seed: int) -> None:
        super()._fit(inputs, seed)
        self.weights = np.full(len(self.members), 1 / len(self.members))
        if self.by_hand is not None:
            self.weights = np.asarray(self.by_hand, dtype=np.float64)
        elif inputs.valid is not None and (judge := Judge(inputs)).users.size:
            opinions = [zscored(s) for s in self._opinions(judge.users, judge.history)]
            self.weights = select(opinions, judge, self.rounds)

    def _scores(self, users: NDArray[np.int64], history: csr_array) -> NDArray[np.float32]:
        opinions = self._opinions(users, history)
        total = np.zeros_like(opinions[0])
        for weight, opinion in zip(self.weights, opinions, strict=True):
            total += np.float32(weight) * zscored(opinion)
        return total
