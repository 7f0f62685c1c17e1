"""What a landscape is: where its horizon may lie, and how it is painted up to the sky."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from random import Random
from typing import TypeAlias

from core.catalog.worlds.draw import Point
from core.catalog.worlds.social.pictures.brush import Brush
from core.catalog.worlds.social.pictures.light import Range


@dataclass(frozen=True)
class View:
    """Where things are in one picture, in page coordinates.

    ``horizon`` is a height; ``sun`` is where the sun or the moon stands.
    """

    horizon: float
    sun: Point


Paint: TypeAlias = Callable[[Brush, Random, View], None]


@dataclass(frozen=True)
class Scene:
    """A kind of landscape.

    Parameters
    ----------
    horizon : range of heights of the horizon, in pixels from the top
    paint : covers the page from the horizon down, over a finished sky
    wet : what falls there in bad weather: ``rain``, ``snow`` or nothing
    """

    horizon: Range
    paint: Paint
    wet: str = "rain"
