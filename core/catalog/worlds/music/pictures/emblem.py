"""What an emblem is, and the few constructions that emblems share.

Emblems are drawn in a box from -100 to 100, y down, and upright; the cover scales, turns and places
them.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from core.catalog.worlds.draw import Point, move, num

Curve: TypeAlias = tuple[Point, Point, Point]
"""Two control points and the end of a cubic curve."""


@dataclass(frozen=True)
class Inks:
    """The three colours of an emblem.

    ``body`` is the mass that stands out from the ``field`` behind it, ``trim`` a second mass, and
    ``line`` what is drawn on top of the body.
    """

    body: str
    trim: str
    line: str
    field: str


@dataclass(frozen=True)
class Emblem:
    """A drawn emblem: its marks, and the data of a path around its masses, for a gap around it."""

    marks: str
    outline: str


Drawer: TypeAlias = Callable[[Inks, np.random.Generator], Emblem]


def fill(path: str, colour: str, *, opacity: float = 1.0) -> str:
    """Return a filled path."""
    fade = "" if opacity == 1 else f' fill-opacity="{num(opacity)}"'
    return f'<path d="{path}" fill="{colour}"{fade}/>'


def stroke(path: str, colour: str, width: float, *, opacity: float = 1.0) -> str:
    """Return a path drawn as a line with round ends and corners."""
    fade = "" if opacity == 1 else f' stroke-opacity="{num(opacity)}"'
    return (
        f'<path d="{path}" fill="none" stroke="{colour}" stroke-width="{num(width)}"'
        f' stroke-linecap="round" stroke-linejoin="round"{fade}/>'
    )


def box(x: float, y: float, width: float, height: float, radius: float = 0.0) -> str:
    """Return the path data of a rectangle with rounded corners."""
    if not radius:
        return move(((x, y), (x + width, y), (x + width, y + height), (x, y + height)))
    r, w, h = num(radius), num(width - 2 * radius), num(height - 2 * radius)
    return (
        f"M{num(x + radius)} {num(y)}h{w}a{r} {r} 0 0 1 {r} {r}v{h}a{r} {r} 0 0 1 -{r} {r}"
        f"h-{w}a{r} {r} 0 0 1 -{r} -{r}v-{h}a{r} {r} 0 0 1 {r} -{r}Z"
    )


def mirrored(start: Point, right: Sequence[Curve]) -> str:
    """Return the path data of a body that is symmetric about x = 0.

    Parameters
    ----------
    start : where the right side begins, on the axis
    right : its curves, down to the axis again
    """
    data = [f"M{_pair(start)}"]
    data.extend(f"C{_pair(a)} {_pair(b)} {_pair(c)}" for a, b, c in right)
    ends = [start, *(curve[2] for curve in right)]
    for (a, b, _), end in zip(reversed(right), reversed(ends[:-1]), strict=True):
        data.append(f"C{_pair(_flip(b))} {_pair(_flip(a))} {_pair(_flip(end))}")
    return "".join(data) + "Z"


def tube(knots: Sequence[tuple[float, float, float]], steps: int = 10) -> str:
    """Return the path data of a bent tube.

    Parameters
    ----------
    knots : (x, y, radius) along its middle; a smooth curve passes through them
    steps : points between two knots
    """
    middle = smooth(knots, steps)
    along = np.gradient(middle[:, :2], axis=0)
    along /= np.linalg.norm(along, axis=1, keepdims=True)
    across = np.stack([-along[:, 1], along[:, 0]], axis=1) * middle[:, 2:]
    sides = np.concatenate([middle[:, :2] + across, (middle[:, :2] - across)[::-1]])
    return move((float(x), float(y)) for x, y in sides)


def smooth(knots: Sequence[tuple[float, ...]], steps: int = 10) -> NDArray[np.float64]:
    """Return points of a Catmull-Rom spline through the knots, (steps * (knots - 1) + 1, D)."""
    points = np.asarray(knots, dtype=float)
    padded = np.concatenate([2 * points[:1] - points[1:2], points, 2 * points[-1:] - points[-2:-1]])
    t = (np.arange(steps) / steps)[:, None]
    pieces = []
    for a, b, c, d in zip(padded, padded[1:], padded[2:], padded[3:], strict=False):
        pieces.append(
            b
            + t * (c - a) / 2
            + t**2 * (a - 2.5 * b + 2 * c - d / 2)
            + t**3 * (1.5 * (b - c) + (d - a) / 2)
        )
    return np.concatenate([*pieces, points[-1:]])


def leaf(x: float, y: float, length: float, degrees: float, width: float = 0.34) -> str:
    """Return the path data of a pointed leaf that grows from (x, y); 0 degrees points up."""
    angle = math.radians(degrees)
    up, side = (math.sin(angle), -math.cos(angle)), (math.cos(angle), math.sin(angle))

    def at(along: float, across: float) -> str:
        return _pair(
            (
                x + length * (along * up[0] + across * side[0]),
                y + length * (along * up[1] + across * side[1]),
            )
        )

    return (
        f"M{at(0, 0)}C{at(0.2, width)} {at(0.7, width)} {at(1, 0)}"
        f"C{at(0.7, -width)} {at(0.2, -width)} {at(0, 0)}Z"
    )


def _pair(point: Point) -> str:
    return f"{num(point[0])} {num(point[1])}"


def _flip(point: Point) -> Point:
    return -point[0], point[1]
