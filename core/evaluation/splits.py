"""The one split that the app trains and shows its worlds by, as dense matrices; others: partitions."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.catalog.dataset import Dataset


@dataclass(frozen=True, eq=False)
class Split:
    """Three (U, I) 0/1 matrices without overlap."""

    train: NDArray[np.float32]
    valid: NDArray[np.float32]
    test: NDArray[np.float32]


def split(dataset: Dataset) -> Split:
    """Split as the data's authors did, or by time where they did not."""
    return by_time(dataset) if dataset.interactions.part is None else by_part(dataset)


def by_part(dataset: Dataset) -> Split:
    """Split as ``interactions.part`` says: 0 train, 1 validation, 2 test."""
    data = dataset.interactions
    part = np.asarray(data.part)
    size = (len(dataset.visitors), len(dataset.items))
    return Split(*(data.where(part == k).matrix(*size) for k in range(3)))


def by_time(dataset: Dataset, valid: float = 0.1, test: float = 0.2) -> Split:
    """Split every visitor's history by time: the last share is test, the one before it validation.

    A visitor with fewer than five interactions is all training.
    """
    data = dataset.interactions
    part = share_labels(data.user, data.time, valid, test)
    size = (len(dataset.visitors), len(dataset.items))
    return Split(*(data.where(part == k).matrix(*size) for k in range(3)))


def share_labels(
    user: NDArray[np.int64], time: NDArray[np.int64], valid: float, test: float
) -> NDArray[np.int64]:
    """Return (N,): 2 for the last share of each visitor's history, 1 for the one before it, else 0."""
    after, count = places(user, time)
    n_test = np.where(count >= 5, np.maximum(1, np.round(count * test)), 0)
    n_valid = np.where(count >= 5, np.maximum(1, np.round(count * valid)), 0)
    return np.select([after < n_test, after < n_test + n_valid], [2, 1], 0)


def places(
    user: NDArray[np.int64], time: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return how many interactions of the same visitor come after each one, and how many there are (N,)."""
    order = np.lexsort((time, user))
    counts = np.bincount(user)
    ends = np.cumsum(counts)
    after = np.empty(len(user), dtype=np.int64)
    after[order] = ends[user[order]] - 1 - np.arange(len(user))
    return after, counts[user]
