"""The colours, defined once. ``.streamlit/config.toml`` repeats them; a test compares the two."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True)
class Ink:
    """One colour and its twin in the dark theme, as CSS hex; ``word`` is Streamlit's name."""

    light: str
    dark: str
    word: str = ""


CHANNEL_INK: Final[Mapping[str, Ink]] = {
    "image": Ink("#0072B2", "#56B4E9", "blue"),
    "text": Ink("#E69F00", "#F2C14E", "orange"),
    "audio": Ink("#009E73", "#3FC79A", "green"),
    "behaviour": Ink("#CC79A7", "#E3A3C6", "violet"),
}
"""Okabe and Ito's set, told apart by every kind of colour vision; never without icon or word."""

SURFACE_INK: Final[Mapping[str, Ink]] = {
    "paper": Ink("#FBFAF7", "#111418"),
    "card": Ink("#FFFFFF", "#171C22"),
    "wash": Ink("#F2EFE8", "#1A1F25"),
    "ink": Ink("#1F1D1A", "#ECE8E1"),
    "muted": Ink("#6A645B", "#A29C92"),
    "line": Ink("#E2DDD3", "#2B323A"),
    "axis": Ink("#A29B8F", "#5E6670"),
    "accent": Ink("#A8432B", "#E5876E"),
}


def variables() -> str:
    """Return the CSS rule that defines ``--tr-NAME`` for every colour, following the theme."""
    pairs = {**CHANNEL_INK, **SURFACE_INK}.items()
    rules = "".join(f"--tr-{name}:light-dark({ink.light},{ink.dark});" for name, ink in pairs)
    return f":root{{{rules}}}"
