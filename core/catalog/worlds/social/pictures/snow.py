"""The snow: low white hills, spruces under their load, a cabin with a lit window, drifts."""

from __future__ import annotations

from random import Random

from core.catalog.worlds.draw import SIZE, mix, num, oval
from core.catalog.worlds.social.pictures.brush import Brush, placed, solid, stroke
from core.catalog.worlds.social.pictures.plants import near_spruce, spruces
from core.catalog.worlds.social.pictures.terrain import below, height_at, rolling, scattered
from core.catalog.worlds.social.pictures.view import Scene, View

WHITE = "#f6faff"


def paint(brush: Brush, random: Random, view: View) -> None:
    """Paint hills and woods in the snow, a cabin now and then, and drifts in front."""
    sheet, y0 = brush.sheet, view.horizon
    for k, depth in enumerate((0.45, 0.3, 0.14)):
        line = rolling(random, y0 - 10 + 15 * k, 13 - 3 * k, random.uniform(0.7, 1.5))
        _hill(brush, line, depth)
        xs = [random.uniform(-4, SIZE + 4) for _ in range(26 - 6 * k)]
        bases = [(x, height_at(line, x) + 4) for x in xs]
        sheet.add(
            brush.flat(spruces(random, bases, 9 + 5 * k, 17 + 8 * k), "#54707c", depth, tone=0.5)
        )
    if random.random() < 0.6:
        sheet.add(_cabin(brush, random, random.uniform(26, 92), y0 + 40))
    for x in (random.uniform(-2, 40), random.uniform(208, 258), random.uniform(88, 120)):
        tall = random.uniform(64, 104) if abs(x - 104) > 30 else random.uniform(34, 48)
        base = y0 + 34 + random.uniform(0, 12)
        sheet.add(near_spruce(brush, random, x, base, tall, "#46685e", snow=True))
    _drifts(brush, random, y0 + 44)


def _hill(brush: Brush, line: list[tuple[float, float]], depth: float) -> None:
    light = brush.light
    paint = brush.sheet.linear(
        [
            (0, light.lit(WHITE, depth), 1),
            (0.35, mix(light.lit(WHITE, depth), light.shade(WHITE, depth), 0.4), 1),
            (1, light.shade(WHITE, depth), 1),
        ],
        end=(0.25, 1),
    )
    brush.sheet.add(solid(below(line), paint))


def _cabin(brush: Brush, random: Random, x: float, base: float) -> str:
    """Paint a log cabin with snow on its roof and smoke from its chimney."""
    wall = random.choice(("#8a5a3c", "#7a4a38", "#9a4a3a"))
    logs = "".join(f"M-20 {y}H22" for y in (-4, -9, -14))
    smoke = "".join(
        oval(11 + 3 * k + random.uniform(-2, 2), -42 - 8 * k, 3 + 1.7 * k, 2.6 + 1.3 * k)
        for k in range(5)
    )
    pane = "#ffd98a" if brush.light.lamps else "#8fa6b8"
    marks = (
        solid(smoke, mix(brush.light.lit("#ffffff"), brush.light.haze, 0.3), 0.35)
        + brush.flat("M7-38h7v14H7Z", "#7d6a64", tone=0.6)
        + brush.flat("M-20 2V-18L1-34 22-18V2Z", wall, tone=0.85)
        + stroke(logs, brush.light.shade(wall), 0.9, 0.7)
        + brush.round("M-26-15L1-38 28-15 24-13 1-31-22-13Z", WHITE)
        + brush.flat("M6-12h8V2H6Z", "#4d3428", tone=0.4)
        + solid("M-13-13h10v9h-10Z", pane)
        + brush.line("M-8-13v9M-13-8.5h10", "#4d3428", 1, 0.4)
    )
    if brush.light.lamps:
        marks += brush.halo(-8, -8, 26, "#ffc765", 0.75)
    return placed(marks, x, base, random.uniform(0.75, 1.05))


def _drifts(brush: Brush, random: Random, y: float) -> None:
    sheet, light = brush.sheet, brush.light
    for k in range(3):
        line = rolling(random, y + 20 * k, 6, random.uniform(0.6, 1.1))
        _hill(brush, line, 0.06 - 0.03 * k)
    hollows = ""
    for x, py in scattered(random, 16, y + 14):
        half = random.uniform(10, 32)
        across, wide = num(half), num(2 * half)
        hollows += f"M{num(x - half)} {num(py)}q{across} -3 {wide} 0q-{across} 3.5 -{wide} 0Z"
    sparkle = "".join(oval(x, py, 0.6, 0.6) for x, py in scattered(random, 60, y + 8))
    sheet.add(solid(hollows, light.shade("#dfeaff"), 0.3), solid(sparkle, "#ffffff", 0.9))
    if random.random() < 0.35:
        sheet.add(
            placed(_snowman(brush, random), random.uniform(22, 76), y + 26, random.uniform(0.8, 1))
        )
    if random.random() < 0.6:
        sheet.add(_tracks(brush, random, y + 6))


def _snowman(brush: Brush, random: Random) -> str:
    """Paint a snowman with a hat, a scarf and a carrot."""
    scarf = random.choice(("#d8322c", "#2f78c8", "#2a9a62"))
    coal = "#26242a"
    buttons = (
        oval(-2, -22, 1.1, 1.1)
        + oval(-2, -27, 1.1, 1.1)
        + oval(-4, -41, 1.1, 1.1)
        + oval(1, -41, 1.1, 1.1)
    )
    return (
        solid(oval(7, 0, 20, 3.4), brush.light.shade("#aebfe0"), 0.6)
        + brush.line("M-9-25L-20-33M9-25L20-32", "#5a4232", 1.6, 0.4)
        + brush.round(oval(0, -9, 14, 11.5), WHITE, end=(1, 0.5))
        + brush.round(oval(0, -25, 10, 9), WHITE, end=(1, 0.5))
        + brush.round(oval(0, -39, 7.2, 7), WHITE, end=(1, 0.5))
        + brush.flat(buttons, coal, tone=0.5)
        + brush.flat("M-3-39L-13-37.5-3-36.6Z", "#f0862a")
        + brush.line("M-7-32.5Q0-30 7-32.5M4-31.5l3 8", scarf, 3, 0.8)
        + brush.flat("M-9-45H9V-43.4H-9ZM-5.6-45V-54H5.6V-45Z", coal, tone=0.6)
    )


def _tracks(brush: Brush, random: Random, y: float) -> str:
    """Press a line of footprints into the snow, from the foreground up the hill."""
    x, steps, prints = random.uniform(20, 90), 13, ""
    drift = random.uniform(2, 6)
    for k in range(steps):
        near = 1 - k / steps
        py = y + (254 - y) * near**1.5
        px = x + drift * k + (3.2 if k % 2 else -3.2) * near
        prints += oval(px, py, 0.7 + 2.3 * near, 0.5 + 1.2 * near)
    return solid(prints, brush.light.shade("#c8d8f4"), 0.75)


SNOW = Scene(horizon=(142, 158), paint=paint, wet="snow")
