"""The forest: ranks of trees that pale into the mist, great trunks at the sides, a mossy clearing."""

from __future__ import annotations

from random import Random

from core.catalog.worlds.draw import SIZE, Point, mix, move, num, oval
from core.catalog.worlds.social.pictures.brush import Brush, placed, solid, stroke
from core.catalog.worlds.social.pictures.plants import flowers, near_spruce, rock, spruces, tufts
from core.catalog.worlds.social.pictures.terrain import below, height_at, rolling, scattered
from core.catalog.worlds.social.pictures.view import Scene, View

LEAVES = ("#3f7048", "#4b7a45", "#35685a", "#5a7f3f")
LARCHES = ("#c79a3a", "#b8803a", "#9aa048")
MOSS = ("#6f8f48", "#62854c", "#7d9150")
BARK = ("#6b4d38", "#5d4a40", "#7a5a40")


def paint(brush: Brush, random: Random, view: View) -> None:
    """Paint four ranks of trees and a clearing."""
    sheet, y0 = brush.sheet, view.horizon
    leaf, moss = random.choice(LEAVES), random.choice(MOSS)
    autumn = random.choice(LARCHES) if random.random() < 0.35 else ""
    for depth, count, low, high, drop in (
        (0.7, 36, 60, 96, -8),
        (0.5, 27, 66, 116, 0),
        (0.28, 18, 70, 126, 10),
    ):
        line = rolling(random, y0 + drop, 5, 1.2)
        xs = [random.uniform(-8, SIZE + 8) for _ in range(count)]
        rank = spruces(random, ((x, height_at(line, x) + 5) for x in xs), low, high)
        sheet.add(brush.flat(rank, leaf, depth, tone=0.45))
        if autumn:
            xs = [random.uniform(-8, SIZE + 8) for _ in range(count // 3)]
            larches = spruces(
                random, ((x, height_at(line, x) + 5) for x in xs), low * 0.8, high * 0.9
            )
            sheet.add(brush.flat(larches, autumn, depth, tone=0.6))
        sheet.add(brush.flat(below(line), leaf, depth, tone=0.4))
    if not brush.light.stars and random.random() < 0.7:
        sheet.add(_shafts(brush, random, view.sun))
    _clearing(brush, random, y0 + 22, moss)
    _sides(brush, random, y0 + 34, leaf)


def _shafts(brush: Brush, random: Random, sun: Point) -> str:
    """Let light fall between the trees, in beams that widen away from the sun."""
    beams = ""
    for _ in range(5):
        x, wide = sun[0] + random.uniform(-70, 150), random.uniform(4, 13)
        reach = x + (x - sun[0]) * 0.5 + 34
        beams += move([(x, 10), (x + wide, 10), (reach + wide * 3, 214), (reach, 214)])
    paint = brush.sheet.linear(
        [(0.1, brush.light.glow, 0), (0.4, brush.light.glow, 0.3), (1, brush.light.glow, 0)],
        end=(0, 1),
    )
    return solid(beams, paint)


def _clearing(brush: Brush, random: Random, y: float, moss: str) -> None:
    sheet = brush.sheet
    for k in range(3):
        line = rolling(random, y + 15 * k, 4, random.uniform(0.8, 1.4))
        tone = mix(moss, "#c2b860" if k == 1 else "#2f4f38", 0.22)
        sheet.add(
            brush.fall(
                below(line), mix(tone, "#e4e096", 0.22), mix(tone, "#2a3f2c", 0.2), 0.1 - 0.05 * k
            )
        )
    if random.random() < 0.5:
        sheet.add(_path(brush, random, y + 2))
    dapples = "".join(
        oval(x, py, random.uniform(5, 15), random.uniform(1, 2.6))
        for x, py in scattered(random, 22, y + 12)
    )
    sheet.add(solid(dapples, brush.light.lit("#f2eea8"), 0.22))
    sheet.add(
        tufts(brush, random, scattered(random, 130, y + 10, 258), 9, mix(moss, "#24482e", 0.55))
    )
    if random.random() < 0.5:
        sheet.add(
            flowers(brush, random, scattered(random, 34, y + 14, 258), ("#ffffff", "#c9a2e8"))
        )


def _path(brush: Brush, random: Random, y: float) -> str:
    x, foot = random.uniform(90, 170), random.uniform(60, 200)
    bend = random.uniform(-50, 50)
    trail = (
        f"M{num(x)} {num(y)}C{num(x + bend)} {num(y + 20)} {num(foot - bend)} {num(y + 34)}"
        f" {num(foot - 26)} 260H{num(foot + 30)}"
        f"C{num(foot - bend + 26)} {num(y + 34)} {num(x + bend + 8)} {num(y + 20)} {num(x + 4)} {num(y)}Z"
    )
    return brush.fall(trail, "#cdb58a", "#a98a62")


def _sides(brush: Brush, random: Random, y: float, leaf: str) -> None:
    """Frame the clearing: young spruces, great trunks, toadstools at their feet."""
    sheet = brush.sheet
    for x in (random.uniform(8, 34), random.uniform(226, 250)):
        sheet.add(
            near_spruce(
                brush,
                random,
                x,
                y + random.uniform(-8, 2),
                random.uniform(88, 128),
                leaf,
                snow=False,
            )
        )
    bark = random.choice(BARK)
    for low, high in ((-2, 18), (240, 258)):
        if random.random() < 0.75:
            x, base = random.uniform(low, high), y + random.uniform(4, 14)
            sheet.add(_trunk(brush, random, x, base, random.uniform(0.75, 1.2), bark))
    x = random.uniform(26, 80)
    if random.random() < 0.6:
        for dx, dy, scale in ((0.0, 0.0, 1.0), (9.0, 4.0, 0.7)):
            sheet.add(placed(_toadstool(brush), x + dx, y + 22 + dy, scale))
    else:
        sheet.add(rock(brush, random, x, y + 20, random.uniform(16, 26), "#7f8478"))


def _trunk(brush: Brush, random: Random, x: float, base: float, wide: float, bark: str) -> str:
    """Paint a great trunk that leaves the page at its top; its foot is the origin."""
    stem = "M-17 0Q-10-8-9-44L-7-240H7L9-44Q10-8 18 2Z"
    cracks = "".join(
        f"M{num(random.uniform(-7, 7))} {num(random.uniform(-230, -60))}"
        f"q{num(random.uniform(-2, 2))} 9 0 {num(random.uniform(14, 30))}"
        for _ in range(14)
    )
    dark = brush.light.shade(mix(bark, "#1c140e", 0.4))
    marks = brush.round(stem, bark, end=(1, 0)) + stroke(cracks, dark, 0.9, 0.6)
    return placed(marks, x, base, wide=wide)


def _toadstool(brush: Brush) -> str:
    spots = oval(-2.1, -8.1, 1, 0.8) + oval(1.2, -9, 1.1, 0.85) + oval(3.6, -7, 0.7, 0.6)
    return (
        brush.round("M-1.5 0l.5-6h2l.6 6Z", "#f0e6d2")
        + brush.round("M-6-6Q0-16 6-6Q0-4.2-6-6Z", "#cf3f30")
        + brush.flat(spots, "#fff6ea")
    )


FOREST = Scene(horizon=(158, 172), paint=paint)
