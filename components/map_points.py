"""The points of all maps as one file that the browser loads once and keeps."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from core.atlas import Space
from core.types import Item

LIMIT: Final = 4000
"""So many items are drawn at most: more would be a carpet."""

STEPS: Final = 4095
"""Places are whole numbers from 0 to this."""


def drawn(count: int, always: Collection[int] = ()) -> NDArray[np.int64]:
    """Return the rows that are drawn: all, or evenly spread ones and those that must be there."""
    if count <= LIMIT:
        return np.arange(count)
    spread = np.linspace(0, count - 1, LIMIT).astype(np.int64)
    return np.union1d(spread, np.array(sorted(always), dtype=np.int64))


def points(
    items: Sequence[Item],
    spaces: Mapping[str, Space],
    groups: Sequence[int],
    rows: NDArray[np.int64],
    language: str,
) -> bytes:
    """Return the file, JSON: ids, titles and groups of the drawn items, and each space's places.

    Parameters
    ----------
    groups : of all items
    rows : (N,) which are drawn, ascending
    """
    maps = {}
    for name, space in spaces.items():
        here = np.isin(space.rows, rows)
        x, y = _placed(space.places)[here].T.tolist()
        maps[name] = {"at": np.searchsorted(rows, space.rows[here]).tolist(), "x": x, "y": y}
    value = {
        "ids": [items[row].id for row in rows],
        "titles": [items[row].text(language).title for row in rows],
        "groups": [groups[row] for row in rows],
        "steps": STEPS,
        "spaces": maps,
    }
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


def _placed(places: NDArray[np.float32]) -> NDArray[np.int64]:
    """Scale places (N, 2) alike along both axes, so that they fill a square; up is up."""
    if not len(places):
        return np.zeros((0, 2), dtype=np.int64)
    low, high = places.min(axis=0), places.max(axis=0)
    size = max(float((high - low).max()), 1e-9)
    unit = (places - (low + high) / 2) / size * np.array([1, -1]) + 0.5
    return np.rint(unit * STEPS).astype(np.int64)
