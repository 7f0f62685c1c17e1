"""The material of one product: every template draws with it, so every type has every look."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from random import Random
from typing import Final

from core.catalog.worlds.draw import Sheet, Stop, mix, num
from core.catalog.worlds.shop.pictures.decoration import decorate, printed, ring_pattern
from core.catalog.worlds.shop.pictures.finishes import FINISHES, Shade
from core.catalog.worlds.shop.pictures.lathe import Lathe
from core.catalog.worlds.shop.pictures.palette import Palette

STRIPS: Final = 32
"""Number of strips that shade a curved body."""


class Surface:
    """A palette under a finish. Its methods return SVG marks that the template puts in order.

    Parameters
    ----------
    sheet : where gradients, clips and filters are defined
    look : a value of the factor ``look``
    palette : the colours
    pattern : a value of the factor ``pattern``, put on turned bodies when the template asks for it
    random : drives what differs between two products of one look
    """

    def __init__(
        self, sheet: Sheet, look: str, palette: Palette, pattern: str, random: Random
    ) -> None:
        self.sheet = sheet
        self.look = look
        self.palette = palette
        self.pattern = pattern
        self.random = random
        self.finish = FINISHES[look]
        self._round = sheet.linear(self._shade(self.finish.round))
        self._flat = sheet.linear(
            [(0, palette.light, 0.3), (0.5, palette.light, 0), (1, palette.dark, 0.3)], end=(0.6, 1)
        )
        ball = self._shade(self.finish.ball)
        self._ball = sheet.radial(ball, (0.34, 0.27), 0.86)

    @property
    def clear(self) -> bool:
        """Whether one can see through it."""
        return self.finish.body < 1

    def tone(self, value: float) -> str:
        """Return the body colour moved towards the light (1) or the dark (-1)."""
        return mix(
            self.palette.base, self.palette.light if value > 0 else self.palette.dark, abs(value)
        )

    def turned(
        self,
        lathe: Lathe,
        *,
        decorated: bool = False,
        glint: bool = True,
        open_top: bool = False,
        liquid: tuple[float, str] | None = None,
    ) -> str:
        """Draw a solid of revolution.

        Parameters
        ----------
        lathe : the solid
        decorated : whether it bears the product's pattern
        glint : whether sharp reflections run down its sides
        open_top : whether its mouth stays free, for things that stick out of it
        liquid : level (pixels from the top of the page) and colour of what a clear body holds
        """
        outline = lathe.band(lathe.top, lathe.bottom) if open_top else lathe.outline()
        marks = [self._paint(outline, self.palette.base, self.finish.body)]
        if liquid and self.clear:
            marks.append(_liquid(lathe, *liquid))
        if decorated:
            marks.append(decorate(lathe, self.pattern, self.palette.accent, self.clear))
        marks.append(self._lit(lathe, outline))
        height = lathe.bottom - lathe.top
        floor = self.sheet.linear(
            [
                (0, self.palette.dark, 0),
                (0.6, self.palette.dark, 0.04),
                (1, self.palette.dark, 0.4),
            ],
            end=(0, 1),
        )
        marks.append(f'<path d="{outline}" fill="{floor}"/>')
        if self.clear and height > 40:
            marks.append(self._thick_base(lathe))
        if glint and self.finish.gloss and height > 12:
            top, bottom = lathe.top + height * 0.1, lathe.bottom - height * 0.14
            marks.append(self._light(lathe.strip(-0.6, -0.47, top, bottom), 0.75))
            if self.finish.gloss > 0.6:
                marks.append(self._light(lathe.strip(0.74, 0.8, top + height * 0.1, bottom), 0.4))
        marks.append(self._rim_light(outline))
        return "".join(marks)

    def mouth(self, lathe: Lathe, *, depth: float = 1.0, wall: float = 3.0) -> str:
        """Draw the opening at the top of a turned body: the rim and the inside.

        Parameters
        ----------
        depth : how dark the inside gets, in [0, 1]
        wall : thickness of the rim, in pixels
        """
        y = lathe.top
        inner = max(1 - wall / max(lathe.radius(y), 1), 0.1)
        if self.clear:
            back = self.sheet.linear(
                [
                    (0, self.palette.dark, 0.3),
                    (0.5, self.palette.light, 0.5),
                    (1, self.palette.light, 0.2),
                ]
            )
            return (
                f'<path d="{lathe.ring(y)}" fill="{back}" stroke="{self.tone(-0.35)}"'
                f' stroke-opacity=".7" stroke-width="1"/>'
                f'<path d="{lathe.ring(y, inner)}" fill="none" stroke="{self.palette.light}"'
                f' stroke-width="1.6" stroke-opacity=".95"/>'
            )
        inside = [
            (1 - at, 0.7 * value - 0.35 * depth - 0.15) for at, value in self.finish.round[::-1]
        ]
        shade = self.sheet.linear([(at, self.tone(max(value, -1)), 1) for at, value in inside])
        lip = self.sheet.linear(
            [(0, self.tone(0.75), 1), (0.5, self.tone(0.4), 1), (1, self.tone(-0.1), 1)]
        )
        well = self.sheet.linear(
            [
                (0, self.palette.light, 0.28),
                (0.35, self.palette.light, 0),
                (0.4, self.palette.dark, 0),
                (1, self.palette.dark, 0.75 * depth),
            ],
            end=(0.1, 1),
        )
        hole = lathe.ring(y, inner)
        return (
            f'<path d="{lathe.ring(y)}" fill="{lip}"/>'
            f'<path d="{hole}" fill="{shade}"/><path d="{hole}" fill="{well}"/>'
        )

    def tube(self, path: str, width: float, *, cap: str = "round") -> str:
        """Draw a bent rod along an open path: handles, legs, bails."""
        line = f'<path d="{path}" fill="none" stroke-linecap="{cap}" stroke-linejoin="round"'
        body = 0.75 if self.clear else 1.0
        offset = num(-width * 0.16)
        return (
            f'{line} stroke="{self.tone(-0.55)}" stroke-width="{num(width)}"'
            f' stroke-opacity="{num(body)}"/>'
            f'{line} stroke="{self.tone(-0.1)}" stroke-width="{num(width * 0.7)}"'
            f' transform="translate({offset} {offset})" stroke-opacity="{num(body)}"/>'
            f'{line} stroke="{self.tone(0.7)}" stroke-width="{num(width * 0.24)}"'
            f' transform="translate({offset} {offset})"'
            f' stroke-opacity="{num(0.35 + 0.6 * self.finish.gloss)}"/>'
        )

    def slab(self, path: str, tone: float = 0.0) -> str:
        """Draw a flat face, lighter or darker as it faces the light (``tone`` in [-1, 1])."""
        return (
            self._paint(path, self.tone(tone), min(self.finish.body * 1.35, 1))
            + f'<path d="{path}" fill="{self._flat}"/>'
            + self._rim_light(path)
        )

    def ball(self, path: str) -> str:
        """Draw a rounded closed shape, lit from above left."""
        return (
            self._paint(path, self.palette.base, min(self.finish.body * 1.2, 1))
            + f'<path d="{path}" fill="{self._ball}"/>'
            + self._rim_light(path)
        )

    def printed(self, path: str, box: tuple[float, float, float, float]) -> str:
        """Print the product's pattern flat into a closed path, over a box (x, y, width, height)."""
        return printed(self.sheet, path, box, self.pattern, self.palette.accent, self.clear)

    def ring_pattern(self, cx: float, cy: float, r: float, width: float) -> str:
        """Print the product's pattern around a ring of radius ``r``."""
        return ring_pattern(cx, cy, r, width, self.pattern, self.palette.accent)

    def textured(self, *marks: str, upright: bool = True) -> str:
        """Give marks the grain of the material (``upright`` or lying, where it has a direction)."""
        picture = "".join(marks)
        if not self.finish.texture:
            return f"<g>{picture}</g>"
        across, along = (".075", ".006") if upright else (".006", ".075")
        primitives = self.finish.texture.format(
            seed=self.random.randrange(1000),
            dark=_film(self.palette.dark),
            light=_film(self.palette.light),
            across=across,
            along=along,
        )
        return f'<g filter="{self.sheet.filter(primitives, margin=0.06)}">{picture}</g>'

    def _lit(self, lathe: Lathe, outline: str) -> str:
        """Shade a body: by a gradient if it is straight, by strips along the profile if curved."""
        radii = [r for _, r in lathe.profile]
        if min(radii) > 0.72 * max(radii):
            return f'<path d="{outline}" fill="{self._round}"/>'
        marks = []
        for k in range(STRIPS):
            value = _shade_at(self.finish.round, (k + 0.5) / STRIPS)
            colour = self.palette.light if value > 0 else self.palette.dark
            start, end = 2 * k / STRIPS - 1, 2 * (k + 1) / STRIPS - 1
            path = lathe.strip(start, end, lathe.top, lathe.bottom)
            # Neighbours must not blend into a seam, but the silhouette must stay smooth.
            crisp = "" if k in (0, STRIPS - 1) else ' shape-rendering="crispEdges"'
            marks.append(
                f'<path d="{path}" fill="{colour}" fill-opacity="{num(abs(value) * 0.92)}"{crisp}/>'
            )
        return "".join(marks)

    def _thick_base(self, lathe: Lathe) -> str:
        """Draw the solid foot of a glass: tinted, with a bright ring where the hollow ends."""
        y = lathe.bottom - min((lathe.bottom - lathe.top) * 0.08, 9)
        return (
            f'<path d="{lathe.band(y, lathe.bottom)}" fill="{self.tone(-0.45)}" fill-opacity=".5"/>'
            f'<path d="{lathe.ring(y, 0.9)}" fill="{self.palette.light}" fill-opacity=".35"'
            f' stroke="{self.palette.light}" stroke-opacity=".9" stroke-width="1"/>'
        )

    def _shade(self, shade: Shade) -> list[Stop]:
        return [
            (at, self.palette.light if value > 0 else self.palette.dark, abs(value) * 0.92)
            for at, value in _bridged(shade)
        ]

    def _paint(self, path: str, colour: str, opacity: float) -> str:
        return f'<path d="{path}" fill="{colour}" fill-opacity="{num(opacity)}"/>'

    def _light(self, path: str, share: float) -> str:
        opacity = num(self.finish.gloss * share)
        return f'<path d="{path}" fill="{self.palette.light}" fill-opacity="{opacity}"/>'

    def _rim_light(self, path: str) -> str:
        return (
            f'<path d="{path}" fill="none" stroke="{self.palette.light}" stroke-width=".8"'
            f' stroke-opacity="{num(self.finish.edge * 0.5)}"/>'
        )


def _bridged(shade: Shade) -> Sequence[tuple[float, float]]:
    """Put a stop where the shade crosses zero, so that light fades out before dark fades in."""
    stops = [shade[0]]
    for (x0, v0), (x1, v1) in itertools.pairwise(shade):
        if v0 * v1 < 0:
            zero = x0 + (x1 - x0) * v0 / (v0 - v1)
            stops += [(zero - 1e-3, 1e-3 * v0 / abs(v0)), (zero + 1e-3, 1e-3 * v1 / abs(v1))]
        stops.append((x1, v1))
    return stops


def _liquid(lathe: Lathe, level: float, colour: str) -> str:
    return (
        f'<path d="{lathe.band(level, lathe.bottom - 5)}" fill="{colour}" fill-opacity=".94"/>'
        f'<path d="{lathe.ring(level, 0.97)}" fill="{mix(colour, "#ffffff", 0.2)}"/>'
    )


def _shade_at(shade: Shade, x: float) -> float:
    """Return the value of a shade at an offset."""
    for (x0, v0), (x1, v1) in itertools.pairwise(shade):
        if x0 <= x <= x1:
            return v0 + (v1 - v0) * (x - x0) / (x1 - x0)
    return shade[-1][1]


def _film(colour: str) -> str:
    """Return the first three rows of a colour matrix that paints everything in one colour."""
    return " ".join(f"0 0 0 0 {num(int(colour[i : i + 2], 16) / 255)}" for i in (1, 3, 5))
