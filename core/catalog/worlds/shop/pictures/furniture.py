"""A rocking chair, drawn from its bars and boards in space."""

from __future__ import annotations

import math
from random import Random
from typing import TypeAlias

from core.catalog.worlds.draw import Point, move
from core.catalog.worlds.shop.pictures.product import FLOOR, Product
from core.catalog.worlds.shop.pictures.surface import Surface

Space: TypeAlias = tuple[float, float, float]
"""Forward, up and towards the viewer, in pixels from the middle of the floor under the chair."""


class View:
    """A parallel projection from the front right and a little above."""

    def __init__(self, turn: float, pitch: float) -> None:
        self._cos, self._sin = math.cos(turn), math.sin(turn)
        self._high, self._deep = math.cos(pitch), math.sin(pitch)

    def point(self, at: Space) -> Point:
        """Project one point to the page."""
        x, y, z = at
        near = x * self._sin + z * self._cos
        return 128 + x * self._cos - z * self._sin, FLOOR - 10 - y * self._high + near * self._deep

    def line(self, *points: Space) -> str:
        """Project an open line."""
        return move((self.point(p) for p in points), close=False)

    def face(self, *points: Space) -> str:
        """Project a polygon."""
        return move(self.point(p) for p in points)


def rocking_chair(surface: Surface, random: Random) -> Product:
    """A rocking chair in three-quarter view, with spindles or boards in its back."""
    view = View(random.uniform(0.55, 0.72), random.uniform(0.2, 0.28))
    half, seat = random.uniform(36, 40), random.uniform(56, 62)
    tall, lean = random.uniform(150, 164), random.uniform(24, 34)
    front, rear, bar = 38.0, -32.0, random.uniform(6, 7.5)
    arm = seat + random.uniform(26, 32)

    def rocker(z: float) -> str:
        points = [(x, 0.0042 * x * x, z) for x in range(-74, 63, 8)]
        return surface.tube(view.line(*points), bar + 1.5)

    def back_at(height: float) -> float:
        return rear - lean * (height - seat) / (tall - seat)

    def side(z: float) -> str:
        return (
            rocker(z)
            + surface.tube(
                view.line((front - 6, 6, z), (front - 4, seat, z), (front - 2, arm, z)), bar
            )
            + surface.tube(view.line((rear - 4, 5, z), (rear, seat, z)), bar)
            + surface.tube(
                view.line((back_at(arm + 3), arm + 3, z), (front + 6, arm, z)), bar + 2.5
            )
        )

    def post(z: float) -> str:
        return surface.tube(view.line((rear, seat - 4, z), (back_at(tall), tall, z)), bar)

    count, thick = (random.randint(5, 7), 3.4) if random.random() < 0.6 else (4, 9.0)
    spindles = "".join(
        surface.tube(view.line((rear, seat, z), (back_at(tall - 8), tall - 8, z)), thick)
        for z in (half * (2 * (k + 1) / (count + 1) - 1) for k in range(count))
    )
    crown = view.face(
        (back_at(tall - 16), tall - 16, -half - 3),
        (back_at(tall + 8), tall + 8, -half + 3),
        (back_at(tall + 14), tall + 14, 0),
        (back_at(tall + 8), tall + 8, half - 3),
        (back_at(tall - 16), tall - 16, half + 3),
    )
    top = view.face(
        (rear - 3, seat, -half - 3),
        (front + 4, seat + 3, -half - 3),
        (front + 4, seat + 3, half + 3),
        (rear - 3, seat, half + 3),
    )
    edge = view.face(
        (front + 4, seat + 3, -half - 3),
        (front + 4, seat + 3, half + 3),
        (front + 4, seat - 5, half + 3),
        (front + 4, seat - 5, -half - 3),
    )
    flank = view.face(
        (rear - 3, seat, half + 3),
        (front + 4, seat + 3, half + 3),
        (front + 4, seat - 5, half + 3),
        (rear - 3, seat - 7, half + 3),
    )
    stretchers = "".join(
        surface.tube(view.line((x, seat * 0.42, -half), (x, seat * 0.42, half)), 4)
        for x in (rear - 2, front - 5)
    )
    x0, y0 = view.point((rear, seat, -half))
    x1, y1 = view.point((front, seat, half))
    marks = surface.textured(
        side(-half),
        post(-half),
        stretchers,
        spindles,
        surface.slab(crown, 0.15),
        surface.slab(top, 0.35),
        surface.printed(top, (min(x0, x1) - 30, y0 - 10, abs(x1 - x0) + 60, y1 - y0 + 20)),
        surface.slab(edge, -0.1),
        surface.slab(flank, -0.45),
        post(half),
        side(half),
    )
    near, far = view.point((0, 0, half)), view.point((0, 0, -half))
    feet = ((far[0], far[1] + 2, 56, 6), (near[0], near[1] + 2, 60, 7))
    return Product(marks, feet)
