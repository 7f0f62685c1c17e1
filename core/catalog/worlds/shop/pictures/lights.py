"""Things that shine: a candle in its holder and a table lamp."""

from __future__ import annotations

from random import Random

from core.catalog.worlds.draw import Point, mix, num, oval
from core.catalog.worlds.shop.pictures.lathe import Lathe
from core.catalog.worlds.shop.pictures.product import FLOOR, Product
from core.catalog.worlds.shop.pictures.surface import Surface

WAX = ("#f4ead6", "#f7f1e6", "#efe0c4")
LINEN = ("#f6ecd9", "#f3e7d2", "#f8f1e4")


def candle(surface: Surface, random: Random) -> Product:
    """A burning candle in a chamberstick or on a turned stand."""
    cx, tilt = 128 + random.uniform(-4, 4), 0.22
    tall = random.random() < 0.5
    r = random.uniform(13, 15) if tall else random.uniform(20, 25)
    seat = FLOOR - (random.uniform(58, 70) if tall else random.uniform(14, 18))
    top = seat - (random.uniform(78, 88) if tall else random.uniform(92, 108))
    marks = (
        _holder_tall(surface, random, cx, seat, r)
        if tall
        else _holder_low(surface, random, cx, seat, r)
    )
    wax = random.choice(WAX)
    stick = Lathe(cx, ((top, r), (seat, r)), tilt)
    shine = surface.sheet.linear(
        [(0, "#8a6a44", 0.4), (0.3, "#ffffff", 0.5), (0.5, "#ffffff", 0), (1, "#8a6a44", 0.6)]
    )
    warm = surface.sheet.linear([(0, "#ffb347", 0.75), (0.35, "#ffb347", 0)], end=(0, 1))
    body = "".join(
        f'<path d="{stick.outline()}" fill="{paint}"/>'
        for paint in (mix(wax, surface.palette.base, 0.34), shine, warm)
    )
    pool = f'<path d="{stick.ring(top)}" fill="{mix(wax, "#ffc978", 0.4)}"/>'
    melt = f'<path d="{stick.ring(top, 0.62)}" fill="#f3b765"/>'
    drip_x, drip = cx + r * random.uniform(-0.8, -0.3), random.uniform(12, 30)
    drips = (
        f'<path d="M{num(drip_x)} {num(top + 3)}v{num(drip)}" stroke="{mix(wax, "#ffffff", 0.35)}"'
        ' stroke-width="4.5" stroke-linecap="round"/>'
    )
    front = surface.textured(_cup(surface, cx, seat, r)) if tall else ""
    glow = surface.sheet.radial([(0, "#ffdf9a", 0.75), (0.3, "#ffc46b", 0.3), (1, "#ffb347", 0)])
    halo = f'<path d="{oval(cx, top - 22, 84, 84)}" fill="{glow}"/>'
    base_r = 42 if tall else 58
    return Product(
        halo + marks + body + pool + melt + drips + front + _flame(surface, random, cx, top),
        ((cx, FLOOR, base_r * 0.95, base_r * 0.19),),
    )


def lamp(surface: Surface, random: Random) -> Product:
    """A table lamp: a turned foot under a lit linen shade."""
    cx, tilt = 128 + random.uniform(-4, 4), 0.17
    top, low = 40 + random.uniform(-4, 6), 122 + random.uniform(-5, 5)
    wide, narrow = random.uniform(62, 70), random.uniform(34, 48)
    height, r = FLOOR - low, random.uniform(25, 33)
    neck = random.uniform(4.5, 6)
    base = r * random.uniform(0.85, 1.05)

    def at(share: float) -> float:
        return low - 8 + (height + 8) * share

    forms: tuple[tuple[Point, ...], ...] = (
        (
            (at(0), neck),
            (at(0.16), neck),
            (at(0.5), r),
            (at(0.86), r * 0.6),
            (at(0.9), base),
            (at(0.9), base),
            (at(0.99), base),
        ),
        (
            (at(0), neck),
            (at(0.2), neck),
            (at(0.62), r * 0.94),
            (at(0.8), r * 0.96),
            (at(0.97), r * 0.6),
        ),
        (
            (at(0), neck),
            (at(0.3), neck),
            (at(0.36), neck * 2.2),
            (at(0.42), neck),
            (at(0.72), neck * 1.3),
            (at(0.88), base),
            (at(0.88), base),
            (at(0.98), base * 1.05),
        ),
        (
            (at(0), neck),
            (at(0.14), r * 0.6),
            (at(0.4), r * 0.56),
            (at(0.7), r * 0.86),
            (at(0.98), r * 0.8),
        ),
    )
    foot = Lathe(cx, random.choice(forms), tilt)
    shade = Lathe(cx, ((top, narrow), (low, wide)), tilt)
    linen = mix(random.choice(LINEN), surface.palette.base, 0.3)
    lit = surface.sheet.radial(
        [(0, "#fff6dc", 1), (0.4, "#ffe7b0", 0.75), (1, "#ffdf9f", 0)], (0.48, 0.72), 0.5
    )
    side = surface.sheet.linear(
        [(0, "#6b5436", 0.3), (0.25, "#ffffff", 0.25), (0.6, "#6b5436", 0), (1, "#6b5436", 0.45)]
    )
    outline = shade.outline()
    trim = surface.palette.base
    marks = surface.textured(surface.turned(foot, decorated=True))
    marks += f'<path d="{shade.ring(low)}" fill="#b58a4c"/>'
    marks += "".join(f'<path d="{outline}" fill="{paint}"/>' for paint in (linen, side, lit))
    for y0, y1 in ((top, top + 3.5), (low - 4, low)):
        marks += f'<path d="{shade.band(y0, y1)}" fill="{trim}" opacity=".8"/>'
    inside = mix(linen, "#ffffff", 0.55)
    marks += f'<path d="{shade.ring(top)}" fill="{inside}" stroke="{trim}"/>'
    marks += f'<path d="{shade.ring(top, 0.8)}" fill="#fff3d0"/>'
    finial = oval(cx, top - 4, 4, 4.5)
    marks += surface.ball(finial)
    glow = surface.sheet.radial([(0, "#ffe9b8", 0.6), (1, "#ffdf9f", 0)])
    halo = f'<path d="{oval(cx, low - 10, 112, 92)}" fill="{glow}"/>'
    r_foot = foot.radius(foot.bottom)
    return Product(halo + marks, ((cx, foot.bottom + 2, r_foot, max(r_foot * 0.2, 5)),))


def _flame(surface: Surface, random: Random, x: float, y: float) -> str:
    height, lean = random.uniform(34, 42), random.uniform(-3, 3)
    paint = surface.sheet.linear(
        [(0, "#ffb02e", 0.9), (0.35, "#ffe08a", 1), (0.75, "#fffbe8", 1), (1, "#7fa6d8", 0.8)],
        end=(0, 1),
    )
    return (
        f'<path d="M{num(x)} {num(y + 1)}q1 -6 0 -10" stroke="#2b211b" stroke-width="2"'
        f' fill="none"/>'
        f'<path d="M{num(x)} {num(y - 4)}C{num(x - 11)} {num(y - 9)} {num(x - 7)}'
        f" {num(y - height * 0.55)}"
        f" {num(x + lean)} {num(y - height)}C{num(x + 7)} {num(y - height * 0.55)} {num(x + 11)}"
        f' {num(y - 9)} {num(x)} {num(y - 4)}Z" fill="{paint}"/>'
    )


def _holder_low(surface: Surface, random: Random, cx: float, seat: float, r: float) -> str:
    wide, tilt = random.uniform(56, 62), 0.22
    dish = Lathe(cx, ((FLOOR - 14, wide), (FLOOR - 6, wide * 0.9), (FLOOR, wide * 0.7)), tilt)
    cup = Lathe(cx, ((seat - 20, r + 4), (seat, r + 3)), tilt)
    loop = f"M{num(cx + wide - 6)} {num(FLOOR - 18)}c30 -26 44 20 0 14"
    return surface.textured(
        surface.tube(loop, 6.5),
        surface.turned(dish, decorated=False),
        surface.mouth(dish, depth=0.25, wall=4),
        surface.turned(cup, decorated=True),
    )


def _holder_tall(surface: Surface, random: Random, cx: float, seat: float, r: float) -> str:
    base, tilt = random.uniform(40, 46), 0.22
    h = FLOOR - seat
    stand = Lathe(
        cx,
        (
            (seat + 4, r * 0.6),
            (seat + h * 0.25, r * 0.95),
            (seat + h * 0.4, r * 0.42),
            (seat + h * 0.66, r * 0.5),
            (FLOOR - 9, base * 0.9),
            (FLOOR - 5, base),
            (FLOOR - 5, base),
            (FLOOR, base),
        ),
        tilt,
    )
    return surface.textured(surface.turned(stand, decorated=True))


def _cup(surface: Surface, cx: float, seat: float, r: float) -> str:
    cup = Lathe(cx, ((seat - 14, r + 5), (seat - 2, r + 3), (seat + 6, r * 0.6)), 0.22)
    return surface.turned(cup)
