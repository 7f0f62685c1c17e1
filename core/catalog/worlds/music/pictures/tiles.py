"""The tiles of the grid: quarter discs, stripes and the like, in a unit square."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import numpy as np

from core.catalog.worlds.draw import move, num, oval
from core.catalog.worlds.music.pictures.chance import pick
from core.catalog.worlds.music.pictures.emblem import box


def quarter(rng: np.random.Generator) -> str:
    """A quarter of a disc."""
    return pick(
        rng,
        (
            "M0 0H1A1 1 0 0 1 0 1Z",
            "M1 0V1A1 1 0 0 1 0 0Z",
            "M1 1H0A1 1 0 0 1 1 0Z",
            "M0 1V0A1 1 0 0 1 1 1Z",
        ),
    )


def half(rng: np.random.Generator) -> str:
    """Half a disc."""
    return pick(
        rng,
        (
            "M0 1A.5 .5 0 0 1 1 1Z",
            "M0 0A.5 .5 0 0 0 1 0Z",
            "M0 0A.5 .5 0 0 1 0 1Z",
            "M1 0A.5 .5 0 0 0 1 1Z",
        ),
    )


def disc(rng: np.random.Generator) -> str:
    """A disc, or a small one."""
    r = pick(rng, (0.5, 0.32))
    return oval(0.5, 0.5, r, r)


def ring(rng: np.random.Generator) -> str:
    """A quarter of two rings."""
    rings = "M0 1A1 1 0 0 1 1 0V.28A.72 .72 0 0 0 .28 1ZM.5 1A.5 .5 0 0 1 1 .5V.8A.2 .2 0 0 0 .8 1Z"
    flat = "M0 0A1 1 0 0 0 1 1V.72A.72 .72 0 0 1 .28 0ZM.5 0A.5 .5 0 0 0 1 .5V.2A.2 .2 0 0 1 .8 0Z"
    return pick(rng, (rings, flat))


def triangle(rng: np.random.Generator) -> str:
    """Half the square, cut along a diagonal."""
    corners = ((0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0))
    left_out = int(rng.integers(4))
    return move(c for i, c in enumerate(corners) if i != left_out)


def stripes(rng: np.random.Generator) -> str:
    """Three bars."""
    level = bool(rng.integers(2))
    return "".join(
        box(0, i / 3 + 0.04, 1, 1 / 6) if level else box(i / 3 + 0.04, 0, 1 / 6, 1)
        for i in range(3)
    )


def leaf(rng: np.random.Generator) -> str:
    """Two quarter discs, one over the other."""
    return pick(rng, ("M0 0A1 1 0 0 1 1 1A1 1 0 0 1 0 0Z", "M1 0A1 1 0 0 1 0 1A1 1 0 0 1 1 0Z"))


TILES: Final[tuple[Callable[[np.random.Generator], str], ...]] = (
    quarter,
    quarter,
    half,
    disc,
    ring,
    triangle,
    stripes,
    leaf,
)
"""The tiles; what is listed twice is drawn twice as often."""


def tile(
    rng: np.random.Generator, x: float, y: float, side: float, ground: str, colour: str
) -> str:
    """Return one tile with its ground."""
    return (
        f'<path d="{box(x - 0.3, y - 0.3, side + 0.6, side + 0.6)}" fill="{ground}"/>'
        f'<path d="{pick(rng, TILES)(rng)}" fill="{colour}"'
        f' transform="translate({num(x)} {num(y)}) scale({num(side)})"/>'
    )
