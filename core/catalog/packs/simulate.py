"""Visitors for a catalog whose media are real: tastes over what the vectors find alike.

In a rendered world tastes are over planted factors. Here there are none, so each modality's vectors are
parted into clusters, and a visitor likes or dislikes whole clusters. The utility of item i to visitor u is

    U(u, i) = sum_m strength * w_um * t_um(cluster of i in m) + popularity(i)

with the same standardisation, weights and choices as in ``core.catalog.worlds.visitors``. Such visitors are
made from the very vectors that a recommender sees, which flatters it: results on them must be labelled
simulated, and say nothing about people.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import numpy as np
from numpy.typing import NDArray

from core.catalog.dataset import Interactions, Truth
from core.catalog.worlds.visitors import Crowd, visit
from core.types import MODALITIES, Modality

FEWEST: Final = 4
"""A modality that fewer items have is nobody's taste."""


def simulate(
    vectors: Mapping[Modality, NDArray[np.floating]],
    present: NDArray[np.bool_],
    *,
    visitors: int = 400,
    seed: int = 0,
) -> tuple[Interactions, Truth]:
    """Draw visitors, and let them choose.

    Parameters
    ----------
    vectors : modality -> (I, D); rows of items that lack the modality are not looked at
    present : (I, M), M in the order of ``core.types.MODALITIES``
    visitors : how many, U
    seed : same seed, same visitors and choices

    Returns
    -------
    what they took, and the truth: weights (U, M) on the simplex, 0 for a modality that the catalog lacks;
    nobody with synergy; utilities (U, I)
    """
    rng = np.random.default_rng([seed, 0x9AC5])
    crowd = Crowd(visitors=visitors, synergy=0, kind=0)
    shown = [m in vectors and present[:, c].sum() >= FEWEST for c, m in enumerate(MODALITIES)]
    weights = _weights(rng, np.array(shown), crowd)
    utility = np.zeros((visitors, len(present)))
    for column, modality in enumerate(MODALITIES):
        if not shown[column]:
            continue
        has = present[:, column]
        clusters = cluster(np.asarray(vectors[modality])[has], seed=seed)
        tastes = rng.standard_normal((visitors, clusters.max() + 1))
        utility[:, has] += (
            crowd.strength * weights[:, [column]] * _standardised(tastes[:, clusters])
        )
    utility += crowd.popularity * rng.standard_normal(len(present))
    truth = Truth(
        weights.astype(np.float32), np.zeros(visitors, np.bool_), utility.astype(np.float32)
    )
    return visit(truth, crowd, seed=seed), truth


def cluster(vectors: NDArray[np.floating], *, seed: int = 0) -> NDArray[np.int64]:
    """Part (N, D) vectors by direction into about sqrt(N) clusters, by k-means; returns (N,) numbers."""
    from sklearn.cluster import KMeans  # a second to import, and only needed here

    length = np.linalg.norm(vectors, axis=1, keepdims=True)
    directions = vectors / np.where(length > 0, length, 1)
    different = len(np.unique(directions, axis=0))
    wanted = min(max(2, round(len(vectors) ** 0.5)), different)
    means = KMeans(wanted, n_init=4, random_state=seed).fit(directions)
    labels: NDArray[np.int64] = means.labels_.astype(np.int64)
    return labels


def _weights(
    rng: np.random.Generator, shown: NDArray[np.bool_], crowd: Crowd
) -> NDArray[np.float64]:
    """Draw Dirichlet weights over the modalities that are shown; even ones where none is."""
    if not shown.any():
        return np.full((crowd.visitors, len(shown)), 1 / len(shown))
    weights = np.zeros((crowd.visitors, len(shown)))
    alpha = np.full(shown.sum(), crowd.concentration)
    weights[:, shown] = rng.dirichlet(alpha, size=crowd.visitors)
    return weights


def _standardised(terms: NDArray[np.float64]) -> NDArray[np.float64]:
    """Bring each row to mean 0 and deviation 1 over the items that have the modality.

    Items that lack it stay at 0, in the middle: where few items sound, one who cares for sound wants some
    of these, and none of the others more than the next.
    """
    spread = terms.std(axis=1, keepdims=True)
    centred: NDArray[np.float64] = terms - terms.mean(axis=1, keepdims=True)
    return centred / np.where(spread > 1e-9, spread, 1)
