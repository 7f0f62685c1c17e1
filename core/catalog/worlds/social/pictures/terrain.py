"""Lines of the land: jagged ridges, rolling hills, and what lies below them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise
from random import Random
from typing import Final

from core.catalog.worlds.draw import SIZE, Point, move

LEFT: Final = -8.0
RIGHT: Final = SIZE + 8.0
"""Lines run a little beyond the page on both sides."""


def jagged(start: Point, end: Point, rough: float, random: Random, levels: int = 5) -> list[Point]:
    """Break a straight line by midpoint displacement.

    Parameters
    ----------
    start, end : kept as they are
    rough : how far the first midpoint may move, as a share of the line's length
    random : moves the midpoints
    levels : halvings; the line gets ``2**levels + 1`` points

    References
    ----------
    A. Fournier, D. Fussell, L. Carpenter, "Computer rendering of stochastic models", CACM 25, 1982.
    """
    points = [start, end]
    reach = rough * math.dist(start, end)
    for _ in range(levels):
        finer = [points[0]]
        for (x0, y0), (x1, y1) in pairwise(points):
            middle = (
                (x0 + x1) / 2 + 0.3 * random.uniform(-reach, reach),
                (y0 + y1) / 2 + random.uniform(-reach, reach),
            )
            finer += [middle, (x1, y1)]
        points = finer
        reach *= 0.52
    return points


def rolling(random: Random, base: float, height: float, waves: float = 1.6) -> list[Point]:
    """Return a soft line of hills around ``base`` with about ``waves`` hills across the page."""
    parts = [
        (amount, waves * pace * math.tau / SIZE, random.uniform(0, math.tau))
        for amount, pace in ((0.62, 1.0), (0.28, 2.3), (0.1, 4.9))
    ]
    count = 40
    xs = (LEFT + (RIGHT - LEFT) * k / count for k in range(count + 1))
    return [
        (x, base - height * sum(a * math.sin(pace * x + at) for a, pace, at in parts)) for x in xs
    ]


def below(line: Sequence[Point], floor: float = SIZE + 4.0) -> str:
    """Return the path of everything between a line and ``floor``."""
    return move([*line, (line[-1][0], floor), (line[0][0], floor)])


def height_at(line: Sequence[Point], x: float) -> float:
    """Return the height of a line that runs from left to right, at ``x``."""
    for (x0, y0), (x1, y1) in pairwise(line):
        if x0 <= x <= x1 and x1 > x0:
            return y0 + (y1 - y0) * (x - x0) / (x1 - x0)
    return line[0][1] if x < line[0][0] else line[-1][1]


def scattered(random: Random, count: int, top: float, bottom: float = SIZE) -> list[Point]:
    """Scatter points over the ground between two heights, denser towards the horizon."""
    return [
        (random.uniform(0, SIZE), top + (bottom - top) * random.random() ** 1.5)
        for _ in range(count)
    ]
