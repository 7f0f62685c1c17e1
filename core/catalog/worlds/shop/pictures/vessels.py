"""Vessels: what is turned, open at the top and stands on a table."""

from __future__ import annotations

from random import Random

from core.catalog.worlds.draw import Point, mix, num, oval
from core.catalog.worlds.shop.pictures.lathe import Lathe
from core.catalog.worlds.shop.pictures.product import FLOOR, Foot, Product
from core.catalog.worlds.shop.pictures.surface import Surface


def mug(surface: Surface, random: Random) -> Product:
    """A mug with a D-shaped handle and, mostly, coffee in it."""
    r, tilt = random.uniform(54, 63), random.uniform(0.22, 0.27)
    height = random.uniform(112, 134)
    top, cx = FLOOR - height, 114 + random.uniform(-4, 4)
    foot = r * random.uniform(0.78, 0.97)
    belly = (r + foot) / 2 + random.choice((0, 0, 4))
    body = Lathe(
        cx,
        ((top, r), (top + height * 0.5, belly), (FLOOR - 13, foot), (FLOOR - 4, foot * 0.93)),
        tilt,
    )
    y0, y1 = top + height * random.uniform(0.16, 0.22), FLOOR - height * random.uniform(0.2, 0.27)
    reach = random.uniform(40, 50)
    x0, x1 = cx + body.radius(y0) - 3, cx + body.radius(y1) - 3
    square = random.uniform(0.75, 1.0)
    handle = (
        f"M{num(x0)} {num(y0)}C{num(x0 + reach * 1.3)} {num(y0 - 8 * square)}"
        f" {num(x1 + reach * 1.35)} {num(y1 + 4)} {num(x1)} {num(y1)}"
    )
    coffee = random.choice(("#3a2012", "#4a2a17", "#2b160b"))
    marks = surface.textured(
        surface.tube(handle, random.uniform(10, 13), cap="butt"),
        surface.turned(
            body, decorated=True, liquid=(top + height * 0.16, mix(coffee, "#6b3a1c", 0.5))
        ),
        surface.mouth(body, depth=0.8),
    )
    if not surface.clear:
        marks += _drink(body, coffee, 0.86)
    return Product(marks, (_foot(body),))


def teapot(surface: Surface, random: Random) -> Product:
    """A round teapot: spout to the left, loop to the right, knob on the lid."""
    r, squat = random.uniform(58, 65), random.uniform(0.72, 0.9)
    height, cx, tilt = r * 2 * squat, 128 + random.uniform(-3, 3), 0.2
    top = FLOOR - height
    lid_r, mid = r * random.uniform(0.46, 0.58), top + height * random.uniform(0.48, 0.6)
    body = Lathe(
        cx,
        (
            (top, lid_r),
            (top + height * 0.14, r * 0.78),
            (mid, r),
            (FLOOR - height * 0.14, r * 0.8),
            (FLOOR - 3, r * 0.56),
        ),
        tilt,
    )
    rise = lid_r * random.uniform(0.42, 0.7)
    lid = Lathe(cx, ((top - rise, 1), (top - rise * 0.75, lid_r * 0.62), (top + 1, lid_r)), tilt)
    knob_y, knob_r = top - rise - 5, random.uniform(6, 9)
    spout = _spout(cx - r * 0.78, mid + 8, cx - r - random.uniform(32, 40), top + 2)
    hx, reach = cx + r * 0.78, random.uniform(40, 50)
    handle = (
        f"M{num(hx - 4)} {num(top + height * 0.2)}C{num(hx + reach * 1.2)} {num(top - 12)}"
        f" {num(hx + reach * 1.3)} {num(FLOOR - height * 0.2)} {num(hx - 2)}"
        f" {num(FLOOR - height * 0.24)}"
    )
    marks = surface.textured(
        surface.tube(handle, random.uniform(9, 11), cap="butt"),
        surface.ball(spout),
        surface.turned(
            body, decorated=True, liquid=(top + height * random.uniform(0.3, 0.5), "#b5651d")
        ),
        surface.turned(lid, glint=False),
        f'<path d="{lid.band(top - 1.2, top + 1)}" fill="{surface.palette.dark}" opacity=".35"/>',
        surface.ball(oval(cx, knob_y, knob_r, knob_r * 0.86)),
    )
    return Product(marks, (_foot(body, 1.15),))


def pitcher(surface: Surface, random: Random) -> Product:
    """A tall jug with a pouring lip to the left and a long handle to the right."""
    r, height, tilt = random.uniform(44, 51), random.uniform(140, 156), 0.2
    top, cx = FLOOR - height, 122 + random.uniform(-4, 4)
    neck, mouth = r * random.uniform(0.58, 0.7), r * random.uniform(0.72, 0.84)
    body = Lathe(
        cx,
        (
            (top, mouth),
            (top + height * 0.22, neck),
            (top + height * random.uniform(0.6, 0.68), r),
            (FLOOR - 12, r * 0.8),
            (FLOOR - 3, r * 0.72),
        ),
        tilt,
    )
    lip_y, out = top - random.uniform(8, 13), random.uniform(17, 23)
    lip = (
        f"M{num(cx + mouth * 0.2)} {num(top - mouth * tilt)}"
        f"Q{num(cx - mouth * 0.7)} {num(top - mouth * tilt)} {num(cx - mouth - out)} {num(lip_y)}"
        f"Q{num(cx - mouth - out * 0.2)} {num(top + 12)} {num(cx - neck)} {num(top + height * 0.2)}"
        f"L{num(cx)} {num(top + 16)}Z"
    )
    inside = (
        f"M{num(cx - mouth - out + 3)} {num(lip_y + 1.5)}"
        f"Q{num(cx - mouth * 0.7)} {num(top - mouth * tilt + 3)} {num(cx)}"
        f" {num(top - mouth * tilt + 2)}"
        f"L{num(cx)} {num(top + mouth * tilt - 3)}"
        f"Q{num(cx - mouth * 0.9)} {num(top + 8)} {num(cx - mouth - out + 3)} {num(lip_y + 1.5)}Z"
    )
    y1 = top + height * random.uniform(0.56, 0.66)
    x0, x1, reach = cx + mouth - 4, cx + body.radius(y1) - 3, random.uniform(34, 44)
    handle = (
        f"M{num(x0)} {num(top + 5)}C{num(x0 + reach)} {num(top - 12)} {num(x1 + reach * 1.15)}"
        f" {num(top + height * 0.35)} {num(x1)} {num(y1)}"
    )
    dark = surface.tone(-0.55 if not surface.clear else 0.3)
    marks = surface.textured(
        surface.tube(handle, random.uniform(8.5, 11), cap="butt"),
        surface.turned(body, decorated=True),
        surface.ball(lip),
        surface.mouth(body, depth=0.8),
        f'<path d="{inside}" fill="{dark}" fill-opacity="{0.45 if surface.clear else 1}"/>',
    )
    return Product(marks, (_foot(body),))


def vase(surface: Surface, random: Random) -> Product:
    """A vase of one of four forms, with stems in it or not."""
    cx, height = 128 + random.uniform(-5, 5), random.uniform(124, 144)
    top, r, tilt = FLOOR - height, random.uniform(46, 57), 0.2

    def at(share: float) -> float:
        return top + height * share

    form = random.randrange(4)
    profiles: tuple[tuple[Point, ...], ...] = (
        (
            (top, r * 0.5),
            (at(0.2), r * 0.36),
            (at(0.58), r),
            (at(0.86), r * 0.66),
            (at(0.98), r * 0.52),
        ),
        (
            (top, r * 0.62),
            (at(0.14), r * 0.44),
            (at(0.36), r),
            (at(0.8), r * 0.56),
            (at(0.98), r * 0.5),
        ),
        (
            (top, r * 0.3),
            (at(0.34), r * 0.24),
            (at(0.68), r * 0.98),
            (at(0.9), r * 0.8),
            (at(0.98), r * 0.6),
        ),
        (
            (top, r * 0.86),
            (at(0.2), r * 0.6),
            (at(0.5), r * 0.62),
            (at(0.8), r * 0.7),
            (at(0.98), r * 0.58),
        ),
    )
    body = Lathe(cx, profiles[form], tilt)
    stems = _flowers(surface, random, cx, top, body.radius(top))
    marks = surface.mouth(body, depth=0.9) + stems
    marks += surface.textured(
        surface.turned(
            body,
            decorated=True,
            open_top=True,
            liquid=(at(random.uniform(0.3, 0.45)), surface.tone(0.25)),
        ),
    )
    marks += _front_lip(surface, body)
    return Product(marks, (_foot(body),))


def bowl(surface: Surface, random: Random) -> Product:
    """A wide open bowl on a low foot."""
    r, tilt, cx = random.uniform(80, 90), random.uniform(0.27, 0.34), 128 + random.uniform(-3, 3)
    height = r * random.uniform(0.68, 0.86)
    top, foot = FLOOR - height, r * random.uniform(0.38, 0.46)
    knots = (
        (top, r),
        (top + height * 0.34, r * random.uniform(0.9, 0.95)),
        (top + height * 0.7, r * 0.66),
        (FLOOR - 8, foot),
        (FLOOR - 8, foot),
        (FLOOR - 2, foot * 1.04),
    )
    body = Lathe(cx, knots, tilt * 0.75)
    opening = Lathe(cx, ((top, r), (top + 1, r)), tilt)
    hollow = surface.sheet.radial(
        [
            (0, surface.palette.light, 0.45),
            (0.5, surface.palette.light, 0),
            (1, surface.palette.dark, 0.25),
        ],
        (0.72, 0.85),
        0.6,
    )
    marks = surface.textured(
        surface.turned(body, decorated=True),
        surface.mouth(opening, depth=0.35, wall=3.5),
        f'<path d="{opening.ring(top, 0.95)}" fill="{hollow}"/>',
    )
    return Product(marks, (_foot(body, 1.2),))


def bottle(surface: Surface, random: Random) -> Product:
    """A water bottle with a screw cap and, sometimes, a carrying loop."""
    r, height, tilt = random.uniform(32, 38), random.uniform(168, 180), 0.2
    top, cx = FLOOR - height, 128 + random.uniform(-5, 5)
    neck = r * random.uniform(0.4, 0.52)
    cap = random.uniform(20, 26)
    shoulder = top + cap + random.uniform(26, 36)
    waist = r * random.choice((1, 1, 0.9))
    body = Lathe(
        cx,
        (
            (top + cap, neck),
            (top + cap + 8, neck),
            (shoulder, r * 0.96),
            (shoulder + 26, r),
            (FLOOR - 62, waist),
            (FLOOR - 26, r),
            (FLOOR - 8, r),
            (FLOOR - 2, r * 0.92),
        ),
        tilt,
    )
    collar = Lathe(cx, ((top + cap - 2, neck + 3), (top + cap + 3, neck + 3)), tilt)
    lid = Lathe(cx, ((top, neck), (top + 3, neck + 2.5), (top + cap - 3, neck + 2.5)), tilt)
    marks = ""
    if random.random() < 0.4:
        loop = (
            f"M{num(cx - neck)} {num(top + 10)}C{num(cx - neck - 6)} {num(top - 26)}"
            f" {num(cx + neck + 6)} {num(top - 26)} {num(cx + neck)} {num(top + 10)}"
        )
        marks += surface.tube(loop, 5)
    water = shoulder + random.uniform(4, 30), surface.tone(0.2)
    ridges = "".join(
        f'<path d="{lid.strip(at, at + 0.05, top + 5, top + cap - 5)}"'
        f' fill="{surface.palette.dark}"'
        ' opacity=".35"/>'
        for at in (-0.75, -0.5, -0.25, 0, 0.25, 0.5, 0.75)
    )
    marks = surface.textured(
        marks,
        surface.turned(body, decorated=True, liquid=water),
        surface.turned(collar),
        surface.turned(lid, glint=False),
        f'<path d="{lid.ring(top + 1)}" fill="{surface.tone(0.45)}"/>',
        ridges,
    )
    return Product(marks, (_foot(body),))


def goblet(surface: Surface, random: Random) -> Product:
    """A cup on a stem, with wine in it when it is of glass."""
    r, height, tilt = random.uniform(46, 54), random.uniform(160, 174), 0.22
    top, cx = FLOOR - height, 128 + random.uniform(-5, 5)
    cup = height * random.uniform(0.5, 0.56)
    mouth = r * random.uniform(0.8, 0.95)
    stem = random.uniform(4, 6)
    foot = r * random.uniform(0.78, 0.9)
    bowl_ = Lathe(
        cx,
        (
            (top, mouth),
            (top + cup * 0.45, r),
            (top + cup * 0.8, r * 0.7),
            (top + cup, stem + 2),
        ),
        tilt,
    )
    shaft = Lathe(
        cx,
        (
            (top + cup - 2, stem + 2),
            (top + cup + 12, stem + random.choice((0, 5))),
            (top + cup + 24, stem),
            (FLOOR - 16, stem),
            (FLOOR - 7, foot * 0.45),
            (FLOOR - 3, foot),
            (FLOOR - 3, foot),
            (FLOOR, foot),
        ),
        tilt,
    )
    wine = top + cup * random.uniform(0.3, 0.45), "#86122c"
    marks = surface.textured(
        surface.turned(shaft, glint=False),
        surface.turned(bowl_, decorated=True, liquid=wine),
        surface.mouth(bowl_, depth=0.9, wall=2.2),
    )
    return Product(marks, (_foot(shaft),))


def bucket(surface: Surface, random: Random) -> Product:
    """A tapered pail with a wire bail, up or down."""
    r, height, tilt = random.uniform(62, 70), random.uniform(98, 112), random.uniform(0.22, 0.27)
    top, cx = FLOOR - height, 128 + random.uniform(-4, 4)
    foot = r * random.uniform(0.66, 0.76)
    body = Lathe(
        cx,
        (
            (top, r),
            (top + 5, r * 0.985),
            (FLOOR - 8, foot),
            (FLOOR - 8, foot),
            (FLOOR - 2, foot * 1.02),
        ),
        tilt,
    )
    lip = Lathe(cx, ((top, r + 2.5), (top + 6, r + 2)), tilt)
    up = random.random() < 0.65
    peak = top - random.uniform(76, 92) if up else top + height * random.uniform(0.55, 0.75)
    bail = (
        f"M{num(cx - r)} {num(top + 8)}C{num(cx - r * 0.95)} {num(peak)}"
        f" {num(cx + r * 0.95)} {num(peak)} {num(cx + r)} {num(top + 8)}"
    )
    grip_y = top + 8 + 0.75 * (peak - top - 8)
    grip = f"M{num(cx - 17)} {num(grip_y)}L{num(cx + 17)} {num(grip_y)}"
    wire = surface.tube(bail, 3.2) + surface.tube(grip, 9)
    ears = "".join(
        surface.slab(oval(x, top + 10, 6, 7.5), -0.1) for x in (cx - r * 0.97, cx + r * 0.97)
    )
    layers = [
        surface.turned(body, decorated=True),
        surface.turned(lip, glint=False),
        surface.mouth(lip, depth=0.75, wall=3.5),
        ears,
        wire,
    ]
    marks = surface.textured(*layers)
    return Product(marks, (_foot(body),))


def _foot(body: Lathe, share: float = 1.0) -> Foot:
    r = body.radius(body.bottom) * share
    return body.cx, body.bottom + r * body.tilt * 0.45, r, max(r * body.tilt * 0.9, 5)


def _drink(body: Lathe, colour: str, scale: float) -> str:
    r = body.radius(body.top) * scale
    y = body.top + 3
    return (
        f'<path d="{oval(body.cx, y, r, r * body.tilt * 0.86)}" fill="{colour}"/>'
        f"<path"
        f' d="{oval(body.cx - r * 0.3, y - r * body.tilt * 0.2, r * 0.4, r * body.tilt * 0.28)}"'
        f' fill="{mix(colour, "#ffffff", 0.4)}" opacity=".4"/>'
    )


def _spout(x0: float, y0: float, x1: float, y1: float) -> str:
    """Return a tapering spout from the body at (x0, y0) to its tip at (x1, y1)."""
    return (
        f"M{num(x0 + 8)} {num(y0 + 16)}C{num(x0 - 22)} {num(y0 + 14)} {num(x1 + 16)} {num(y0 - 14)}"
        f" {num(x1 - 4)} {num(y1 + 1)}Q{num(x1 + 2)} {num(y1 - 4)} {num(x1 + 9)} {num(y1 - 1)}"
        f"C{num(x1 + 20)} {num(y0 - 22)} {num(x0 - 8)} {num(y0 - 20)} {num(x0 + 8)} {num(y0 - 22)}Z"
    )


def _front_lip(surface: Surface, body: Lathe) -> str:
    r = body.radius(body.top)
    arc = (
        f"M{num(body.cx - r)} {num(body.top)}A{num(r)} {num(r * body.tilt)} 0 0 0"
        f" {num(body.cx + r)} {num(body.top)}"
    )
    return f'<path d="{arc}" fill="none" stroke="{surface.tone(0.7)}" stroke-width="2"/>'


def _flowers(surface: Surface, random: Random, cx: float, top: float, mouth: float) -> str:
    """Return a few stems with leaves and blossoms that come out of an opening, or nothing."""
    if random.random() < 0.3:
        return ""
    green = random.choice(("#5d7a4a", "#6f8557", "#4c6b4f"))
    bloom = random.choice(("#e9d8c4", "#d98f86", "#f0e6d8", "#c9a2b8", "#e3bf72"))
    marks = []
    count = random.randint(4, 6)
    for k in range(count):
        lean = (k / (count - 1) - 0.5) * 2 + random.uniform(-0.2, 0.2)
        tip_x = cx + lean * random.uniform(30, 48)
        tip_y = max(top - random.uniform(30, 66) + 16 * abs(lean), 18)
        foot_x = cx + lean * mouth * 0.5
        bend_x, bend_y = cx + lean * mouth * 0.9, (top + tip_y) / 2
        marks.append(
            f'<path d="M{num(foot_x)} {num(top + 2)}Q{num(bend_x)} {num(bend_y)} {num(tip_x)}'
            f' {num(tip_y)}" fill="none" stroke="{green}" stroke-width="2.2"/>'
        )
        for side in (-1, 1):
            lx, ly = (bend_x + tip_x) / 2, (bend_y + tip_y) / 2 + side * 5
            marks.append(
                f'<ellipse rx="9" ry="3.4" fill="{mix(green, "#ffffff", 0.1 + 0.08 * side)}"'
                f' transform="translate({num(lx + side * 6)} {num(ly)})'
                f' rotate({num(35 * -side)})"/>'
            )
        marks.append(_blossom(random, tip_x, tip_y, bloom))
    return "".join(marks)


def _blossom(random: Random, x: float, y: float, colour: str) -> str:
    size, turn, petals = random.uniform(6.5, 9), random.uniform(0, 60), []
    for k in range(6):
        shade = mix(colour, "#5a3030" if k % 2 else "#ffffff", 0.14)
        petals.append(
            f'<ellipse cx="{num(size * 0.75)}" rx="{num(size * 0.78)}" ry="{num(size * 0.5)}"'
            f' fill="{shade}" transform="translate({num(x)} {num(y)})'
            f' rotate({num(turn + 60 * k)})"/>'
        )
    heart = f'<circle cx="{num(x)}" cy="{num(y)}" r="{num(size * 0.36)}" fill="#b98a35"/>'
    return "".join(petals) + heart
