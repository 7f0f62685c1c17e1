"""What makes a drawing a printed sleeve: type, paper, and the wear of the record inside."""

from __future__ import annotations

from typing import Final

import numpy as np

from core.catalog.worlds.draw import SIZE, Sheet, grain, oval
from core.catalog.worlds.music.pictures.chance import pick
from core.catalog.worlds.music.pictures.emblem import box, fill, stroke
from core.catalog.worlds.music.pictures.lettering import line, width
from core.catalog.worlds.music.pictures.palette import Palette

IMPRINTS: Final = ("TRIAD", "NORD", "LUMEN", "KITE", "OKTAV", "HALO", "AERIE", "MONO", "VESPER")
MARKS: Final = ("STEREO", "SIDE A", "SIDE B", "33 RPM", "45 RPM", "HI-FI")

_MARGIN: Final = 9.0


def imprint(sheet: Sheet, palette: Palette, rng: np.random.Generator) -> None:
    """Set the label's name and a catalogue number on a slip in one corner."""
    name = pick(rng, IMPRINTS)
    number = f"{name[:2]} {int(rng.integers(1, 1000)):03d}"
    second = pick(rng, (number, f"{number} - {pick(rng, MARKS)}"))
    large, small = 10.0, 5.0
    across = max(width(name, large), width(second, small))
    right, low = bool(rng.integers(2)), bool(rng.integers(2))
    x = SIZE - _MARGIN - across - 8 if right else _MARGIN
    y = SIZE - _MARGIN - 30 if low else _MARGIN
    sheet.add(
        fill(box(x, y, across + 10, 30, 2), palette.ground),
        line(name, x + 5, y + 5.5, large, palette.ink, weight=1.15),
        line(second, x + 5, y + 20, small, palette.ink, weight=0.9),
    )


def finish(sheet: Sheet, seed: int, rng: np.random.Generator) -> None:
    """Print it: the fold at the spine, a ring rubbed in by the record, bruised edges, and paper."""
    white, black = "#ffffff", "#000000"
    fold = sheet.linear(
        [(0, black, 0.3), (0.02, white, 0.3), (0.045, black, 0.1), (0.07, black, 0), (1, white, 0)]
    )
    light = sheet.linear(
        [(0, white, 0.16), (0.45, white, 0), (0.6, black, 0), (1, black, 0.16)], end=(1, 1)
    )
    x, y = rng.uniform(126, 132), rng.uniform(126, 132)
    r = rng.uniform(112, 118)
    ring = oval(x, y, r, r)
    for paint in (light, fold):
        sheet.add(f'<rect width="{SIZE}" height="{SIZE}" fill="{paint}"/>')
    sheet.add(
        stroke(ring, white, 5, opacity=0.05),
        stroke(ring, white, 1.4, opacity=0.09),
        stroke(box(0, 0, SIZE, SIZE), white, 2.4, opacity=0.14),
    )
    grain(sheet, seed, strength=0.045)
