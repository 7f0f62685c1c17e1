"""The sea: swell under the sky's own colours, a far headland, sails, and a beach."""

from __future__ import annotations

import math
from random import Random

from core.catalog.worlds.draw import SIZE, Sheet, mix, move, num, oval
from core.catalog.worlds.social.pictures.brush import Brush, placed, solid, stroke
from core.catalog.worlds.social.pictures.plants import palm, rock, tufts
from core.catalog.worlds.social.pictures.terrain import below, jagged, rolling, scattered
from core.catalog.worlds.social.pictures.view import Scene, View

DEEP = ("#2f7fa8", "#1f6f9c", "#2c8f9c", "#3a88b8")
SAND = ("#ecd6a6", "#e6c998", "#f1deb6", "#dfc7a4")


def paint(brush: Brush, random: Random, view: View) -> None:
    """Paint the sea from the horizon to a beach."""
    sheet, y0 = brush.sheet, view.horizon
    shore = random.uniform(186, 200)
    deep = random.choice(DEEP)
    if random.random() < 0.7:
        sheet.add(_headland(brush, random, y0))
    sheet.add(_water(brush, y0, shore + 16, deep))
    sheet.add(glitter(brush, random, view.sun[0], y0, shore + 8))
    for _ in range(random.choice((1, 1, 2, 3))):
        sheet.add(_sail(brush, random, y0, shore))
    sheet.add(_swell(brush, random, y0, shore + 12, deep))
    if random.random() < 0.3:
        sheet.add(_jetty(brush, random, y0, shore))
    _beach(brush, random, shore)


def _water(brush: Brush, y0: float, y1: float, deep: str) -> str:
    light = brush.light
    far = mix(light.sky[3], light.lit(deep), 0.3)
    paint = brush.sheet.linear(
        [
            (0, far, 1),
            (0.3, mix(light.sky[2], light.lit(deep), 0.55), 1),
            (0.8, light.half(deep), 1),
            (1, mix(light.lit(deep), light.lit("#bfeae0"), 0.45), 1),
        ],
        end=(0, 1),
    )
    return solid(f"M-4 {num(y0)}H{SIZE + 4}V{num(y1 + 20)}H-4Z", paint)


def glitter(brush: Brush, random: Random, x: float, y0: float, y1: float) -> str:
    """Scatter the sun's or the moon's light on water, in a column that widens towards the eye."""
    dashes, count = "", 70
    for k in range(count):
        near = (k / count) ** 1.4
        y = y0 + 1.5 + (y1 - y0) * near
        wide = 4 + 22 * near
        at, length = x + random.gauss(0, wide * 0.55), random.uniform(1.5, 4) + 7 * near
        dashes += f"M{num(at - length / 2)} {num(y)}h{num(length)}"
    glow = brush.sheet.radial(
        [(0, brush.light.glow, 0.6), (1, brush.light.glow, 0)], (0.5, 0.0), 0.62
    )
    tall = num((y1 - y0) * 0.8)
    pool = f"M{num(x - 60)} {num(y0)}A60 {tall} 0 0 0 {num(x + 60)} {num(y0)}Z"
    return solid(pool, glow) + stroke(dashes, brush.light.sun, 1.1, 0.75)


def _swell(brush: Brush, random: Random, y0: float, y1: float, deep: str) -> str:
    """Rows of waves: thin and crowded far out, a lit back and a dark hollow near the shore."""
    dark, bright = "", ""
    rows = 15
    for row in range(1, rows):
        near = (row / rows) ** 1.7
        y, long = y0 + (y1 - y0) * near, 10 + 44 * near
        for _ in range(random.randint(3, 5)):
            x, half = random.uniform(-10, SIZE), long * random.uniform(0.5, 1)
            tall = 0.5 + 2.6 * near * random.uniform(0.7, 1.2)
            dark += (
                f"M{num(x - half)} {num(y + tall)}Q{num(x)} {num(y - tall)} {num(x + half)}"
                f" {num(y + tall)}Q{num(x)} {num(y + tall * 1.2)} {num(x - half)} {num(y + tall)}Z"
            )
            bright += (
                f"M{num(x - half * 0.7)} {num(y - 0.2 * tall)}"
                f"Q{num(x)} {num(y - tall * 1.5)} {num(x + half * 0.7)} {num(y - 0.2 * tall)}"
            )
    crest = mix(brush.light.sky[3], "#ffffff", 0.35)
    return solid(dark, brush.light.shade(deep), 0.42) + stroke(bright, crest, 0.9, 0.5)


def _headland(brush: Brush, random: Random, y0: float) -> str:
    x, wide, high = random.uniform(150, 250), random.uniform(70, 120), random.uniform(12, 24)
    left, right = (x - wide, y0 + 2), (x + wide, y0 + 2)
    peak = (x + random.uniform(-10, 30), y0 - high)
    line = jagged(left, peak, 0.1, random, 4) + jagged(peak, right, 0.1, random, 4)
    land = brush.flat(move(line), "#6f7f6a", 0.45, tone=0.55)
    if random.random() < 0.55:
        land += _lighthouse(brush, peak[0] - 4, peak[1] + 3)
    return land


def _lighthouse(brush: Brush, x: float, y: float) -> str:
    tower = f"M{num(x - 3)} {num(y)}l1-17h4l1 17z"
    band = f"M{num(x - 2.6)} {num(y - 6)}l.3-4.5h4.6l.3 4.5z"
    top = f"M{num(x - 2.4)} {num(y - 17)}h4.8l-2.4-5z"
    marks = brush.round(tower, "#fbf8f0", 0.1) + brush.flat(band, "#d2402f", 0.1)
    marks += brush.flat(top, "#b8322a", 0.1)
    if brush.light.lamps:
        marks += brush.halo(x, y - 17, 17, "#fff2b8", 0.95)
    return marks


def _sail(brush: Brush, random: Random, y0: float, shore: float) -> str:
    near = random.uniform(0.05, 0.5)
    x, y, scale = random.uniform(20, 236), y0 + (shore - y0) * near, 0.35 + near
    canvas = random.choice(("#fffaf0", "#fffaf0", "#e8563f", "#f4c04a"))
    depth = 0.35 * (1 - near)
    boat = (
        brush.flat("M-15 0H16L11 7H-10Z", random.choice(("#7a3b2a", "#2d4660", "#f0ece2")), depth)
        + brush.round("M0-44V-4H-15Q-3-20 0-44Z", canvas, depth)
        + brush.round("M2-46Q14-24 17-4H2Z", canvas, depth, end=(1, 0.7))
        + brush.line("M1-47V1", "#5a4636", 1.3, 0.5)
    )
    wake = stroke("M-17 9H-4M2 10H20", brush.light.sky[3], 1.2, 0.7)
    turn, side = random.uniform(-4, 4), random.choice((-1.0, 1.0))
    return placed(boat + wake, x, y, scale, turn, wide=side)


def _jetty(brush: Brush, random: Random, y0: float, shore: float) -> str:
    """Run a wooden jetty out from the beach, narrower with distance, with its piles and a lamp."""
    x, far_y = random.uniform(60, 110), y0 + (shore - y0) * random.uniform(0.3, 0.45)
    far_x, near_y = x + random.uniform(-16, 16), shore + 14
    deck = [(far_x - 4, far_y), (far_x + 4, far_y), (x + 17, near_y), (x - 17, near_y)]
    planks, piles = "", ""
    for k in range(1, 12):
        near = (k / 12) ** 1.8
        cx, y, half = far_x + (x - far_x) * near, far_y + (near_y - far_y) * near, 4 + 13 * near
        planks += f"M{num(cx - half)} {num(y)}h{num(2 * half)}"
        if k % 2:
            for side in (-half, half):
                piles += f"M{num(cx + side)} {num(y - 1)}v{num(3 + 9 * near)}"
    wood = "#a5825c"
    marks = (
        brush.line(piles, "#5e4a38", 1.8, 0.3)
        + brush.fall(move(deck), mix(wood, "#ffffff", 0.15), wood)
        + brush.line(planks, "#5e4a38", 0.7, 0.3, 0.7)
        + brush.line(f"M{num(far_x)} {num(far_y)}v-13", "#4a4038", 1.3, 0.4)
    )
    if brush.light.lamps:
        marks += brush.halo(far_x, far_y - 14, 16, "#ffe0a0", 0.95)
    return marks + brush.flat(oval(far_x, far_y - 14, 1.7, 2), "#fff2cc")


def _beach(brush: Brush, random: Random, shore: float) -> None:
    """Lay the sand, its wet edge and the foam of the last wave."""
    sheet: Sheet = brush.sheet
    sand = random.choice(SAND)
    tilt, sway = random.uniform(-9, 9), random.uniform(3, 6)
    at, pace = random.uniform(0, math.tau), random.uniform(0.03, 0.05)
    edge = [
        (x, shore + tilt * (x / SIZE - 0.5) + sway * math.sin(pace * x + at))
        for x in range(-8, SIZE + 12, 6)
    ]
    wet = [(x, y + 6 + 2 * math.sin(0.05 * x)) for x, y in edge]
    foam = move(edge, close=False)
    sheet.add(
        brush.flat(below(edge), mix(sand, "#8a6f55", 0.45), tone=0.9),
        brush.fall(below(wet), sand, mix(sand, "#a07a50", 0.18)),
        stroke(foam, brush.light.lit("#ffffff"), 3.2, 0.95),
        f'<g transform="translate(0 -5)">{stroke(foam, brush.light.lit("#ffffff"), 1.3, 0.6)}</g>',
    )
    pebbles = "".join(oval(x, y, 1.1, 0.7) for x, y in scattered(random, 26, shore + 16))
    dunes = rolling(random, 252, 5, 1.0)
    sheet.add(
        brush.flat(pebbles, mix(sand, "#6b5440", 0.55), tone=0.4),
        brush.flat(below(dunes), mix(sand, "#ffffff", 0.12), tone=0.85),
    )
    if random.random() < 0.4:
        for k in range(random.randint(1, 2)):
            x = random.uniform(-4, 24) + 20 * k
            sheet.add(palm(brush, random, x, shore + 22 + 6 * k, random.uniform(84, 122) - 24 * k))
    if random.random() < 0.6:
        roots = [(random.uniform(0, 90), random.uniform(244, 258)) for _ in range(24)]
        sheet.add(tufts(brush, random, roots, 15, "#8a9a52"))
    if random.random() < 0.5:
        x = random.uniform(18, 70)
        sheet.add(rock(brush, random, x, shore + 10, random.uniform(18, 30), "#8a8078"))
        sheet.add(rock(brush, random, x + 20, shore + 14, random.uniform(10, 15), "#7d746e"))


SEA = Scene(horizon=(104, 132), paint=paint)
