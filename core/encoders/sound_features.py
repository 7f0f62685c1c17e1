"""One sound, 256 numbers.

====================  =====  ========================================================
curve over time       width  statistics over time
====================  =====  ========================================================
log-mel spectrum         64  mean, deviation                                      128
MFCC                     20  mean, deviation, mean step between frames             60
chroma                   12  mean, deviation                                       24
spectral contrast         7  mean, deviation                                       14
level, onset strength, centroid, spread, roll-off, flatness
                          6  mean, deviation, mean step between frames             18
onsets                       rate, regularity                                       2
envelope                     see :mod:`core.encoders.envelope`                     10
====================  =====  ========================================================

Statistics leave out frames more than 50 dB below the loudest, so that silence around a sound
changes little. Units are chosen so that all numbers lie roughly between -3 and 3. numpy and not
torch: on a busy machine torch's thread pool makes operations as small as these far slower.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

from core.encoders.envelope import envelope_features
from core.encoders.spectral import chroma, colour, contrast, decibels
from core.media.onsets import onset_strength, pick_onsets
from core.media.spectrogram import mel_filters, project, short_time_power

Floats = NDArray[np.float32]

DIM: Final = 256
WINDOW: Final = 2048  # samples, 64 ms at 32 kHz
HOP: Final = 512
MELS: Final = 64
MFCCS: Final = 20
_RANGE: Final = 80.0  # dB below the loudest cell that are told apart
_AUDIBLE: Final = 50.0  # dB below the loudest frame that count in statistics


def sound_features(samples: Floats, rate: int) -> Floats:
    """Describe N sounds of equal length.

    Parameters
    ----------
    samples : (N, T)
    rate : Hz

    Returns
    -------
    (N, 256) float32, finite
    """
    power = short_time_power(samples, WINDOW, HOP)
    mel = audible(project(power, mel_filters(rate, WINDOW, MELS)))
    bels = log_mel(mel)
    cepstrum = mfcc(bels)
    level = decibels(power.sum(axis=-1, keepdims=True), 1e-15)
    level -= level.max(axis=1, keepdims=True)
    flux = np.stack([onset_strength(20 * each.T) for each in bels])
    curves: Floats = np.concatenate([level / 20 + 1, flux[..., None] / 10, colour(mel)], axis=-1)
    heard = level > -_AUDIBLE
    statistics = np.concatenate(
        [
            *_mean_and_deviation(bels, heard),
            *_mean_and_deviation(cepstrum, heard),
            _step(cepstrum, heard),
            *_mean_and_deviation(chroma(power, rate), heard),
            *_mean_and_deviation(contrast(np.sqrt(power), rate), heard),
            *_mean_and_deviation(curves, heard),
            _step(curves, heard),
            np.stack([_rhythm(each, rate / HOP) for each in flux]),
            np.stack([envelope_features(each, rate) for each in samples]),
        ],
        axis=1,
    )
    return np.asarray(statistics, dtype=np.float32)


def audible(mel: Floats) -> Floats:
    """Scale power (N, T, M) to 1 in each sound's loudest cell, and raise the rest to -80 dB."""
    peak: Floats = np.maximum(mel.max(axis=(1, 2), keepdims=True), np.float32(1e-15))
    return np.asarray(np.maximum(mel / peak, 10 ** (-_RANGE / 10)), dtype=np.float32)


def log_mel(mel: Floats) -> Floats:
    """Bring power between 1e-8 and 1 to between -2 and 2: units of 20 dB."""
    return np.asarray(decibels(mel) / 20 + 2, dtype=np.float32)


def mfcc(bels: Floats) -> Floats:
    """Mel-frequency cepstrum: the orthonormal cosine transform of a log-mel spectrum, by 4.

    References
    ----------
    Davis & Mermelstein, Comparison of parametric representations for word recognition, 1980.
    """
    return project(bels, _cosines())


@lru_cache(maxsize=1)
def _cosines() -> Floats:
    """The first 20 rows of the orthonormal DCT-II of 64 values, by 4."""
    angle = np.pi / MELS * np.arange(MFCCS)[:, None] * (np.arange(MELS) + 0.5)
    rows = np.cos(angle) * np.sqrt(2 / MELS)
    rows[0] /= np.sqrt(2)
    return np.asarray(rows / 4, dtype=np.float32)


def _mean_and_deviation(curve: Floats, heard: NDArray[np.bool_]) -> tuple[Floats, Floats]:
    """Over time, of (N, T, C) where (N, T, 1) is heard: two (N, C)."""
    weight = (heard / heard.sum(axis=1, keepdims=True)).astype(np.float32)  # the loudest is heard
    mean: Floats = (curve * weight).sum(axis=1)
    variance: Floats = (np.square(curve - mean[:, None]) * weight).sum(axis=1)
    return mean, np.sqrt(variance)


def _step(curve: Floats, heard: NDArray[np.bool_]) -> Floats:
    """Mean absolute difference between neighbouring frames that are both heard, (N, C)."""
    both = heard[:, 1:] & heard[:, :-1]
    steps = (np.abs(np.diff(curve, axis=1)) * both).sum(axis=1)
    return np.asarray(steps / np.maximum(both.sum(axis=1), 1), dtype=np.float32)


def _rhythm(flux: Floats, frames_per_second: float) -> Floats:
    """Return how often things begin, log2(1 + onsets a second) / 2, and how regularly, 0 to 1.

    Regularity is the highest autocorrelation of the onset strength at lags from 0.1 to 2 seconds.
    """
    onsets = len(pick_onsets(flux, frames_per_second))
    busy = np.log2(1 + onsets * frames_per_second / len(flux)) / 2
    centred = flux - flux.mean()
    echo = np.correlate(centred, centred, "full")[len(centred) - 1 :]
    later = echo[round(0.1 * frames_per_second) : round(2 * frames_per_second)]
    regular = later.max(initial=0.0) / max(float(echo[0]), 1e-10)
    return np.array([busy, regular], dtype=np.float32)
