"""What grows and lies about: pines, broad trees, cacti, tufts of grass, flowers, rocks."""

from __future__ import annotations

import math
from collections.abc import Iterable
from random import Random

from core.catalog.worlds.draw import Point, mix, move, num, oval
from core.catalog.worlds.social.pictures.brush import Brush, stroke


def spruce(random: Random, x: float, base: float, height: float) -> str:
    """Return the outline of a spruce: tiers of drooping boughs, uneven on both sides."""
    left, right = _boughs(random, x, base, height)
    return move([*left, *reversed(right)])


def _boughs(
    random: Random, x: float, base: float, height: float
) -> tuple[list[Point], list[Point]]:
    """Return both sides of a spruce, from its tip to its trunk."""
    tiers = 4 + round(height / 16)
    wide = height * random.uniform(0.2, 0.27)
    sides = []
    for side in (-1, 1):
        edge: list[Point] = [(x, base - height)]
        for k in range(1, tiers + 1):
            y = base - height * (1 - 0.93 * k / tiers)
            out = side * wide * (k / tiers) ** 0.85 * random.uniform(0.82, 1.15)
            edge.append((x + out, y + random.uniform(0, 0.02) * height))
            edge.append((x + out * 0.45, y - height * 0.035))
        sides.append([*edge, (x + side * height * 0.025, base)])
    return sides[0], sides[1]


def spruces(random: Random, bases: Iterable[Point], low: float, high: float) -> str:
    """Return one path of many spruces between two heights, one on every base."""
    return "".join(spruce(random, x, y, random.uniform(low, high)) for x, y in bases)


def near_spruce(
    brush: Brush, random: Random, x: float, base: float, height: float, colour: str, *, snow: bool
) -> str:
    """Paint a spruce that stands near: its own shade on the right, snow on its boughs or none."""
    left, right = _boughs(random, x, base, height)
    foot = x + random.uniform(-0.03, 0.03) * height, base
    marks = brush.flat(move([*left, foot]), colour, tone=0.75)
    marks += brush.flat(move([*right, foot]), colour, tone=0.15)
    if snow:
        marks += _snow_on_boughs(brush, random, x, base, height)
    return marks


def _snow_on_boughs(brush: Brush, random: Random, x: float, base: float, height: float) -> str:
    """Load every tier with snow that sags between the boughs and leaves their tips green."""
    tiers = 4 + round(height / 16)
    caps, drop = "", height * 0.93 / tiers
    for k in range(tiers):
        y, reach = base - height + drop * k, height * 0.23 * (k + 1) / tiers
        sag = [random.uniform(0.62, 0.98) * drop for _ in range(3)]
        caps += (
            f"M{num(x)} {num(y - drop * 0.4)}L{num(x + reach)} {num(y + drop * 0.72)}"
            f"Q{num(x + reach * 0.6)} {num(y + sag[0])} {num(x + reach * 0.4)} {num(y + drop * 0.6)}"
            f"Q{num(x)} {num(y + sag[1] * 1.2)} {num(x - reach * 0.4)} {num(y + drop * 0.6)}"
            f"Q{num(x - reach * 0.6)} {num(y + sag[2])} {num(x - reach)} {num(y + drop * 0.72)}Z"
        )
    return brush.round(caps, "#f6faff", end=(1, 0.1))


def broad_tree(
    brush: Brush, random: Random, x: float, base: float, height: float, leaf: str
) -> str:
    """Paint a broad-leaved tree: a trunk and a crown of overlapping tufts."""
    trunk = (
        f"M{num(x - height * 0.04)} {num(base)}L{num(x - height * 0.02)} {num(base - height * 0.6)}"
        f"h{num(height * 0.04)}L{num(x + height * 0.045)} {num(base)}Z"
    )
    r = height * 0.21
    tufts = [
        (x + r * dx * random.uniform(0.85, 1.15), base - height * up, r * random.uniform(0.85, 1.1))
        for dx, up in (
            (-0.95, 0.55),
            (0.95, 0.55),
            (-0.55, 0.76),
            (0.6, 0.74),
            (0, 0.62),
            (0, 0.86),
        )
    ]
    crown = "".join(
        brush.round(oval(tx, ty, tr, tr * 0.85), leaf, end=(0.8, 1)) for tx, ty, tr in tufts
    )
    return brush.flat(trunk, "#5c4433", tone=0.4) + crown


def palm(brush: Brush, random: Random, x: float, base: float, height: float) -> str:
    """Paint a palm whose trunk leans to the right, with eight fronds."""
    lean = height * random.uniform(0.15, 0.35)
    top_x, top_y = x + lean, base - height
    bend = f"{num(x + lean * 0.15)} {num(base - height * 0.6)}"
    trunk = f"M{num(x)} {num(base)}Q{bend} {num(top_x)} {num(top_y)}"
    fronds = ""
    for turn in (-168, -140, -112, -72, -40, -12, 14, 166):
        reach = height * random.uniform(0.36, 0.46)
        angle = math.radians(turn + random.uniform(-8, 8))
        tip_x, tip_y = (
            top_x + reach * math.cos(angle),
            top_y + reach * (0.6 * math.sin(angle) + 0.42),
        )
        mid_x, mid_y = (
            top_x + reach * 0.55 * math.cos(angle),
            top_y + reach * 0.75 * math.sin(angle),
        )
        droop = reach * 0.24
        fronds += (
            f"M{num(top_x)} {num(top_y)}Q{num(mid_x)} {num(mid_y)} {num(tip_x)} {num(tip_y)}"
            f"Q{num(mid_x)} {num(mid_y + droop)} {num(top_x)} {num(top_y)}Z"
        )
    nuts = oval(top_x - 2, top_y + 3, 2.2, 2.2) + oval(top_x + 2, top_y + 3.4, 2.2, 2.2)
    return (
        brush.tube(trunk, "#8a6a48", height * 0.06)
        + brush.round(fronds, "#4f9a4a", end=(1, 0.6))
        + brush.flat(nuts, "#6a4426", tone=0.5)
    )


def saguaro(brush: Brush, random: Random, x: float, base: float, height: float) -> str:
    """Paint a saguaro with two or three arms and its ribs."""
    w = height * 0.17
    column = f"M{num(x)} {num(base)}V{num(base - height + w / 2)}"
    parts = [(column, w)]
    for side in random.choice(((-1, 1), (1, -1), (-1, 1, 1))):
        at, out = height * random.uniform(0.3, 0.6), w * random.uniform(1.25, 1.7)
        rise = height * random.uniform(0.2, 0.34)
        arm = (
            f"M{num(x)} {num(base - at)}h{num(side * out * 0.55)}"
            f"q{num(side * out * 0.45)} 0 {num(side * out * 0.45)} {num(-w * 0.6)}v{num(-rise)}"
        )
        parts.append((arm, w * 0.68))
    marks = "".join(brush.line(path, "#4d7a48", width, 0.15) for path, width in parts)
    for path, width in parts:
        shift = num(-width * 0.17)
        lit = brush.line(path, "#6fa35e", width * 0.55, 0.95)
        marks += f'<g transform="translate({shift} 0)">{lit}</g>'
        marks += brush.line(path, "#2f5234", width * 0.07, 0.3)
    return marks


def tufts(brush: Brush, random: Random, roots: Iterable[Point], size: float, colour: str) -> str:
    """Paint tufts of curved blades, larger where the ground is nearer."""
    dark, light = "", ""
    for x, y in roots:
        tall = size * (0.35 + 0.65 * max(y - 150, 0) / 106) * random.uniform(0.7, 1.15)
        wind = random.uniform(-0.15, 0.3) * tall
        for k, fan in enumerate((-0.55, -0.2, 0.15, 0.5)):
            high = tall * (1 - 0.5 * abs(fan)) * random.uniform(0.85, 1.1)
            blade = _blade(x + fan * tall * 0.25, y, fan * tall * 0.7 + wind, high, tall * 0.075)
            if k == 1:
                light += blade
            else:
                dark += blade
    bright = mix(colour, "#f4f0a0", 0.35)
    return brush.flat(dark, colour, tone=0.6) + brush.flat(light, bright, tone=0.95)


def _blade(x: float, y: float, lean: float, tall: float, half: float) -> str:
    """Return the outline of a blade of grass that rises straight and then leans."""
    return (
        f"M{num(x - half)} {num(y)}q{num(half)} {num(-tall * 0.6)} {num(half + lean)} {num(-tall)}"
        f"Q{num(x + half * 1.6)} {num(y - tall * 0.5)} {num(x + half)} {num(y)}Z"
    )


def flowers(brush: Brush, random: Random, roots: Iterable[Point], colours: tuple[str, ...]) -> str:
    """Paint small blossoms on the ground in a few colours."""
    dots = dict.fromkeys(colours, "")
    for x, y in roots:
        r = 0.7 + 1.1 * max(y - 170, 0) / 86
        dots[random.choice(colours)] += oval(x, y, r, r * 0.8)
    return "".join(brush.flat(path, colour) for colour, path in dots.items() if path)


def rock(brush: Brush, random: Random, x: float, base: float, size: float, colour: str) -> str:
    """Paint a boulder of a few facets, grounded by a dark line."""
    w, h = size * random.uniform(0.9, 1.2), size * random.uniform(0.55, 0.8)
    peak = (x - w * random.uniform(-0.1, 0.25), base - h)
    left, right = (x - w * 0.62, base), (x + w * 0.62, base)
    shoulder_left = (x - w * 0.48, base - h * random.uniform(0.45, 0.7))
    shoulder_right = (x + w * 0.42, base - h * random.uniform(0.5, 0.8))
    core = (x + w * 0.08, base - h * 0.45)
    return (
        stroke(
            f"M{num(left[0])} {num(base)}H{num(right[0] + w * 0.2)}",
            brush.light.shade("#3a3a44"),
            size * 0.1,
            0.4,
        )
        + brush.flat(move([left, shoulder_left, peak, shoulder_right, right]), colour, tone=0.45)
        + brush.flat(move([left, shoulder_left, peak, core]), colour, tone=0.95)
        + brush.flat(move([core, shoulder_right, right]), colour, tone=0.05)
    )
