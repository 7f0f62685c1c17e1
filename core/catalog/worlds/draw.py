"""A small SVG toolkit for the worlds: a sheet to draw on, colours, light, shadow and grain.

Everything here is a function of its arguments: the same calls give the same document.
"""

from __future__ import annotations

import colorsys
from collections.abc import Iterable, Sequence
from typing import Final, TypeAlias

SIZE: Final = 256
"""Side of every picture's view box."""

Point: TypeAlias = tuple[float, float]
Stop: TypeAlias = tuple[float, str, float]
"""Offset in [0, 1], colour ``#rrggbb``, opacity in [0, 1]."""


def num(value: float) -> str:
    """Write a coordinate with at most two decimals: short, and the same on every machine."""
    return f"{value:.2f}".rstrip("0").rstrip(".") or "0"


def move(points: Iterable[Point], *, close: bool = True) -> str:
    """Return the path data of a polygon (or of an open polyline)."""
    data = "L".join(f"{num(x)} {num(y)}" for x, y in points)
    return f"M{data}{'Z' if close else ''}"


def oval(cx: float, cy: float, rx: float, ry: float) -> str:
    """Return the path data of an ellipse."""
    radii = f"A{num(rx)} {num(ry)} 0 1 0"
    left, right, y = num(cx - rx), num(cx + rx), num(cy)
    return f"M{left} {y}{radii} {right} {y}{radii} {left} {y}Z"


def mix(first: str, second: str, share: float) -> str:
    """Return ``first`` with a ``share`` of ``second`` stirred in, both ``#rrggbb``."""
    pairs = zip(_channels(first), _channels(second), strict=True)
    return _hex(a + (b - a) * share for a, b in pairs)


def shift(colour: str, *, hue: float = 0.0, light: float = 0.0, saturation: float = 0.0) -> str:
    """Move a colour in hue (turns), lightness and saturation (both in [-1, 1])."""
    h, lightness, s = colorsys.rgb_to_hls(*(c / 255 for c in _channels(colour)))
    lightness = min(max(lightness + light, 0), 1)
    s = min(max(s + saturation, 0), 1)
    return _hex(c * 255 for c in colorsys.hls_to_rgb((h + hue) % 1, lightness, s))


def _channels(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def _hex(channels: Iterable[float]) -> str:
    return "#" + "".join(f"{round(min(max(c, 0), 255)):02x}" for c in channels)


class Sheet:
    """An SVG document in the making.

    Definitions (gradients, filters, clips) return the reference ``url(#...)`` that uses them; marks
    are drawn in the order in which they are added.
    """

    def __init__(self) -> None:
        self._definitions: list[str] = []
        self._marks: list[str] = []

    def add(self, *marks: str) -> None:
        """Draw marks on top of what is there."""
        self._marks.extend(marks)

    def linear(
        self,
        stops: Sequence[Stop],
        start: Point = (0, 0),
        end: Point = (1, 0),
        *,
        page: bool = False,
    ) -> str:
        """Define a linear gradient over the shape's box, or in page coordinates."""
        (x1, y1), (x2, y2) = start, end
        place = f'x1="{num(x1)}" y1="{num(y1)}" x2="{num(x2)}" y2="{num(y2)}"'
        return self._define("linearGradient", place + _units(page), _stops(stops))

    def radial(
        self,
        stops: Sequence[Stop],
        centre: Point = (0.5, 0.5),
        radius: float = 0.5,
        *,
        page: bool = False,
    ) -> str:
        """Define a radial gradient over the shape's box, or in page coordinates."""
        place = f'cx="{num(centre[0])}" cy="{num(centre[1])}" r="{num(radius)}"'
        return self._define("radialGradient", place + _units(page), _stops(stops))

    def clip(self, path: str) -> str:
        """Define a clip to a closed path."""
        return self._define("clipPath", "", f'<path d="{path}"/>')

    def filter(self, primitives: str, *, margin: float = 0.0) -> str:
        """Define a filter whose region is the shape's box and a ``margin`` (as a share of it)."""
        side = num(100 + 200 * margin)
        start = num(-100 * margin)
        region = f'x="{start}%" y="{start}%" width="{side}%" height="{side}%"'
        return self._define("filter", f'{region} color-interpolation-filters="sRGB"', primitives)

    def tile(self, side: int, noise: str) -> str:
        """Define a paint that repeats a square of a filter's output."""
        square = f'<rect width="{side}" height="{side}" filter="{noise}"/>'
        place = f'width="{side}" height="{side}" patternUnits="userSpaceOnUse"'
        return self._define("pattern", place, square)

    def blur(self, deviation: float) -> str:
        """Define a Gaussian blur, in pixels."""
        return self.filter(f'<feGaussianBlur stdDeviation="{num(deviation)}"/>', margin=0.6)

    def document(self) -> str:
        """Return the finished SVG."""
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {SIZE} {SIZE}"'
            f' width="{SIZE}" height="{SIZE}">'
            f"<defs>{''.join(self._definitions)}</defs>{''.join(self._marks)}</svg>"
        )

    def _define(self, tag: str, attributes: str, content: str) -> str:
        name = f"d{len(self._definitions)}"
        self._definitions.append(f'<{tag} id="{name}" {attributes}>{content}</{tag}>')
        return f"url(#{name})"


def _units(page: bool) -> str:
    return ' gradientUnits="userSpaceOnUse"' if page else ""


def _stops(stops: Sequence[Stop]) -> str:
    return "".join(
        f'<stop offset="{num(at)}" stop-color="{colour}" stop-opacity="{num(alpha)}"/>'
        for at, colour, alpha in stops
    )


def backdrop(sheet: Sheet, wall: str, table: str, horizon: float, *, softness: float = 4.0) -> None:
    """Paint a studio: a wall and a table, with light that falls in from the left.

    Parameters
    ----------
    sheet : to draw on
    wall, table : colours
    horizon : where the table begins, in pixels from the top; beyond the page for a wall alone
    softness : width of the passage from wall to table: a few pixels for an edge, fifty for a sweep
    """
    white, black = "#ffffff", "#000000"
    edge = horizon / SIZE
    half = softness / SIZE / 2
    ground = sheet.linear(
        [
            (0, mix(wall, white, 0.1), 1),
            (edge - half, mix(wall, black, 0.05), 1),
            (edge + half, mix(table, black, 0.07), 1),
            (1, mix(table, white, 0.3), 1),
        ],
        end=(0, 1),
    )
    dusk = mix(table, black, 0.75)
    window = sheet.linear(
        [(0, white, 0.45), (0.35, white, 0.12), (0.55, white, 0), (0.58, dusk, 0), (1, dusk, 0.26)],
        (0.05, 0.1),
        (1, 0.9),
    )
    for paint in (ground, window):
        sheet.add(f'<rect width="{SIZE}" height="{SIZE}" fill="{paint}"/>')


def soft_shadow(
    sheet: Sheet,
    cx: float,
    cy: float,
    rx: float,
    ry: float,
    colour: str,
    *,
    contact: float = 0.75,
    caustic: str | None = None,
) -> None:
    """Ground a thing at (cx, cy): a wide shadow away from the light and a dark line of contact.

    Parameters
    ----------
    sheet : to draw on
    cx, cy, rx, ry : the ellipse in which the thing meets the ground, in pixels
    colour : of the shadow
    contact : opacity of the dark line, 0 for a thing that hovers
    caustic : colour of the light that a clear thing gathers in its shadow, or None
    """
    wide = sheet.radial([(0, colour, 0.46), (0.45, colour, 0.26), (1, colour, 0)])
    far = oval(cx + rx * 0.55, cy + ry * 0.2, rx * 1.55, ry * 1.7)
    sheet.add(f'<path d="{far}" fill="{wide}"/>')
    if contact:
        tight = sheet.radial([(0, colour, contact), (0.7, colour, contact / 2), (1, colour, 0)])
        near = oval(cx + rx * 0.04, cy + ry * 0.12, rx * 1.1, ry * 0.95)
        sheet.add(f'<path d="{near}" fill="{tight}"/>')
    if caustic:
        glow = sheet.radial([(0, caustic, 0.95), (0.35, caustic, 0.5), (1, caustic, 0)])
        pool = oval(cx + rx * 0.95, cy + ry * 0.55, rx * 0.75, ry * 0.75)
        sheet.add(f'<path d="{pool}" fill="{glow}"/>')


def grain(sheet: Sheet, seed: int, *, strength: float = 0.035) -> None:
    """Lay a fine film grain over the whole sheet: one small square of noise, repeated."""
    noise = sheet.filter(
        f'<feTurbulence type="fractalNoise" baseFrequency=".8" numOctaves="1" seed="{seed % 1000}"'
        ' stitchTiles="stitch"/><feColorMatrix values="'
        f'0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 {num(strength * 3)} 0 0 0 {num(-strength)}"/>'
    )
    sheet.add(f'<rect width="{SIZE}" height="{SIZE}" fill="{sheet.tile(64, noise)}"/>')
