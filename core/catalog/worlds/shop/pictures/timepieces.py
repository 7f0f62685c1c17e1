"""Things that tell the time: a wall clock and an hourglass."""

from __future__ import annotations

import math
from random import Random

from core.catalog.worlds.draw import mix, num, oval
from core.catalog.worlds.shop.pictures.lathe import Lathe
from core.catalog.worlds.shop.pictures.product import FLOOR, Product
from core.catalog.worlds.shop.pictures.surface import Surface

FACES = ("#fbf8f1", "#f7f4ec", "#fdfcf8")


def clock(surface: Surface, random: Random) -> Product:
    """A round clock on the wall: a frame of the material around a pale face."""
    cx, cy, r = 128 + random.uniform(-4, 4), 126 + random.uniform(-4, 4), random.uniform(82, 92)
    rim = random.uniform(15, 22)
    palette, sheet = surface.palette, surface.sheet
    face_r = r - rim
    face = mix(random.choice(FACES), palette.base, random.uniform(0.3, 0.5))
    ring = oval(cx, cy, r, r)
    bevel = sheet.linear(
        [
            (0, palette.light, 0.8),
            (0.45, palette.light, 0),
            (0.55, palette.dark, 0),
            (1, palette.dark, 0.7),
        ],
        (0.1, 0.05),
        (0.9, 0.95),
    )
    inner = sheet.linear(
        [(0, palette.dark, 0.75), (0.5, palette.dark, 0.1), (1, palette.light, 0.6)],
        (0.1, 0.05),
        (0.9, 0.95),
    )
    frame = (
        surface.slab(ring)
        + f'<path d="{ring}" fill="{bevel}"/>'
        + surface.ring_pattern(cx, cy, r - rim / 2, rim)
        + f'<path d="{oval(cx, cy, face_r + 3, face_r + 3)}" fill="{inner}"/>'
    )
    dial_shade = sheet.linear(
        [(0, "#3a3026", 0.28), (0.35, "#3a3026", 0), (1, "#ffffff", 0.3)], end=(0.7, 1)
    )
    dial = oval(cx, cy, face_r, face_r)
    marks = surface.textured(
        frame, f'<path d="{dial}" fill="{face}"/><path d="{dial}" fill="{dial_shade}"/>'
    )
    marks += _hours(random, cx, cy, face_r, mix(palette.dark, "#1c1c1c", 0.45))
    marks += _hands(random, cx, cy, face_r, mix(palette.dark, "#141414", 0.6))
    glare = sheet.linear(
        [(0, "#ffffff", 0.5), (0.42, "#ffffff", 0.08), (0.43, "#ffffff", 0)], end=(0.8, 1)
    )
    marks += f'<path d="{dial}" fill="{glare}" opacity="{num(0.35 + 0.4 * surface.finish.gloss)}"/>'
    fall = sheet.radial([(0, palette.dark, 0.5), (0.8, palette.dark, 0.42), (1, palette.dark, 0)])
    shadow = f'<path d="{oval(cx + 9, cy + 12, r * 1.06, r * 1.06)}" fill="{fall}"/>'
    return Product(marks, behind=shadow)


def hourglass(surface: Surface, random: Random) -> Product:
    """Two bulbs of glass between two plates of the material, sand running."""
    cx, tilt = 128 + random.uniform(-4, 4), 0.22
    r, height = random.uniform(54, 60), random.uniform(160, 172)
    top = FLOOR - height
    plate = random.uniform(12, 16)
    upper = Lathe(cx, ((top, r), (top + plate, r)), tilt)
    lower = Lathe(cx, ((FLOOR - plate, r * 1.02), (FLOOR, r * 1.02)), tilt)
    y0, y1 = top + plate, FLOOR - plate
    mid, bulb, waist = (y0 + y1) / 2, r * random.uniform(0.66, 0.76), 4.0
    span = mid - y0
    glass = Lathe(
        cx,
        (
            (y0, bulb * 0.82),
            (y0 + span * 0.3, bulb),
            (y0 + span * 0.72, bulb * 0.56),
            (mid, waist),
            (y1 - span * 0.72, bulb * 0.56),
            (y1 - span * 0.3, bulb),
            (y1, bulb * 0.82),
        ),
        tilt,
    )
    posts = [
        Lathe(
            cx + r * 0.82 * math.sin(a),
            _post(y0 + r * tilt * 0.8 * math.cos(a), y1 + r * tilt * 0.75 * math.cos(a)),
            tilt,
        )
        for a in (math.pi * 0.72, -math.pi * 0.72, -math.pi * 0.36, math.pi * 0.36)
    ]
    back = surface.textured(surface.turned(lower, decorated=True), _top_face(surface, lower))
    behind = surface.textured(*(surface.turned(post) for post in posts[:2]))
    front = surface.textured(*(surface.turned(post) for post in posts[2:]))
    lid = surface.textured(
        f'<path d="{upper.ring(top + plate)}" fill="{surface.palette.dark}" opacity=".5"/>',
        surface.turned(upper, decorated=True),
        _top_face(surface, upper),
    )
    return Product(
        back + behind + _sand(surface, random, glass, y0, mid, y1) + front + lid,
        ((cx, FLOOR + 3, r, r * tilt),),
    )


def _post(top: float, bottom: float) -> tuple[tuple[float, float], ...]:
    third = (bottom - top) / 3
    return (
        (top, 4),
        (top + third * 0.4, 5.2),
        (top + third * 1.5, 3.2),
        (bottom - third * 0.4, 5.2),
        (bottom, 4),
    )


def _top_face(surface: Surface, plate: Lathe) -> str:
    paint = surface.sheet.linear([(0, surface.tone(0.7), 1), (1, surface.tone(-0.05), 1)])
    opacity = 0.6 if surface.clear else 1
    return (
        f'<path d="{plate.ring(plate.top)}" fill="{paint}" fill-opacity="{opacity}"/>'
        f'<path d="{plate.ring(plate.top, 0.86)}" fill="none" stroke="{surface.tone(-0.3)}"'
        ' stroke-opacity=".4" stroke-width=".8"/>'
    )


def _sand(surface: Surface, random: Random, glass: Lathe, y0: float, mid: float, y1: float) -> str:
    sand = random.choice(("#d9b27a", "#e3c28f", "#cfa36b", "#e8d3b0"))
    level = y0 + (mid - y0) * random.uniform(0.34, 0.6)
    pile = y1 - (y1 - mid) * random.uniform(0.4, 0.6)
    width = glass.radius(y1 - 6) * 0.92
    heap = (
        f"M{num(glass.cx - width)} {num(y1 - 7)}Q{num(glass.cx - width * 0.3)} {num(pile)}"
        f" {num(glass.cx)}"
        f" {num(pile)}Q{num(glass.cx + width * 0.3)} {num(pile)} {num(glass.cx + width)}"
        f" {num(y1 - 7)}"
        f"A{num(width)} {num(width * 0.2)} 0 0 1 {num(glass.cx - width)} {num(y1 - 7)}Z"
    )
    shade = surface.sheet.linear(
        [(0, "#5f3d14", 0.3), (0.3, "#ffffff", 0.3), (0.6, "#5f3d14", 0), (1, "#5f3d14", 0.55)]
    )
    tint = mix("#dfeef0", surface.palette.base, 0.15)
    side = surface.sheet.linear(
        [
            (0, "#41585c", 0.75),
            (0.1, "#ffffff", 0.6),
            (0.2, "#ffffff", 0.12),
            (0.75, "#ffffff", 0.05),
            (0.9, "#ffffff", 0.6),
            (1, "#41585c", 0.8),
        ]
    )
    outline = glass.outline()
    heaps = glass.band(level, mid - 1)
    return (
        f'<path d="{outline}" fill="{tint}" fill-opacity=".55"/>'
        f'<path d="{heaps}" fill="{sand}"/><path d="{heaps}" fill="{shade}"/>'
        f'<path d="{glass.ring(level, 0.98)}" fill="{mix(sand, "#ffffff", 0.25)}"/>'
        f'<path d="M{num(glass.cx)} {num(mid - 2)}V{num(y1 - 8)}" stroke="{sand}"'
        f' stroke-width="1.8"/>'
        f'<path d="{heap}" fill="{sand}"/><path d="{heap}" fill="{shade}"/>'
        f'<path d="{outline}" fill="{side}" stroke="#ffffff" stroke-opacity=".7"/>'
        f'<path d="{glass.strip(-0.7, -0.52, y0 + 8, mid - 16)}" fill="#ffffff" opacity=".75"/>'
        f'<path d="{glass.strip(-0.7, -0.55, mid + 20, y1 - 10)}" fill="#ffffff" opacity=".6"/>'
    )


def _hours(random: Random, cx: float, cy: float, r: float, ink: str) -> str:
    style = random.randrange(3)
    marks = []
    for k in range(60):
        hour = k % 5 == 0
        if not hour and style == 2:
            continue
        angle = math.tau * k / 60
        length = (0.13 if k % 15 == 0 else 0.09) if hour else 0.035
        outer, inner = r * 0.93, r * (0.93 - length)
        s, c = math.sin(angle), -math.cos(angle)
        marks.append(
            f'<path d="M{num(cx + s * inner)} {num(cy + c * inner)}L{num(cx + s * outer)}'
            f' {num(cy + c * outer)}" stroke="{ink}" stroke-width="{3.4 if hour else 1}"/>'
        )
    if style < 2:
        marks += [_numeral(cx, cy, r * 0.68, hour, ink, r * 0.17) for hour in range(1, 13)]
    return "".join(marks)


DIGITS = (
    "M.5 0C.1 0 .05 .3 .05 .5S.1 1 .5 1 .95 .7 .95 .5 .9 0 .5 0",
    "M.2 .22L.55 0V1",
    "M.08 .26C.1 -.08 .9 -.1 .88 .28 .86 .55 .2 .7 .08 1H.94",
    "M.1 .08H.85L.45 .4C1.1 .38 1 1 .5 1 .25 1 .12 .92 .06 .78",
    "M.72 1V0L.04 .7H1",
    "M.85 0H.2L.14 .45C.4 .3 .92 .35 .92 .67 .92 1.06 .3 1.1 .06 .84",
    "M.8 .04C.3 .06 .06 .5 .08 .7 .1 1.1 .92 1.1 .92 .68 .92 .3 .2 .32 .08 .66",
    "M.06 0H.92L.38 1",
    "M.5 .46C.05 .42 .1 0 .5 0S.95 .42 .5 .46C-.08 .5 .02 1 .5 1S1.08 .5 .5 .46",
    "M.2 .96C.7 .94 .94 .5 .92 .3 .9 -.1 .08 -.1 .08 .32 .08 .7 .8 .68 .92 .34",
)
"""Strokes of the ten digits in a unit box: no font is needed to draw a clock."""


def _numeral(cx: float, cy: float, r: float, hour: int, ink: str, size: float) -> str:
    angle = math.tau * hour / 12
    x, y, text = cx + r * math.sin(angle), cy - r * math.cos(angle), str(hour)
    width = size * 0.58
    left = x - width * len(text) * 0.5 - (len(text) - 1) * size * 0.08
    return "".join(
        f'<path d="{DIGITS[int(digit)]}"'
        f' transform="translate({num(left + k * (width + size * 0.16))}'
        f' {num(y - size / 2)}) scale({num(width)} {num(size)})" fill="none" stroke="{ink}"'
        f' stroke-width=".17" stroke-linecap="round" stroke-linejoin="round"/>'
        for k, digit in enumerate(text)
    )


def _hands(random: Random, cx: float, cy: float, r: float, ink: str) -> str:
    minutes = random.choice((7, 8, 9, 10, 11, 12, 36, 38, 50, 52))
    hour = random.choice((10, 1, 2, 8)) + minutes / 60
    marks = []
    for angle, length, width in (
        (math.tau * hour / 12, 0.5, 6.0),
        (math.tau * minutes / 60, 0.76, 4.2),
        (math.tau * random.random(), 0.8, 1.4),
    ):
        s, c = math.sin(angle), -math.cos(angle)
        line = (
            f"M{num(cx - s * r * 0.12)} {num(cy - c * r * 0.12)}"
            f"L{num(cx + s * r * length)} {num(cy + c * r * length)}"
        )
        colour = ink if width > 2 else "#b5312c"
        marks.append(
            f'<path d="{line}" stroke="#000" stroke-opacity=".18" stroke-width="{width}"'
            ' stroke-linecap="round" transform="translate(2 3)"/>'
            f'<path d="{line}" stroke="{colour}" stroke-width="{width}" stroke-linecap="round"/>'
        )
    return "".join(marks) + f'<circle cx="{num(cx)}" cy="{num(cy)}" r="5" fill="{ink}"/>'
