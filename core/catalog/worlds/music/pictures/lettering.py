"""A small geometric alphabet of strokes: covers are set in it, so that no font has to be installed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from core.catalog.worlds.draw import num

CAP: Final = 6.0
"""Height of a letter."""

_ADVANCE: Final = 6.2
_NARROW: Final = {"I": 2.2, "1": 3.4, " ": 3.6, "-": 5.0, "J": 5.4}

GLYPHS: Final[Mapping[str, str]] = {
    "A": "M0 6L2 0L4 6M.7 4H3.3",
    "B": "M0 3H2.4A1.5 1.5 0 0 0 2.4 0H0V6H2.5A1.5 1.5 0 0 0 2.5 3",
    "C": "M4 1.2A2.3 3 0 1 0 4 4.8",
    "D": "M0 0V6H1.4A2.6 3 0 0 0 1.4 0Z",
    "E": "M3.6 0H0V6H3.6M0 3H3",
    "F": "M3.6 0H0V6M0 3H3",
    "G": "M4 1.2A2.3 3 0 1 0 4.2 4.4V3.2H2.6",
    "H": "M0 0V6M4 0V6M0 3H4",
    "I": "M.4 0V6",
    "J": "M3 0V4.4A1.5 1.6 0 0 1 0 4.4",
    "K": "M0 0V6M4 0L0 3.6M1.4 2.4L4 6",
    "L": "M0 0V6H3.4",
    "M": "M0 6V0L2.2 3.6L4.4 0V6",
    "N": "M0 6V0L4 6V0",
    "O": "M0 3A2.2 3 0 1 1 4.4 3A2.2 3 0 1 1 0 3Z",
    "P": "M0 6V0H2.4A1.7 1.7 0 0 1 2.4 3.4H0",
    "Q": "M0 3A2.2 3 0 1 1 4.4 3A2.2 3 0 1 1 0 3ZM2.8 4.4L4.4 6.2",
    "R": "M0 6V0H2.4A1.7 1.7 0 0 1 2.4 3.4H0M2 3.4L4 6",
    "S": "M3.7 1A1.9 1.5 0 1 0 2 3A1.9 1.5 0 1 1 .2 5",
    "T": "M0 0H4.2M2.1 0V6",
    "U": "M0 0V4A2 2 0 0 0 4 4V0",
    "V": "M0 0L2 6L4 0",
    "W": "M0 0L1.3 6L2.5 1.4L3.7 6L5 0",
    "X": "M0 0L4 6M4 0L0 6",
    "Y": "M0 0L2 3.2L4 0M2 3.2V6",
    "Z": "M0 0H4L0 6H4",
    "0": "M0 3A2 3 0 1 1 4 3A2 3 0 1 1 0 3Z",
    "1": "M0 1.2L1.6 0V6",
    "2": "M.1 1.6A1.9 1.7 0 1 1 3.5 2.7L0 6H4",
    "3": "M.2 1A1.8 1.5 0 1 1 1.8 3A1.9 1.5 0 1 1 .1 5",
    "4": "M3 6V0L0 4.2H4.2",
    "5": "M3.6 0H.6L.3 2.6A2 1.8 0 1 1 .1 5.2",
    "6": "M3.2 0L.5 3.2A1.9 1.9 0 1 0 .9 2.7",
    "7": "M0 0H4L1.6 6",
    "8": "M2 3A1.6 1.5 0 1 1 2.05 3A1.9 1.5 0 1 1 2 3Z",
    "9": "M.8 6L3.5 2.8A1.9 1.9 0 1 0 3.1 3.3",
    "-": "M.4 3H3",
    " ": "",
}
"""Path data of every letter, 6 high and about 4 wide."""


def width(text: str, size: float) -> float:
    """Return how wide a line is when its letters are ``size`` high."""
    gap = _ADVANCE - 4.2
    return (sum(_NARROW.get(letter, _ADVANCE) for letter in text) - gap) * size / CAP


def line(text: str, x: float, y: float, size: float, colour: str, *, weight: float = 1.0) -> str:
    """Set one line of capitals.

    Parameters
    ----------
    text : of the letters in ``GLYPHS``
    x, y : its top left corner
    size : height of a letter
    colour : of the strokes
    weight : their width, as a share of a sixth of the height
    """
    at, parts = 0.0, []
    for letter in text:
        parts.append(f'<path d="{GLYPHS[letter]}" transform="translate({num(at)} 0)"/>')
        at += _NARROW.get(letter, _ADVANCE)
    scale = num(size / CAP)
    return (
        f'<g transform="translate({num(x)} {num(y)}) scale({scale})" fill="none" stroke="{colour}"'
        f' stroke-width="{num(weight)}" stroke-linejoin="round" stroke-linecap="round">'
        f"{''.join(parts)}</g>"
    )
