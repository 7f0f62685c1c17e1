"""What recommenders learn from, checked and cleaned once for all of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from sklearn.preprocessing import StandardScaler

from core.errors import TriadError


@dataclass(frozen=True, eq=False)
class Inputs:
    """A dataset as recommenders see it.

    Attributes
    ----------
    train, valid : (U, I) 0/1 float32
    features : modality -> (I, D) float32, finite, zeros where absent; only modalities that some item has
    present : modality -> (I,) bool
    """

    train: csr_array
    valid: csr_array | None
    features: Mapping[str, NDArray[np.float32]]
    present: Mapping[str, NDArray[np.bool_]]

    @property
    def items(self) -> int:
        """Number of items."""
        return int(self.train.shape[1])

    def standardised(self) -> dict[str, NDArray[np.float32]]:
        """Return z-scored features over the square root of their number: rows of length about 1.

        Mean and deviation are those of the items that have the modality; the others stay zeros, which is
        also the average item. A constant column becomes zeros.
        """
        return {m: _standardise(x, self.present[m]) for m, x in self.features.items()}

    def stacked(self) -> NDArray[np.float32]:
        """Return the standardised modalities end to end, (I, sum of D); (I, 0) without any."""
        parts = list(self.standardised().values())
        return np.hstack(parts) if parts else np.zeros((self.items, 0), np.float32)


def prepare(
    train: csr_array,
    features: Mapping[str, NDArray[np.float32]],
    present: NDArray[np.bool_] | None,
    valid: csr_array | None,
    channels: tuple[str, ...] | None = None,
) -> Inputs:
    """Check and clean what :meth:`Recommender.fit` is given.

    Raises
    ------
    TriadError
        ``fit_shape``, ``fit_not_finite``
    """
    items = train.shape[1]
    if valid is not None:
        _expect("valid", valid.shape, train.shape)
    if present is not None:
        _expect("present", present.shape, (items, len(features)))
    kept, there = {}, {}
    for column, (modality, x) in enumerate(features.items()):
        _expect(f"features[{modality}]", np.shape(x), (items, *np.shape(x)[1:2]))
        if channels is not None and modality not in channels:
            continue
        has = np.any(x != 0, axis=1) if present is None else present[:, column].astype(bool)
        broken = has & ~np.isfinite(x).all(axis=1)
        if broken.any():
            raise TriadError("fit_not_finite", modality=modality, row=int(broken.argmax()))
        if has.any():
            kept[str(modality)] = np.where(has[:, None], x, 0).astype(np.float32)
            there[str(modality)] = has
    return Inputs(binary(train), None if valid is None else binary(valid), kept, there)


def binary(matrix: csr_array) -> csr_array:
    """Return the 0/1 matrix of the non-zeros, float32, without stored zeros and duplicates."""
    clean = csr_array(matrix, dtype=np.float32, copy=True)
    clean.sum_duplicates()
    clean.eliminate_zeros()
    clean.data[:] = 1
    return clean


def _standardise(x: NDArray[np.float32], has: NDArray[np.bool_]) -> NDArray[np.float32]:
    out = np.zeros_like(x)
    out[has] = StandardScaler().fit_transform(x[has].astype(np.float64)) / np.sqrt(x.shape[1])
    return out


def _expect(what: str, shape: tuple[int, ...], expected: tuple[int, ...]) -> None:
    if tuple(shape) != tuple(expected):
        raise TriadError("fit_shape", what=what, shape=tuple(shape), expected=tuple(expected))
