"""The light of the four hours: colours of the sky, of the air, and of everything the light falls on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from random import Random
from typing import Final, TypeAlias

from core.catalog.worlds.draw import mix, shift

Range: TypeAlias = tuple[float, float]


@dataclass(frozen=True)
class Light:
    """One hour's light.

    ``sky`` runs from the zenith to the horizon; ``haze`` is what distance turns things to; ``key``
    and ``ambient`` are what a white thing looks like in the light and in the shade; ``sun`` is the
    disc of the sun or the moon, ``glow`` the air around it, ``lift`` how far above the horizon it
    stands, as a share of the sky; ``lamps`` says whether people have lit theirs; a ``veiled`` sun is
    only a glow; ``thick`` is how much more haze than at noon there is in the air.
    """

    sky: tuple[str, str, str, str]
    haze: str
    key: str
    ambient: str
    sun: str
    glow: str
    lift: Range
    lamps: bool = False
    stars: bool = False
    veiled: bool = False
    thick: float = 1.0

    @property
    def high(self) -> bool:
        """Whether the sun stands high, so that shadows are short."""
        return self.lift[0] > 0.4

    def lit(self, colour: str, depth: float = 0.0) -> str:
        """Return a colour in the light, seen through a share ``depth`` of haze."""
        return mix(multiply(colour, self.key), self.haze, min(depth * self.thick, 0.9))

    def shade(self, colour: str, depth: float = 0.0) -> str:
        """Return a colour in the shade, seen through a share ``depth`` of haze."""
        return mix(multiply(colour, self.ambient), self.haze, min(depth * self.thick, 0.9))

    def overcast(self) -> Light:
        """Return the same hour under clouds: the sun veiled, the sky greyer, the light softer."""
        zenith, high, low, horizon = (
            mix(shift(each, saturation=-0.25), self.haze, 0.3) for each in self.sky
        )
        return replace(
            self,
            sky=(zenith, high, low, horizon),
            key=mix(self.key, self.ambient, 0.2),
            veiled=True,
        )

    def half(self, colour: str, depth: float = 0.0) -> str:
        """Return a colour half in the light."""
        return mix(self.lit(colour, depth), self.shade(colour, depth), 0.5)


def multiply(colour: str, tint: str) -> str:
    """Return ``colour`` under a light of colour ``tint``, both ``#rrggbb``."""
    pairs = ((int(colour[k : k + 2], 16), int(tint[k : k + 2], 16)) for k in (1, 3, 5))
    return "#" + "".join(f"{round(a * b / 255):02x}" for a, b in pairs)


LIGHTS: Final[Mapping[str, tuple[Light, ...]]] = {
    "dawn": (
        Light(
            sky=("#8fa2d6", "#ccb6e0", "#f8c4cb", "#ffe2ba"),
            haze="#f0cdd4",
            key="#ffdccb",
            ambient="#a494c0",
            sun="#fffbe8",
            glow="#ffdca6",
            lift=(0.06, 0.24),
            thick=1.35,
        ),
        Light(
            sky=("#a2b4de", "#d8cfe6", "#fbd2cc", "#ffe9bf"),
            haze="#edd3d6",
            key="#ffe1c8",
            ambient="#a69cc2",
            sun="#fffdf0",
            glow="#ffe2b0",
            lift=(0.08, 0.26),
            thick=1.35,
        ),
        Light(
            sky=("#a79ad4", "#e0b4da", "#fdc8c0", "#ffdbb0"),
            haze="#f2c8d0",
            key="#ffd8cc",
            ambient="#a68fbd",
            sun="#fff7e2",
            glow="#ffd2a8",
            lift=(0.05, 0.2),
            thick=1.35,
        ),
    ),
    "noon": (
        Light(
            sky=("#2a78d0", "#4f9ce4", "#8cc6f0", "#d6eef8"),
            haze="#c4dff0",
            key="#fffffb",
            ambient="#8fa5c0",
            sun="#ffffff",
            glow="#fffbe0",
            lift=(0.74, 0.9),
        ),
        Light(
            sky=("#1f86cc", "#46aade", "#8ad2ea", "#d8f2f2"),
            haze="#c6e6ec",
            key="#fffff4",
            ambient="#8caabd",
            sun="#ffffff",
            glow="#fff8d8",
            lift=(0.7, 0.88),
        ),
        Light(
            sky=("#3b6fc4", "#6298dc", "#a0c8ee", "#e2eef6"),
            haze="#cfdfee",
            key="#ffffff",
            ambient="#949fbe",
            sun="#ffffff",
            glow="#fffdea",
            lift=(0.74, 0.9),
        ),
    ),
    "dusk": (
        Light(
            sky=("#2c2a64", "#7e3b7e", "#e2604f", "#ffb24f"),
            haze="#d5745f",
            key="#ffb584",
            ambient="#6a4f7c",
            sun="#fff0a8",
            glow="#ffb347",
            lift=(0.06, 0.24),
            lamps=True,
        ),
        Light(
            sky=("#463070", "#a8467c", "#f07a4c", "#ffcf5e"),
            haze="#e08a62",
            key="#ffbe86",
            ambient="#74527a",
            sun="#fff3b4",
            glow="#ffc24f",
            lift=(0.08, 0.28),
            lamps=True,
        ),
        Light(
            sky=("#1f2b5c", "#5c3f86", "#cf4f66", "#ff9a52"),
            haze="#c46468",
            key="#ffaa86",
            ambient="#5f4a7c",
            sun="#ffe79c",
            glow="#ff9d4a",
            lift=(0.05, 0.2),
            lamps=True,
        ),
    ),
    "night": (
        Light(
            sky=("#060c24", "#0e1b40", "#1b3262", "#365a8c"),
            haze="#27426f",
            key="#9fb6de",
            ambient="#35456f",
            sun="#fbf6df",
            glow="#a9c3ee",
            lift=(0.5, 0.82),
            lamps=True,
            stars=True,
        ),
        Light(
            sky=("#0b0a28", "#1b1a4c", "#322e70", "#57508f"),
            haze="#3b3a72",
            key="#aab0e0",
            ambient="#3e4074",
            sun="#fff8e6",
            glow="#b9b6f0",
            lift=(0.5, 0.82),
            lamps=True,
            stars=True,
        ),
        Light(
            sky=("#04141f", "#0a2a3c", "#15475a", "#2f7078"),
            haze="#22505f",
            key="#9cc2cf",
            ambient="#2f4f66",
            sun="#f6f8e6",
            glow="#9fd6d8",
            lift=(0.5, 0.82),
            lamps=True,
            stars=True,
        ),
    ),
}
"""The lights of every hour."""


def choose(hour: str, random: Random) -> Light:
    """Pick one of an hour's lights and move its sky a little, so that no two skies are the same."""
    light = random.choice(LIGHTS[hour])
    hue, up = random.uniform(-0.015, 0.015), random.uniform(-0.02, 0.025)
    zenith, high, low, horizon = (shift(each, hue=hue, light=up) for each in light.sky)
    return replace(
        light, sky=(zenith, high, low, horizon), haze=shift(light.haze, hue=hue, light=up)
    )
