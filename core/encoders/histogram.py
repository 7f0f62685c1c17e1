"""Pictures to vectors without learning: which colours there are, and which grain."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from core.encoders.base import Box, Encoded, Encoder, EncoderCard
from core.encoders.image import pixels_of
from core.encoders.registry import register
from core.types import Clean, Modality

SIDE: Final = 128
"""Pixels along each side to which any picture is brought, so that its size does not matter."""

GRID: Final = 4
"""Tokens along each side."""

HUES: Final = 12
SHADES: Final = 3
"""Levels of lightness of a colour."""
GREYS: Final = 6
COLOURS: Final = HUES * SHADES + GREYS

GREY_BELOW: Final = 32
"""Of 255: with less saturation or light than this, a hue is noise, and the pixel counts as grey."""

GRAINS: Final = 10
"""Local patterns: 0 to 8 brighter neighbours in one run, and everything else."""

BOXES: Final = tuple(
    Box(column / GRID, row / GRID, (column + 1) / GRID, (row + 1) / GRID)
    for row in range(GRID)
    for column in range(GRID)
)


@register
class ColourAndTexture(Encoder):
    """Histograms of colours (HSV) and of local binary patterns: what was used before networks.

    Vectors are square roots of shares, half of them of colours and half of patterns. They have unit
    length, so a dot product is the overlap of two histograms (the Bhattacharyya coefficient). Tokens
    are the 4 x 4 cells of the picture.

    References
    ----------
    Swain & Ballard, Color Indexing, 1991. Ojala, Pietikäinen & Mäenpää, Multiresolution Gray-Scale and
    Rotation Invariant Texture Classification with Local Binary Patterns, 2002.
    """

    card = EncoderCard(
        id="colour-histogram-lbp",
        modality=Modality.IMAGE,
        dim=COLOURS + GRAINS,
        source="Swain & Ballard, Color Indexing, 1991; Ojala et al., Local Binary Patterns, 2002",
        revision="1",
        licence="Apache-2.0",
    )

    def _encode(self, batch: Sequence[Clean], tokens: bool) -> Encoded:
        import torch

        cells = np.stack([shares(pixels_of(each)) for each in batch])
        pooled = torch.from_numpy(np.sqrt(cells.mean(axis=1)))
        if not tokens:
            return Encoded(pooled, None, ((),) * len(batch))
        return Encoded(pooled, torch.from_numpy(np.sqrt(cells)), (BOXES,) * len(batch))


def shares(pixels: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Return the histograms of the cells of (H, W, 3), row by row: (16, D), each summing to 1."""
    from PIL import Image

    small = Image.fromarray(pixels).resize((SIDE, SIDE), Image.Resampling.BOX)
    colours = _by_cell(colours_of(np.asarray(small.convert("HSV"))), COLOURS)
    grains = _by_cell(grains_of(np.asarray(small.convert("L"))), GRAINS)
    return np.concatenate([colours, grains], axis=1)


def colours_of(hsv: NDArray[np.uint8]) -> NDArray[np.intp]:
    """Return the number of each pixel's colour: (H, W, 3) uint8 to (H, W) in 0..COLOURS - 1."""
    hue, saturation, value = np.moveaxis(hsv.astype(np.intp), 2, 0)
    coloured = hue * HUES // 256 * SHADES + value * SHADES // 256
    grey = HUES * SHADES + value * GREYS // 256
    numbers: NDArray[np.intp] = np.where(np.minimum(saturation, value) < GREY_BELOW, grey, coloured)
    return numbers


def grains_of(grey: NDArray[np.uint8]) -> NDArray[np.intp]:
    """Return each pixel's local pattern: (H, W) uint8 to (H, W) in 0..9.

    That is how many of its eight neighbours are at least as bright, if those are one run of the ring
    around it (so it is a spot, an edge, a corner or flat), and 9 if they are not. Turning and mirroring
    the picture, or any curve that keeps the order of brightness, changes nothing.
    """
    height, width = grey.shape
    wide = np.pad(grey, 1, mode="edge")
    ring = [(0, 0), (0, 1), (0, 2), (1, 2), (2, 2), (2, 1), (2, 0), (1, 0)]
    bright = np.stack([wide[y : y + height, x : x + width] >= grey for y, x in ring])
    changes = (bright != np.roll(bright, 1, axis=0)).sum(axis=0)
    return np.where(changes <= 2, bright.sum(axis=0), np.intp(GRAINS - 1))


def _by_cell(codes: NDArray[np.intp], kinds: int) -> NDArray[np.float32]:
    """Return the share of each kind in each cell: (SIDE, SIDE) to (16, kinds)."""
    place = np.arange(SIDE) * GRID // SIDE
    cell = place[:, None] * GRID + place
    counts = np.bincount((cell * kinds + codes).ravel(), minlength=GRID * GRID * kinds)
    pixels = 2 * (SIDE // GRID) ** 2  # each is counted twice, by colour and by grain
    return counts.reshape(-1, kinds).astype(np.float32) / np.float32(pixels)
