"""The sky: its colours, the sun or the moon, stars, clouds and birds."""

from __future__ import annotations

import math
from random import Random

from core.catalog.worlds.draw import SIZE, Point, mix, num, oval
from core.catalog.worlds.social.pictures.brush import Brush, solid, stroke


def sky(brush: Brush, random: Random, horizon: float, cloudiness: float) -> Point:
    """Paint the sky above ``horizon`` and return where the sun or the moon stands.

    Parameters
    ----------
    brush : whose light says what the sky looks like
    random : places sun, stars, clouds and birds
    horizon : in pixels from the top
    cloudiness : how much of the sky the clouds cover, in [0, 1]
    """
    light, sheet = brush.light, brush.sheet
    zenith, high, low, edge = light.sky
    air = sheet.linear(
        [(0, zenith, 1), (0.4, high, 1), (0.78, low, 1), (1, edge, 1)],
        (0, 0),
        (0, horizon + 6),
        page=True,
    )
    sheet.add(f'<rect width="{SIZE}" height="{SIZE}" fill="{air}"/>')
    sun = random.uniform(34, 104), horizon * (1 - random.uniform(*light.lift))
    if light.veiled:
        sheet.add(brush.halo(*sun, 110, light.sun, 0.45))
    elif light.stars:
        sheet.add(_stars(random, horizon), _moon(brush, random, sun))
    else:
        sheet.add(_sun(brush, sun))
    if light.high and not (light.stars or light.veiled):
        sheet.add(_heap_clouds(brush, random, horizon, cloudiness))
    elif cloudiness > 0:
        _streaked_clouds(brush, random, horizon, cloudiness)
    if not (light.stars or light.veiled) and random.random() < 0.5:
        sheet.add(_birds(brush, random, horizon))
    return sun


def _sun(brush: Brush, at: Point) -> str:
    x, y = at
    r = 8.0 if brush.light.high else 12.0
    return (
        brush.halo(x, y, 116, brush.light.glow, 0.6)
        + brush.halo(x, y, 62, brush.light.sun, 0.75)
        + solid(oval(x, y, r, r), brush.light.sun)
    )


def _moon(brush: Brush, random: Random, at: Point) -> str:
    x, y = at
    r, phase = random.uniform(9, 12), random.choice((-0.6, -0.35, 0.7, 1.0))
    # The terminator is half an ellipse: from new (-1) over half (0) to full (1).
    bulge = abs(phase) * r
    limb = f"M0 {num(-r)}A{num(r)} {num(r)} 0 0 0 0 {num(r)}"
    inner = f"A{num(bulge)} {num(r)} 0 0 {0 if phase > 0 else 1} 0 {num(-r)}Z"
    seas = (
        oval(-r * 0.45, -r * 0.25, r * 0.2, r * 0.16) + oval(-r * 0.35, r * 0.35, r * 0.26, r * 0.2)
        if phase > 0
        else ""
    )
    return (
        brush.halo(x, y, 96, brush.light.glow, 0.4)
        + brush.halo(x, y, 34, brush.light.sun, 0.4)
        + f'<g transform="translate({num(x)} {num(y)}) rotate(24)">'
        + solid(limb + inner, brush.light.sun)
        + solid(seas, mix(brush.light.sun, "#8d93a8", 0.5), 0.6)
        + "</g>"
    )


def _stars(random: Random, horizon: float) -> str:
    marks = []
    for radius, count, opacity in ((0.45, 70, 0.7), (0.75, 26, 0.9), (1.15, 7, 1.0)):
        dots = "".join(
            oval(random.uniform(0, SIZE), horizon * random.random() ** 1.3, radius, radius)
            for _ in range(count)
        )
        marks.append(solid(dots, "#fdfbf0", opacity))
    if random.random() < 0.4:
        x, y = random.uniform(120, 220), random.uniform(12, horizon * 0.4)
        marks.append(stroke(f"M{num(x)} {num(y)}l26 13", "#ffffff", 0.9, 0.75))
    return "".join(marks)


def _heap_clouds(brush: Brush, random: Random, horizon: float, cloudiness: float) -> str:
    """Pile up the clouds of a warm day: round heads over a flat base, smaller towards the horizon."""
    white, grey = "#ffffff", mix(brush.light.sky[2], "#ffffff", 0.5)
    paint = brush.sheet.linear([(0, white, 1), (0.55, white, 0.97), (1, grey, 0.9)], end=(0, 1))
    marks = ""
    for _ in range(round(6 * cloudiness)):
        rise = random.uniform(0.12, 0.8)
        x, base, half = random.uniform(0, SIZE), horizon * rise, 12 + 34 * (1 - rise)
        half *= random.uniform(0.7, 1.15)
        heads = [
            (x + half * at, half * (0.44 - 0.3 * abs(at)) * random.uniform(0.7, 1.2))
            for at in (-0.74, -0.48, -0.2, 0.1, 0.38, 0.6, 0.8)
        ]
        outline = f"M{num(x - half)} {num(base)}" + "".join(
            f"L{num(cx - r)} {num(base)}A{num(r)} {num(r * 1.3)} 0 0 1 {num(cx + r)} {num(base)}"
            for cx, r in heads
        )
        foot = f"Q{num(x)} {num(base + half * 0.12)} {num(x - half)} {num(base)}Z"
        marks += solid(outline + foot, paint, 0.95 - 0.4 * rise)
    return marks


def _streaked_clouds(brush: Brush, random: Random, horizon: float, cloudiness: float) -> None:
    """Draw out a band of noise into clouds; they thin out towards the zenith and the horizon."""
    light, sheet = brush.light, brush.sheet
    near = mix(light.sky[3], "#ffffff", 0.55)
    far = mix(light.sky[1], "#ffffff", 0.28)
    if light.stars:
        near, far = mix(light.sky[3], "#ffffff", 0.12), light.sky[2]
    pace = f"{num(random.uniform(0.009, 0.015))} {num(random.uniform(0.03, 0.05))}"
    top, tall = random.uniform(0.04, 0.3) * horizon, random.uniform(0.42, 0.52) * horizon
    noise = sheet.filter(
        f'<feTurbulence type="fractalNoise" baseFrequency="{pace}" numOctaves="3"'
        f' seed="{random.randrange(1000)}"/><feColorMatrix values="0 0 0 0 0 0 0 0 0 0 0 0 0 0 0'
        f' 0 0 0 5 {num(-2.9 + 0.9 * cloudiness)}"/>'
        '<feComposite operator="in" in="SourceGraphic"/>'
    )
    paint = sheet.linear(
        [(0, far, 0), (0.3, far, 0.8), (0.75, near, 0.95), (1, near, 0)], end=(0, 1)
    )
    sheet.add(
        f'<rect y="{num(top)}" width="{SIZE}" height="{num(tall)}" fill="{paint}"'
        f' filter="{noise}"/>'
    )


def _birds(brush: Brush, random: Random, horizon: float) -> str:
    x, y = random.uniform(120, 210), random.uniform(0.3, 0.6) * horizon
    flock = ""
    for k in range(random.randint(3, 6)):
        s = random.uniform(2.4, 4.2)
        px = x + k * random.uniform(6, 11)
        py = y + 7 * math.sin(k * 1.7) + random.uniform(-4, 4)
        flock += (
            f"M{num(px - s)} {num(py - s * 0.35)}q{num(s * 0.7)} {num(-s * 0.5)} {num(s)}"
            f" {num(s * 0.45)}q{num(s * 0.3)} {num(-s * 0.95)} {num(s)} {num(-s * 0.45)}"
        )
    return stroke(flock, mix(brush.light.sky[0], "#20242e", 0.6), 0.9, 0.8)
