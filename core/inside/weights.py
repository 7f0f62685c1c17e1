"""The fusion's own weights for the items of a list. They are internal: a contribution is something else."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import numpy as np
import torch
from numpy.typing import NDArray

from core.coalitions import MEMBERS, pack
from core.fusion import Fused
from core.inside.anatomy import AttentionMap, Cell, Grid
from core.recommenders.two_tower import TwoTower, Visitor
from core.types import CHANNELS, Result

Floats = NDArray[np.float32]
Present = NDArray[np.bool_]

_OTHERS: Final = ("experts",)
"""Maps of something that is not channels, though there may happen to be as many."""


def gates_of(result: Result) -> Grid | None:
    """Return the gates (K, C) that a result carries, None for absent channels; None where it has none."""
    rows: list[tuple[Cell, ...]] = []
    for found in result.items:
        if found.weights is None:
            return None
        rows.append(tuple(found.weights[c] if found.present[c] else None for c in CHANNELS))
    return tuple(rows) or None


@torch.inference_mode()
def fuse_again(
    model: TwoTower, who: Visitor, rows: NDArray[np.int64], on: int
) -> tuple[Fused, Present]:
    """Fuse some items as they are fused when they are scored.

    Returns
    -------
    what the item side said, and (K, C) bool: which channels it heard of which item
    """
    tower, catalog = model.tower, model.catalog
    codes = pack(catalog.present.numpy()[rows]) & on & who.channels
    heard, index = torch.from_numpy(MEMBERS[codes]), torch.from_numpy(rows)
    x = tower.offered.embed({m: f[index] for m, f in catalog.features.items()}, index, heard)
    return tower.offered.fuse(x, heard, who.vectors[codes] if tower.asks else None), heard.numpy()


def maps_of(fused: Fused, heard: Present) -> tuple[AttentionMap, ...]:
    """Return the maps of attention, those between two channels put together to one.

    Parameters
    ----------
    heard : (K, C) bool
    """
    arrays = {key: map.numpy() for key, map in (fused.attention or {}).items()}
    directed = {key: x for key, x in arrays.items() if ">" in key}
    whole = tuple(_whole(key, x, heard) for key, x in arrays.items() if key not in directed)
    return (*([_crossed(directed, heard)] if directed else ()), *whole)


def _whole(key: str, x: Floats, heard: Present) -> AttentionMap:
    """Return one map: (K, S), or (K, R, S)."""
    grid = x[:, None] if x.ndim == 2 else x
    readers = (key,) if x.ndim == 2 else _names(key, grid.shape[1])
    sources = _names(key, grid.shape[2])
    there = np.ones(grid.shape, dtype=np.bool_)
    if readers == CHANNELS:
        there &= heard[:, :, None]
    if sources == CHANNELS:
        there &= heard[:, None]
    return AttentionMap(key, readers, sources, _cells(grid, there))


def _names(key: str, length: int) -> tuple[str, ...]:
    """Return what an axis of a map counts: the channels, or whatever the map is called after."""
    if length == len(CHANNELS) and key not in _OTHERS:
        return tuple(map(str, CHANNELS))
    return tuple(f"{key}.{n}" for n in range(1, length + 1))


def _crossed(maps: Mapping[str, Floats], heard: Present) -> AttentionMap:
    """Return the maps ``b>a`` (K, T_a, T_b) as one: what the parts of every channel read of every other."""
    lengths = dict.fromkeys(map(str, CHANNELS), 1)
    for key, x in maps.items():
        source, reader = key.split(">")
        lengths[reader], lengths[source] = x.shape[1:]
    starts = dict(zip(lengths, np.cumsum([0, *lengths.values()]).tolist(), strict=False))
    total = sum(lengths.values())
    grid = np.zeros((len(heard), total, total), dtype=np.float32)
    there = np.zeros(grid.shape, dtype=np.bool_)
    for key, x in maps.items():
        source, reader = key.split(">")
        rows = slice(starts[reader], starts[reader] + lengths[reader])
        columns = slice(starts[source], starts[source] + lengths[source])
        both = heard[:, CHANNELS.index(reader)] & heard[:, CHANNELS.index(source)]
        grid[:, rows, columns], there[:, rows, columns] = x, both[:, None, None]
    names = tuple(f"{c}.{n}" for c, length in lengths.items() for n in range(1, length + 1))
    return AttentionMap("cross", names, names, _cells(grid, there))


def _cells(grid: Floats, there: Present) -> tuple[Grid, ...]:
    return tuple(
        tuple(
            tuple(float(v) if t else None for v, t in zip(row, here, strict=True))
            for row, here in zip(item, mask, strict=True)
        )
        for item, mask in zip(grid, there, strict=True)
    )
