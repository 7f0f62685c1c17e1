"""The city: three rows of towers in the haze, a river with their lights, and a promenade."""

from __future__ import annotations

from random import Random

from core.catalog.worlds.draw import SIZE, mix, move, num, oval
from core.catalog.worlds.social.pictures.brush import Brush, solid, stroke
from core.catalog.worlds.social.pictures.plants import broad_tree, tufts
from core.catalog.worlds.social.pictures.sea import glitter
from core.catalog.worlds.social.pictures.terrain import scattered
from core.catalog.worlds.social.pictures.view import Scene, View

WALLS = ("#8f9aaa", "#a8a29c", "#b58f7c", "#7f8fa6", "#c2b6a4", "#98837f")
LAMP = "#ffd98a"


def paint(brush: Brush, random: Random, view: View) -> None:
    """Paint towers, a river and the promenade on its near bank."""
    sheet, y0 = brush.sheet, view.horizon
    for depth, low, high, wide in (
        (0.7, 40, 100, (12, 22)),
        (0.42, 30, 84, (15, 27)),
        (0.15, 14, 56, (18, 34)),
    ):
        sheet.add(_row(brush, random, y0, depth, (low, high), wide))
    quay = random.uniform(192, 200)
    _river(brush, random, view, quay)
    if random.random() < 0.5:
        sheet.add(_bridge(brush, random, y0, quay))
    _promenade(brush, random, quay)


def _row(
    brush: Brush,
    random: Random,
    base: float,
    depth: float,
    heights: tuple[float, float],
    widths: tuple[float, float],
) -> str:
    """Paint one row of towers from the left to the right of the page."""
    marks, x = "", random.uniform(-20, 0)
    centre = random.uniform(70, 190)
    while x < SIZE:
        wide = random.uniform(*widths)
        middle = max(0.0, 1 - abs(x + wide / 2 - centre) / 150)
        tall = heights[0] + (heights[1] - heights[0]) * (
            0.25 * random.random() + 0.75 * middle * random.uniform(0.6, 1.1)
        )
        marks += _tower(brush, random, x, base, wide, tall, depth)
        x += wide + random.choice((0, 0, 1, 3))
    return marks


def _tower(
    brush: Brush, random: Random, x: float, base: float, wide: float, tall: float, depth: float
) -> str:
    wall = random.choice(WALLS)
    top = base - tall
    marks = _roof(brush, random, x, top, wide, wall, depth)
    side = wide * random.uniform(0.24, 0.36)
    marks += brush.flat(_box(x, top, wide, tall), wall, depth, tone=0.8)
    marks += brush.flat(_box(x + wide - side, top, side, tall), wall, depth, tone=0.15)
    return marks + _windows(brush, random, x, top, wide - side, tall, depth)


def _box(x: float, y: float, wide: float, tall: float) -> str:
    return f"M{num(x)} {num(y)}h{num(wide)}v{num(tall)}h{num(-wide)}Z"


def _roof(
    brush: Brush, random: Random, x: float, top: float, wide: float, wall: str, depth: float
) -> str:
    """Crown a tower with a mast, a step, a water tank, a pitch, or leave it flat."""
    kind, cx = random.choice(("mast", "step", "tank", "pitch", "flat", "flat")), x + wide / 2
    if kind == "mast":
        return stroke(f"M{num(cx)} {num(top)}v{num(-wide * 0.8)}", brush.light.half(wall, depth), 1)
    if kind == "step":
        return brush.flat(_box(x + wide * 0.2, top - 5, wide * 0.6, 6), wall, depth, tone=0.5)
    if kind == "tank":
        tank = (
            _box(cx - 3, top - 8, 6, 5)
            + _box(cx - 2.4, top - 4, 1, 5)
            + _box(cx + 1.4, top - 4, 1, 5)
        )
        return brush.flat(tank, "#6f5a4c", depth, tone=0.4)
    if kind == "pitch":
        roof = move([(x, top + 0.5), (cx, top - wide * 0.5), (x + wide, top + 0.5)])
        return brush.flat(roof, mix(wall, "#5d4a4a", 0.4), depth, tone=0.45)
    return ""


def _windows(
    brush: Brush, random: Random, x: float, top: float, wide: float, tall: float, depth: float
) -> str:
    """Punch windows into a wall; after dark some of them are lit."""
    across, down = random.uniform(3.4, 5), random.uniform(4.5, 6.5)
    w, h = across * random.uniform(0.45, 0.65), down * random.uniform(0.45, 0.65)
    share = (0.55 if brush.light.stars else 0.3) if brush.light.lamps else 0.0
    dark, lit = "", ""
    for row in range(int((tall - 4) / down)):
        for column in range(int((wide - 2) / across)):
            pane = _box(x + 1.6 + column * across, top + 3 + row * down, w, h)
            if random.random() < share:
                lit += pane
            else:
                dark += pane
    glass = mix(brush.light.shade("#41566e", depth), brush.light.sky[2], 0.15)
    lamp = mix(
        random.choice(("#ffd27a", "#ffe3a0", "#ffc062", "#dff0ff")), brush.light.haze, depth * 0.6
    )
    return solid(dark, glass, 0.75) + solid(lit, lamp)


def _river(brush: Brush, random: Random, view: View, quay: float) -> None:
    """Paint the river and what it mirrors: the towers' mass, then the lights as broken columns."""
    light, sheet, y0 = brush.light, brush.sheet, view.horizon
    far, near = light.half("#6f7f8f", 0.35), mix(light.sky[2], light.half("#4d7890"), 0.5)
    water = sheet.linear([(0, far, 1), (0.5, near, 1), (1, light.sky[3], 1)], end=(0, 1))
    sheet.add(
        brush.flat(f"M-4 {num(y0 - 3)}H{SIZE + 4}v4H-4Z", "#7d7a78", 0.1, tone=0.4),
        solid(f"M-4 {num(y0)}H{SIZE + 4}V{num(quay + 4)}H-4Z", water),
        glitter(brush, random, view.sun[0], y0, quay),
    )
    if not light.lamps:
        return
    for _ in range(16):
        x, column = random.uniform(0, SIZE), ""
        for k in range(random.randint(4, 8)):
            y, half = y0 + 2 + 4 * k, random.uniform(1, 3.2)
            column += f"M{num(x - half + random.uniform(-1, 1))} {num(y)}h{num(2 * half)}"
        sheet.add(stroke(column, random.choice((LAMP, "#ffb95e", "#ffe9b0")), 1, 0.6))


def _bridge(brush: Brush, random: Random, y0: float, quay: float) -> str:
    """Span the river far off by a suspension bridge."""
    deck, left = y0 + 3, random.uniform(20, 70)
    right, top = left + random.uniform(90, 130), y0 - random.uniform(26, 36)
    middle = (left + right) / 2
    cables = (
        f"M-10 {num(deck)}Q{num(left * 0.6)} {num(deck - 4)} {num(left)} {num(top)}"
        f"Q{num(middle)} {num(2 * deck - top - 12)} {num(right)} {num(top)}"
        f"Q{num((right + SIZE) / 2)} {num(deck - 4)} {num(SIZE + 10)} {num(deck)}"
    )
    towers = "".join(_box(x - 1.8, top - 2, 3.6, y0 + 9 - top) for x in (left, right))
    iron = random.choice(("#b4543f", "#5f7386", "#7b6a5c"))
    hangers = ""
    for k in range(1, 14):
        t = k / 14
        x = left + (right - left) * t
        # The quadratic curve's own height, so that hangers end on the cable.
        y = (1 - t) ** 2 * top + 2 * t * (1 - t) * (2 * deck - top - 12) + t * t * top
        hangers += f"M{num(x)} {num(min(y, deck))}V{num(deck)}"
    dark = brush.light.half(iron, 0.2)
    return (
        stroke(hangers, dark, 0.5, 0.8)
        + stroke(cables, dark, 1)
        + solid(towers, dark)
        + solid(f"M-4 {num(deck - 1)}H{SIZE + 4}v3H-4Z", dark)
    )


def _promenade(brush: Brush, random: Random, quay: float) -> None:
    """Lay the near bank, of paving or of lawn, behind a railing with a lamp."""
    sheet, lawn = brush.sheet, random.random() < 0.45
    ground = (
        random.choice(("#7fa65c", "#6f9a58"))
        if lawn
        else random.choice(("#c9bfb0", "#b9b4b0", "#c7ae9c"))
    )
    sheet.add(
        brush.flat(f"M-4 {num(quay)}H{SIZE + 4}v6H-4Z", "#a59a90", tone=0.6),
        brush.fall(
            f"M-4 {num(quay + 5)}H{SIZE + 4}V260H-4Z",
            mix(ground, "#ffffff", 0.08),
            mix(ground, "#3f3a44", 0.16),
        ),
    )
    if lawn:
        roots = scattered(random, 110, quay + 10, 258)
        sheet.add(tufts(brush, random, roots, 7, mix(ground, "#2c5632", 0.5)))
    else:
        sheet.add(_paving(brush, random, quay + 6, ground))
    sheet.add(_railing(brush, quay + 6))
    x = random.uniform(14, 70)
    if random.random() < 0.5:
        sheet.add(broad_tree(brush, random, x, quay + 18, random.uniform(62, 84), "#5f8f4f"))
        x += random.uniform(34, 46)
    sheet.add(_lamp_post(brush, x, quay + 14))


def _paving(brush: Brush, random: Random, top: float, ground: str) -> str:
    lines, y, step = "", top + 5, 5.0
    vanish = random.uniform(90, 170)
    while y < SIZE:
        lines += f"M-4 {num(y)}H{SIZE + 4}"
        y, step = y + step, step * 1.32
    for k in range(-14, 15):
        lines += f"M{num(vanish + k * 20)} {num(top)}L{num(vanish + k * 52)} 258"
    return stroke(lines, brush.light.shade(mix(ground, "#4a4048", 0.3)), 0.8, 0.5)


def _railing(brush: Brush, base: float) -> str:
    posts = "".join(f"M{x} {num(base)}v-13" for x in range(2, SIZE, 12))
    rails = f"M-4 {num(base - 13)}H{SIZE + 4}M-4 {num(base - 6)}H{SIZE + 4}"
    return brush.line(posts, "#4a5058", 1, 0.3) + brush.line(rails, "#545b64", 1.4, 0.5)


def _lamp_post(brush: Brush, x: float, base: float) -> str:
    pole = f"M{num(x)} {num(base)}v-66"
    marks = brush.tube(pole, "#3a4048", 2.4) + brush.flat(
        _box(x - 3, base - 3, 6, 3), "#3a4048", tone=0.4
    )
    globe = oval(x, base - 70, 4.6, 5.2)
    if brush.light.lamps:
        return marks + brush.halo(x, base - 70, 36, LAMP, 0.7) + solid(globe, "#fff3cc")
    return marks + brush.round(globe, "#f2f2ea")


CITY = Scene(horizon=(158, 170), paint=paint)
