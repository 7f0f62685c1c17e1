"""Things with a figure of their own: an umbrella, a piggy bank and a birdhouse."""

from __future__ import annotations

import math
from random import Random

from core.catalog.worlds.draw import Point, mix, move, num, oval
from core.catalog.worlds.shop.pictures.product import FLOOR, Product
from core.catalog.worlds.shop.pictures.surface import Surface


def umbrella(surface: Surface, random: Random) -> Product:
    """An open umbrella, a little tilted, on its crooked handle."""
    cx, top, rim = 128.0, 40 + random.uniform(-3, 4), 128 + random.uniform(-4, 4)
    r, gores = random.uniform(92, 100), random.choice((5, 6))
    edge = [cx - r * math.cos(math.pi * k / gores) for k in range(gores + 1)]
    low = [rim + 11 * math.sin(math.pi * k / gores) for k in range(gores + 1)]
    panels = []
    for k in range(gores):
        middle = (k + 0.5) / gores
        bulge = (edge[k] + edge[k + 1]) / 2, (low[k] + low[k + 1]) / 2 - random.uniform(10, 12)
        panel = (
            f"M{num(cx)} {num(top)}{_rib(cx, top, edge[k], low[k])}"
            f"Q{num(bulge[0])} {num(bulge[1])} {num(edge[k + 1])} {num(low[k + 1])}"
            f"{_rib_back(cx, top, edge[k + 1], low[k + 1])}Z"
        )
        tone = 0.45 - 1.05 * middle + (0.12 if k % 2 else -0.06)
        panels.append(surface.slab(panel, tone))
        if surface.pattern == "dots":
            panels.append(surface.printed(panel, (cx - r, top, 2 * r, rim - top)))
    if surface.pattern == "bands":
        panels += [_hoop(surface, (cx, top), edge, low, at) for at in (0.5, 0.66, 0.82)]
    shaft = f"M{num(cx)} {num(top + 20)}V{num(FLOOR - 24)}"
    hook = (
        f"{shaft}C{num(cx)} {num(FLOOR + 6)} {num(cx + 32)} {num(FLOOR + 6)} {num(cx + 31)}"
        f" {num(FLOOR - 20)}"
    )
    under = (
        f"M{num(edge[0])} {num(low[0])}"
        + f"Q{num(cx)} {num(rim - 34)} {num(edge[-1])} {num(low[-1])}"
        + f"Q{num(cx)} {num(rim + 26)} {num(edge[0])} {num(low[0])}Z"
    )
    ribs = "".join(
        f'<path d="M{num(cx)} {num(rim - 22)}L{num(x)} {num(y)}" stroke="#3c3c3c"'
        f' stroke-opacity=".45"/>'
        for x, y in zip(edge[1:-1], low[1:-1], strict=True)
    )
    ferrule = f"M{num(cx)} {num(top - 13)}V{num(top + 2)}"
    turn = random.uniform(-12, 9)
    marks = (
        f'<g transform="rotate({num(turn)} 128 150)">'
        f'<path d="{under}" fill="{mix(surface.palette.dark, "#000000", 0.15)}"/>{ribs}'
        + surface.tube(shaft, 4)
        + surface.textured(
            surface.tube(
                hook.replace(shaft, f"M{num(cx)} {num(FLOOR - 50)}V{num(FLOOR - 24)}"), 8.5
            )
        )
        + surface.tube(ferrule, 4.5)
        + surface.textured(*panels)
        + "</g>"
    )
    return Product(marks, ((cx + 12 - turn, FLOOR + 8, 62, 10),), hovers=True)


def piggy_bank(surface: Surface, random: Random) -> Product:
    """A fat pig in profile with a slot on its back."""
    cx, cy = 124 + random.uniform(-3, 3), 146 + random.uniform(-3, 2)
    rx, ry = random.uniform(68, 76), random.uniform(50, 57)
    nose = cx + rx * 0.98
    dark = mix(surface.palette.dark, "#101010", 0.35)
    legs = [
        surface.slab(_leg(x, cy + ry * 0.45, FLOOR - lift, 14), tone)
        for x, lift, tone in (
            (cx - rx * 0.3, 5, -0.55),
            (cx + rx * 0.55, 5, -0.55),
        )
    ]
    near = [
        surface.ball(_leg(x, cy + ry * 0.45, FLOOR + 1, 16))
        for x in (cx - rx * 0.55, cx + rx * 0.3)
    ]
    curl, tail_x = random.uniform(0.8, 1.1), cx - rx * 0.97
    tail = (
        f"M{num(tail_x + 4)} {num(cy - 6)}c{num(-14 * curl)} -4 {num(-18 * curl)} -20 -6 -20"
        f"c10 0 2 18 {num(-16 * curl)} 8"
    )
    head = oval(cx + rx * 0.62, cy - ry * 0.12, ry * 0.72, ry * 0.7)
    snout = oval(nose + 3, cy + ry * 0.02, 12, 16)
    ear_x, ear_y = cx + rx * 0.5, cy - ry * 0.66
    tall = random.uniform(24, 31)
    ear = (
        f"M{num(ear_x - 17)} {num(ear_y + 8)}Q{num(ear_x - 12)} {num(ear_y - tall)}"
        f" {num(ear_x + 9)}"
        f" {num(ear_y - tall - 2)}Q{num(ear_x + 17)} {num(ear_y - 6)} {num(ear_x + 11)}"
        f" {num(ear_y + 12)}Z"
    )
    far_ear = f'<g transform="translate(20 2)">{surface.slab(ear, -0.5)}</g>'
    body = oval(cx, cy, rx, ry)
    slot_y = cy - ry * 0.93
    slot = (
        f'<path d="M{num(cx - 26)} {num(slot_y + 2)}Q{num(cx - 8)} {num(slot_y - 4)}'
        f' {num(cx + 10)} {num(slot_y)}"'
        f' stroke="{dark}" stroke-width="4.5" fill="none" stroke-linecap="round"/>'
    )
    eye_x, eye_y = cx + rx * 0.78, cy - ry * 0.26
    face = (
        f'<circle cx="{num(eye_x)}" cy="{num(eye_y)}" r="4.2" fill="{dark}"/>'
        f'<circle cx="{num(eye_x - 1.2)}" cy="{num(eye_y - 1.4)}" r="1.3" fill="#fff"/>'
        f'<ellipse cx="{num(nose + 1)}" cy="{num(cy - 2)}" rx="2" ry="3.4" fill="{dark}"/>'
        f'<ellipse cx="{num(nose + 8)}" cy="{num(cy)}" rx="2" ry="3.4" fill="{dark}"/>'
        f'<path d="M{num(nose - 14)} {num(cy + ry * 0.36)}q8 6 15 1" stroke="{dark}"'
        f' stroke-width="2"'
        ' fill="none" stroke-linecap="round"/>'
    )
    gleam = oval(cx - rx * 0.36, cy - ry * 0.56, rx * 0.2, ry * 0.1)
    marks = surface.textured(
        *legs,
        surface.tube(tail, 5),
        far_ear,
        surface.ball(body),
        surface.printed(body, (cx - rx, cy - ry * 0.7, 2 * rx * 0.66, ry * 1.5)),
        *near,
        surface.ball(head),
        surface.ball(ear),
        surface.ball(snout),
    )
    gloss = num(surface.finish.gloss * 0.75)
    shine = (
        f'<path d="{gleam}" fill="#fff" opacity="{gloss}" transform="rotate(-18 {num(cx)}'
        f' {num(cy)})"/>'
    )
    return Product(marks + slot + face + shine, ((cx + 4, FLOOR - 2, rx * 0.95, 12),))


def birdhouse(surface: Surface, random: Random) -> Product:
    """A nesting box on a post: gabled front with a round hole, side and roof."""
    left, right = 74 + random.uniform(-4, 3), 152 + random.uniform(-4, 4)
    deep = random.uniform(34, 40)
    eaves, floor = 104 + random.uniform(-5, 5), 184 + random.uniform(-4, 3)
    peak_x, peak_y = (left + right) / 2, eaves - random.uniform(40, 52)
    slant = -deep * 0.36

    def back(point: Point) -> Point:
        return point[0] + deep, point[1] + slant

    front: list[Point] = [
        (left, eaves),
        (peak_x, peak_y),
        (right, eaves),
        (right, floor),
        (left, floor),
    ]
    side = [(right, eaves), back((right, eaves)), back((right, floor)), (right, floor)]
    over, thick = 13.0, 6.0
    slope = (eaves - peak_y) / (right - peak_x)
    tip: Point = (peak_x - 5, peak_y - 7)
    low: Point = (right + over - 5, eaves + over * slope - 7)
    roof_right = [tip, back((tip[0] + 6, tip[1])), back((low[0] + 6, low[1])), low]
    low_left: Point = (left - over - 5, eaves + over * slope - 7)
    board_left = [tip, low_left, (low_left[0], low_left[1] + thick), (tip[0], tip[1] + thick * 1.3)]
    board_right = [tip, low, (low[0], low[1] + thick), (tip[0], tip[1] + thick * 1.3)]
    hole_x, hole_y, hole = peak_x, eaves + random.uniform(10, 18), random.uniform(13, 16)
    perch = f"M{num(hole_x)} {num(hole_y + hole + 15)}l-9 7"
    post = [
        (peak_x + 8, floor - 4),
        (peak_x + 28, floor - 10),
        (peak_x + 28, 262),
        (peak_x + 8, 262),
    ]
    dark = mix(surface.palette.dark, "#0a0806", 0.65)
    path = move(front)
    hollow = surface.sheet.radial(
        [(0.5, dark, 1), (1, mix(dark, surface.palette.base, 0.35), 1)], (0.35, 0.3), 0.8
    )
    siding = "".join(
        f'<path d="M{num(left)} {num(y)}H{num(right)}" stroke="{surface.palette.dark}"'
        ' stroke-opacity=".25" stroke-width="1"/>'
        for y in (eaves + 26, eaves + 52)
    )
    marks = surface.textured(surface.slab(move(post), -0.45))
    marks += surface.textured(
        surface.slab(move(side), -0.6),
        surface.slab(path, 0.1),
        siding,
        surface.printed(path, (left, eaves - 10, right - left, floor - eaves + 10)),
    )
    marks += (
        f'<path d="{oval(hole_x, hole_y, hole + 2.5, hole + 2.5)}" fill="{surface.tone(-0.35)}"/>'
        f'<path d="{oval(hole_x, hole_y, hole, hole)}" fill="{hollow}"/>'
    )
    marks += surface.tube(perch, 6)
    under = [
        tip,
        low_left,
        (low_left[0] + 10, low_left[1] + 16),
        (peak_x, peak_y + 16),
        (right + 2, eaves + 6),
        low,
    ]
    marks += f'<path d="{move(under)}" fill="{surface.palette.dark}" opacity=".3"/>'
    marks += surface.textured(
        surface.slab(move(roof_right), -0.3),
        surface.slab(move(board_right), 0.15),
        surface.slab(move(board_left), 0.5),
    )
    base = [
        (left - 5, floor),
        (right + 3, floor),
        back((right + 3, floor)),
        back((right + 3, floor + 7)),
        (right + 3, floor + 7),
        (left - 5, floor + 7),
    ]
    marks += surface.textured(surface.slab(move(base), -0.2))
    return Product(marks, ())


def _hoop(surface: Surface, apex: Point, edge: list[float], low: list[float], at: float) -> str:
    """Draw a band around the canopy, ``at`` a share of the way from the tip to the rim."""

    def line(share: float) -> list[Point]:
        points = []
        for x, y in zip(edge, low, strict=True):
            bend = apex[0] + (x - apex[0]) * 0.82, apex[1] + (y - apex[1]) * 0.22
            weights = (1 - share) ** 2, 2 * share * (1 - share), share**2
            corners = (apex, bend, (x, y))
            points.append(
                (
                    sum(w * p[0] for w, p in zip(weights, corners, strict=True)),
                    sum(w * p[1] for w, p in zip(weights, corners, strict=True)),
                )
            )
        return points

    path = move(line(at) + line(at + 0.07)[::-1])
    return f'<path d="{path}" fill="{surface.palette.accent}" fill-opacity=".75"/>'


def _rib(cx: float, top: float, x: float, y: float) -> str:
    return f"Q{num(cx + (x - cx) * 0.82)} {num(top + (y - top) * 0.22)} {num(x)} {num(y)}"


def _rib_back(cx: float, top: float, x: float, y: float) -> str:
    return f"Q{num(cx + (x - cx) * 0.82)} {num(top + (y - top) * 0.22)} {num(cx)} {num(top)}"


def _leg(x: float, top: float, bottom: float, half: float) -> str:
    return (
        f"M{num(x - half)} {num(top)}L{num(x - half * 0.72)} {num(bottom - 3)}"
        f"Q{num(x)} {num(bottom + 4)} {num(x + half * 0.72)} {num(bottom - 3)}L{num(x + half)}"
        f" {num(top)}Z"
    )
