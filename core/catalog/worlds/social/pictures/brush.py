"""How things are painted: every mark takes its natural colour and the light of the hour."""

from __future__ import annotations

from dataclasses import dataclass

from core.catalog.worlds.draw import Point, Sheet, mix, num, oval
from core.catalog.worlds.social.pictures.light import Light


@dataclass(frozen=True)
class Brush:
    """Paints on a sheet under a light that falls in from the left.

    All methods but :meth:`halo` take natural colours, as at noon. ``depth`` is the share of haze
    between the eye and the thing, in [0, 1].
    """

    sheet: Sheet
    light: Light

    def flat(self, path: str, colour: str, depth: float = 0.0, tone: float = 1.0) -> str:
        """Fill a path evenly; ``tone`` runs from 0 in the shade to 1 in the light."""
        lit, shade = self.light.lit(colour, depth), self.light.shade(colour, depth)
        return solid(path, mix(shade, lit, tone))

    def round(self, path: str, colour: str, depth: float = 0.0, end: Point = (1, 0.35)) -> str:
        """Fill a path as a body that turns from the light on its left into the shade."""
        light = self.light
        paint = self.sheet.linear(
            [
                (0, light.lit(mix(colour, "#ffffff", 0.18), depth), 1),
                (0.35, light.lit(colour, depth), 1),
                (1, light.shade(colour, depth), 1),
            ],
            end=end,
        )
        return solid(path, paint)

    def fall(self, path: str, top: str, bottom: str, depth: float = 0.0) -> str:
        """Fill a path from one colour at its top to another at its bottom, both in the light."""
        light = self.light
        paint = self.sheet.linear(
            [(0, light.lit(top, depth), 1), (1, light.lit(bottom, depth), 1)], end=(0, 1)
        )
        return solid(path, paint)

    def line(
        self, path: str, colour: str, width: float, tone: float = 1.0, opacity: float = 1.0
    ) -> str:
        """Draw along a path with round ends."""
        paint = mix(self.light.shade(colour), self.light.lit(colour), tone)
        return stroke(path, paint, width, opacity)

    def tube(self, path: str, colour: str, width: float) -> str:
        """Draw along a path as a tube: a shaded core and a lit edge."""
        edge = self.line(path, mix(colour, "#ffffff", 0.25), width * 0.4)
        offset = num(-width * 0.18)
        lit = f'<g transform="translate({offset} {offset})">{edge}</g>'
        return self.line(path, colour, width, 0.25) + lit

    def halo(self, x: float, y: float, r: float, colour: str, opacity: float) -> str:
        """Let a lamp or a fire glow; ``colour`` is that of the light itself."""
        paint = self.sheet.radial(
            [(0, colour, opacity), (0.3, colour, opacity * 0.45), (1, colour, 0)]
        )
        return solid(oval(x, y, r, r), paint)


def stroke(path: str, paint: str, width: float, opacity: float = 1.0) -> str:
    """Return a mark along a path, with a paint that the light doesn't change; no path, no mark."""
    if not path:
        return ""
    faint = "" if opacity == 1 else f' stroke-opacity="{num(opacity)}"'
    return (
        f'<path d="{path}" fill="none" stroke="{paint}" stroke-width="{num(width)}"'
        f' stroke-linecap="round" stroke-linejoin="round"{faint}/>'
    )


def solid(path: str, paint: str, opacity: float = 1.0) -> str:
    """Return a filled path with a paint that the light doesn't change; no path, no mark."""
    if not path:
        return ""
    faint = "" if opacity == 1 else f' fill-opacity="{num(opacity)}"'
    return f'<path d="{path}" fill="{paint}"{faint}/>'


def placed(
    marks: str, x: float, y: float, scale: float = 1.0, turn: float = 0.0, wide: float = 1.0
) -> str:
    """Move marks drawn around the origin to a place on the page.

    Parameters
    ----------
    marks : to move
    x, y : where their origin goes
    scale : of their size
    turn : clockwise, in degrees
    wide : how much wider than that they become; negative for a mirror image
    """
    size = num(scale) if wide == 1 else f"{num(scale * wide)} {num(scale)}"
    rotate = f" rotate({num(turn)})" if turn else ""
    return f'<g transform="translate({num(x)} {num(y)}) scale({size}){rotate}">{marks}</g>'
