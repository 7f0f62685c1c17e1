"""The tune: a motif, its variations, and a close on the tonic."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Final

import numpy as np

from core.catalog.worlds.music.sounds.score import BAR, Note, Song
from core.catalog.worlds.music.sounds.theory import STEPS, at

_FORMS: Final = {2: "AB", 3: "AAB", 4: "ABAC"}
_SPAN: Final = 6
"""Degrees that a tune strays from its middle."""


def tune(song: Song, rng: np.random.Generator, middle: float) -> tuple[Note, ...]:
    """Compose the melody.

    Bars of the same letter in the form share rhythm and contour. On strong beats and long notes the
    tune rests on tones of the chord; between them it moves by steps. The last bar ends on a
    neighbour of the tonic, and the final note is the tonic itself.

    Parameters
    ----------
    song : its feel and harmony
    rng : chooses
    middle : pitch about which the tune lies
    """
    feel = song.feel
    form = _FORMS[round(song.end / BAR)]
    motifs = {letter: _motif(song, rng) for letter in sorted(set(form))}
    centre = song.key.nearest(middle)
    degree = at(song.chords, 0.0).snap(centre + int(rng.integers(-1, 3)))
    steps: list[tuple[float, float, int]] = []
    for bar, letter in enumerate(form):
        rhythm, moves = motifs[letter]
        beat = bar * BAR
        for length, move in zip(rhythm, moves, strict=True):
            degree = _inside(degree + move, centre)
            if beat % 1 == 0 or length >= 1:
                degree = at(song.chords, beat).snap(degree)
            steps.append((beat, length, degree))
            beat += length
    before = steps[-2][2]
    last = STEPS * round(before / STEPS)
    start, length, _ = steps[-1]
    steps[-1] = (start, length, last + (1 if before > last else -1))
    notes = [
        Note(start, length * feel.gate, song.key.pitch(d), _stress(start) * rng.uniform(0.9, 1.0))
        for start, length, d in steps
    ]
    notes.append(Note(song.end, song.tail, song.key.pitch(last), 0.95))
    return tuple(notes)


def _motif(song: Song, rng: np.random.Generator) -> tuple[Sequence[float], Sequence[int]]:
    """Choose a bar's rhythm, and by how many degrees each note moves on from the one before."""
    feel = song.feel
    rhythm = feel.rhythms[int(rng.integers(len(feel.rhythms)))]
    arch = np.sin(np.linspace(0, np.pi * rng.uniform(0.8, 2.0), len(rhythm) + 1))
    heights = np.round(arch * feel.leap * _sign(rng)).astype(int)
    moves = [int(b - a) for a, b in pairwise(heights)]
    wander = rng.integers(-1, 2, len(moves))
    return rhythm, [m or int(w) for m, w in zip(moves, wander, strict=True)]


def _sign(rng: np.random.Generator) -> int:
    """Return 1 or, half as often, -1: tunes rise before they fall."""
    return 1 if rng.random() < 2 / 3 else -1


def _inside(degree: int, centre: int) -> int:
    """Turn back a degree that has strayed too far."""
    away = degree - centre
    over = max(0, abs(away) - _SPAN)
    return degree - 2 * over if away > 0 else degree + 2 * over


def _stress(beat: float) -> float:
    """Return how hard a note is played: the first of a bar hardest."""
    if beat % BAR == 0:
        return 1.0
    return 0.9 if beat % 1 == 0 else 0.78
