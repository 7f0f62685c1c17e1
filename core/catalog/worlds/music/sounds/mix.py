"""The mixing desk: levels by loudness, an amplifier, ducking, and what lies over a recording."""

from __future__ import annotations

import math
from typing import Final

import numpy as np
from scipy.signal import butter, sosfilt

from core.catalog.worlds.music.sounds.score import Song
from core.catalog.worlds.music.sounds.theory import at, hertz
from core.catalog.worlds.music.sounds.tones import Tone, bell
from core.catalog.worlds.synth import RATE, Signal, add, burst, loudness, noise, samples

REFERENCE: Final = -20.0
"""Loudness of the lead on the desk, in LUFS."""


def balanced(track: Signal, decibels: float) -> Signal:
    """Bring a track to a loudness against the lead's; a silent one stays silent."""
    loud = loudness(track)
    if not math.isfinite(loud):
        return track
    return track * float(10 ** ((REFERENCE + decibels - loud) / 20))


def overdrive(track: Signal, energy: float) -> Signal:
    """Send a track through an amplifier and its loudspeaker: clean at no energy, fierce at 1."""
    gain = 0.6 + 14 * energy**2
    pushed = np.tanh(gain * track / (np.max(np.abs(track)) + 1e-12) * 2)
    speaker = butter(2, (90.0, 5200.0), "bandpass", fs=RATE, output="sos")
    heard: Signal = sosfilt(speaker, pushed)
    return heard


def pumped(song: Song, track: Signal, depth: float) -> Signal:
    """Duck a track under every beat, as a compressor that listens to the kick does."""
    if not depth:
        return track
    beats = np.maximum(np.arange(track.size) / RATE - song.at(0.0), 0.0) / song.beat
    ducked: Signal = track * (1 - depth * np.exp(-6 * (beats % 1)) * (beats < song.end))
    return ducked


def shimmer(song: Song, rng: np.random.Generator) -> Signal:
    """Scatter high bells over the chords, and breathe some air into the gaps."""
    track = 0.012 * noise(rng, song.seconds, 5000, 12000)
    for beat in np.arange(0.0, song.end + 1, 0.5):
        tones = at(song.chords, float(beat)).voiced(91)
        pitch = tones[int(rng.integers(len(tones)))]
        ring = bell(Tone((hertz(pitch),), 1.2, 1.0, rng))
        start = max(0.0, song.at(float(beat)) + float(rng.normal(0, 0.015)))
        add(track, ring, start, float(rng.uniform(0.3, 1.0)))
    return track


def crackle(song: Song, rng: np.random.Generator) -> Signal:
    """Let an old record crackle."""
    track = 0.05 * noise(rng, song.seconds, 1500, 9000)
    pop = burst(rng, 0.006, 1200, 8000)
    count = int(rng.poisson(14 * song.seconds))
    for moment, level in zip(
        rng.uniform(0, song.seconds, count), rng.pareto(2.0, count).clip(0, 6), strict=True
    ):
        add(track, pop[: max(0, samples(song.seconds - moment))], float(moment), float(level))
    return track
