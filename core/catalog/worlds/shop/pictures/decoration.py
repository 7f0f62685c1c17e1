"""The restrained patterns of the shop: plain, bands, dots."""

from __future__ import annotations

import math

from core.catalog.worlds.draw import Sheet, num, oval
from core.catalog.worlds.shop.pictures.lathe import Lathe


def decorate(lathe: Lathe, pattern: str, colour: str, clear: bool) -> str:
    """Return the pattern as marks that wrap around a turned body.

    Parameters
    ----------
    lathe : the body
    pattern : a value of the factor ``pattern``
    colour : of the paint
    clear : whether the paint is etched into something that can be seen through
    """
    opacity = num(0.6 if clear else 0.85)
    paths = {"plain": [], "bands": _bands(lathe), "dots": _dots(lathe)}[pattern]
    return "".join(f'<path d="{path}" fill="{colour}" fill-opacity="{opacity}"/>' for path in paths)


def printed(
    sheet: Sheet,
    path: str,
    box: tuple[float, float, float, float],
    pattern: str,
    colour: str,
    clear: bool,
) -> str:
    """Return the pattern laid flat over a box (x, y, width, height), clipped to a path."""
    if pattern == "plain":
        return ""
    x, y, width, height = box
    if pattern == "bands":
        marks = "".join(
            f"M{num(x)} {num(y + height * at)}h{num(width)}v{num(height * 0.07)}h{num(-width)}Z"
            for at in (0.3, 0.48, 0.66)
        )
    else:
        step = max(min(width, height) / 5, 12)
        marks = "".join(
            oval(x + (i + 0.5 * (j % 2)) * step, y + (j + 0.5) * step, step * 0.2, step * 0.2)
            for j in range(math.ceil(height / step))
            for i in range(math.ceil(width / step) + 1)
        )
    opacity = num(0.6 if clear else 0.8)
    return (
        f'<g clip-path="{sheet.clip(path)}"><path d="{marks}" fill="{colour}"'
        f' fill-opacity="{opacity}"/></g>'
    )


def ring_pattern(cx: float, cy: float, r: float, width: float, pattern: str, colour: str) -> str:
    """Return the pattern around a ring of mean radius ``r`` and the given width."""
    if pattern == "plain":
        return ""
    if pattern == "bands":
        return (
            f'<circle cx="{num(cx)}" cy="{num(cy)}" r="{num(r)}" fill="none" stroke="{colour}"'
            f' stroke-opacity=".8" stroke-width="{num(width * 0.28)}"/>'
        )
    count = 24
    spots = "".join(
        oval(
            cx + r * math.sin(math.tau * k / count),
            cy - r * math.cos(math.tau * k / count),
            width * 0.2,
            width * 0.2,
        )
        for k in range(count)
    )
    return f'<path d="{spots}" fill="{colour}" fill-opacity=".85"/>'


def _bands(lathe: Lathe) -> list[str]:
    height = lathe.bottom - lathe.top
    thick = max(height * 0.05, 2.5)
    starts = (0.3, 0.44, 0.58)
    return [lathe.band(lathe.top + height * at, lathe.top + height * at + thick) for at in starts]


def _dots(lathe: Lathe) -> list[str]:
    height = lathe.bottom - lathe.top
    size = min(max(height * 0.035, 2.2), 4.2)
    rows = max(round(height / (size * 6)), 2)
    paths = []
    for row in range(rows):
        y = lathe.top + height * (0.2 + 0.58 * row / (rows - 1))
        count = max(round(lathe.radius(y) / (size * 1.7)), 3)
        for k in range(count):
            angle = math.pi * ((k + 0.5 * (row % 2) + 0.25) / count - 0.5)
            paths.append(lathe.spot(angle, y, size))
    return paths
