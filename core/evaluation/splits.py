"""Splitting interactions into train, validation and test."""

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
    order = np.lexsort((data.time, data.user))
    users = data.user[order]
    counts = np.bincount(users, minlength=len(dataset.visitors))
    starts = np.concatenate([[0], np.cumsum(counts)[:-1]])
    position = np.arange(len(users)) - starts[users]
    n = counts[users]
    n_test = np.where(n >= 5, np.maximum(1, np.round(n * test)), 0)
    n_valid = np.where(n >= 5, np.maximum(1, np.round(n * valid)), 0)
    part = np.zeros(len(data), dtype=int)
    part[order] = np.where(
        position >= n - n_test, 2, np.where(position >= n - n_test - n_valid, 1, 0)
    )
    size = (len(dataset.visitors), len(dataset.items))
    return Split(*(data.where(part == k).matrix(*size) for k in range(3)))
