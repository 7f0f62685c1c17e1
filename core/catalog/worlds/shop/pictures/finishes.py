"""What the six looks do with light: the physics, as far as a product shot needs it.

A shade is a list of (offset, value) from the lit left edge to the right one; value -1 is the
palette's dark, 0 the bare colour, 1 the palette's light. It is laid over the coloured body.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, TypeAlias

Shade: TypeAlias = tuple[tuple[float, float], ...]


@dataclass(frozen=True)
class Finish:
    """How a material takes the light.

    Parameters
    ----------
    round : shade across an upright cylinder
    ball : shade of a sphere, from the highlight outwards
    gloss : opacity of sharp reflections, 0 for matt
    edge : opacity of the outline that catches the light
    body : opacity of the body, below 1 for what can be seen through
    texture : SVG filter primitives that read ``SourceGraphic`` and end in the textured picture;
        ``{seed}``, the grain's frequencies ``{across}`` and ``{along}``, and the matrix rows that
        paint it ``{dark}`` or ``{light}`` are filled in; "" for none
    """

    round: Shade
    ball: Shade
    gloss: float
    edge: float
    body: float = 1.0
    texture: str = ""


def _tint(colour: str, alpha: str) -> str:
    """Turn noise into a film of one colour: ``alpha`` is the last row of the colour matrix."""
    return f'<feColorMatrix values="{{{colour}}} {alpha}"/>'


_LAY = '<feComposite in2="SourceGraphic" operator="atop"/>'
"""Lay the film over the picture, only where there is something."""

_GRAIN = (
    '<feTurbulence type="fractalNoise" baseFrequency="{across} {along}" numOctaves="2"'
    ' seed="{seed}"/>'
    + _tint("dark", "1.6 0 0 0 -.42")
    + '<feComponentTransfer><feFuncA type="table" tableValues="0 .5 .1 .55 .05 .6 .1 .5 0 .6"/>'
    "</feComponentTransfer>" + _LAY
)

_SPECKLE = (
    '<feTurbulence type="fractalNoise" baseFrequency=".33" numOctaves="1" seed="{seed}"/>'
    + _tint("dark", "9 0 0 0 -6.1")
    + _LAY
)

_BRUSHED = (
    '<feTurbulence type="fractalNoise" baseFrequency=".012 .8" numOctaves="1" seed="{seed}"/>'
    + _tint("light", ".9 0 0 0 -.4")
    + _LAY
)

_FIBRE = (
    '<feTurbulence type="fractalNoise" baseFrequency=".055 .08" numOctaves="2" seed="{seed}"/>'
    '<feDiffuseLighting surfaceScale="1.1" lighting-color="#ffffff" result="lit">'
    '<feDistantLight azimuth="215" elevation="62"/></feDiffuseLighting>'
    '<feComposite in="lit" in2="SourceAlpha" operator="in" result="crease"/>'
    '<feComposite in="SourceGraphic" in2="crease" operator="arithmetic" k1="1.13"/>'
)

FINISHES: Final[Mapping[str, Finish]] = {
    "glass": Finish(
        round=(
            (0, -0.9),
            (0.035, -0.5),
            (0.06, 0.75),
            (0.12, 0.3),
            (0.2, -0.08),
            (0.5, 0),
            (0.8, -0.08),
            (0.87, -0.4),
            (0.92, 0.7),
            (0.955, 0.2),
            (0.975, -0.6),
            (1, -0.95),
        ),
        ball=((0, 0.55), (0.3, 0.12), (0.7, -0.1), (0.9, -0.35), (0.96, 0.3), (1, -0.8)),
        gloss=0.95,
        edge=0.8,
        body=0.3,
    ),
    "wood": Finish(
        round=(
            (0, -0.55),
            (0.1, -0.2),
            (0.28, 0.42),
            (0.42, 0.12),
            (0.7, -0.4),
            (0.93, -0.72),
            (1, -0.5),
        ),
        ball=((0, 0.5), (0.35, 0.05), (0.75, -0.5), (1, -0.75)),
        gloss=0.12,
        edge=0.35,
        texture=_GRAIN,
    ),
    "steel": Finish(
        round=(
            (0, -0.7),
            (0.05, 0.2),
            (0.12, -0.55),
            (0.2, 0.2),
            (0.26, 0.95),
            (0.36, 0.9),
            (0.42, 0.1),
            (0.56, -0.5),
            (0.66, -0.4),
            (0.76, 0.5),
            (0.82, 0.35),
            (0.88, -0.45),
            (0.97, -0.8),
            (1, -0.2),
        ),
        ball=(
            (0, 1),
            (0.2, 0.75),
            (0.3, 0.05),
            (0.5, -0.4),
            (0.66, -0.85),
            (0.78, -0.2),
            (0.9, 0.3),
            (1, -0.75),
        ),
        gloss=0.75,
        edge=0.8,
        texture=_BRUSHED,
    ),
    "ceramic": Finish(
        round=(
            (0, -0.45),
            (0.12, -0.08),
            (0.27, 0.45),
            (0.36, 0.22),
            (0.5, 0),
            (0.78, -0.45),
            (0.94, -0.75),
            (1, -0.5),
        ),
        ball=((0, 0.65), (0.2, 0.3), (0.45, 0), (0.8, -0.5), (1, -0.8)),
        gloss=0.4,
        edge=0.5,
        texture=_SPECKLE,
    ),
    "plastic": Finish(
        round=((0, -0.35), (0.1, 0), (0.3, 0.3), (0.5, 0), (0.75, -0.3), (0.93, -0.65), (1, -0.2)),
        ball=((0, 0.5), (0.3, 0.12), (0.6, -0.08), (0.88, -0.55), (1, -0.35)),
        gloss=0.85,
        edge=0.45,
    ),
    "paper": Finish(
        round=(
            (0, -0.22),
            (0.13, -0.1),
            (0.131, 0.42),
            (0.36, 0.5),
            (0.361, 0.1),
            (0.62, 0.04),
            (0.621, -0.26),
            (0.85, -0.32),
            (0.851, -0.52),
            (1, -0.44),
        ),
        ball=((0, 0.5), (0.4, 0.25), (0.75, -0.1), (1, -0.45)),
        gloss=0.0,
        edge=0.7,
        texture=_FIBRE,
    ),
}
"""The finish of every look."""
