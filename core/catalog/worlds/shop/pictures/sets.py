"""The studio sets: each look is photographed in front of something that suits it.

A set is drawn over the bare backdrop, before the product, and stays in the background.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from random import Random
from typing import Final, TypeAlias

from core.catalog.worlds.draw import SIZE, Point, Sheet, mix, move, num, oval
from core.catalog.worlds.shop.pictures.palette import Palette

Set: TypeAlias = Callable[[Sheet, Palette, float, Random], None]
"""Draws on a sheet, given the palette and the horizon in pixels from the top."""


def window(sheet: Sheet, palette: Palette, horizon: float, random: Random) -> None:
    """Cast the light of a window with panes on the wall: for glass."""
    left, top = random.uniform(14, 70), random.uniform(-30, 4)
    wide, high, lean = random.uniform(40, 50), random.uniform(58, 70), random.uniform(22, 36)
    light = sheet.linear([(0, "#ffffff", 0.75), (1, "#ffffff", 0.25)], end=(0.4, 1))
    panes = ""
    for row in range(2):
        for column in range(3):
            x, y = left + column * (wide + 5) + row * lean, top + row * (high + 5) + column * 5
            panes += move(
                [(x, y), (x + wide, y + 5), (x + wide + lean, y + high + 5), (x + lean, y + high)]
            )
    wall = sheet.clip(f"M0 0H{SIZE}V{num(horizon)}H0Z")
    sheet.add(f'<g clip-path="{wall}"><path d="{panes}" fill="{light}"/></g>')


def boards(sheet: Sheet, palette: Palette, horizon: float, random: Random) -> None:
    """Panel the wall and lay the table with boards: for wood."""
    wide, start = random.uniform(26, 36), random.uniform(-30, 0)
    shade, light = mix(palette.table, palette.dark, 0.45), "#ffffff"
    count = round(SIZE / wide) + 2
    walls = "".join(f"M{num(start + k * wide)} 0V{num(min(horizon, SIZE))}" for k in range(count))
    far: list[Point] = [(128 + (k - 4) * 30, horizon) for k in range(9)]
    floor = "".join(f"M{num(x)} {num(y)}L{num(128 + (x - 128) * 2.4)} {SIZE}" for x, y in far)
    lines = walls + (floor if horizon < SIZE else "")
    sheet.add(
        f'<path d="{lines}" stroke="{shade}" stroke-opacity=".22" stroke-width="1.4"/>',
        f'<path d="{lines}" stroke="{light}" stroke-opacity=".3" transform="translate(1.4 0)"/>',
    )


def slabs(sheet: Sheet, palette: Palette, horizon: float, random: Random) -> None:
    """Build the wall of cast concrete slabs with their tie holes: for steel."""
    seam, across = random.uniform(34, 74), random.uniform(58, 96)
    step = random.uniform(104, 128)
    floor = min(horizon, SIZE)
    dark = mix(palette.table, "#000000", 0.5)
    lines = f"M0 {num(across)}H{SIZE}" + "".join(
        f"M{num(x)} 0V{num(floor)}" for x in (seam, seam + step)
    )
    holes = "".join(
        oval(x + dx, y, 2.4, 2.4)
        for x in (seam, seam + step)
        for dx in (-14, 14)
        for y in (across - 16, across + 16)
    )
    sheet.add(
        f'<path d="{lines}" stroke="{dark}" stroke-opacity=".4" stroke-width="1.2"/>',
        f'<path d="{lines}" stroke="#ffffff" stroke-opacity=".3" transform="translate(1.2 1.2)"/>',
        f'<path d="{holes}" fill="{dark}" fill-opacity=".4"/>',
    )


def niche(sheet: Sheet, palette: Palette, horizon: float, random: Random) -> None:
    """Open an arched niche in the plaster: for ceramic."""
    cx, half = 128 + random.uniform(-8, 8), random.uniform(90, 104)
    top = random.uniform(14, 28)
    floor = min(horizon, SIZE)
    left, right = num(cx - half), num(cx + half)
    arch = (
        f"M{left} {num(floor)}V{num(top + half)}A{num(half)} {num(half)} 0 0 1"
        f" {right} {num(top + half)}V{num(floor)}"
    )
    deep = mix(palette.table, palette.dark, 0.18)
    depth = sheet.linear([(0, deep, 0.75), (0.5, deep, 0.35), (1, deep, 0.15)], end=(1, 0.3))
    edge = sheet.linear([(0, palette.dark, 0.28), (0.5, palette.dark, 0.05), (1, "#ffffff", 0.7)])
    sheet.add(
        f'<path d="{arch}Z" fill="{depth}"/>',
        f'<path d="{arch}" fill="none" stroke="{edge}" stroke-width="2"/>',
    )


def disc(sheet: Sheet, palette: Palette, horizon: float, random: Random) -> None:
    """Hang a plain disc of the table's bright colour on the wall: for plastic."""
    r = random.uniform(80, 98)
    cx, cy = 128 + random.uniform(-22, 22), random.uniform(96, 116)
    paint = sheet.linear(
        [(0, mix(palette.table, "#ffffff", 0.25), 1), (1, palette.table, 1)], end=(1, 1)
    )
    wall = sheet.clip(f"M0 0H{SIZE}V{num(horizon)}H0Z")
    sheet.add(f'<g clip-path="{wall}"><path d="{oval(cx, cy, r, r)}" fill="{paint}"/></g>')


def pleats(sheet: Sheet, palette: Palette, horizon: float, random: Random) -> None:
    """Fold the wall like a paper screen: for paper."""
    wide, start = random.uniform(19, 27), random.uniform(-20, 0)
    floor = min(horizon, SIZE)
    paint = sheet.linear([(0, palette.dark, 0.02), (1, palette.dark, 0.26)], end=(1, 0))
    folds = "".join(
        f'<path d="M{num(start + k * wide)} 0h{num(wide)}V{num(floor)}h{num(-wide)}Z"'
        f' fill="{paint}"/>'
        for k in range(round(SIZE / wide) + 2)
    )
    sheet.add(folds)


SETS: Final[Mapping[str, Set]] = {
    "glass": window,
    "wood": boards,
    "steel": slabs,
    "ceramic": niche,
    "plastic": disc,
    "paper": pleats,
}
"""The set of every look."""
