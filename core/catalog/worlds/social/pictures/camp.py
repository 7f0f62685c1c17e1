"""Camping and cooking: a tent, and a pot over a fire."""

from __future__ import annotations

from random import Random

from core.catalog.worlds.draw import mix, num, oval
from core.catalog.worlds.social.pictures.brush import Brush, placed, solid, stroke
from core.catalog.worlds.social.pictures.thing import Thing

CANVAS = ("#e8722c", "#d8423a", "#f0b429", "#2f8f8a", "#3d78c4", "#7fa83c")


def tent(brush: Brush, random: Random) -> Thing:
    """A tent, of the ridge or of the dome kind, its door open; after dark a lamp burns inside."""
    canvas = random.choice(CANVAS)
    return (_ridge if random.random() < 0.55 else _dome)(brush, random, canvas)


def _ridge(brush: Brush, random: Random, canvas: str) -> Thing:
    tall, deep = random.uniform(64, 72), random.uniform(48, 58)
    top, back = f"0 {num(-tall)}", f"{num(deep)} {num(-tall + 8)}"
    ropes = f"M{top}L-58 2M{back}L{num(deep + 44)} -4"
    side = f"M{top}L{back}L{num(deep + 30)} -7L38 2Z"
    front = f"M{top}L38 2L-38 2Z"
    door = f"M0 {num(-tall + 12)}L15 2H-13Z"
    flap = f"M0 {num(-tall + 12)}L-13 2L-27 2Q-16 {num(-tall * 0.4)} 0 {num(-tall + 12)}Z"
    folds = f"M{num(deep * 0.36)} {num(-tall + 4)}L52 -1M{num(deep * 0.7)} {num(-tall + 7)}L66 -4"
    marks = (
        brush.line(ropes, "#f0e8d8", 0.8, 0.6, 0.8)
        + brush.line("M-58 3v-4M102-3v-4", "#6a5a48", 1.6, 0.4)
        + brush.flat(side, canvas, tone=0.3)
        + stroke(folds, brush.light.shade(mix(canvas, "#000000", 0.25)), 0.9, 0.6)
        + brush.round(front, canvas, end=(1, 0.2))
        + _inside(brush, door, canvas)
        + brush.flat(flap, mix(canvas, "#ffffff", 0.22), tone=0.9)
        + brush.line(f"M{top}L{back}", mix(canvas, "#ffffff", 0.35), 1.6)
        + brush.line(f"M-38 2L{top}L38 2", mix(canvas, "#ffffff", 0.3), 1.4, 0.9)
    )
    return Thing(placed(marks, -14, 0), ((8, 0, 62, 7),), shines=True)


def _dome(brush: Brush, random: Random, canvas: str) -> Thing:
    body = "M-54 2C-46-46-22-62 0-62S46-46 54 2Z"
    fly = "M-27-53Q0-72 27-53Q16-32 0-38Q-16-32-27-53Z"
    door = "M-19 2C-17-26-8-37 0-37S17-26 19 2Z"
    flap = "M-19 2C-17-26-8-37 0-37C-12-25-12-14-27 2Z"
    poles = "M-54 2C-16-37-11-62 0-62M54 2C16-37 11-62 0-62"
    ropes = "M-43-31L-70 3M43-31L70 3"
    marks = (
        brush.line(ropes, "#f0e8d8", 0.8, 0.6, 0.8)
        + brush.round(body, canvas)
        + brush.round(fly, mix(canvas, "#fff4dc", 0.5))
        + _inside(brush, door, canvas)
        + brush.flat(flap, mix(canvas, "#ffffff", 0.2), tone=0.8)
        + brush.line(poles, mix(canvas, "#2a2420", 0.5), 1.3, 0.4, 0.8)
    )
    wide = random.uniform(0.95, 1.12)
    size = random.uniform(0.95, 1.06)
    return Thing(placed(marks, 0, 0, size, wide=wide), ((0, 0, 54 * wide, 7),), shines=True)


def _inside(brush: Brush, door: str, canvas: str) -> str:
    """Fill the door with darkness, or with the light of a lamp that also shines through the cloth."""
    if not brush.light.lamps:
        return solid(door, brush.light.shade("#3a3230"))
    glow = brush.sheet.linear([(0, mix(canvas, "#ffb84a", 0.6), 1), (1, "#fff0b8", 1)], end=(0, 1))
    return solid(door, glow) + brush.halo(0, -20, 66, "#ffcf70", 0.62)


def campfire(brush: Brush, random: Random) -> Thing:
    """A pot that hangs from three poles over a fire, with steam."""
    tall, spread = random.uniform(76, 84), random.uniform(36, 42)
    pot_y, size = -random.uniform(33, 37), random.uniform(0.95, 1.1)
    iron = random.choice(("#3d4046", "#4a3a34", "#7d3a30", "#35506a"))
    poles = (
        f"M-{num(spread)} 2L4 {num(-tall)}M{num(spread)} 2L-4 {num(-tall)}M10-4L-1 {num(-tall - 3)}"
    )
    stones = "".join(
        brush.round(oval(x, y, random.uniform(5, 7), random.uniform(4, 5)), "#8d8a88", end=(1, 1))
        for x, y in ((-25, 1), (-15, 4), (-4, 5), (8, 5), (18, 3), (26, 0))
    )
    logs = (
        brush.tube("M-22 0L14-9", "#7a5236", 6)
        + brush.tube("M22 0L-12-9", "#6a4630", 6)
        + brush.tube("M-6 2L4-10", "#80583a", 5.5)
    )
    marks = (
        brush.halo(0, -14, 92, "#ffab45", 0.62 if brush.light.lamps else 0.26)
        + brush.line(poles, "#6b4c34", 3.4, 0.55)
        + _steam(brush, random, pot_y - 22)
        + logs
        + _flames(random, pot_y)
        + brush.line(f"M0 {num(-tall + 3)}V{num(pot_y - 13)}", "#33302e", 1.4, 0.4)
        + placed(_pot(brush, iron), 0, pot_y, size)
        + stones
    )
    return Thing(marks, ((0, 2, 38, 7),), shines=True)


def _pot(brush: Brush, iron: str) -> str:
    """Paint a pot of stew with its bail, glowing from below; the middle of its body is the origin."""
    body = "M-20-9C-22 10-12 16 0 16S22 10 20-9Z"
    ember = brush.sheet.linear([(0.55, "#ff8a2a", 0), (1, "#ff8a2a", 0.75)], end=(0, 1))
    return (
        brush.line("M-20-8Q0-34 20-8", "#2c2a2a", 1.7, 0.5)
        + brush.round(body, iron)
        + solid(body, ember)
        + brush.round(oval(0, -9, 21, 5.4), mix(iron, "#ffffff", 0.2))
        + brush.flat(oval(0, -9, 17, 3.6), "#b4682f", tone=0.5)
        + brush.line("M-14-2q-1 7 4 10", "#ffffff", 1.6, 1, 0.45)
    )


def _flames(random: Random, pot_y: float) -> str:
    marks = ""
    for colour, wide, share in (
        ("#f4581f", 19.0, 1.0),
        ("#ff9a2c", 13.0, 0.78),
        ("#ffe27a", 7.5, 0.5),
    ):
        tall = (-pot_y + 6) * share
        tongues = ""
        for at in (-0.75, 0.0, 0.7):
            x, h = at * wide, tall * (1 - 0.35 * abs(at)) * random.uniform(0.85, 1.1)
            w, lean = wide * 0.5, random.uniform(-4, 4)
            tongues += (
                f"M{num(x - w)} -2C{num(x - w * 1.2)} {num(-h * 0.5)} {num(x + lean - 2)}"
                f" {num(-h * 0.6)} {num(x + lean)} {num(-h)}C{num(x + lean + 3)} {num(-h * 0.6)}"
                f" {num(x + w * 1.2)} {num(-h * 0.5)} {num(x + w)} -2Z"
            )
        marks += solid(tongues, colour, 0.95)
    return marks


def _steam(brush: Brush, random: Random, y: float) -> str:
    white = mix(brush.light.haze, "#ffffff", 0.45)
    return "".join(
        brush.halo(3 + 4 * k + random.uniform(-4, 4), y - 10 * k, 9 + 3 * k, white, 0.55 - 0.08 * k)
        for k in range(5)
    )
