"""Emblems without strings: a moon, a cassette, a record, a saxophone and a striped sun."""

from __future__ import annotations

import math

import numpy as np

from core.catalog.worlds.draw import move, num, oval
from core.catalog.worlds.music.pictures.emblem import (
    Emblem,
    Inks,
    box,
    fill,
    smooth,
    stroke,
    tube,
)


def moon(inks: Inks, rng: np.random.Generator) -> Emblem:
    """A crescent over still water, whose rings spread from where it is mirrored."""
    r, y, water = rng.uniform(44, 50), -46.0, 54.0
    hx, slant = 0.42 * r, rng.uniform(-32, -14)
    hy, bite = math.sqrt(r * r - hx * hx), hx + rng.uniform(0.22, 0.42) * r
    inner = (hy * hy + bite * bite) / (2 * bite)
    crescent = (
        f"M{num(hx)} {num(-hy)}A{num(r)} {num(r)} 0 1 0 {num(hx)} {num(hy)}"
        f"A{num(inner)} {num(inner)} 0 0 1 {num(hx)} {num(-hy)}Z"
    )
    stars = "".join(
        _star(x + rng.uniform(-5, 5), y + up + rng.uniform(-5, 5), size)
        for x, up, size in ((16, -10, 9), (40, 16, 6), (44, -30, 5), (-66, 22, 5), (-74, -26, 4))
    )
    rings = "".join(
        stroke(oval(0, water, rx, rx * 0.4), inks.body, 6.4 - k)
        for k, rx in enumerate((26.0, 49.0, 72.0, 95.0))
    )
    marks = (
        f'<g transform="translate(0 {num(y)}) rotate({num(slant)})">'
        f"{fill(crescent, inks.body)}</g>"
        + fill(stars, inks.trim)
        + rings
        + fill(oval(0, water, 10, 4), inks.body)
    )
    return Emblem(marks, oval(0, y, r, r) + oval(0, water, 97, 40))


def cassette(inks: Inks, rng: np.random.Generator) -> Emblem:
    """A compact cassette with its two reels."""
    shell = box(-98, -63, 196, 126, 11)
    label = box(-84, -51, 168, 78, 7)
    window = box(-54, -18, 108, 36, 18)
    foot = move(((-58, 63), (-50, 36), (50, 36), (58, 63)))
    wound = rng.uniform(0.25, 0.75)
    tape = oval(-35, 0, 15 + 14 * wound, 15) + oval(35, 0, 29 - 14 * wound, 15)
    reels, teeth = "", ""
    for x in (-35.0, 35.0):
        reels += oval(x, 0, 13, 13)
        turn = rng.uniform(0, 60)
        for k in range(6):
            a = math.radians(turn + 60 * k)
            c, s = math.cos(a), math.sin(a)
            teeth += move(((x + 5 * c, 5 * s), (x + 10 * c, 10 * s)), close=False)
    screws = "".join(oval(x, y, 3.2, 3.2) for x in (-89, 89) for y in (-54, 54))
    holes = "".join(oval(x, 53, 4.4, 4.4) for x in (-34, 34)) + box(-7, 49, 14, 8, 2)
    lines = "M-74 -40H30M-74 -30H74"
    marks = (
        fill(shell, inks.body)
        + fill(label, inks.trim)
        + fill(box(-84, 9, 168, 9), inks.body)
        + fill(box(-84, -24, 168, 4), inks.body)
        + stroke(lines, inks.line, 2.6)
        + fill(box(50, -46, 24, 11, 2), inks.line)
        + fill(window, inks.line)
        + fill(tape, inks.body, opacity=0.55)
        + fill(reels, inks.body)
        + stroke(teeth, inks.line, 4)
        + fill(foot, inks.trim)
        + fill(holes + screws, inks.line)
    )
    return Emblem(marks, shell)


def record(inks: Inks, rng: np.random.Generator) -> Emblem:
    """A record with its grooves, and the arm that plays it."""
    disc = oval(0, 0, 94, 94)
    radii = [88.0, *np.sort(rng.uniform(42, 84, 9)).tolist()]
    grooves = "".join(oval(0, 0, r, r) for r in radii)
    angle = rng.uniform(20, 60)
    shine = "".join(_sector(angle + turn, 15, 37, 91) for turn in (0, 180))
    pivot, elbow = (88.0, -84.0), (80.0, 12.0)
    needle = 52 * math.cos(0.75), 52 * math.sin(0.75)
    arm = move((pivot, elbow, needle), close=False)
    marks = (
        fill(disc, inks.body)
        + stroke(grooves, inks.line, 1.5, opacity=0.6)
        + fill(shine, inks.trim, opacity=0.55)
        + fill(oval(0, 0, 34, 34), inks.trim)
        + stroke(oval(0, 0, 27, 27), inks.line, 1.6)
        + fill(box(-15, -17, 30, 5, 2) + box(-10, 13, 20, 4, 2), inks.line)
        + fill(oval(0, 0, 5, 5), inks.field)
        + stroke(arm, inks.field, 12)
        + stroke(arm, inks.trim, 6)
        + fill(oval(*pivot, 15, 15), inks.trim)
        + fill(oval(*pivot, 6, 6), inks.line)
        + stroke(move(((needle[0] + 5, needle[1] - 5), needle), close=False), inks.trim, 12)
    )
    return Emblem(marks, disc + oval(*pivot, 15, 15))


def saxophone(inks: Inks, rng: np.random.Generator) -> Emblem:
    """A saxophone, its bell to the right."""
    flare = rng.uniform(29, 35)
    knots = (
        (-40, -80, 4.4),
        (-24, -91, 5),
        (-8, -86, 5.8),
        (-2, -66, 7),
        (-1, -30, 9.5),
        (0, 6, 12),
        (2, 42, 15),
        (14, 72, 18),
        (38, 76, 19),
        (53, 52, 20),
        (58, 26, 23),
        (66, 2, flare),
    )
    body = tube(knots)
    mouth = move(((-36, -85), (-44, -74), (-72, -56), (-64, -66)))
    spine = smooth(knots)
    keys, caps = "", ""
    for at, r in ((36, 5.4), (42, 6.2), (48, 6.6), (54, 7.6), (60, 8.4), (66, 9)):
        x, y = float(spine[at, 0]), float(spine[at, 1])
        keys += oval(x, y, r, r)
        caps += oval(x, y, r * 0.45, r * 0.45)
    rods = "M-14 -44V46M-19 -20V30M17 -16V30"
    touches = "".join(
        move(((x, y), (x + dx, y)), close=False)
        for x, y, dx in ((-14, -28, -9), (-19, -6, -8), (-19, 10, -8), (-14, 34, -9), (17, 8, 10))
    )
    lip = move(
        ((66 - flare * 0.98, 1 - flare * 0.28), (66 + flare * 0.98, 3 + flare * 0.28)), close=False
    )
    marks = (
        stroke(rods, inks.trim, 3.4)
        + stroke(touches, inks.trim, 5.4)
        + fill(body, inks.body)
        + fill(mouth, inks.trim)
        + fill(keys, inks.line)
        + fill(caps, inks.trim)
        + stroke(lip, inks.trim, 6)
        + stroke("M38 88C56 86 66 70 70 50", inks.line, 2.4, opacity=0.55)
        + stroke(move(((-11, -52), (9, -53)), close=False), inks.line, 3.4)
    )
    return Emblem(marks, body + mouth + box(-28, -34, 18, 74, 6))


def sun(inks: Inks, rng: np.random.Generator) -> Emblem:
    """A sun cut into stripes, going down behind a plain of lines in perspective."""
    r, cy, horizon = rng.uniform(62, 68), -26.0, 34.0
    disc = oval(0, cy, r, r)
    count = int(rng.integers(5, 7))
    gaps = ""
    for i in range(count):
        t = i / (count - 1)
        gaps += box(-r, cy - 8 + t * (horizon - cy + 2), 2 * r, 2.4 + 5.4 * t)
    rows = "".join(
        move(((-104, y), (104, y)), close=False)
        for y in (horizon + 66 * (k / 6) ** 1.7 for k in range(7))
    )
    columns = "".join(_ray(9 * k, 34 * k, horizon) for k in range(-7, 8))
    floor = move(((-104, horizon), (104, horizon), (104, 100), (-104, 100)))
    peaks = move(((-104, horizon), (-84, 12), (-70, 22), (-52, 4), (-30, horizon))) + move(
        ((34, horizon), (58, 8), (72, 20), (86, 10), (104, horizon))
    )
    marks = (
        fill(disc, inks.body)
        + fill(gaps, inks.field)
        + fill(floor, inks.field)
        + stroke(columns, inks.trim, 2.2)
        + stroke(rows, inks.trim, 2.4)
        + fill(peaks, inks.trim)
    )
    return Emblem(marks, disc + floor)


def _star(x: float, y: float, r: float) -> str:
    """Return the path data of a star with four points."""
    q = r * 0.26
    corners = ((0, -r), (q, -q), (r, 0), (q, q), (0, r), (-q, q), (-r, 0), (-q, -q))
    return move((x + a, y + b) for a, b in corners)


def _ray(top: float, bottom: float, horizon: float) -> str:
    """Return the path data of a line down the plain, cut off where the plain ends."""
    share = min(1.0, (104 - abs(top)) / max(abs(bottom - top), 1e-6))
    end = top + share * (bottom - top), horizon + share * (100 - horizon)
    return move(((top, horizon), end), close=False)


def _sector(degrees: float, width: float, inner: float, outer: float) -> str:
    """Return the path data of a piece of a ring around the origin."""
    first, last = math.radians(degrees - width / 2), math.radians(degrees + width / 2)

    def at(radius: float, angle: float) -> str:
        return f"{num(radius * math.cos(angle))} {num(radius * math.sin(angle))}"

    return (
        f"M{at(inner, first)}L{at(outer, first)}A{num(outer)} {num(outer)} 0 0 1 {at(outer, last)}"
        f"L{at(inner, last)}A{num(inner)} {num(inner)} 0 0 0 {at(inner, first)}Z"
    )
