"""Eight seconds of music: composed, played by a small band, and mixed with the lead in front.

``FEELS`` say how a track is played, ``GENRES`` who plays what, ``VOICES`` and ``DRUMS`` what it is
played on. The sound knows the feel, the lead, the genre and the seed of a track, and nothing else
about it.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from scipy.signal import butter, sosfilt

from core.catalog.worlds.base import Plan
from core.catalog.worlds.music.factors import FEEL, GENRE, LEAD
from core.catalog.worlds.music.sounds.band import accompany, beat_drums, perform
from core.catalog.worlds.music.sounds.feels import FEELS
from core.catalog.worlds.music.sounds.genres import GENRES
from core.catalog.worlds.music.sounds.melody import tune
from core.catalog.worlds.music.sounds.mix import balanced, crackle, overdrive, pumped, shimmer
from core.catalog.worlds.music.sounds.score import compose
from core.catalog.worlds.synth import RATE, fade, master, reverberate, room
from core.types import Sound

SECONDS: Final = 8.0
"""Length of a track."""

_MIDDLE: Final = {"keys": 71.0, "strings": 69.0, "flute": 76.0}
"""Pitch about which each lead plays."""

_BEHIND: Final = 1.5
"""Decibels by which the whole band steps back behind the lead."""


def play(plan: Plan) -> Sound:
    """Compose, play and mix a track.

    Parameters
    ----------
    plan : the track; only its feel, its lead, its genre and its seed matter

    Returns
    -------
    Sound of 8 s at 32 kHz and -18 LUFS
    """
    feel = FEELS[FEEL.values[plan.values[FEEL.name]]]
    genre = GENRES[GENRE.values[plan.values[GENRE.name]]]
    lead = LEAD.values[plan.values[LEAD.name]]
    writing, playing, mixing = (np.random.default_rng([plan.seed, tag]) for tag in range(3))

    song = compose(feel, writing, seconds=SECONDS, swing=genre.swing, size=genre.size)
    notes = tune(song, writing, _MIDDLE[lead] + feel.lift)
    front = balanced(perform(song, lead, notes, feel.bright, playing), 0.0)

    behind = np.zeros_like(front)
    for part in genre.parts:
        track = accompany(song, part, playing)
        if part.overdriven:
            track = overdrive(track, feel.energy)
        behind += balanced(track, part.level - _BEHIND)
    if feel.air is not None:
        behind += balanced(shimmer(song, playing), feel.air)
    behind = sosfilt(butter(2, feel.cutoff, fs=RATE, output="sos"), behind)
    behind = pumped(song, behind, genre.pump * feel.energy)

    mix = front + behind + balanced(beat_drums(song, genre, playing), feel.drums)
    if genre.dust is not None:
        mix += balanced(crackle(song, mixing), genre.dust)
    mix = reverberate(mix, room(mixing, feel.space), feel.wet)
    if feel.drive:
        mix = np.tanh(feel.drive * mix) / feel.drive
    mix = sosfilt(butter(2, 38.0, "highpass", fs=RATE, output="sos"), mix)
    return Sound(master(fade(mix, rise=0.004, fall=0.6)), RATE)


__all__ = ["FEELS", "GENRES", "SECONDS", "play"]
