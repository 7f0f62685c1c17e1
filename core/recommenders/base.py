"""What every recommender of the comparison is: fitted on who took what and on what items show, it scores.

The two-tower of the app (:mod:`core.recommenders.two_tower`) is not one of these: it answers single visitors
and explains itself. These answer matrices of visitors, and are what it is compared with.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any, ClassVar, Self

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from core.errors import TriadError
from core.recommenders.inputs import Inputs, binary, prepare
from core.registry import Card, Registry
from core.types import CHANNELS, Channel

EVERYTHING: tuple[Channel, ...] = (
    Channel.BEHAVIOUR,
    *(c for c in CHANNELS if c is not Channel.BEHAVIOUR),
)
CONTENT: tuple[Channel, ...] = EVERYTHING[1:]


@dataclass(frozen=True)
class RecommenderCard(Card):
    """What a recommender is.

    Attributes
    ----------
    teaches : what comparing it with the others shows, in a sentence
    scores_unseen : whether it can tell items apart that nobody has taken yet
    uses : the channels that it reads
    newcomers : whether it answers visitors it was not fitted on, by their history alone
    """

    teaches: str = ""
    scores_unseen: bool = False
    uses: tuple[Channel, ...] = (Channel.BEHAVIOUR,)
    newcomers: bool = True


class Recommender(ABC):
    """Base of the recommenders. Hyper-parameters are keyword arguments of the constructor.

    A subclass writes :meth:`_fit` and :meth:`_scores`; checks and cleaning are done here, once.

    Attributes
    ----------
    card : what it is
    space : hyper-parameter -> the values that a search may try
    content_only : whether it has nothing to go by without features
    channels : which modalities it reads of those it is given; None for all
    """

    card: ClassVar[RecommenderCard]
    space: ClassVar[Mapping[str, tuple[Any, ...]]] = {}
    content_only: ClassVar[bool] = False
    channels: tuple[str, ...] | None = None

    _shape: tuple[int, int] | None = None

    def fit(
        self,
        train: csr_array,
        features: Mapping[str, NDArray[np.float32]],
        present: NDArray[np.bool_] | None = None,
        *,
        valid: csr_array | None = None,
        seed: int = 0,
    ) -> Self:
        """Learn from a dataset.

        Parameters
        ----------
        train : (U, I), non-zero where a visitor took an item
        features : modality -> (I, D); what stands in the row of an item that lacks it is not looked at
        present : (I, M) bool in the order of ``features``; None where absence is a row of zeros
        valid : (U, I), not to be learned from, but to choose by: when to stop, or how to weigh
        seed : of everything random

        Returns
        -------
        itself

        Raises
        ------
        TriadError
            ``fit_shape``, ``fit_not_finite``; ``fit_nothing_taken``, ``fit_no_features`` where it has nothing
            to learn from
        """
        inputs = prepare(train, features, present, valid, self.channels)
        if Channel.BEHAVIOUR in self.card.uses and not inputs.train.nnz:
            raise TriadError("fit_nothing_taken", key=self.card.key)
        if self.content_only and not inputs.features:
            raise TriadError("fit_no_features", key=self.card.key)
        self._fit(inputs, seed)
        self._shape = inputs.train.shape
        return self

    def scores(self, users: NDArray[np.int64], history: csr_array) -> NDArray[np.float32]:
        """Score every item for some visitors.

        Parameters
        ----------
        users : (B,) rows of ``train``; any number where the card says ``newcomers``
        history : (B, I), non-zero where the visitor took the item; usually their rows of ``train``

        Returns
        -------
        (B, I), finite; higher is better, and only the order within a row means something. Items of the
        history are scored like any other: whoever ranks leaves them out

        Raises
        ------
        TriadError
            ``not_fitted``, ``fit_shape``, ``unknown_row``
        """
        if self._shape is None:
            raise TriadError("not_fitted", key=self.card.key)
        count, items = self._shape
        users = np.asarray(users, dtype=np.int64)
        if history.shape != (len(users), items):
            raise TriadError(
                "fit_shape", what="history", shape=history.shape, expected=(len(users), items)
            )
        if not len(users):
            return np.zeros((0, items), np.float32)
        if not self.card.newcomers and not (0 <= users.min() <= users.max() < count):
            raise TriadError("unknown_row", key=self.card.key, count=count)
        return np.asarray(self._scores(users, binary(history)), dtype=np.float32)

    @abstractmethod
    def _fit(self, inputs: Inputs, seed: int) -> None:
        """Learn from cleaned inputs."""

    @abstractmethod
    def _scores(self, users: NDArray[np.int64], history: csr_array) -> NDArray[np.float32]:
        """Return (B, I) scores; ``history`` is 0/1."""


class _Folder(Registry[type[Recommender]]):
    """Every recommender of this folder: adding one is adding one file.

    The files are imported when the registry is first read. The app's first page needs none of them, and what
    they are made with takes seconds to import.
    """

    _read = False

    def _all(self) -> Self:
        if not self._read:
            for file in sorted(Path(__file__).parent.glob("[a-z]*.py")):
                import_module(f"{__package__}.{file.stem}")
            self._read = True
        return self

    def __getitem__(self, key: str) -> type[Recommender]:
        return super(_Folder, self._all()).__getitem__(key)

    def __iter__(self) -> Iterator[str]:
        return super(_Folder, self._all()).__iter__()

    def __len__(self) -> int:
        return super(_Folder, self._all()).__len__()

    def __contains__(self, key: object) -> bool:
        return super(_Folder, self._all()).__contains__(key)

    def cards(self) -> tuple[Card, ...]:
        """Return the cards of everything in the folder."""
        return super(_Folder, self._all()).cards()


RECOMMENDERS: Registry[type[Recommender]] = _Folder("recommender")
register = RECOMMENDERS.register


def create_recommender(key: str, **options: Any) -> Recommender:
    """Return a new recommender (``TriadError`` for an unknown key)."""
    return RECOMMENDERS[key](**options)
