"""The air of the six palettes, between the composition and the emblem: fog, dusk, rays, glow, sparks."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Final, TypeAlias

import numpy as np

from core.catalog.worlds.draw import SIZE, Sheet, mix, move, oval
from core.catalog.worlds.music.pictures.chance import pick
from core.catalog.worlds.music.pictures.emblem import box, fill, stroke
from core.catalog.worlds.music.pictures.palette import Palette

Air: TypeAlias = Callable[[Sheet, Palette, np.random.Generator], None]


def fog(sheet: Sheet, palette: Palette, rng: np.random.Generator) -> None:
    """Draw banks of fog across."""
    veil = mix(palette.ground, "#ffffff", 0.6)
    bank = sheet.linear([(0, veil, 0), (0.5, veil, 0.62), (1, veil, 0)], end=(0, 1))
    for y in (rng.uniform(-30, 20), rng.uniform(80, 120), rng.uniform(180, 215)):
        sheet.add(fill(box(0, y, SIZE, rng.uniform(60, 90)), bank))


def nightfall(sheet: Sheet, palette: Palette, rng: np.random.Generator) -> None:
    """Let the last light stand at the bottom, and the first stars at the top."""
    warm, deep = "#ff9a7a", "#1a1640"
    sky = sheet.linear(
        [(0, deep, 0.5), (0.4, deep, 0), (0.55, warm, 0), (1, warm, 0.62)], end=(0, 1)
    )
    sheet.add(fill(box(0, 0, SIZE, SIZE), sky))
    stars = "".join(
        oval(float(x), float(y), float(r), float(r))
        for x, y, r in rng.uniform((6, 6, 0.6), (250, 120, 1.6), (26, 3))
    )
    sheet.add(fill(stars, palette.ink, opacity=0.8))


def confetti(sheet: Sheet, palette: Palette, rng: np.random.Generator) -> None:
    """Scatter short strokes of the tones."""
    for colour in (*(mix(tone, palette.ink, 0.25) for tone in palette.tones[1:]), "#ffffff"):
        strokes = []
        for x, y, turn in rng.uniform((8, 8, 0), (248, 248, 2 * math.pi), (13, 3)):
            dx, dy = 4.2 * math.cos(turn), 4.2 * math.sin(turn)
            strokes.append(move(((x - dx, y - dy), (x + dx, y + dy)), close=False))
        sheet.add(stroke("".join(strokes), colour, 3.4))


def rays(sheet: Sheet, palette: Palette, rng: np.random.Generator) -> None:
    """Let the sun shine in from an upper corner."""
    x = pick(rng, (-6.0, SIZE + 6.0))
    y = rng.uniform(-16, 6)
    start, step = rng.uniform(0, 0.2), math.pi / 15
    wedges = "".join(
        move(
            ((x, y), *((x + 420 * math.cos(a), y + 420 * math.sin(a)) for a in (at, at + step / 2)))
        )
        for at in (start + k * step for k in range(30))
    )
    shine = sheet.radial(
        [(0, "#fffbe0", 0.75), (0.55, "#fff3b0", 0.36), (1, "#fff3b0", 0.1)], (x, y), 340, page=True
    )
    glow = sheet.radial([(0, "#fffdf0", 0.95), (1, "#fff6c0", 0)], (x, y), 100, page=True)
    sheet.add(fill(wedges, shine), fill(box(0, 0, SIZE, SIZE), glow))


def tubes(sheet: Sheet, palette: Palette, rng: np.random.Generator) -> None:
    """Frame the cover with glowing tubes."""
    for inset, colour in ((11.0, palette.bold), (18.0, palette.middle)):
        frame = box(inset, inset, SIZE - 2 * inset, SIZE - 2 * inset, rng.uniform(10, 18))
        for width, opacity in ((13.0, 0.16), (7.0, 0.34), (3.4, 1.0)):
            sheet.add(stroke(frame, colour, width, opacity=opacity))
        sheet.add(stroke(frame, mix(colour, "#ffffff", 0.8), 1.3))


def sparks(sheet: Sheet, palette: Palette, rng: np.random.Generator) -> None:
    """Let it glow from below, and sparks rise."""
    glow = sheet.radial(
        [(0, "#ffb03a", 0.85), (0.45, "#f2541b", 0.42), (1, "#c41f0e", 0)],
        (rng.uniform(90, 166), 284),
        200,
        page=True,
    )
    sheet.add(fill(box(0, 0, SIZE, SIZE), glow))
    heights = 256 * rng.beta(2.2, 1.1, 46)
    for colour, part in (("#ffd27a", slice(0, 23)), ("#ff8a3c", slice(23, 46))):
        dots = "".join(
            oval(float(x), float(y), float(r), float(r) * 1.5)
            for x, y, r in zip(
                rng.uniform(4, 252, 23), heights[part], rng.uniform(0.6, 2.2, 23), strict=True
            )
        )
        sheet.add(fill(dots, colour))


AIRS: Final[Mapping[str, Air]] = {
    "mist": fog,
    "dusk": nightfall,
    "pastel": confetti,
    "sunny": rays,
    "neon": tubes,
    "ember": sparks,
}
"""The air of every palette."""
