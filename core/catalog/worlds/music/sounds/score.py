"""What is played: notes, the song they belong to, and patterns of sixteenths."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from core.catalog.worlds.music.sounds.feels import Feel
from core.catalog.worlds.music.sounds.theory import Chord, Key

BAR: Final = 4.0
"""Beats in a bar."""
STEP: Final = 0.25
"""Beats in a step of a pattern: a sixteenth."""

_LEAD_IN: Final = 0.03


@dataclass(frozen=True)
class Note:
    """One note of a part: when and how long (beats), how high (MIDI), how hard (0 to 1)."""

    start: float
    beats: float
    pitch: int
    velocity: float


@dataclass(frozen=True)
class Song:
    """What all players agree on: tempo (``beat`` in seconds), swing, harmony and where it ends.

    The last chord begins at beat ``end`` and rings to the end of the sound.
    """

    feel: Feel
    key: Key
    chords: tuple[Chord, ...]
    beat: float
    swing: float
    seconds: float

    @property
    def end(self) -> float:
        """The beat of the final chord."""
        return float(self.feel.beats)

    @property
    def tail(self) -> float:
        """How many beats the final chord may ring."""
        return (self.seconds - self.at(self.end)) / self.beat

    def at(self, beat: float) -> float:
        """Return when a beat comes, in seconds; swing delays the second half of each beat."""
        whole, part = divmod(beat, 1.0)
        middle = 0.5 + self.swing
        warped = part * 2 * middle if part < 0.5 else middle + (part - 0.5) * 2 * (1 - middle)
        return _LEAD_IN + (whole + warped) * self.beat


def compose(
    feel: Feel, rng: np.random.Generator, *, seconds: float, swing: float, size: int
) -> Song:
    """Choose key, tempo and progression.

    Parameters
    ----------
    feel : of the song
    rng : chooses
    seconds : length of the sound
    swing : beats by which the second half of a beat comes late
    size : thirds in a chord
    """
    key = Key(int(rng.integers(36, 48)), feel.scales[int(rng.integers(len(feel.scales)))])
    roots = feel.progressions[int(rng.integers(len(feel.progressions)))]
    length = feel.beats / len(roots)
    chords = [Chord(key, root, size, i * length, (i + 1) * length) for i, root in enumerate(roots)]
    end = float(feel.beats)
    chords.append(Chord(key, 0, size, end, end + 64))
    beat = 60.0 / float(rng.uniform(*feel.tempo))
    return Song(feel, key, tuple(chords), beat, swing, seconds)


def hits(pattern: str, energy: float, end: float) -> Sequence[tuple[float, float]]:
    """Read a pattern of sixteenths, over and over until a beat.

    Parameters
    ----------
    pattern : a digit for a stroke, from 9 for what is always played down to 1 for what only a band
        at full energy plays; anything else is a rest
    energy : in [0, 1]
    end : beats

    Returns
    -------
    (beat, velocity) of every stroke
    """
    strokes = []
    for step in range(round(end / STEP)):
        mark = pattern[step % len(pattern)]
        if mark.isdigit() and int(mark) >= 9 - 8.5 * energy:
            strokes.append((step * STEP, 0.45 + 0.55 * int(mark) / 9))
    return strokes
