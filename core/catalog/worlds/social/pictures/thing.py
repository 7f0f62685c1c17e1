"""What a post is about, standing in the foreground."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from random import Random
from typing import TypeAlias

from core.catalog.worlds.social.pictures.brush import Brush

Foot: TypeAlias = tuple[float, float, float, float]
"""Where a thing touches the ground: an ellipse (cx, cy, rx, ry)."""


@dataclass(frozen=True)
class Thing:
    """A drawn thing, in pixels, with the spot where it stands as origin and light from the left.

    Parameters
    ----------
    marks : SVG marks
    feet : where it meets the ground
    shines : whether it is a source of light itself, so that it needs no lantern at night
    """

    marks: str
    feet: tuple[Foot, ...]
    shines: bool = False


Template: TypeAlias = Callable[[Brush, Random], Thing]
