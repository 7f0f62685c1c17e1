"""Solids of revolution, seen from slightly above: most of what stands on a table."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from core.catalog.worlds.draw import Point, move, num, oval

STEPS = 5
"""Points drawn for every knot of a profile."""


@dataclass(frozen=True)
class Lathe:
    """A profile turned around the vertical axis at ``cx``.

    Parameters
    ----------
    cx : the axis, in pixels
    knots : (y, radius) from top to bottom; a smooth curve joins them, a repeated knot is a corner
    tilt : height of a horizontal circle as a share of its width: how far from above it is seen
    """

    cx: float
    knots: tuple[Point, ...]
    tilt: float = 0.2

    @cached_property
    def profile(self) -> tuple[Point, ...]:
        """The curve as many (y, radius) points."""
        return _spline(self.knots)

    @property
    def top(self) -> float:
        """Height of the highest knot, in pixels from the top of the page."""
        return self.knots[0][0]

    @property
    def bottom(self) -> float:
        """Height of the lowest knot."""
        return self.knots[-1][0]

    @property
    def widest(self) -> float:
        """The largest radius."""
        return max(r for _, r in self.profile)

    def radius(self, y: float) -> float:
        """Return the radius at a height, by the nearest points of the profile."""
        if y <= self.top:
            return self.knots[0][1]
        for (y0, r0), (y1, r1) in zip(self.profile, self.profile[1:], strict=False):
            if y0 <= y <= y1:
                return r0 + (r1 - r0) * ((y - y0) / (y1 - y0) if y1 > y0 else 0)
        return self.knots[-1][1]

    def outline(self) -> str:
        """Return the silhouette: both sides, the front of the foot and the back of the mouth."""
        left = [(self.cx - r, y) for y, r in self.profile]
        right = [(self.cx + r, y) for y, r in reversed(self.profile)]
        (_, foot), (_, mouth) = self.profile[-1], self.profile[0]
        data = move(left, close=False)
        data += self._arc(foot, right[0]) + move(right, close=False).replace("M", "L", 1)
        return data + self._arc(mouth, left[0]) + "Z"

    def ring(self, y: float, scale: float = 1.0) -> str:
        """Return the horizontal circle at a height."""
        r = self.radius(y) * scale
        return oval(self.cx, y, r, r * self.tilt)

    def band(self, top: float, bottom: float) -> str:
        """Return the front of the body between two heights."""
        rows = [(top, self.radius(top))]
        rows += [(y, r) for y, r in self.profile if top < y < bottom]
        rows += [(bottom, self.radius(bottom))]
        left = [(self.cx - r, y) for y, r in rows]
        right = [(self.cx + r, y) for y, r in reversed(rows)]
        data = move(left, close=False) + self._arc(rows[-1][1], right[0])
        data += move(right, close=False).replace("M", "L", 1)
        r = rows[0][1]
        return f"{data}A{num(r)} {num(r * self.tilt)} 0 0 1 {num(left[0][0])} {num(left[0][1])}Z"

    def strip(self, start: float, end: float, top: float, bottom: float) -> str:
        """Return a vertical strip of the front, for reflections.

        Parameters
        ----------
        start, end : where across, from -1 (left edge) to 1 (right edge)
        top, bottom : heights
        """
        rows = [(top, self.radius(top))]
        rows += [(y, r) for y, r in self.profile if top < y < bottom]
        rows += [(bottom, self.radius(bottom))]
        near = [(self.cx + start * r, y + self._sag(start, r)) for y, r in rows]
        far = [(self.cx + end * r, y + self._sag(end, r)) for y, r in rows]
        return move(near + far[::-1])

    def spot(self, angle: float, y: float, size: float) -> str:
        """Return a round spot on the surface, ``angle`` radians to the right of the viewer."""
        r = self.radius(y)
        x = self.cx + r * math.sin(angle)
        return oval(x, y + r * self.tilt * math.cos(angle), size * max(math.cos(angle), 0.1), size)

    def _sag(self, across: float, r: float) -> float:
        return r * self.tilt * math.sqrt(max(1 - across * across, 0))

    def _arc(self, r: float, end: Point) -> str:
        if r < 0.05:
            return f"L{num(end[0])} {num(end[1])}"
        return f"A{num(r)} {num(r * self.tilt)} 0 0 0 {num(end[0])} {num(end[1])}"


def _spline(knots: Sequence[Point]) -> tuple[Point, ...]:
    """Run Catmull-Rom curves through the knots: a repeated knot ends one and begins the next."""
    runs: list[list[Point]] = [[knots[0]]]
    for before, knot in itertools.pairwise(knots):
        if before == knot:
            runs.append([knot])
        else:
            runs[-1].append(knot)
    points: list[Point] = []
    for run in runs:
        padded = [run[0], *run, run[-1]]
        for a, b, c, d in zip(padded, padded[1:], padded[2:], padded[3:], strict=False):
            points += [_between(a, b, c, d, step / STEPS) for step in range(STEPS)]
        points.append(run[-1])
    return tuple(points)


def _between(a: Point, b: Point, c: Point, d: Point, t: float) -> Point:
    weights = (
        0.5 * (-t + 2 * t**2 - t**3),
        0.5 * (2 - 5 * t**2 + 3 * t**3),
        0.5 * (t + 4 * t**2 - 3 * t**3),
        0.5 * (-(t**2) + t**3),
    )
    y, r = (sum(w * p[i] for w, p in zip(weights, (a, b, c, d), strict=True)) for i in (0, 1))
    return y, max(r, 0.0)
