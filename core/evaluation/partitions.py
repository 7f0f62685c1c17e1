"""Ways to hold interactions out: each a pure function of a dataset and a seed.

A pair of visitor and item that occurs several times counts once, in its first part: what is already known is
masked when lists are made, so finding it again would prove nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from core.catalog.dataset import Dataset, Interactions
from core.errors import TriadError
from core.evaluation.splits import places, share_labels


@dataclass(frozen=True, eq=False)
class Parts:
    """Three (U, I) 0/1 float32 matrices without overlap; ``name`` is the split's key."""

    name: str
    train: csr_array
    valid: csr_array
    test: csr_array

    def __post_init__(self) -> None:
        for one, other in (
            (self.train, self.valid),
            (self.train, self.test),
            (self.valid, self.test),
        ):
            if one.multiply(other).nnz:
                raise ValueError("an interaction is in two parts of the split")

    @property
    def known(self) -> csr_array:
        """Training and validation together: what is known when test is asked for."""
        return self.train + self.valid

    def offered(self, held_out: csr_array) -> NDArray[np.bool_] | None:
        """Return which items are ranked when ``held_out`` is asked for, (I,) bool; None for all.

        Items that nobody could know are ranked among themselves: against those that everybody knows they
        would only show that they are new.
        """
        return np.asarray(held_out.sum(axis=0)) > 0 if self.name == "cold" else None


Splitter = Callable[[Dataset, int], Parts]


def at_random(dataset: Dataset, seed: int, valid: float = 0.1, test: float = 0.2) -> Parts:
    """Split every visitor's history at random, in the shares of :func:`by_time`."""
    data = _distinct(dataset.interactions, dataset.interactions.time)
    order = np.random.default_rng(seed).permutation(len(data))
    return _parts("random", dataset, data, share_labels(data.user, order, valid, test))


def by_time(dataset: Dataset, seed: int = 0, valid: float = 0.1, test: float = 0.2) -> Parts:
    """Split every visitor's history by time: the last share is test, the one before it validation.

    A visitor with fewer than five interactions is all training. The seed changes nothing.

    Raises
    ------
    TriadError
        ``split_no_times`` where all times are the same
    """
    if not _timed(dataset.interactions):
        raise TriadError("split_no_times", data=dataset.name)
    data = _distinct(dataset.interactions, dataset.interactions.time)
    return _parts("time", dataset, data, share_labels(data.user, data.time, valid, test))


def leave_one_out(dataset: Dataset, seed: int) -> Parts:
    """Hold out every visitor's last interaction for test and the one before it for validation.

    Among equal times, and so everywhere where there are none, the seed decides which is last. A visitor with
    fewer than three interactions is all training.
    """
    data = _distinct(dataset.interactions, dataset.interactions.time)
    lot = np.random.default_rng(seed).permutation(len(data))
    position = np.empty(len(data), dtype=np.int64)
    position[np.lexsort((lot, data.time))] = np.arange(len(data))
    after, count = places(data.user, position)
    labels = np.where(count < 3, 0, np.select([after == 0, after == 1], [2, 1], 0))
    return _parts("leave-one-out", dataset, data, labels)


def by_label(dataset: Dataset, seed: int = 0) -> Parts:
    """Split as the data's authors did: ``interactions.part``. The seed changes nothing.

    Raises
    ------
    TriadError
        ``split_no_labels`` where the data came without a split
    """
    if dataset.interactions.part is None:
        raise TriadError("split_no_labels", data=dataset.name)
    data = _distinct(dataset.interactions, dataset.interactions.part)
    return _parts("label", dataset, data, np.asarray(data.part))


def cold_items(dataset: Dataset, seed: int, valid: float = 0.1, test: float = 0.2) -> Parts:
    """Hold items out whole: nobody's taking of them is in training.

    The shares are of the items that anybody took. Validation has items of its own, as new as those of test,
    so that what is chosen by it is chosen for new items.
    """
    data = _distinct(dataset.interactions, dataset.interactions.time)
    taken = np.random.default_rng(seed).permutation(np.unique(data.item))
    bounds = np.cumsum(np.rint(np.array([test, valid]) * len(taken)).astype(int))
    label = np.zeros(len(dataset.items), dtype=np.int64)
    label[taken[: bounds[0]]] = 2
    label[taken[bounds[0] : bounds[1]]] = 1
    return _parts("cold", dataset, data, label[data.item])


SPLITS: Final[Mapping[str, Splitter]] = {
    "random": at_random,
    "time": by_time,
    "leave-one-out": leave_one_out,
    "label": by_label,
    "cold": cold_items,
}


def splitter(key: str) -> Splitter:
    """Return the split of a key (``unknown_split``)."""
    if key not in SPLITS:
        raise TriadError("unknown_split", key=key, known=", ".join(SPLITS))
    return SPLITS[key]


def usual_split(dataset: Dataset) -> str:
    """Return the key of the authors' split, or else by time, or else at random."""
    if dataset.interactions.part is not None:
        return "label"
    return "time" if _timed(dataset.interactions) else "random"


def _distinct(data: Interactions, rank: NDArray[np.int64]) -> Interactions:
    """Keep of every pair of visitor and item the occurrence of lowest rank."""
    order = np.lexsort((rank, data.item, data.user))
    user, item = data.user[order], data.item[order]
    first = np.r_[True, (user[1:] != user[:-1]) | (item[1:] != item[:-1])][: len(data)]
    keep = np.zeros(len(data), dtype=np.bool_)
    keep[order[first]] = True
    return data.where(keep)


def _timed(data: Interactions) -> bool:
    return len(data) > 0 and bool((data.time != data.time[0]).any())


def _parts(name: str, dataset: Dataset, data: Interactions, labels: NDArray[Any]) -> Parts:
    size = (len(dataset.visitors), len(dataset.items))
    made = []
    for part in range(3):
        mine = data.where(labels == part)
        ones = np.ones(len(mine), dtype=np.float32)
        made.append(csr_array((ones, (mine.user, mine.item)), shape=size))
    return Parts(name, *made)
