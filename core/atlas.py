"""Maps of a catalog: what each modality thinks is close, and what the fusion makes of it.

A space holds one vector an item: of a modality, the features that the recommender reads; of the fusion, the
item's fused vector as it differs from the average item. Closeness is the cosine in the whole space. The two
coordinates of a map are only its shadow, so a map says how much of the space the shadow keeps.
"""

from __future__ import annotations

import importlib
import importlib.util
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from core.coalitions import FULL, MEMBERS, coalition
from core.errors import TriadError
from core.types import CHANNELS, MODALITIES, Channel, Method

if TYPE_CHECKING:
    from core.engine import Engine
    from core.recommenders.neighbours import Neighbours
    from core.recommenders.two_tower import TwoTower

Floats = NDArray[np.float32]

FUSED: Final = "fused"
"""Name of the space of fused vectors; the others are called by their modality."""

SEED: Final = 0
"""Of UMAP, so that the same catalog gives the same map."""


@dataclass(frozen=True, eq=False)
class Space:
    """Where the items lie that have a modality, or any channel that is heard.

    Attributes
    ----------
    rows : (N,) rows of the catalog, ascending
    vectors : (N, D) of length 1
    places : (N, 2), the map
    kept : share of the variance of ``vectors`` that the map keeps; None where that means nothing
    """

    rows: NDArray[np.int64]
    vectors: Floats
    places: Floats
    kept: float | None


@dataclass(frozen=True)
class Near:
    """An item's row in the catalog, and its cosine to the item that was asked about."""

    row: int
    cosine: float


def projections() -> tuple[str, ...]:
    """Return how maps can be drawn: ``pca``, and ``umap`` where umap-learn is installed."""
    return ("pca", "umap") if importlib.util.find_spec("umap") else ("pca",)


def atlas(
    engine: Engine, world: str, method: Method, projection: str = "pca"
) -> Mapping[str, Space]:
    """Return a world's maps by name: its modalities in canonical order, then ``fused``.

    The same answer is given again as long as the model is the same; only the latest are remembered.

    Raises
    ------
    TriadError
        ``unknown_world``, ``not_built``, ``nothing_on``, ``unknown_projection``
    """
    if projection not in projections():
        raise TriadError("unknown_projection", key=projection, known=", ".join(projections()))
    on = FULL & ~coalition(method.off)
    if not on:
        raise TriadError("nothing_on")
    return _maps(engine.model(world, method), on, projection)


@lru_cache(maxsize=8)
def _maps(model: TwoTower | Neighbours, on: int, projection: str) -> Mapping[str, Space]:
    present = model.catalog.present.numpy()
    spaces = {
        str(m): space(model.catalog.features[m].numpy(), present[:, column], projection)
        for column, m in enumerate(MODALITIES)
        if present[:, column].any()
    }
    heard = (present & MEMBERS[on]).any(axis=1)
    spaces[FUSED] = space(fused(model, on), heard, projection, centre=model.parameters > 0)
    return spaces


def space(
    vectors: Floats,
    there: NDArray[np.bool_],
    projection: str = "pca",
    *,
    centre: bool = False,
) -> Space:
    """Return the space of some vectors.

    Parameters
    ----------
    vectors : (I, D)
    there : (I,) bool, which items are in it
    centre : whether to measure from the mean of those; features are centred already
    """
    rows = np.flatnonzero(there)
    x = vectors[rows].astype(np.float64)
    if centre and len(x):
        x = x - x.mean(axis=0)
    x /= np.maximum(np.linalg.norm(x, axis=1, keepdims=True), 1e-12)
    flat = projection == "umap" and len(x) > 3  # of fewer items UMAP can make no graph
    places, kept = (umap(x), None) if flat else pca(x)
    return Space(rows, x.astype(np.float32), places.astype(np.float32), kept)


def pca(x: NDArray[np.float64]) -> tuple[NDArray[np.float64], float]:
    """Return x (N, D) along its two principal axes (N, 2), and the share of the variance on them.

    An axis and its opposite serve equally; the one whose largest entry is positive is taken.
    """
    from sklearn.decomposition import PCA

    places = np.zeros((len(x), 2))
    axes = min(2, *x.shape)
    if len(x) < 2 or not np.ptp(x, axis=0).any():
        return places, 1.0
    fitted = PCA(axes, svd_solver="full").fit(x)
    turn = fitted.components_
    turn = turn * np.sign(turn[np.arange(axes), np.abs(turn).argmax(axis=1)])[:, None]
    places[:, :axes] = (x - x.mean(axis=0)) @ turn.T
    return places, float(fitted.explained_variance_ratio_.sum())


def umap(x: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return a UMAP (N, 2) of unit vectors (N, D), N > 3, by cosine.

    References
    ----------
    McInnes et al., UMAP: Uniform Manifold Approximation and Projection, 2018
    """
    make = importlib.import_module("umap").UMAP
    reducer = make(
        n_components=2, metric="cosine", n_neighbors=min(15, len(x) - 1), random_state=SEED
    )
    return np.asarray(reducer.fit_transform(x), dtype=np.float64)


def fused(model: TwoTower | Neighbours, on: int) -> Floats:
    """Return every item's fused vector (I, D) with the channels of coalition ``on``.

    Where attention asks who the visitor is, it is nobody in particular. Where nothing is trained, the
    modalities' unit vectors are laid end to end: then the sum of their cosines is what ranks.
    """
    import torch

    from core.recommenders.neighbours import Neighbours

    catalog = model.catalog
    heard = torch.from_numpy(MEMBERS[on])
    with torch.inference_mode():
        if isinstance(model, Neighbours):
            parts = [
                torch.nn.functional.normalize(catalog.features[c], dim=1)
                * (heard[column] & catalog.present[:, column, None])
                for column, c in enumerate(CHANNELS)
                if c is not Channel.BEHAVIOUR
            ]
            return np.asarray(torch.cat(parts, dim=1).numpy())
        side = model.tower.offered
        x = side.embed(catalog.features, torch.arange(len(catalog)), catalog.present)
        return np.asarray(side.under(x, catalog.present, heard[None])[0].numpy())


def neighbours(space: Space, row: int, k: int = 6) -> tuple[Near, ...]:
    """Return the ``k`` items nearest to one in a space, the nearest first; none where it is not in it.

    Equally near ones come in the order of the catalog.
    """
    at = int(np.searchsorted(space.rows, row))
    if at == len(space.rows) or space.rows[at] != row:
        return ()
    cosines = space.vectors @ space.vectors[at]
    order = np.argsort(-cosines, kind="stable")
    best = order[order != at][:k]
    return tuple(Near(int(space.rows[n]), float(cosines[n])) for n in best)
