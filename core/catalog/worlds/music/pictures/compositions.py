"""The five ways in which a cover is laid out."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Final

import numpy as np

from core.catalog.worlds.draw import SIZE, Sheet, mix, move, num, oval
from core.catalog.worlds.music.pictures.chance import pick, shuffled
from core.catalog.worlds.music.pictures.emblem import box, fill, stroke
from core.catalog.worlds.music.pictures.palette import Palette
from core.catalog.worlds.music.pictures.stage import Composition, Stage
from core.catalog.worlds.music.pictures.tiles import tile

_MIDDLE: Final = SIZE / 2


def grid(sheet: Sheet, palette: Palette, rng: np.random.Generator) -> Stage:
    """Lay out a wall of geometric tiles around one large square."""
    count, span = pick(rng, ((6, 4), (5, 3), (7, 5)))
    side = SIZE / count
    row, column = (int(rng.integers(count - span + 1)) for _ in range(2))
    pairs = [
        (palette.quiet, palette.middle),
        (palette.middle, palette.quiet),
        (palette.quiet, palette.bold),
        (palette.bold, palette.quiet),
        (palette.ground, palette.bold),
        (palette.middle, palette.bold),
    ]
    for i in range(count):
        for j in range(count):
            if not (row <= i < row + span and column <= j < column + span):
                sheet.add(tile(rng, j * side, i * side, side, *pick(rng, pairs)))
    x, y, width = column * side, row * side, span * side
    sheet.add(fill(box(x, y, width, width), palette.ground))
    return Stage(x + width / 2, y + width / 2, width * 0.43, palette.ground, palette.bold)


def arcs(sheet: Sheet, palette: Palette, rng: np.random.Generator) -> Stage:
    """Bend bands of colour around a solid half disc, like a rainbow that comes from one side."""
    sheet.add(fill(box(0, 0, SIZE, SIZE), palette.ground))
    inner, outer = rng.uniform(84, 94), rng.uniform(176, 205)
    count = int(rng.integers(4, 7))
    edges = np.cumsum(rng.uniform(0.8, 1.3, count))
    radii = inner + (outer - inner) * edges[::-1] / edges[-1]
    start = int(rng.integers(3))
    colours = [palette.tones[(start + k) % 3] for k in range(count)]
    turn = pick(rng, (0, 0, 90, 270, 45, 315))
    x, y = _MIDDLE + rng.uniform(-8, 8), 132 + rng.uniform(0, 18)
    marks = []
    for r, colour in zip([*radii, inner], [*colours, palette.ground], strict=True):
        arch = f"M{num(x - r)} 400V{num(y)}A{num(r)} {num(r)} 0 0 1 {num(x + r)} {num(y)}V400Z"
        marks.append(fill(arch, colour))
        marks.append(stroke(arch, palette.ground, 2.5))
    sheet.add(f'<g transform="rotate({turn} {num(_MIDDLE)} {num(_MIDDLE)})">', *marks, "</g>")
    a = math.radians(turn)
    dx, dy = x - _MIDDLE, y + 8 - _MIDDLE
    cx = _MIDDLE + dx * math.cos(a) - dy * math.sin(a)
    cy = _MIDDLE + dx * math.sin(a) + dy * math.cos(a)
    return Stage(cx, cy, inner * 0.9, palette.ground, palette.bold)


def waves(sheet: Sheet, palette: Palette, rng: np.random.Generator) -> Stage:
    """Roll waves across the cover, one over the other."""
    count = int(rng.integers(7, 11))
    length, height = rng.uniform(120, 230), rng.uniform(10, 20)
    lean, drift = rng.uniform(-24, 24), rng.uniform(0.35, 1.1)
    phase = rng.uniform(0, 2 * math.pi)
    ramp = [palette.ground, palette.quiet, palette.middle, palette.bold]
    if rng.integers(2):
        ramp = [palette.bold, palette.middle, palette.quiet, palette.ground]
    marks = [fill(box(-80, -80, SIZE + 160, SIZE + 160), ramp[0])]
    xs = np.linspace(-80, SIZE + 80, 61)
    step = (SIZE + 90) / count
    for k in range(count):
        level = -40 + step * (k + 0.6)
        swell = height * (0.8 + 0.5 * k / count)
        ys = level + swell * np.sin(2 * math.pi * xs / length + phase + drift * k)
        top = [(float(a), float(b)) for a, b in zip(xs, ys, strict=True)]
        at = 3 * (k + 1) / count
        low = min(int(at), 2)
        colour = mix(ramp[low], ramp[low + 1], at - low)
        marks.append(fill(move([*top, (SIZE + 80, 400), (-80, 400)]), colour))
        marks.append(stroke(move(top, close=False), palette.ground, 1.6, opacity=0.7))
    middle = f"{num(_MIDDLE)} {num(_MIDDLE)}"
    sheet.add(f'<g transform="rotate({num(lean)} {middle})">', *marks, "</g>")
    x, y = _MIDDLE + rng.uniform(-10, 10), _MIDDLE + rng.uniform(-10, 4)
    return Stage(x, y, rng.uniform(84, 92), palette.ground, palette.middle)


def halftone(sheet: Sheet, palette: Palette, rng: np.random.Generator) -> Stage:
    """Print dots that grow away from the middle, or in two inks from two opposite sides."""
    sheet.add(fill(box(0, 0, SIZE, SIZE), palette.ground))
    pitch = rng.uniform(11, 16)
    turn = rng.uniform(0, 2 * math.pi)
    first, second = shuffled(rng, (palette.middle, palette.bold))
    if rng.integers(2):
        sheet.add(fill(_screen(pitch, turn, None), first))
    else:
        sheet.add(fill(_screen(pitch, turn, turn), first))
        sheet.add(fill(_screen(pitch, turn + 0.5, turn + math.pi), second))
    x, y = _MIDDLE + rng.uniform(-8, 8), _MIDDLE + rng.uniform(-8, 8)
    return Stage(x, y, rng.uniform(84, 92), palette.ground, palette.bold)


def _screen(pitch: float, turn: float, towards: float | None) -> str:
    """Return dots on a turned lattice; they grow ``towards`` a side, or (None) away from the middle."""
    reach = math.ceil(SIZE / pitch * 0.75)
    u, v = np.meshgrid(np.arange(-reach, reach + 1), np.arange(-reach, reach + 1))
    c, s = math.cos(turn), math.sin(turn)
    x, y = pitch * (c * u - s * v), pitch * (s * u + c * v)
    away = np.hypot(x, y) - 40
    if towards is not None:
        away = x * math.cos(towards) + y * math.sin(towards) + 20
    share = np.clip(away / 130, 0, 1) ** 0.8
    seen = (share > 0.06) & (np.maximum(abs(x), abs(y)) < _MIDDLE + pitch)
    dots = np.stack([_MIDDLE + x[seen], _MIDDLE + y[seen], 0.66 * pitch * share[seen]], axis=1)
    return "".join(oval(a, b, r, r) for a, b, r in dots.tolist())


def shape(sheet: Sheet, palette: Palette, rng: np.random.Generator) -> Stage:
    """Set one large shape on a plain ground, with its overprint a little beside it."""
    ground, form = pick(
        rng,
        (
            (palette.ground, palette.bold),
            (palette.quiet, palette.middle),
            (palette.ground, palette.middle),
        ),
    )
    sheet.add(fill(box(0, 0, SIZE, SIZE), ground))
    r, turn = rng.uniform(92, 106), rng.uniform(-14, 14)
    outline = pick(rng, (_disc, _arch, _petal, _lozenge, _blob, _pill))(r, rng)
    x, y = _MIDDLE + rng.uniform(-6, 6), _MIDDLE + rng.uniform(-6, 6)
    dx, dy = rng.uniform(7, 12) * pick(rng, (-1, 1)), rng.uniform(6, 11)
    other = palette.quiet if ground == palette.ground else palette.ground
    for ax, ay, colour in ((dx, dy, other), (0.0, 0.0, form)):
        place = f"translate({num(x + ax)} {num(y + ay)}) rotate({num(turn)})"
        sheet.add(f'<g transform="{place}">{fill(outline, colour)}</g>')
    return Stage(x, y, r * 0.86, form, palette.quiet)


def _disc(r: float, rng: np.random.Generator) -> str:
    return oval(0, 0, r, r)


def _arch(r: float, rng: np.random.Generator) -> str:
    w = num(r * 0.92)
    return f"M-{w} {num(r)}V{num(-r * 0.1)}A{w} {w} 0 0 1 {w} {num(-r * 0.1)}V{num(r)}Z"


def _petal(r: float, rng: np.random.Generator) -> str:
    """Four discs that meet."""
    q = r * 0.52
    return "".join(oval(a * q, b * q, q, q) for a in (-1, 1) for b in (-1, 1)) + box(
        -q, -q, 2 * q, 2 * q
    )


def _lozenge(r: float, rng: np.random.Generator) -> str:
    q = r * 1.28
    return move(((0, -q), (q, 0), (0, q), (-q, 0)))


def _pill(r: float, rng: np.random.Generator) -> str:
    return box(-r, -r * 0.98, 2 * r, 1.96 * r, r * 0.4)


def _blob(r: float, rng: np.random.Generator) -> str:
    """A pebble: a circle whose radius wanders."""
    a = np.linspace(0, 2 * math.pi, 73)[:-1]
    phases = rng.uniform(0, 2 * math.pi, 2)
    wander = r * (1 + 0.07 * np.sin(2 * a + phases[0]) + 0.05 * np.sin(3 * a + phases[1]))
    return move(
        (float(q * math.cos(t)), float(q * math.sin(t))) for t, q in zip(a, wander, strict=True)
    )


COMPOSITIONS: Final[Mapping[str, Composition]] = {
    "grid": grid,
    "arcs": arcs,
    "waves": waves,
    "halftone": halftone,
    "shape": shape,
}
"""How to lay out every value of the factor ``composition``."""
