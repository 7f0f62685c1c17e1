"""The mountains: blue ridges behind, faceted peaks with snow on them, and a meadow."""

from __future__ import annotations

from random import Random

from core.catalog.worlds.draw import SIZE, Point, mix, move, num
from core.catalog.worlds.social.pictures.brush import Brush, solid
from core.catalog.worlds.social.pictures.plants import flowers, rock, spruces, tufts
from core.catalog.worlds.social.pictures.sea import glitter
from core.catalog.worlds.social.pictures.terrain import (
    LEFT,
    RIGHT,
    below,
    height_at,
    jagged,
    rolling,
    scattered,
)
from core.catalog.worlds.social.pictures.view import Scene, View

STONE = ("#7d8496", "#86807f", "#6f7b8c", "#8f8a92")
MEADOW = ("#7fae55", "#8cb85e", "#6f9f58", "#a0b058")
BLOSSOMS = ("#ffffff", "#f5d24a", "#e8728a", "#9a7fd8", "#f09a3e")


def paint(brush: Brush, random: Random, view: View) -> None:
    """Paint ridges, two to four peaks, a wooded foot and a meadow with flowers."""
    sheet, y0 = brush.sheet, view.horizon
    stone = random.choice(STONE)
    for depth, rise in ((0.78, 52), (0.6, 30)):
        start, end = (LEFT, y0 - random.uniform(0, rise)), (RIGHT, y0 - random.uniform(0, rise))
        ridge = jagged(start, end, 0.13, random, 6)
        sheet.add(brush.flat(below(ridge), stone, depth, tone=0.6))
    count = random.choice((2, 3, 3, 4))
    places = [SIZE * (k + random.uniform(0.2, 0.8)) / count for k in range(count)]
    tallest = random.choice(places)
    order = sorted(places, key=lambda x: x == tallest)
    for x in order:
        top = random.uniform(34, 52) if x == tallest else random.uniform(60, 92)
        sheet.add(_peak(brush, random, (x, top), y0 + 26, stone, 0.3 if x != tallest else 0.14))
    foot = rolling(random, y0 + 8, 6, 1.4)
    wood = "#3f6650"
    sheet.add(
        solid(below(foot), brush.light.half(wood, 0.22)),
        _far_wood(brush, random, foot, wood),
    )
    if random.random() < 0.45:
        _lake(brush, random, view, y0 + 18)
    _meadow(brush, random, y0 + 30)


def _peak(brush: Brush, random: Random, top: Point, base: float, stone: str, depth: float) -> str:
    """Paint a peak: a lit and a shaded face that meet in a spine, both white above the snow line."""
    x, y = top
    tall = base - y
    left = jagged((x - tall * random.uniform(0.75, 1.0), base), top, 0.09, random)
    right = jagged(top, (x + tall * random.uniform(0.75, 1.0), base), 0.09, random)
    spine = jagged(top, (x + tall * random.uniform(-0.1, 0.25), base), 0.12, random)
    marks = brush.flat(move([*left, *spine[1:]]), stone, depth, tone=0.95)
    marks += brush.flat(move([*spine, *reversed(right)]), stone, depth, tone=0.12)
    marks += _gullies(brush, random, left, spine, stone, depth)
    line = random.uniform(0.3, 0.52)
    cut = round(line * (len(spine) - 1))
    lit = [*left[-cut - 1 :], *spine[1 : cut + 1]]
    dim = [*spine[: cut + 1], *reversed(right[: cut + 1])]
    marks += brush.flat(
        move([*lit, *_tongues(random, spine[cut], left[-cut - 1], tall)]), "#fbfdff", depth
    )
    marks += brush.flat(
        move([*spine[: cut + 1], *_tongues(random, spine[cut], right[cut], tall), *dim[cut + 1 :]]),
        "#f2f7ff",
        depth,
        tone=0.25,
    )
    return marks


def _tongues(random: Random, start: Point, end: Point, tall: float) -> list[Point]:
    """Return the lower edge of the snow: tongues that reach down the gullies."""
    count, points = 7, []
    for k in range(1, count):
        share = k / count
        reach = random.uniform(0.04, 0.13) if k % 2 else random.uniform(-0.05, 0.01)
        points.append(
            (
                start[0] + (end[0] - start[0]) * share,
                start[1] + (end[1] - start[1]) * share + reach * tall,
            )
        )
    return points


def _gullies(
    brush: Brush, random: Random, left: list[Point], spine: list[Point], stone: str, depth: float
) -> str:
    """Cut shaded gullies into the lit face, from the spine down to the left."""
    marks = ""
    for _ in range(4):
        k = random.randrange(6, len(spine) - 8)
        (x, y), (px, py) = spine[k], spine[min(k + 7, len(spine) - 1)]
        far = left[len(left) - 1 - min(k + 8, len(left) - 1)]
        tip = (x + (far[0] - x) * 0.55, y + (far[1] - y) * 0.75 + 6)
        marks += brush.flat(move([(x, y), tip, (px, py)]), stone, depth, tone=0.5)
    return marks


def _far_wood(brush: Brush, random: Random, line: list[Point], colour: str) -> str:
    xs = [random.uniform(-4, SIZE + 4) for _ in range(46)]
    far = spruces(random, ((x, height_at(line, x) + 4) for x in xs), 7, 15)
    xs = [random.uniform(-4, SIZE + 4) for _ in range(30)]
    near = spruces(random, ((x, height_at(line, x) + 16) for x in xs), 12, 24)
    return brush.flat(far, colour, 0.25, tone=0.4) + brush.flat(near, colour, 0.08, tone=0.35)


def _lake(brush: Brush, random: Random, view: View, y: float) -> None:
    light = brush.light
    water = brush.sheet.linear(
        [(0, mix(light.sky[2], light.half("#4f87a0"), 0.5), 1), (1, light.sky[3], 1)], end=(0, 1)
    )
    brush.sheet.add(
        solid(f"M-4 {num(y)}H{SIZE + 4}V{num(y + 26)}H-4Z", water),
        glitter(brush, random, view.sun[0], y, y + 18),
    )


def _meadow(brush: Brush, random: Random, y: float) -> None:
    sheet, green = brush.sheet, random.choice(MEADOW)
    for k, depth in enumerate((0.14, 0.05, 0.0)):
        line = rolling(random, y + 6 + 19 * k, 6, random.uniform(0.7, 1.3))
        tone = mix(green, "#d8d878" if k % 2 else "#2f6a44", 0.16)
        sheet.add(brush.fall(below(line), mix(tone, "#eef0a0", 0.18), tone, depth))
    sheet.add(
        tufts(brush, random, scattered(random, 120, y + 20, 258), 8, mix(green, "#2a5a38", 0.5))
    )
    chosen = tuple(random.sample(BLOSSOMS, 2))
    sheet.add(flowers(brush, random, scattered(random, 70, y + 16, 258), chosen))
    for _ in range(random.randint(1, 3)):
        x = random.choice((random.uniform(6, 90), random.uniform(222, 250)))
        sheet.add(
            rock(brush, random, x, random.uniform(206, 244), random.uniform(12, 26), "#98969a")
        )


MOUNTAIN = Scene(horizon=(148, 164), paint=paint)
