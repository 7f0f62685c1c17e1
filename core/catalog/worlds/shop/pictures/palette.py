"""The colours of the six looks: a few palettes each, with a backdrop that flatters them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from random import Random
from typing import Final

from core.catalog.worlds.draw import shift


@dataclass(frozen=True)
class Palette:
    """Colours of one product shot, all ``#rrggbb``.

    ``dark`` and ``light`` are what the body turns to in the shade and in the light; ``accent`` is
    the decoration; ``wall`` and ``table`` are the backdrop.
    """

    base: str
    dark: str
    light: str
    accent: str
    wall: str
    table: str


PALETTES: Final[Mapping[str, tuple[Palette, ...]]] = {
    "glass": (
        Palette("#5cc0cf", "#0f5265", "#f4feff", "#ffffff", "#cfeaf0", "#a9d6e0"),
        Palette("#66b3e0", "#124672", "#f3faff", "#ffffff", "#cfe5f4", "#a8cfe8"),
        Palette("#55c4bd", "#0b5a58", "#f2fffd", "#ffffff", "#cbebea", "#a2d8d8"),
        Palette("#86c9e6", "#195880", "#f6fcff", "#e8f8ff", "#c8e6f2", "#a0cfe2"),
    ),
    "wood": (
        Palette("#a36a38", "#3b1f0d", "#f0c68e", "#4a2812", "#e6dcbf", "#c4ad7f"),
        Palette("#c08a50", "#573314", "#fbdcaa", "#6b3d1a", "#e9dfc2", "#c9b183"),
        Palette("#7b4a28", "#2a1408", "#d9a56c", "#d8a869", "#e0d5b4", "#b89f70"),
        Palette("#b4763f", "#472409", "#f5cf97", "#f3d9ae", "#e3d9b6", "#bea678"),
    ),
    "steel": (
        Palette("#9aa2aa", "#1d2329", "#ffffff", "#3c444c", "#aab0b7", "#838b93"),
        Palette("#727a82", "#14181c", "#f7fafc", "#d5dade", "#9ea5ac", "#788089"),
        Palette("#b1b5b8", "#2a2e33", "#ffffff", "#565d64", "#b0b4b8", "#8a8f95"),
        Palette("#5d646d", "#0e1114", "#eef2f5", "#b9bfc5", "#a3a9b0", "#7b838c"),
    ),
    "ceramic": (
        Palette("#b85f3c", "#4f1f10", "#f6c3a4", "#f1dcc2", "#e8cbbb", "#cda08a"),
        Palette("#c9933f", "#5e3a0e", "#fbe0a6", "#7c4420", "#e9d0bd", "#cfa78d"),
        Palette("#e2d2b5", "#7d6545", "#fffaee", "#b4603c", "#e0bfae", "#c4947f"),
        Palette("#a5533f", "#43170f", "#efb59d", "#e9c48a", "#e6c8ba", "#c99c88"),
    ),
    "plastic": (
        Palette("#dd2430", "#6d0712", "#ffb3ab", "#ffffff", "#fdf6e8", "#ffe29a"),
        Palette("#f6bd0c", "#a35c00", "#fff3b4", "#ffffff", "#f3f8fe", "#8fc0f2"),
        Palette("#1c4fd0", "#081c66", "#a9c4ff", "#ffd93b", "#fdf7e6", "#ffdc7a"),
        Palette("#f0531c", "#8a2202", "#ffc4a0", "#ffffff", "#f4f8fd", "#9cc8f4"),
    ),
    "paper": (
        Palette("#f0c3cf", "#a9697d", "#fff3f5", "#e092a6", "#fbeef2", "#f6dbe4"),
        Palette("#d2c2ea", "#7a649f", "#faf5ff", "#a88fd0", "#f5effb", "#e9dcf4"),
        Palette("#c6e6cf", "#66937a", "#f5fff8", "#8cc6a0", "#f2f9f0", "#e1f0dc"),
        Palette("#f4d2c6", "#b07a68", "#fff7f3", "#e3a08c", "#fdf2ee", "#f8e1da"),
    ),
}
"""The palettes of every look."""


def choose(look: str, random: Random) -> Palette:
    """Pick one of a look's palettes and shade it a little, so that no two products are the same."""
    palette = random.choice(PALETTES[look])
    hue, light = random.uniform(-0.012, 0.012), random.uniform(-0.03, 0.03)
    return Palette(
        base=shift(palette.base, hue=hue, light=light),
        dark=shift(palette.dark, hue=hue),
        light=shift(palette.light, hue=hue),
        accent=palette.accent,
        wall=shift(palette.wall, light=light / 3),
        table=shift(palette.table, light=light / 2),
    )
