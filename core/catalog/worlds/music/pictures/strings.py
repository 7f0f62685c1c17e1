"""Emblems with strings: the violin of chamber music, the guitars of folk and of rock."""

from __future__ import annotations

import numpy as np

from core.catalog.worlds.draw import move, oval
from core.catalog.worlds.music.pictures.emblem import (
    Emblem,
    Inks,
    box,
    fill,
    leaf,
    mirrored,
    stroke,
)

_VIOLIN = mirrored(
    (0, -16),
    (
        ((14, -17), (38, -14), (38, 6)),
        ((38, 15), (34, 18), (31, 23)),
        ((22, 30), (22, 42), (34, 49)),
        ((43, 52), (49, 60), (49, 71)),
        ((49, 90), (28, 97), (0, 97)),
    ),
)
_GUITAR = mirrored(
    (0, -18),
    (
        ((22, -20), (39, -12), (39, 6)),
        ((39, 20), (29, 24), (29, 34)),
        ((29, 44), (54, 46), (54, 70)),
        ((54, 92), (26, 99), (0, 98)),
    ),
)


def violin(inks: Inks, rng: np.random.Generator) -> Emblem:
    """A violin with its bow behind it."""
    neck = move(((-5, -72), (5, -72), (7.5, 34), (-7.5, 34)))
    scroll = oval(0, -86, 10, 10) + move(((-6, -82), (6, -82), (5.5, -66), (-5.5, -66)))
    reach = rng.uniform(70, 84)
    bow = move(((-reach, 74), (reach, -52)), close=False)
    hair = move(((-reach + 3, 81), (reach + 3, -45)), close=False)
    frog = move(((-reach, 74), (-reach + 12, 67), (-reach + 15, 74), (-reach + 3, 81)))
    pegs = "".join(
        move(((-17 if left else 3, y), (-3 if left else 17, y - 2)), close=False)
        for y, left in ((-76, True), (-72, False), (-68, True), (-64, False))
    )
    holes = "M17 34C24 38 13 50 20 56M-17 34C-24 38 -13 50 -20 56"
    dots = oval(16.5, 35, 2.6, 2.6) + oval(-16.5, 35, 2.6, 2.6)
    dots += oval(20, 55, 3, 3) + oval(-20, 55, 3, 3)
    tail = move(((-8, 66), (8, 66), (6, 90), (-6, 90)))
    courses = "".join(move(((x * 0.7, -66), (x, 66)), close=False) for x in (-4.6, -1.6, 1.6, 4.6))
    marks = (
        stroke(bow, inks.trim, 5)
        + stroke(hair, inks.trim, 1.8)
        + fill(frog, inks.trim)
        + stroke(_VIOLIN, inks.field, 7)
        + stroke(pegs, inks.body, 4.5)
        + fill(_VIOLIN + scroll, inks.body)
        + fill(oval(0, -86, 4, 4), inks.line)
        + fill(neck + tail, inks.line)
        + stroke(holes, inks.line, 3)
        + fill(dots, inks.line)
        + fill(box(-13, 51, 26, 5, 2), inks.line)
        + stroke(courses, inks.body, 0.9)
    )
    return Emblem(marks, _VIOLIN + neck + scroll + _thick(-reach, 77, reach, -49, 9))


def acoustic_guitar(inks: Inks, rng: np.random.Generator) -> Emblem:
    """An acoustic guitar between two sprigs."""
    neck = box(-6.5, -74, 13, 92)
    head = move(((-8, -72), (8, -72), (11, -99), (-11, -99)))
    keys = "".join(oval(side * 14, y, 3.4, 2.6) for side in (-1, 1) for y in (-78, -86, -94))
    frets = "".join(
        move(((-6.5, y), (6.5, y)), close=False) for y in (-62, -52, -43, -35, -28, -22)
    )
    count = int(rng.integers(3, 5))
    stems, leaves = "", ""
    for side in (-1, 1):
        stems += f"M{side * 26} -16C{side * 30} -40 {side * 44} -64 {side * 66} -84"
        for i in range(count):
            t = (i + 0.5) / count
            x, y = side * (27 + 34 * t**1.3), -24 - 56 * t
            leaves += leaf(x, y, 30 - 5 * t, side * rng.uniform(-26, -12))
            leaves += leaf(x, y, 30 - 5 * t, side * rng.uniform(72, 88))
        leaves += leaf(side * 64, -82, 22, side * 42)
    marks = (
        stroke(stems, inks.trim, 3.2)
        + fill(leaves, inks.trim)
        + fill(_GUITAR + head + keys, inks.body)
        + fill(oval(0, 24, 19, 19), inks.trim)
        + fill(oval(0, 24, 14, 14), inks.line)
        + fill(neck, inks.line)
        + stroke(frets, inks.body, 1.1)
        + fill(box(-20, 66, 40, 8, 3), inks.line)
        + stroke("M-3.2 -72V68M0 -72V68M3.2 -72V68", inks.body, 0.9)
        + stroke("M-38 70C-38 84 -20 89 -4 89", inks.line, 2.2, opacity=0.5)
    )
    return Emblem(marks, _GUITAR + head + keys + neck + leaves)


def electric_guitar(inks: Inks, rng: np.random.Generator) -> Emblem:
    """A guitar with two wings, and lightning behind it."""
    notch, spread = rng.uniform(46, 56), rng.uniform(56, 64)
    body = (
        f"M-11 -8L11 -8L{spread:.1f} 80Q{spread + 4:.1f} 96 {spread - 14:.1f} 96L{spread - 26:.1f} 96"
        f"L0 {notch:.1f}L{26 - spread:.1f} 96L{14 - spread:.1f} 96Q{-spread - 4:.1f} 96"
        f" {-spread:.1f} 80Z"
    )
    neck = move(((-5, -76), (5, -76), (6.5, 12), (-6.5, 12)))
    head = move(((-7, -72), (7, -72), (17, -82), (0, -103), (-14, -84)))
    bolt = move(((50, -100), (98, -100), (70, -48), (96, -48), (28, 52), (46, -18), (18, -18)))
    guard = move(((-9, -2), (9, -2), (26, 40), (0, 32), (-26, 40)))
    frets = "".join(
        move(((-6, y), (6, y)), close=False) for y in (-64, -54, -45, -37, -30, -24, -18)
    )
    marks = (
        fill(bolt, inks.trim)
        + stroke(body + head, inks.field, 7)
        + fill(body + head, inks.body)
        + fill(guard, inks.trim)
        + fill(neck, inks.line)
        + stroke(frets, inks.body, 1.1)
        + fill(box(-11, 14, 22, 6, 1.5) + box(-11, 24, 22, 6, 1.5), inks.line)
        + fill(box(-9, 37, 18, 4, 1.5), inks.line)
        + fill("".join(oval(x, y, 3.2, 3.2) for x, y in ((30, 60), (36, 70), (42, 80))), inks.line)
        + stroke("M-2.4 -76V38M0 -76V38M2.4 -76V38", inks.body, 0.8)
    )
    return Emblem(marks, body + head + neck + bolt)


def _thick(x1: float, y1: float, x2: float, y2: float, width: float) -> str:
    """Return the path data of a straight bar."""
    across = np.array([y1 - y2, x2 - x1]) * width / 2 / np.hypot(x2 - x1, y2 - y1)
    (dx, dy) = float(across[0]), float(across[1])
    return move(((x1 + dx, y1 + dy), (x2 + dx, y2 + dy), (x2 - dx, y2 - dy), (x1 - dx, y1 - dy)))
