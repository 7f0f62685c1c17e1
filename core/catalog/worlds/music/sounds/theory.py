"""Scales, chords and how they are voiced.

A *degree* counts steps of a scale from its tonic: 0 is the tonic, 7 the tonic an octave above, -1
the step below. A *pitch* is a MIDI note number, 60 for middle C.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

STEPS: Final = 7
"""Degrees in an octave."""

SCALES: Final[Mapping[str, tuple[int, ...]]] = {
    "major": (0, 2, 4, 5, 7, 9, 11),
    "lydian": (0, 2, 4, 6, 7, 9, 11),
    "dorian": (0, 2, 3, 5, 7, 9, 10),
    "minor": (0, 2, 3, 5, 7, 8, 10),
    "harmonic minor": (0, 2, 3, 5, 7, 8, 11),
    "spanish": (0, 1, 4, 5, 7, 8, 10),
}
"""Semitones of each scale above its tonic."""


@dataclass(frozen=True)
class Key:
    """A tonic (MIDI number of its lowest octave in use) and the name of a scale."""

    tonic: int
    scale: str

    def pitch(self, degree: int) -> int:
        """Return the pitch of a degree."""
        octave, step = divmod(degree, STEPS)
        return self.tonic + 12 * octave + SCALES[self.scale][step]

    def nearest(self, pitch: float) -> int:
        """Return the degree whose pitch is nearest."""
        middle = STEPS * int((pitch - self.tonic) // 12)
        return min(
            range(middle - 1, middle + STEPS + 2), key=lambda d: (abs(self.pitch(d) - pitch), d)
        )


@dataclass(frozen=True)
class Chord:
    """A chord on a degree of a key, from one beat to another; ``size`` thirds are stacked."""

    key: Key
    root: int
    size: int
    start: float
    end: float

    def degrees(self) -> frozenset[int]:
        """Return the triad's degrees within an octave: what a melody may rest on."""
        return frozenset((self.root + 2 * k) % STEPS for k in range(3))

    def snap(self, degree: int) -> int:
        """Return the chord tone nearest to a degree, the lower of two."""
        tones = self.degrees()
        return min(
            (degree + d for d in range(-3, 4) if (degree + d) % STEPS in tones),
            key=lambda d: (abs(d - degree), d),
        )

    def voiced(self, centre: float) -> tuple[int, ...]:
        """Return its pitches from low to high, each in the octave nearest to ``centre``.

        Neighbouring chords voiced about one centre move by small steps, as a player's hand does.
        """
        wide = (self.key.pitch(self.root + 2 * k) for k in range(self.size))
        return tuple(sorted({_near(pitch, centre) for pitch in wide}))

    def bass(self, centre: float, third: int = 0) -> int:
        """Return its root, or the third or fifth (1, 2) above, in the octave near ``centre``."""
        return _near(self.key.pitch(self.root + 2 * third), centre)


def hertz(pitch: float) -> float:
    """Return the frequency of a pitch in equal temperament, A at 440 Hz."""
    return float(440.0 * 2 ** ((pitch - 69) / 12))


def at(chords: Sequence[Chord], beat: float) -> Chord:
    """Return the chord that sounds at a beat."""
    return next((c for c in chords if c.start <= beat < c.end), chords[-1])


def _near(pitch: int, centre: float) -> int:
    """Move a pitch by octaves into [centre - 6, centre + 6)."""
    return int(pitch + 12 * -((pitch - centre + 6) // 12))
