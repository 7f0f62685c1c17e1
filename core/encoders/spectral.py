"""Curves over time that are read off a short-time spectrum: harmony, contrast, colour.

All take batches (N, T, F) and return (N, T, C).
"""

from __future__ import annotations

from functools import lru_cache
from itertools import pairwise
from typing import Final

import numpy as np
from numpy.typing import NDArray

from core.media.spectrogram import project

Floats = NDArray[np.float32]

CONTRAST_BANDS: Final = 7
_FIRST_EDGE: Final = 200.0  # Hz, where the lowest contrast band ends
_QUANTILE: Final = 0.02  # of a band's bins that make its peak, and its valley


def decibels(power: Floats, floor: float = 1e-10) -> Floats:
    """Return 10 log10 of a power, not below ``floor``."""
    return np.asarray(10 * np.log10(np.maximum(power, floor)), dtype=np.float32)


def chroma(power: Floats, rate: int) -> Floats:
    """Return how much of each pitch class sounds, C first.

    Parameters
    ----------
    power : (N, T, F) power spectrum with F = window / 2 + 1
    rate : Hz

    Returns
    -------
    (N, T, 12), each frame scaled to a maximum of 1; a silent frame is 0
    """
    raw = project(power, chroma_filters(rate, 2 * (power.shape[-1] - 1)))
    loudest: Floats = np.maximum(raw.max(axis=-1, keepdims=True), np.float32(1e-12))
    return raw / loudest


@lru_cache(maxsize=4)
def chroma_filters(rate: int, window: int) -> Floats:
    """Return (12, window / 2 + 1) weights: a bump around each pitch class, fading around octave 5.

    References
    ----------
    Ellis, Chroma feature analysis and synthesis, 2007.
    """
    hertz = np.arange(1, window) * rate / window
    semitones = 12 * np.log2(hertz / (440.0 / 16))  # above the A four octaves below A440
    semitones = np.concatenate([semitones[:1] - 18, semitones])  # 0 Hz is below everything
    width = np.append(np.maximum(np.diff(semitones), 1.0), 1.0)
    apart = np.remainder(semitones - np.arange(12)[:, None] + 6, 12) - 6
    bumps = np.exp(-0.5 * (2 * apart / width) ** 2)
    bumps /= np.linalg.norm(bumps, axis=0)
    bumps *= np.exp(-0.5 * ((semitones / 12 - 5) / 2) ** 2)
    from_c = np.roll(bumps, -3, axis=0)[:, : window // 2 + 1]
    return np.asarray(from_c, dtype=np.float32)


def contrast(magnitude: Floats, rate: int) -> Floats:
    """Return how far peaks stand out above valleys in each octave.

    Parameters
    ----------
    magnitude : (N, T, F) magnitude spectrum
    rate : Hz, at least 25600 for all octaves to be there

    Returns
    -------
    (N, T, 7): up to 200 Hz, then an octave each, the last up to half the rate; half the logarithm
        to base 10 of peak over valley

    References
    ----------
    Jiang et al., Music type classification by spectral contrast feature, 2002.
    """
    curves = []
    for first, stop, few in _octaves(rate, magnitude.shape[-1]):
        band = magnitude[..., first:stop]
        ordered = np.partition(band, (few - 1, -few), axis=-1)
        peak, valley = ordered[..., -few:].mean(axis=-1), ordered[..., :few].mean(axis=-1)
        curves.append(decibels(peak) - decibels(valley))
    return np.asarray(np.stack(curves, axis=-1) / 20, dtype=np.float32)


@lru_cache(maxsize=4)
def _octaves(rate: int, bins: int) -> tuple[tuple[int, int, int], ...]:
    """Return for each band its first bin, the bin after its last, and how many bins are "few"."""
    edges = _FIRST_EDGE * 2.0 ** np.arange(CONTRAST_BANDS - 1)
    cuts = [0, *np.floor(edges * 2 * (bins - 1) / rate).astype(int).tolist(), bins]
    return tuple((a, b, max(1, round(_QUANTILE * (b - a)))) for a, b in pairwise(cuts))


def colour(mel: Floats) -> Floats:
    """Return where in the mel bands the sound lies.

    Parameters
    ----------
    mel : (N, T, M) power in mel bands

    Returns
    -------
    (N, T, 4): centroid, spread and 85 % roll-off as shares of the M bands, and flatness in units of
        40 dB (0 for noise, negative for tones)
    """
    steady = np.maximum(mel, 1e-15)
    share = steady / steady.sum(axis=-1, keepdims=True)
    place = np.linspace(0, 1, mel.shape[-1], dtype=np.float32)
    centroid = share @ place
    spread = np.sqrt((share * (place - centroid[..., None]) ** 2).sum(axis=-1))
    rolloff = (share.cumsum(axis=-1) < 0.85).mean(axis=-1)
    flatness = np.log10(steady).mean(axis=-1) - np.log10(steady.mean(axis=-1))
    return np.stack([centroid, spread, rolloff, flatness / 4], axis=-1).astype(np.float32)
