"""The eight genres: which instruments play, and in which patterns."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class Figure(StrEnum):
    """What a part makes of the chords."""

    CHORD = "chord"
    """All tones together."""
    STRUM = "strum"
    """All tones, one just after the other."""
    POWER = "power"
    """Root, fifth and octave."""
    ARPEGGIO = "arpeggio"
    """One tone after the other, up and down."""
    ROOT = "root"
    """The root."""
    FIFTHS = "fifths"
    """Root and fifth in turn."""
    OCTAVES = "octaves"
    """The root and its octave in turn."""
    WALK = "walk"
    """Root, third, fifth, and a step into the next chord."""


@dataclass(frozen=True)
class Part:
    """One player: an instrument of ``VOICES``, what it plays, and where.

    ``pattern`` is read by :func:`~core.catalog.worlds.music.sounds.score.hits`, an empty one holds
    each chord; strokes last ``beats``; ``centre`` is the pitch it plays about and ``level`` its
    loudness in dB against the lead. An ``overdriven`` part goes through a distorting amplifier.
    """

    voice: str
    figure: Figure
    pattern: str
    centre: float
    level: float
    beats: float = 0.5
    overdriven: bool = False


@dataclass(frozen=True)
class Genre:
    """The band: its parts, the pattern of every drum, thirds in a chord, and how much it swings.

    ``pump`` (0 to 1) ducks the accompaniment under every beat; ``dust`` is the level (dB against
    the lead) of the crackle of an old record.
    """

    parts: tuple[Part, ...]
    drums: Mapping[str, str]
    size: int = 3
    swing: float = 0.0
    pump: float = 0.0
    dust: float | None = None


GENRES: Final[Mapping[str, Genre]] = {
    "ambient": Genre(
        parts=(
            Part("pad", Figure.CHORD, "", 60, -4.0),
            Part("bell", Figure.ARPEGGIO, "8...4...6...3...", 82, -13.0, beats=2.5),
            Part("sub", Figure.ROOT, "", 41, -11.0),
        ),
        drums={"pulse": "9.......6...3...", "shaker": "..4.2.4...4.2.4."},
        size=4,
    ),
    "chamber": Genre(
        parts=(
            Part("section", Figure.CHORD, "", 62, -5.0),
            Part("pluck", Figure.ARPEGGIO, "9...7.4.8...7.42", 67, -10.0, beats=0.5),
            Part("strings", Figure.ROOT, "9.......8...4...", 43, -9.0, beats=1.6),
        ),
        drums={"timpani": "9.......6..3..32", "tambourine": "....5.......5.32"},
    ),
    "folk": Genre(
        parts=(
            Part("pluck", Figure.ARPEGGIO, "9.8.8.7.8.7.8.6.", 64, -6.0, beats=1.5),
            Part("pluck", Figure.STRUM, "9.......8..56.43", 58, -7.0, beats=1.5),
            Part("bass", Figure.FIFTHS, "9.......8.......", 41, -11.0, beats=1.5),
        ),
        drums={
            "stomp": "9.......8.....4.",
            "tambourine": "....7.......7.3.",
            "shaker": "5.3.6.3.5.3.6.32",
        },
    ),
    "hiphop": Genre(
        parts=(
            Part("keys", Figure.CHORD, "9.....7...5.....", 60, -6.0, beats=1.6),
            Part("sub", Figure.ROOT, "9.....8...7..4..", 36, -8.0, beats=1.2),
        ),
        drums={
            "kick": "9.....6...8..4..",
            "snare": "....9.......9..3",
            "hat": "8.6.8.6.8.6.8.64",
        },
        size=4,
        swing=0.09,
        dust=-20.0,
    ),
    "house": Genre(
        parts=(
            Part("organ", Figure.CHORD, "..9..8..9...8.5.", 62, -6.0, beats=0.4),
            Part("pad", Figure.CHORD, "", 57, -13.0),
            Part("saw", Figure.ROOT, "..9...9...9...96", 38, -10.0, beats=0.4),
        ),
        drums={
            "kick": "9...9...9...9...",
            "clap": "....8.......8...",
            "open hat": "..8...8...8...8.",
            "hat": "5.4.5.4.5.4.5.42",
        },
        size=4,
        pump=0.65,
    ),
    "jazz": Genre(
        parts=(
            Part("keys", Figure.CHORD, "9.....8...6...7.", 61, -8.0, beats=0.6),
            Part("pluck", Figure.WALK, "9...9...9...9...", 41, -7.0, beats=0.95),
        ),
        drums={
            "ride": "9...9.7.9...9.7.",
            "brush": "....8.......8...",
            "hat": "....7.......7...",
            "kick": "4.......3.....2.",
            "snare": "......3....2..4.",
        },
        size=4,
        swing=0.15,
    ),
    "rock": Genre(
        parts=(
            Part("pluck", Figure.POWER, "9.8.8.8.9.8.8.85", 52, -5.0, beats=0.55, overdriven=True),
            Part("bass", Figure.ROOT, "9.8.7.8.9.8.7.8.", 38, -9.0),
        ),
        drums={
            "kick": "9.....5.8.7...3.",
            "snare": "....9.......9..2",
            "hat": "8.7.8.7.8.7.8.7.",
            "crash": "6...............................",
        },
    ),
    "synthwave": Genre(
        parts=(
            Part("saw", Figure.ARPEGGIO, "9.8.9.8.9.8.9.8.", 67, -9.0, beats=0.35),
            Part("saw", Figure.ARPEGGIO, ".5.4.5.4.5.4.5.4", 67, -11.0, beats=0.3),
            Part("pad", Figure.CHORD, "", 60, -8.0),
            Part("saw", Figure.OCTAVES, "9.9.9.9.9.9.9.9.", 38, -8.0, beats=0.4),
        ),
        drums={
            "kick": "9...5...9...5.3.",
            "gated": "....9.......9...",
            "tom": "............4.43",
            "hat": "6.5.6.5.6.5.6.52",
        },
    ),
}
"""How every value of the factor ``genre`` is played."""
