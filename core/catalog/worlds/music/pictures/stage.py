"""Where a composition leaves room for the emblem and for the type."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np

from core.catalog.worlds.draw import Sheet
from core.catalog.worlds.music.pictures.palette import Palette


@dataclass(frozen=True)
class Stage:
    """The calm place of a composition.

    ``x``, ``y`` and ``half`` (pixels) are the square for the emblem; ``field`` is the colour there,
    ``trim`` one that is seen on it.
    """

    x: float
    y: float
    half: float
    field: str
    trim: str


Composition: TypeAlias = Callable[[Sheet, Palette, np.random.Generator], Stage]
"""Lays a cover out, edge to edge, and says where the emblem goes."""
