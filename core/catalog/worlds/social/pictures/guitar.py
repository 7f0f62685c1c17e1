"""Music: an acoustic guitar that leans against a log."""

from __future__ import annotations

from random import Random

from core.catalog.worlds.draw import mix, num, oval
from core.catalog.worlds.social.pictures.brush import Brush, placed, solid, stroke
from core.catalog.worlds.social.pictures.thing import Thing

TOPS = (
    ("#e0a04c", "#7a4420"),
    ("#c8742e", "#5a2c14"),
    ("#f0cc8a", "#8a5a30"),
    ("#a8442a", "#46180e"),
)
"""Colours of the table and of the sides."""

BODY = (
    "M0 0C15 0 24-8 24-20C24-31 15-34 15-41C15-47 19-50 19-57C19-65 11-70 0-70"
    "C-11-70-19-65-19-57C-19-50-15-47-15-41C-15-34-24-31-24-20C-24-8-15 0 0 0Z"
)


def guitar(brush: Brush, random: Random) -> Thing:
    """An acoustic guitar seen from the front, aslant, its neck up."""
    top, side = random.choice(TOPS)
    turn, scale = random.uniform(11, 19), random.uniform(0.7, 0.76)
    marks = _log(brush, random) + placed(_instrument(brush, random, top, side), -8, 1, scale, turn)
    return Thing(marks, ((-7, 0, 24, 4.5), (18, -2, 30, 4.5)))


def _instrument(brush: Brush, random: Random, top: str, side: str) -> str:
    wood, dark = mix(side, "#1a0e08", 0.3), "#2a1c14"
    guard = "M9-45C17-40 20-32 13-27C8-25 5-30 8-35Z"
    head = "M-5-122L-7-142H7L5-122Z"
    pegs = "".join(f"M{s * 7} {y}h{s * 3}" for s in (-1, 1) for y in (-127, -132, -137))
    strings = "".join(f"M{num(x)} -15L{num(x * 0.7)} -124" for x in (-3.4, -2, -0.7, 0.7, 2, 3.4))
    frets = "".join(f"M-3.8 {num(-74 - 6.5 * k)}h7.6" for k in range(8))
    rosette = random.choice(("#f4e2b8", "#2a1c14", "#c83a2c"))
    return (
        f'<g transform="translate(4 0)">{brush.flat(BODY, side, tone=0.25)}</g>'
        + brush.round(BODY, top, end=(1, 0.5))
        + stroke(BODY, brush.light.half(wood), 1.8)
        + brush.flat(guard, wood, tone=0.4)
        + stroke(oval(0, -42, 9.6, 9.6), brush.light.lit(rosette), 1.6)
        + solid(oval(0, -42, 8.2, 8.2), brush.light.shade("#1c120c"))
        + brush.flat("M-11-17H11V-12H-11Z", dark, tone=0.5)
        + brush.round("M-4.6-56L-3.8-123H3.8L4.6-56Z", mix(side, "#2a1a10", 0.4), end=(1, 0))
        + stroke(frets, brush.light.lit("#d8d4c8"), 0.7, 0.9)
        + brush.round(head, side, end=(1, 0.3))
        + brush.line(pegs, "#e8e4d8", 2.2)
        + stroke(strings, brush.light.lit("#fff6e0"), 0.45, 0.9)
        + brush.line("M-17-12C-22-20-19-28-14-33", "#ffffff", 1.8, 1, 0.35)
    )


def _log(brush: Brush, random: Random) -> str:
    """Lay a log behind the guitar, its sawn end to the light."""
    bark, tall = random.choice(("#7a5638", "#6a4c3a")), random.uniform(15, 18)
    body = f"M-12 {num(-2 * tall)}H46Q54 {num(-tall)} 46 0H-12Z"
    cracks = f"M0 {num(-tall * 1.5)}h18M10 {num(-tall * 0.9)}h26M-2 {num(-tall * 0.4)}h20"
    end = oval(-12, -tall, tall * 0.55, tall)
    ring = oval(-12, -tall, tall * 0.3, tall * 0.58)
    return (
        brush.round(body, bark, end=(0.1, 1))
        + stroke(cracks, brush.light.shade(mix(bark, "#000000", 0.4)), 1, 0.7)
        + brush.flat(end, "#d8b07a", tone=0.85)
        + stroke(ring, brush.light.half("#9a7044"), 1)
    )
