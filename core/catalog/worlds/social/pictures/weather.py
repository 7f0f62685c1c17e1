"""What falls or hangs in the air: mist, rain and snow. Free variation: it says nothing about a factor."""

from __future__ import annotations

from random import Random

from core.catalog.worlds.draw import SIZE, mix, num, oval
from core.catalog.worlds.social.pictures.brush import Brush, solid, stroke


def mist(brush: Brush, random: Random, y: float, opacity: float) -> None:
    """Lay two or three soft banks of mist around a height."""
    colour = mix(brush.light.haze, "#ffffff", 0.1 if brush.light.stars else 0.4)
    paint = brush.sheet.radial(
        [(0, colour, opacity), (0.5, colour, opacity * 0.55), (1, colour, 0)]
    )
    for _ in range(random.randint(2, 3)):
        x, rise = random.uniform(0, SIZE), random.uniform(-12, 8)
        bank = oval(x, y + rise, random.uniform(80, 150), random.uniform(7, 15))
        brush.sheet.add(solid(bank, paint))


def rain(brush: Brush, random: Random) -> None:
    """Draw streaks of rain that lean with the wind."""
    lean = random.uniform(-5, 5)
    for width, count, length, opacity in ((0.5, 110, 9, 0.34), (0.8, 40, 15, 0.42)):
        streaks = "".join(
            f"M{num(random.uniform(-10, SIZE + 10))} {num(random.uniform(-10, SIZE))}"
            f"l{num(lean * length / 12)} {length}"
            for _ in range(count)
        )
        brush.sheet.add(stroke(streaks, mix(brush.light.sky[3], "#ffffff", 0.6), width, opacity))


def snowfall(brush: Brush, random: Random, density: float = 1.0) -> None:
    """Let flakes fall, small ones far away and a few large soft ones near the eye."""
    flake = brush.light.lit("#ffffff")
    for radius, count, opacity in ((0.7, 90, 0.8), (1.2, 45, 0.85), (2.1, 12, 0.6)):
        dots = "".join(
            oval(random.uniform(0, SIZE), random.uniform(0, SIZE), radius, radius)
            for _ in range(round(count * density))
        )
        brush.sheet.add(solid(dots, mix(flake, "#ffffff", 0.5), opacity))
