"""Sounds as another microphone, another room or a worse line would have brought them."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from core.media.augment.seeds import Seed
from core.media.spectrogram import mel_edges
from core.types import Sound

Floats = NDArray[np.float32]

BANDS: Final = 64
"""Mel bands in which the width of a frequency mask is counted."""

_WINDOW: Final = 1024
_HOP: Final = 256


def amplified(sound: Sound, seed: Seed, *, most: float = 6.0) -> Sound:
    """Make louder or quieter by up to ``most`` dB; less where peaks would exceed 1."""
    decibels = np.random.default_rng(seed).uniform(-most, most)
    return Sound(_within(sound.samples * np.float32(10 ** (decibels / 20))), sound.rate)


def noisy(sound: Sound, seed: Seed, *, lowest: float = 15.0, highest: float = 30.0) -> Sound:
    """Add white noise at a signal-to-noise ratio between ``lowest`` and ``highest`` dB.

    Where peaks would exceed 1, signal and noise are lowered together, which keeps the ratio. Silence
    stays silent.
    """
    rng = np.random.default_rng(seed)
    ratio = rng.uniform(lowest, highest)
    return Sound(_within(with_noise(sound.samples, float(ratio), rng)), sound.rate)


def with_noise(samples: Floats, decibels: float, rng: np.random.Generator) -> Floats:
    """Return (T,) samples plus white noise whose energy is exactly ``decibels`` below theirs."""
    noise = rng.standard_normal(len(samples))
    energy = float(np.square(samples, dtype=np.float64).sum())
    scale = np.sqrt(energy / np.square(noise).sum()) * 10 ** (-decibels / 20)
    return np.asarray(samples + scale * noise, dtype=np.float32)


def masked(
    sound: Sound,
    seed: Seed,
    *,
    bands: int = 8,
    share: float = 0.1,
    masks: int = 2,
) -> Sound:
    """Blank out stretches of time and ranges of pitch: SpecAugment without time warping.

    What encoders take is samples, so the masks are laid on a short-time spectrum that is turned back
    into sound. A frequency mask is counted in mel bands, as in the paper.

    Parameters
    ----------
    bands : widest frequency mask, of the ``BANDS`` mel bands
    share : longest time mask, as a share of the sound
    masks : of either kind; each is 0 to its widest

    References
    ----------
    Park et al., SpecAugment: A simple data augmentation method for speech recognition, 2019.
    """
    from scipy.signal import ShortTimeFFT  # a second to import

    rng = np.random.default_rng(seed)
    window = np.hanning(_WINDOW + 1)[:-1]
    transform = ShortTimeFFT(window, _HOP, sound.rate)
    length = len(sound.samples)
    padded = np.pad(sound.samples, (0, max(0, _WINDOW - length)))  # shorter than a window
    spectrum = transform.stft(padded)
    edges = mel_edges(sound.rate, BANDS)
    hertz, seconds = transform.f, transform.t(len(padded))
    for _ in range(masks):
        width = int(rng.integers(0, bands + 1))
        first = int(rng.integers(0, BANDS - width + 1))
        if width:
            spectrum[(edges[first] <= hertz) & (hertz < edges[first + width])] = 0
        span = rng.uniform(0, share) * sound.seconds
        start = rng.uniform(0, sound.seconds - span)
        spectrum[:, (start <= seconds) & (seconds < start + span)] = 0
    samples = transform.istft(spectrum, k1=len(padded))[:length]
    return Sound(_within(np.asarray(samples, dtype=np.float32)), sound.rate)


def _within(samples: Floats) -> Floats:
    """Lower samples as a whole where a peak exceeds 1."""
    peak = max(1.0, float(np.abs(samples).max(initial=0.0)))
    return np.asarray(samples / np.float32(peak), dtype=np.float32)
