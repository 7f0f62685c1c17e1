"""The inks of the six palettes: a few sets each, mixed a little differently for every cover."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np

from core.catalog.worlds.draw import shift
from core.catalog.worlds.music.pictures.chance import pick


@dataclass(frozen=True)
class Palette:
    """Inks of one cover, all ``#rrggbb``.

    ``ground`` is the paper; ``ink`` reads on the ground and on every tone; ``tones`` are what the
    composition is built of, from the nearest to the ground to the boldest.
    """

    ground: str
    ink: str
    tones: tuple[str, str, str]

    @property
    def quiet(self) -> str:
        """The tone nearest to the ground."""
        return self.tones[0]

    @property
    def middle(self) -> str:
        """The tone between the others."""
        return self.tones[1]

    @property
    def bold(self) -> str:
        """The tone farthest from the ground."""
        return self.tones[-1]


PALETTES: Final[Mapping[str, tuple[Palette, ...]]] = {
    "mist": (
        Palette("#e4e9ea", "#33454f", ("#cbd6d9", "#a9bcc2", "#839ca5")),
        Palette("#e6e8e3", "#3c4a45", ("#d0d7d0", "#afbdb5", "#8a9f96")),
        Palette("#e3e6ec", "#3a4256", ("#cdd3df", "#aeb8cb", "#8b98b0")),
        Palette("#ebe8e4", "#47474b", ("#d7d5d1", "#b9bcbd", "#959fa5")),
    ),
    "dusk": (
        Palette("#2b2450", "#fbdcc6", ("#473a75", "#7c4a80", "#c76b86")),
        Palette("#2a2a5c", "#f8d9d2", ("#443f7c", "#735091", "#bd719a")),
        Palette("#3a2350", "#f9e0c9", ("#58356c", "#8c4776", "#d0747c")),
        Palette("#312652", "#f4d3dc", ("#4d3a70", "#7d4f84", "#bf6a86")),
    ),
    "pastel": (
        Palette("#fdeff4", "#8360a8", ("#fbd5e1", "#bfe8d8", "#d9c6f5")),
        Palette("#f3f1ff", "#a5548a", ("#dcd9fb", "#c3ecdd", "#f9c6de")),
        Palette("#fff0f0", "#4c8a8f", ("#fbd8dc", "#d9cdf6", "#b9e8de")),
        Palette("#effaf5", "#7868b4", ("#cdefdd", "#f9dbe6", "#dcc8f3")),
    ),
    "sunny": (
        Palette("#ffd53d", "#123f7a", ("#ffe98a", "#ff9d1e", "#27a9e0")),
        Palette("#ffdf5e", "#0d5f86", ("#fff0a0", "#ffb01f", "#ff7b1a")),
        Palette("#ffc928", "#0d3565", ("#ffe888", "#38b6ea", "#ff8a14")),
        Palette("#ffb92e", "#14467c", ("#ffd976", "#fff2c2", "#f9741c")),
    ),
    "neon": (
        Palette("#0a0a17", "#f7f9ff", ("#1d1c46", "#ff1fc7", "#15e6ff")),
        Palette("#07101c", "#f4fff6", ("#0c3250", "#00f2c3", "#ff2d87")),
        Palette("#0b0814", "#fdf6ff", ("#2a1650", "#ff2bd0", "#c6ff1a")),
        Palette("#060b12", "#fbffe9", ("#123050", "#1fa2ff", "#39ff77")),
    ),
    "ember": (
        Palette("#20100c", "#ffe4bf", ("#4c1a12", "#a82a16", "#f06a1b")),
        Palette("#5e160e", "#ffe7c4", ("#82200f", "#c93a17", "#f28a22")),
        Palette("#2a1210", "#fbd9b0", ("#5b2014", "#b9401a", "#e0912e")),
        Palette("#170d0b", "#ffd8b3", ("#43140f", "#8e1d17", "#e2431f")),
    ),
}
"""The ink sets of every palette."""


def choose(name: str, rng: np.random.Generator) -> Palette:
    """Pick one of a palette's ink sets and mix it a little differently."""
    palette = pick(rng, PALETTES[name])
    hue, light = rng.uniform(-0.012, 0.012), rng.uniform(-0.02, 0.02)
    near, middle, far = (shift(tone, hue=hue, light=light) for tone in palette.tones)
    return Palette(
        ground=shift(palette.ground, hue=hue, light=light / 2),
        ink=shift(palette.ink, hue=hue),
        tones=(near, middle, far),
    )
