"""Kites: a kite in the air, its tail, its line, and who flies it."""

from __future__ import annotations

import math
from random import Random

from core.catalog.worlds.draw import mix, num, oval
from core.catalog.worlds.social.pictures.brush import Brush, placed
from core.catalog.worlds.social.pictures.thing import Thing

PAIRS = (
    ("#e83a30", "#ffd23a"),
    ("#1f7fe0", "#fff3da"),
    ("#f27a1c", "#2a4fb0"),
    ("#d02c78", "#ffe04a"),
    ("#23a060", "#fff06a"),
    ("#7a3fc0", "#ff9ac0"),
)


def kite(brush: Brush, random: Random) -> Thing:
    """A diamond or a delta on a line that a small person holds."""
    pair = random.choice(PAIRS)
    x, y = -random.uniform(38, 66), -random.uniform(138, 156)
    turn = random.uniform(12, 38)
    shape = _diamond if random.random() < 0.65 else _delta
    hand = (-9.0, -42.0)
    sag = (x + hand[0]) / 2 + 14, (y + hand[1]) / 2 + 20
    line = f"M{num(x)} {num(y)}Q{num(sag[0])} {num(sag[1])} {hand[0]} {hand[1]}"
    marks = (
        brush.line(line, "#ffffff", 0.9, 0.9, 0.85)
        + placed(shape(brush, random, pair), x, y, random.uniform(0.95, 1.1), turn)
        + _person(brush, random)
    )
    return Thing(marks, ((0, 0, 12, 2.6),))


def _diamond(brush: Brush, random: Random, pair: tuple[str, str]) -> str:
    first, second = pair
    quarters = (
        ("M0-38L-27-8H0Z", first, 1.0),
        ("M0-38L27-8H0Z", second, 0.75),
        ("M0-8H-27L0 38Z", second, 0.95),
        ("M0-8H27L0 38Z", first, 0.6),
    )
    cloth = "".join(brush.flat(path, colour, tone=tone) for path, colour, tone in quarters)
    spars = brush.line("M0-38V38M-27-8H27", mix(first, "#2a1a14", 0.6), 1.2, 0.5)
    return _tail(brush, random, 38, pair) + cloth + spars


def _delta(brush: Brush, random: Random, pair: tuple[str, str]) -> str:
    first, second = pair
    parts = (
        ("M0-30L-46 22L-12 12Z", first, 1.0),
        ("M0-30L46 22L12 12Z", first, 0.65),
        ("M0-30L-12 12L0 22L12 12Z", second, 0.9),
        ("M-23-4L-46 22L-31 17Z", second, 1.0),
        ("M23-4L46 22L31 17Z", second, 0.75),
    )
    cloth = "".join(brush.flat(path, colour, tone=tone) for path, colour, tone in parts)
    spars = brush.line("M0-30V22M-46 22L0-30L46 22", mix(first, "#2a1a14", 0.6), 1.2, 0.5)
    return _tail(brush, random, 22, pair) + cloth + spars


def _tail(brush: Brush, random: Random, start: float, pair: tuple[str, str]) -> str:
    """Trail a wavy tail with bows from the kite's lower end."""
    sway, pace, phase = random.uniform(6, 10), random.uniform(0.1, 0.14), random.uniform(0, 6)

    def at(s: float) -> tuple[float, float]:
        grow = min(s / 20, 1.0)
        return sway * grow * math.sin(pace * s + phase), start + s

    points = "L".join(f"{num(x)} {num(y)}" for x, y in (at(4.0 * k) for k in range(15)))
    bows = ""
    for k in range(4):
        x, y = at(14.0 + 13 * k)
        bow = "M0 0L-6-4V4ZM0 0L6-4V4Z"
        turn = 40 * math.cos(pace * (14 + 13 * k) + phase)
        bows += placed(brush.flat(bow, pair[k % 2]), x, y, 1, turn)
    return brush.line(f"M{points}", "#ffffff", 1.1, 0.85) + bows


def _person(brush: Brush, random: Random) -> str:
    """Paint a small person in profile who leans back against the pull of the line."""
    coat = random.choice(("#d8432f", "#2f70b8", "#f0a828", "#3a8f6a", "#f4f0e6"))
    trousers = random.choice(("#34405a", "#4a4038", "#6a6f7a"))
    skin = random.choice(("#f0c8a0", "#c98f62", "#8a5a3c"))
    hair = random.choice(("#2a2020", "#6a4226", "#caa050", "#b03a30"))
    return (
        brush.line("M2-19L-4-9L-3 0M3-19L8-9L9 0", trousers, 4.6, 0.7)
        + brush.line("M-4 0h-2M8 0h-2", "#2a2424", 3.4, 0.5)
        + brush.round("M-2-37Q4-40 8-36L8-17Q3-15-2-17Z", coat)
        + brush.line("M1-34L-9-42", coat, 3.8, 0.9)
        + brush.line("M5-33L-8-40", coat, 3.4, 0.5)
        + brush.round(oval(3, -44, 5.2, 5.6), skin)
        + brush.flat("M-1-47Q2-52 7-49Q10-45 7-40Q5-46-1-47Z", hair, tone=0.5)
        + brush.flat(oval(-9.5, -42, 2, 2), skin)
    )
