"""From encoder vectors to the features that a recommender reads."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, eq=False)
class Scaler:
    """Standardise, then turn to the catalog's principal axes, at a root mean square of about 1.

    A catalog of I items spans at most I - 1 directions of the encoder's space; keeping at most ``axes`` of
    them makes the learned projections small. The axes are not whitened: what varies much stays large. Norms
    are capped at what the catalog shows, so an upload from far outside cannot shout down the rest.

    Attributes
    ----------
    mean, scale : (D,)
    axes : (D, P)
    cap : largest norm that is let through
    """

    mean: NDArray[np.float32]
    scale: NDArray[np.float32]
    axes: NDArray[np.float32]
    cap: float

    @classmethod
    def fit(cls, x: NDArray[np.float32], axes: int = 128) -> Scaler:
        """Fit on the vectors (I, D) of the items that have the modality."""
        mean = x.mean(axis=0)
        spread = x.std(axis=0) + 1e-6
        z = (x - mean) / spread
        _, _, right = np.linalg.svd(z, full_matrices=False)
        # Signs of singular vectors are arbitrary; fix them so that the same data gives the same axes.
        right *= np.sign(right[np.arange(len(right)), np.abs(right).argmax(axis=1)])[:, None]
        turn = right[:axes].T
        level = max(float(np.sqrt(((z @ turn) ** 2).mean())), 1e-6)  # one item varies in nothing
        scale = spread * level
        norms = np.linalg.norm(z @ turn, axis=1) / level
        return cls(
            mean.astype(np.float32),
            scale.astype(np.float32),
            np.ascontiguousarray(turn, dtype=np.float32),
            float(np.quantile(norms, 0.99)),
        )

    @classmethod
    def nothing(cls) -> Scaler:
        """Return the scaler of a modality that no item has."""
        zero = np.zeros(1, np.float32)
        return cls(zero, zero + 1, np.zeros((1, 1), np.float32), 0.0)

    @property
    def width(self) -> int:
        """Number of features."""
        return int(self.axes.shape[1])

    def __call__(self, x: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return features (B, P) of vectors (B, D)."""
        z = ((x - self.mean) / self.scale) @ self.axes
        norm = np.linalg.norm(z, axis=1, keepdims=True)
        capped: NDArray[np.float32] = z * np.minimum(1, self.cap / np.maximum(norm, 1e-9))
        return capped.astype(np.float32)
