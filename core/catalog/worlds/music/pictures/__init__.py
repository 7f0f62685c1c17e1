"""The covers of the music world: six palettes in five compositions, with an emblem of the genre.

``PALETTES`` say in which inks a cover is printed and ``AIRS`` what light lies on it,
``COMPOSITIONS`` how it is laid out, ``EMBLEMS`` what stands in its middle; none of them knows the
others' lists.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import numpy as np

from core.catalog.worlds.base import Plan
from core.catalog.worlds.draw import Sheet, num
from core.catalog.worlds.music.factors import COMPOSITION, GENRE, PALETTE
from core.catalog.worlds.music.pictures import press, strings, things
from core.catalog.worlds.music.pictures.air import AIRS
from core.catalog.worlds.music.pictures.chance import pick
from core.catalog.worlds.music.pictures.compositions import COMPOSITIONS
from core.catalog.worlds.music.pictures.emblem import Drawer, Emblem, Inks, fill, stroke
from core.catalog.worlds.music.pictures.palette import PALETTES, choose
from core.catalog.worlds.music.pictures.stage import Stage

EMBLEMS: Final[Mapping[str, Drawer]] = {
    "ambient": things.moon,
    "chamber": strings.violin,
    "folk": strings.acoustic_guitar,
    "hiphop": things.cassette,
    "house": things.record,
    "jazz": things.saxophone,
    "rock": strings.electric_guitar,
    "synthwave": things.sun,
}
"""How to draw every value of the factor ``genre``."""

_TILT: Final[Mapping[str, tuple[float, float]]] = {
    "chamber": (-32, 32),
    "folk": (-34, 34),
    "hiphop": (-16, 16),
    "house": (-8, 8),
    "jazz": (-12, 10),
    "rock": (14, 44),
}
"""Degrees by which an emblem may be turned; others stand upright."""


def draw(plan: Plan) -> str:
    """Draw a track's cover as an SVG document of viewBox 0 0 256 256.

    Inks, layout, emblem and print are drawn from separate streams of the plan's seed: the same seed
    in another palette is the same cover printed in other colours.

    Parameters
    ----------
    plan : its seed and its values of ``palette``, ``composition`` and ``genre`` are read
    """
    genre = GENRE.values[plan.values[GENRE.name]]
    inks, layout, motif, printing = (np.random.default_rng([plan.seed, tag]) for tag in range(4))

    sheet = Sheet()
    name = PALETTE.values[plan.values[PALETTE.name]]
    palette = choose(name, inks)
    stage = COMPOSITIONS[COMPOSITION.values[plan.values[COMPOSITION.name]]](sheet, palette, layout)
    AIRS[name](sheet, palette, inks)
    emblem = EMBLEMS[genre](Inks(palette.ink, stage.trim, stage.field, stage.field), motif)
    sheet.add(_placed(emblem, stage, motif.uniform(*_TILT.get(genre, (0, 0))), motif))
    press.imprint(sheet, palette, printing)
    press.finish(sheet, plan.seed, printing)
    return sheet.document()


def _placed(emblem: Emblem, stage: Stage, degrees: float, rng: np.random.Generator) -> str:
    """Set an emblem on its stage, with a gap around it and a second ink out of register."""
    scale = stage.half / 100 * rng.uniform(0.95, 1.1)
    facing = pick(rng, ("", "-"))
    place = (
        f"translate({num(stage.x)} {num(stage.y)}) scale({facing}{scale:.3f} {scale:.3f})"
        f" rotate({num(degrees)})"
    )
    slip = f"translate({num(rng.uniform(-7, 7))} {num(rng.uniform(4, 7))})"
    return (
        f'<g transform="{place}">'
        + stroke(emblem.outline, stage.field, 14)
        + f'<g transform="{slip}">{fill(emblem.outline, stage.trim, opacity=0.45)}</g>'
        + emblem.marks
        + "</g>"
    )


__all__ = ["AIRS", "COMPOSITIONS", "EMBLEMS", "PALETTES", "draw"]
