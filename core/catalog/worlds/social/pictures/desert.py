"""The desert: table mountains far off, dunes with a lit and a dark side, saguaros, rippled sand."""

from __future__ import annotations

from random import Random

from core.catalog.worlds.draw import SIZE, mix, move, num
from core.catalog.worlds.social.pictures.brush import Brush, stroke
from core.catalog.worlds.social.pictures.plants import rock, saguaro, tufts
from core.catalog.worlds.social.pictures.terrain import RIGHT, below, height_at, jagged, rolling
from core.catalog.worlds.social.pictures.view import Scene, View

SAND = ("#e8b878", "#e2a866", "#eec48c", "#dd9f62")
STONE = ("#b8674a", "#a85c46", "#c07a58")


def paint(brush: Brush, random: Random, view: View) -> None:
    """Paint mesas, two or three dunes and the sand in front."""
    sheet, y0 = brush.sheet, view.horizon
    sand, stone = random.choice(SAND), random.choice(STONE)
    plain = rolling(random, y0, 3, 0.8)
    for depth in (0.6, 0.42):
        for _ in range(random.randint(1, 2)):
            sheet.add(_mesa(brush, random, random.uniform(0, SIZE), y0 + 6, stone, depth))
    sheet.add(brush.flat(below(plain), sand, 0.4, tone=0.9))
    for k in range(random.choice((2, 3))):
        sheet.add(_dune(brush, random, y0 + 10 + 13 * k, sand, 0.26 - 0.1 * k))
    near = rolling(random, y0 + 44, 6, random.uniform(0.7, 1.1))
    _cacti(brush, random, y0)
    sheet.add(brush.fall(below(near), mix(sand, "#fff0c8", 0.2), mix(sand, "#a5622e", 0.22)))
    sheet.add(_ripples(brush, random, near, sand))
    _details(brush, random, near)


def _mesa(brush: Brush, random: Random, x: float, base: float, stone: str, depth: float) -> str:
    """Paint a table mountain: a cliff with bands over a slope of scree."""
    wide, tall = random.uniform(18, 46), random.uniform(26, 54)
    scree = base - tall * random.uniform(0.35, 0.5)
    top = jagged((x - wide * 0.8, base - tall), (x + wide * 0.8, base - tall), 0.03, random, 4)
    cliff = [(x - wide * 0.92, scree), *top, (x + wide * 0.92, scree)]
    slope = [
        (x - wide * 1.7, base),
        (x - wide * 0.92, scree),
        (x + wide * 0.92, scree),
        (x + wide * 1.8, base),
    ]
    half = [
        (x + wide * 0.25, base - tall),
        *[p for p in top if p[0] > x + wide * 0.25],
        (x + wide * 0.92, scree),
        (x + wide * 0.35, scree),
    ]
    bands = "".join(
        f"M{num(x - wide * 0.86)} {num(base - tall + (scree - base + tall) * at)}H{num(x + wide * 0.88)}"
        for at in (0.25, 0.5, 0.72)
    )
    return (
        brush.flat(move(slope), mix(stone, "#e0b080", 0.3), depth, tone=0.7)
        + brush.flat(move(cliff), stone, depth, tone=0.95)
        + brush.flat(move(half), stone, depth, tone=0.25)
        + stroke(bands, brush.light.shade(stone, depth), 1, 0.4)
    )


def _dune(brush: Brush, random: Random, base: float, sand: str, depth: float) -> str:
    """Paint a dune whose crest parts a lit windward side from a dark lee."""
    x, tall = random.uniform(40, 216), random.uniform(18, 34)
    reach = random.uniform(110, 190)
    crest, end = (x, base - tall), x + random.uniform(20, 70)
    body = (
        f"M{num(x - reach)} {num(base + 8)}C{num(x - reach * 0.5)} {num(base + 2)} {num(x - 40)}"
        f" {num(crest[1] + 3)} {num(x)} {num(crest[1])}C{num(x + 40)} {num(base - tall * 0.4)}"
        f" {num(x + reach * 0.6)} {num(base + 4)} {num(RIGHT + 60)} {num(base + 8)}V262H-40Z"
    )
    lee = (
        f"M{num(x)} {num(crest[1])}C{num(x + 40)} {num(base - tall * 0.4)} {num(x + reach * 0.6)}"
        f" {num(base + 4)} {num(RIGHT + 60)} {num(base + 8)}L{num(end + 10)} {num(base + 30)}"
        f"C{num(end)} {num(base + 8)} {num(x - 24)} {num(base + 2)} {num(x)} {num(crest[1])}Z"
    )
    return brush.fall(body, mix(sand, "#fff2cc", 0.25), sand, depth) + brush.flat(
        lee, mix(sand, "#8f4f38", 0.3), depth, tone=0.35
    )


def _cacti(brush: Brush, random: Random, y0: float) -> None:
    places = [random.uniform(10, 96), random.uniform(206, 250)]
    if random.random() < 0.6:
        places.append(random.uniform(100, 200))
    for k, x in enumerate(places):
        far = k == 2
        base, tall = (y0 + 34, random.uniform(16, 24)) if far else (y0 + 54, random.uniform(44, 82))
        brush.sheet.add(saguaro(brush, random, x, base, tall))


def _ripples(brush: Brush, random: Random, line: list[tuple[float, float]], sand: str) -> str:
    """Draw the wind's ripples: short arcs in rows that widen towards the eye."""
    arcs, gap, offset = "", 4.0, 6.0
    while offset < 80:
        for _ in range(5):
            x, long = random.uniform(-10, SIZE), random.uniform(16, 42)
            y = height_at(line, x) + offset + random.uniform(-1, 1)
            arcs += f"M{num(x)} {num(y)}q{num(long / 2)} {num(-1 - gap * 0.25)} {num(long)} 0"
        offset, gap = offset + gap, gap * 1.12
    dark = stroke(arcs, brush.light.shade(mix(sand, "#8a4f30", 0.3)), 0.9, 0.28)
    light = stroke(arcs, brush.light.lit("#fff3d2"), 0.8, 0.34)
    return f'{dark}<g transform="translate(0 1.3)">{light}</g>'


def _details(brush: Brush, random: Random, line: list[tuple[float, float]]) -> None:
    for _ in range(random.randint(1, 3)):
        x = random.choice((random.uniform(6, 80), random.uniform(226, 250)))
        y = height_at(line, x) + random.uniform(8, 40)
        brush.sheet.add(rock(brush, random, x, y, random.uniform(9, 22), "#b5714f"))
    roots = []
    for _ in range(3):
        x, y = random.uniform(0, SIZE), random.uniform(206, 252)
        roots += [(x + random.uniform(-5, 5), y + random.uniform(-1, 1)) for _ in range(6)]
    brush.sheet.add(tufts(brush, random, roots, 11, "#a59a58"))


DESERT = Scene(horizon=(140, 154), paint=paint, wet="")
