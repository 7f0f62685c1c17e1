"""Cycling: a bicycle on its stand."""

from __future__ import annotations

import math
from random import Random

from core.catalog.worlds.draw import mix, num, oval
from core.catalog.worlds.social.pictures.brush import Brush, placed, stroke
from core.catalog.worlds.social.pictures.thing import Thing

PAINTS = ("#d8322c", "#1f7fd0", "#f2b21f", "#22a06a", "#f2f2ee", "#e8642c", "#18a5b0")
R = 24.0
"""Radius of a wheel."""
AXLE = 35.0
"""How far the axles are from the middle."""


def bicycle(brush: Brush, random: Random) -> Thing:
    """A bicycle in profile, with a straight or a low top tube, sometimes with a basket."""
    paint = random.choice(PAINTS)
    low, basket = random.random() < 0.4, random.random() < 0.4
    tyre = random.choice(("#26262a", "#26262a", "#6a4a34"))
    wheels = "".join(_wheel(brush, random, x, tyre) for x in (-AXLE, AXLE))
    tubes = _frame(brush, paint, low)
    bars = (
        "M-22-57L-20-67Q-30-70-34-64"
        if random.random() < 0.5
        else "M-22-57L-20-67L-30-68M-20-67L-13-69"
    )
    saddle = "M4-64Q16-68 25-66Q27-61 20-61Q12-60 4-64Z"
    crank = (
        brush.line("M2-22L8-12M4-11h8", "#3a3d42", 2, 0.5)
        + brush.flat(oval(2, -22, 6, 6), "#55595f", tone=0.6)
        + brush.line("M2-28L35-26M2-16L35-22", "#3a3d42", 0.8, 0.4)
    )
    stand = brush.line("M10-20L20 1", "#6a6e74", 1.8, 0.6)
    leather = random.choice(("#5a3624", "#2a2a2e"))
    marks = (
        wheels
        + stand
        + tubes
        + crank
        + brush.line("M13-50L15-62", "#c8ccd0", 2.2)
        + brush.round(saddle, leather)
        + brush.tube(bars, "#b8bcc0", 2.4)
        + brush.line("M-34-64l-1 1" if "Q" in bars else "M-30-68h-3", leather, 3.2, 0.5)
        + (_basket(brush) if basket else "")
    )
    scale = random.uniform(1.02, 1.12)
    return Thing(
        placed(marks, 0, 0, scale),
        ((-AXLE * scale, 0, 19, 3.4), (AXLE * scale, 0, 19, 3.4), (6, 1, 48, 3)),
    )


def _wheel(brush: Brush, random: Random, x: float, tyre: str) -> str:
    turn, count = random.uniform(0, math.tau), 14
    spokes = "".join(
        f"M{num(x)} {num(-R)}l{num(R * 0.9 * math.cos(a))} {num(R * 0.9 * math.sin(a))}"
        for a in (turn + math.tau * k / count for k in range(count))
    )
    rim, hub = oval(x, -R, R - 3, R - 3), oval(x, -R, 2.6, 2.6)
    return (
        stroke(spokes, brush.light.lit("#d8dce0"), 0.6, 0.85)
        + stroke(oval(x, -R, R - 1, R - 1), brush.light.half(tyre), 3.4)
        + stroke(rim, brush.light.lit("#c8ccd2"), 1.3)
        + brush.flat(hub, "#7a7e84")
    )


def _frame(brush: Brush, paint: str, low: bool) -> str:
    """Weld the frame: fork, down tube, seat tube, stays and a straight or a swooping top tube."""
    top = "M-23-52Q-6-26 9-36" if low else "M-23-52L13-51"
    stays = "M35-24L2-22M35-24L13-51"
    fork = "M-22-58L-26-44Q-29-34-35-24"
    dark = mix(paint, "#000000", 0.12)
    guard = f"M{num(-AXLE - 20)} -40A28 28 0 0 1 {num(-AXLE + 16)} -47" if low else ""
    rear = f"M{num(AXLE - 16)} -47A28 28 0 0 1 {num(AXLE + 24)} -38" if low else ""
    return (
        brush.line(stays, dark, 2.4, 0.6)
        + brush.tube(fork, dark, 3)
        + "".join(brush.tube(path, paint, 4) for path in ("M-24-49L2-22", "M2-22L13-52", top))
        + brush.line(guard + rear, paint, 2, 0.8)
    )


def _basket(brush: Brush) -> str:
    body = "M-50-62H-29L-32-44H-47Z"
    weave = "M-49-57H-30M-48.5-52H-31M-48-48H-31.5M-45-62l2 18M-40-62v18M-35-62l-2 18"
    bloom = "".join(
        brush.flat(oval(x, y, 3, 3), colour)
        for x, y, colour in ((-46, -64, "#f2728c"), (-40, -67, "#ffe08a"), (-34, -64, "#ffffff"))
    )
    return bloom + brush.round(body, "#b98a52") + brush.line(weave, "#7a5630", 0.9, 0.5)
