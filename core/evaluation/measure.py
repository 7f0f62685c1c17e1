"""One fitted recommender, asked for everybody's list."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Protocol, Self

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from core.errors import TriadError
from core.evaluation.metrics import (
    Bools,
    Floats,
    Ints,
    auc,
    check_k,
    coverage,
    list_metrics,
    novelty,
    top_k,
)

CELLS: Final = 2**21
"""How many scores are held at a time."""


class Recommender(Protocol):
    """What can be evaluated. See :class:`core.recommenders.base.Recommender` for shapes."""

    def fit(
        self,
        train: csr_array,
        features: Mapping[str, NDArray[np.float32]],
        present: NDArray[np.bool_] | None = None,
        *,
        valid: csr_array | None = None,
        seed: int = 0,
    ) -> Self:
        """Learn."""

    def scores(self, users: NDArray[np.int64], history: csr_array) -> NDArray[np.float32]:
        """Score every item for some visitors: (B, I)."""


@dataclass(frozen=True, eq=False)
class Measured:
    """What came of it, for the n visitors who have something held out.

    Attributes
    ----------
    users : (n,) rows
    values : metric -> (n,); see :func:`core.evaluation.metrics.list_metrics`, and ``auc`` and ``novelty@k``
    groups : group of items -> metric -> (n,), NaN for whoever wants nothing of the group
    coverage : share of the catalog that is in anybody's list
    """

    users: Ints
    values: Mapping[str, Floats]
    groups: Mapping[str, Mapping[str, Floats]]
    coverage: float


def measure(
    model: Recommender,
    learned: csr_array,
    known: csr_array,
    wanted: csr_array,
    k: int,
    *,
    key: str = "",
    scores_unseen: bool = True,
    groups: Mapping[str, Bools] | None = None,
    offered: Bools | None = None,
    shown: csr_array | None = None,
    seed: int = 0,
) -> Measured:
    """Rank the whole catalog for everybody who has something held out.

    Parameters
    ----------
    model : fitted on ``learned``
    learned : (U, I) training; tells which items are unseen, and how popular an item is
    known : (U, I) what is masked: the histories, if ``shown`` does not say otherwise
    wanted : (U, I) what is held out
    k : length of the lists
    key : of the recommender, for messages
    scores_unseen : False puts the items that nobody took in training last: what a recommender that cannot
        tell them apart says of them is noise
    groups : name -> (I,) bool, items to which ``wanted`` is narrowed. The lists stay those that everybody
        sees, so a hit outside the group takes a place in them
    offered : (I,) bool, the items that are ranked; by default all of them
    shown : (U, I) the histories that the model answers
    seed : of the lot among equal scores

    Raises
    ------
    TriadError
        ``bad_k``, ``nothing_held_out``, ``scores_not_finite``
    """
    items = learned.shape[1]
    withheld = np.zeros(items, dtype=np.bool_) if offered is None else ~offered
    check_k(k, items - int(withheld.sum()))
    users = np.flatnonzero(np.diff(wanted.indptr))
    if not len(users):
        raise TriadError("nothing_held_out")
    lot = np.random.default_rng(seed).permutation(items)
    taken = np.asarray(learned.sum(axis=0)).astype(np.int64)
    batches = np.array_split(users, min(len(users), -(-len(users) * items // CELLS)))
    overall: list[dict[str, Floats]] = []
    narrowed: dict[str, list[dict[str, Floats]]] = {name: [] for name in groups or {}}
    tops = []
    for batch in batches:
        history = (known if shown is None else shown)[batch]
        scores = np.array(model.scores(batch, history), dtype=np.float32)
        if scores.shape != (len(batch), items) or not np.isfinite(scores).all():
            raise TriadError("scores_not_finite", key=key)
        if not scores_unseen:
            scores[:, taken == 0] = np.nextafter(scores.min(axis=1), np.float32(-np.inf))[:, None]
        masked, target = withheld | (known[batch].toarray() > 0), wanted[batch].toarray() > 0
        top = top_k(scores, masked, k, lot)
        tops.append(top)
        overall.append(
            list_metrics(top, target)
            | {
                "auc": auc(scores, masked, target),
                f"novelty@{k}": novelty(top, taken, learned.shape[0]),
            }
        )
        for name, members in (groups or {}).items():
            narrowed[name].append(list_metrics(top, target & members))
    return Measured(
        users,
        _joined(overall),
        {name: _joined(parts) for name, parts in narrowed.items()},
        coverage(np.concatenate(tops), items),
    )


def _joined(parts: list[dict[str, Floats]]) -> dict[str, Floats]:
    return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}
