"""Mel spectrograms in numpy: what the page draws, and what sounds are described by."""

from __future__ import annotations

from functools import lru_cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

from core.types import Sound

Floats = NDArray[np.float32]

FLOOR_DB: Final = -80.0
"""Quietest value that is told apart, in dB below the loudest."""

_BEND_HERTZ, _BEND_MEL, _STEP = 1000.0, 15.0, np.log(6.4) / 27  # of Slaney's mel scale


def spectrogram(
    sound: Sound, *, bands: int = 64, window: int = 1024, hop: int = 512
) -> tuple[Floats, Floats, Floats]:
    """Return the power in mel bands over time.

    Parameters
    ----------
    sound : any length
    bands : M, number of mel bands between 0 Hz and half the sample rate
    window, hop : samples; see :func:`short_time_power`

    Returns
    -------
    mel_db : (M, T) float32, dB relative to the loudest cell, not below ``FLOOR_DB``
    seconds : (T,) float32, the middle of each window
    hertz : (M,) float32, the centre of each band
    """
    power = short_time_power(sound.samples, window, hop)
    mel = project(power, mel_filters(sound.rate, window, bands))
    seconds = np.arange(len(mel)) * (hop / sound.rate)
    return below_peak(mel).T, seconds.astype(np.float32), mel_edges(sound.rate, bands)[1:-1]


def short_time_power(samples: Floats, window: int, hop: int) -> Floats:
    """Return the power spectrum of windows every ``hop`` samples.

    Parameters
    ----------
    samples : (..., T); zeros are added so that the first window is centred on the first sample
    window : length of the Hann window, samples

    Returns
    -------
    (..., 1 + T // hop, window // 2 + 1) float32; a full-scale sine peaks at 1/4
    """
    around = [(0, 0)] * (samples.ndim - 1) + [(window // 2, window // 2)]
    padded = np.pad(samples.astype(np.float32, copy=False), around)
    frames = np.lib.stride_tricks.sliding_window_view(padded, window, axis=-1)
    spectrum = np.fft.rfft(frames[..., ::hop, :] * _hann(window))
    power: Floats = np.square(spectrum.real) + np.square(spectrum.imag)
    return power


def project(spectra: Floats, filters: Floats) -> Floats:
    """Apply filters (C, F) to spectra (..., F), giving (..., C).

    One product of two matrices: numpy would make a small one for each of the leading entries.
    """
    flat: Floats = spectra.reshape(-1, spectra.shape[-1]) @ filters.T
    return flat.reshape(*spectra.shape[:-1], len(filters))


@lru_cache(maxsize=4)
def _hann(window: int) -> Floats:
    """Periodic Hann window of unit sum."""
    hann = np.hanning(window + 1)[:-1]
    return _frozen(hann / hann.sum())


def below_peak(power: Floats) -> Floats:
    """Return dB relative to the largest value, not below ``FLOOR_DB``."""
    peak = max(float(power.max()), 1e-30)
    decibels: Floats = 10 * np.log10(np.maximum(power / peak, 10 ** (FLOOR_DB / 10)))
    return decibels.astype(np.float32)


@lru_cache(maxsize=8)
def mel_filters(rate: int, window: int, bands: int) -> Floats:
    """Return (M, window // 2 + 1) triangular filters of equal area.

    References
    ----------
    Slaney, Auditory Toolbox, version 2, 1998.
    """
    edges = mel_edges(rate, bands).astype(np.float64)
    bins = np.fft.rfftfreq(window, 1 / rate)
    low, centre, high = edges[:-2, None], edges[1:-1, None], edges[2:, None]
    triangles = np.minimum((bins - low) / (centre - low), (high - bins) / (high - centre))
    return _frozen(np.maximum(triangles, 0) * 2 / (high - low))


def mel_edges(rate: int, bands: int) -> Floats:
    """Return the band edges, (M + 2,) Hz: band m rises from edge m to m + 1 and ends at m + 2."""
    top = float(hertz_to_mel(np.array(rate / 2)))
    return mel_to_hertz(np.linspace(0, top, bands + 2)).astype(np.float32)


def hertz_to_mel(hertz: NDArray[np.float64]) -> NDArray[np.float64]:
    """Slaney's mel scale: linear below 1 kHz, logarithmic above."""
    above = _BEND_MEL + np.log(np.maximum(hertz, 1e-9) / _BEND_HERTZ) / _STEP
    return np.where(hertz < _BEND_HERTZ, hertz * _BEND_MEL / _BEND_HERTZ, above)


def mel_to_hertz(mel: NDArray[np.float64]) -> NDArray[np.float64]:
    """Inverse of :func:`hertz_to_mel`."""
    above = _BEND_HERTZ * np.exp(_STEP * (mel - _BEND_MEL))
    return np.where(mel < _BEND_MEL, mel * _BEND_HERTZ / _BEND_MEL, above)


def _frozen(array: NDArray[np.floating]) -> Floats:
    """Return float32 that a cache can hand out safely."""
    frozen = array.astype(np.float32)
    frozen.setflags(write=False)
    return frozen
