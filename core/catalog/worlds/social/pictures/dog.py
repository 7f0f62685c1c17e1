"""Pets: a dog that sits and looks about."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from random import Random
from typing import Final

from core.catalog.worlds.draw import mix, oval
from core.catalog.worlds.social.pictures.brush import Brush, placed, solid, stroke
from core.catalog.worlds.social.pictures.thing import Thing


@dataclass(frozen=True)
class Coat:
    """Colours of a dog: its back, its chest and muzzle, its ears."""

    back: str
    chest: str
    ears: str


COATS: Final = (
    Coat("#c98a48", "#f0d6a8", "#9a6230"),
    Coat("#3a3436", "#d8a268", "#2a2426"),
    Coat("#f0e6d6", "#fffaf0", "#a8683a"),
    Coat("#8a5a38", "#e8d2b4", "#5f3a22"),
    Coat("#7d8088", "#f2f2f0", "#565a62"),
    Coat("#d8a45c", "#fbeccc", "#b87c38"),
)
COLLARS: Final = ("#d8322c", "#1f78c8", "#22a06a", "#f0b020")

EARS: Final[Mapping[str, str]] = {
    "hanging": "M-7-75C4-77 9-66 7-54C6-48-1-49-2-54C-2-62-9-66-7-75Z",
    "pricked": "M-11-73L-5-92Q3-84 5-70Z",
    "tipped": "M-11-73L-7-86Q2-88 9-76Q3-77 1-69Z",
}
"""Outlines of the near ear."""


def dog(brush: Brush, random: Random) -> Thing:
    """A sitting dog in profile: ears, coat, patches and tail differ."""
    coat, collar = random.choice(COATS), random.choice(COLLARS)
    ears = random.choice(tuple(EARS))
    tail = random.choice(("M30-8Q48-8 50-26", "M30-8Q52-2 60-12", "M29-10Q44-16 40-34Q38-40 46-40"))
    marks = (
        brush.tube(tail, coat.back, 7)
        + _far_leg(brush, coat)
        + _body(brush, coat)
        + (_patch(brush, coat) if random.random() < 0.4 else "")
        + _near_legs(brush, coat)
        + placed(_head(brush, coat, ears), -6, -56, turn=random.uniform(-7, 9))
        + _collar(brush, collar)
    )
    scale = random.uniform(0.9, 1.02)
    return Thing(placed(marks, 0, 0, scale), ((6 * scale, 0, 34 * scale, 5),))


def _body(brush: Brush, coat: Coat) -> str:
    torso = "M-12-58C-22-46-22-34-16-18L-4-6H30C42-12 38-30 28-40C18-50 8-54 6-62Z"
    chest = "M-13-56C-22-46-22-34-16-16Q-7-16-6-26C-4-40-6-48-6-56Z"
    haunch = "M8-4C2-18 12-32 26-30C40-28 42-8 34-2C28 1 14 1 8-4Z"
    return (
        brush.round(torso, coat.back, end=(1, 0.5))
        + brush.flat(chest, coat.chest, tone=0.95)
        + brush.round(haunch, mix(coat.back, coat.chest, 0.08), end=(1, 0.7))
        + stroke(
            "M9-5C4-17 13-30 25-30", brush.light.shade(mix(coat.back, "#000000", 0.25)), 1, 0.5
        )
    )


def _far_leg(brush: Brush, coat: Coat) -> str:
    return brush.flat(
        "M-8-30L-6 0H-16Q-18-3-12-5L-15-28Z", mix(coat.back, "#000000", 0.2), tone=0.3
    )


def _near_legs(brush: Brush, coat: Coat) -> str:
    front = "M-15-34Q-14-16-12-6Q-19-5-20 1H-3Q-4-18-2-32Z"
    hind = "M10 1Q-4 2-3-3Q0-7 12-6Q20-6 22-1Z"
    toes = "M-16 0v-3M-12 0v-3M1 0v-3M5 0v-3"
    return (
        brush.round(front, coat.back, end=(1, 0.1))
        + brush.flat("M-12-6Q-19-5-20 1H-3L-4-6Z", coat.chest, tone=0.8)
        + brush.flat(hind, coat.chest, tone=0.65)
        + stroke(toes, brush.light.shade(mix(coat.chest, "#000000", 0.4)), 0.8, 0.7)
    )


def _patch(brush: Brush, coat: Coat) -> str:
    return brush.flat("M6-52C16-48 28-40 30-30C22-26 8-32 6-52Z", coat.ears, tone=0.5)


def _head(brush: Brush, coat: Coat, ears: str) -> str:
    """Paint the head around the nape, which is the origin."""
    skull = "M8 4C10-12 2-22-10-22C-19-22-22-14-24-10L-37-8C-42-7-43-1-38 1C-30 6-20 6-14 8Z"
    muzzle = "M-24-8L-37-8C-42-7-43-1-38 1C-30 6-22 6-17 5C-17-2-19-7-24-8Z"
    far_ear = "M-9-20L-10-36Q-3-30-2-20Z" if ears != "hanging" else ""
    dark = "#241c1a"
    near_ear = placed(brush.round(EARS[ears], coat.ears), 6, 56)
    mouth = "M-38 0Q-30 3-22 0"
    return (
        (brush.flat(far_ear, mix(coat.ears, "#000000", 0.25), tone=0.4) if far_ear else "")
        + brush.round(skull, coat.back, end=(0.9, 0.8))
        + brush.flat(muzzle, coat.chest, tone=0.9)
        + stroke(mouth, brush.light.shade(dark), 1, 0.7)
        + solid(oval(-39.5, -6, 3.4, 2.8), brush.light.half(dark))
        + solid(oval(-20, -12, 2.1, 2.3), brush.light.shade(dark))
        + solid(oval(-20.7, -12.8, 0.7, 0.7), "#ffffff")
        + near_ear
    )


def _collar(brush: Brush, colour: str) -> str:
    return brush.line("M-15-52Q-4-47 7-53", colour, 4, 0.8) + brush.flat(
        oval(-10, -46, 2.6, 2.6), "#f4d060"
    )
