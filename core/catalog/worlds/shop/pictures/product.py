"""What a template returns: the marks of a product and how it meets its surroundings."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from random import Random
from typing import Final, TypeAlias

from core.catalog.worlds.shop.pictures.surface import Surface

FLOOR: Final = 214.0
"""Height at which products stand, in pixels from the top of the page."""

Foot: TypeAlias = tuple[float, float, float, float]
"""Where a product touches the table: an ellipse (cx, cy, rx, ry)."""


@dataclass(frozen=True)
class Product:
    """A drawn product.

    Parameters
    ----------
    marks : SVG marks, in page coordinates
    feet : where it meets the table; empty for what hangs on the wall
    hovers : whether it floats above its feet, so that its shadow has no line of contact
    behind : marks that belong behind the shadows of the feet, such as a shadow on the wall
    """

    marks: str
    feet: tuple[Foot, ...] = ()
    hovers: bool = False
    behind: str = ""


Template: TypeAlias = Callable[[Surface, Random], Product]
