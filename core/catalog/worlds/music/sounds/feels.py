"""The six feels: how fast, in which mode, how densely and how brightly a track is played."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True)
class Feel:
    """How a track is played, in every genre.

    ``tempo`` (least and most beats a minute) and ``beats`` until the final chord; ``scales`` and
    ``progressions`` (degrees of the scale, equally long chords) to choose from; ``rhythms`` are
    bars of the melody (durations in beats, negative for rests), which moves by up to ``leap``
    degrees, sounds for ``gate`` of a note's length and lies ``lift`` semitones above the middle.
    ``energy`` in [0, 1] says how much of its patterns a band plays; ``bright`` scales the treble of
    instruments, and ``cutoff`` (Hz) that of the accompaniment. ``drums`` (dB against the lead) is
    their level, ``drive`` how hard the mix is pushed into saturation, ``space`` seconds of
    reverberation at amplitude ``wet``, and ``air`` (dB) the level of a high shimmer.
    """

    tempo: tuple[float, float]
    beats: int
    scales: tuple[str, ...]
    progressions: tuple[tuple[int, ...], ...]
    rhythms: tuple[tuple[float, ...], ...]
    leap: int
    gate: float
    lift: int
    energy: float
    bright: float
    cutoff: float
    drums: float
    drive: float
    space: float
    wet: float
    air: float | None = None


FEELS: Final[Mapping[str, Feel]] = {
    "calm": Feel(
        tempo=(70, 76),
        beats=8,
        scales=("major",),
        progressions=((0, 3, 0, 3), (0, 5, 3, 4), (0, 2, 3, 4), (0, 3, 1, 4)),
        rhythms=((2, 2), (3, 1), (2, 1, 1)),
        leap=2,
        gate=0.96,
        lift=0,
        energy=0.16,
        bright=0.4,
        cutoff=1100.0,
        drums=-24.0,
        drive=0.0,
        space=0.9,
        wet=0.3,
    ),
    "melancholy": Feel(
        tempo=(78, 84),
        beats=8,
        scales=("minor",),
        progressions=((0, 5, 3, 6), (0, 2, 5, 3), (0, 6, 5, 3), (0, 3, 5, 6)),
        rhythms=((1.5, 0.5, 1, 1), (1, 1, 2), (0.5, 0.5, 1, 2), (1, 0.5, 0.5, 2)),
        leap=2,
        gate=1.0,
        lift=-9,
        energy=0.42,
        bright=0.8,
        cutoff=2600.0,
        drums=-16.0,
        drive=0.15,
        space=0.55,
        wet=0.22,
    ),
    "dreamy": Feel(
        tempo=(84, 90),
        beats=8,
        scales=("lydian",),
        progressions=((0, 1, 0, 1), (0, 4, 1, 1), (5, 1, 0, 1), (0, 2, 5, 1)),
        rhythms=((1, 1, 1, 1), (0.5, 0.5, 1, 1, 1), (1.5, 0.5, 1, 1)),
        leap=4,
        gate=1.2,
        lift=5,
        energy=0.36,
        bright=0.9,
        cutoff=4500.0,
        drums=-18.0,
        drive=0.0,
        space=2.4,
        wet=0.75,
        air=-11.0,
    ),
    "bright": Feel(
        tempo=(110, 118),
        beats=12,
        scales=("major",),
        progressions=(
            (0, 4, 5, 3, 1, 4),
            (0, 3, 0, 4, 3, 4),
            (0, 5, 3, 4, 3, 4),
            (0, 2, 3, 0, 3, 4),
        ),
        rhythms=(
            (0.5, 0.5, 0.5, 0.5, 1, 1),
            (0.75, 0.25, 0.5, 0.5, 1, 1),
            (1, 0.5, 0.5, 1, 0.5, 0.5),
            (0.5, 0.5, 1, 0.5, 0.5, 1),
        ),
        leap=3,
        gate=0.7,
        lift=7,
        energy=0.62,
        bright=1.5,
        cutoff=11000.0,
        drums=-11.5,
        drive=0.1,
        space=0.45,
        wet=0.2,
    ),
    "driving": Feel(
        tempo=(140, 146),
        beats=16,
        scales=("dorian", "minor"),
        progressions=((0, 5, 2, 6), (0, 3, 5, 6), (0, 0, 5, 6), (0, 6, 5, 6)),
        rhythms=(
            (0.75, 0.75, 0.5, 0.75, 0.75, 0.5),
            (0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 1),
            (1, 0.5, 0.5, 0.5, 0.5, 1),
            (1.5, 0.5, 0.5, 0.5, 1),
        ),
        leap=2,
        gate=0.75,
        lift=0,
        energy=0.84,
        bright=1.1,
        cutoff=5000.0,
        drums=-4.0,
        drive=0.5,
        space=0.3,
        wet=0.12,
    ),
    "wild": Feel(
        tempo=(156, 168),
        beats=16,
        scales=("spanish", "harmonic minor"),
        progressions=((0, 1, 0, 1), (0, 3, 0, 1), (0, 5, 3, 4), (0, 1, 3, 1)),
        rhythms=(
            (0.25, 0.25, 0.5, 0.25, 0.25, 0.5, 0.25, 0.25, 0.5, 0.5, 0.5),
            (0.5, 0.25, 0.25, 0.5, 0.25, 0.25, 1, 0.25, 0.25, 0.5),
            (0.25, 0.25, 0.25, 0.25, 1, 0.25, 0.25, 0.25, 0.25, 1),
            (0.75, 0.25, 0.5, 0.5, 0.25, 0.25, 0.25, 0.25, 1),
        ),
        leap=5,
        gate=0.8,
        lift=5,
        energy=1.0,
        bright=2.2,
        cutoff=14000.0,
        drums=-3.5,
        drive=1.6,
        space=0.3,
        wet=0.18,
    ),
}
"""How every value of the factor ``feel`` is played."""
