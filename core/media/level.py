"""How loud a sound is to an ear, and the same sound at another loudness."""

from __future__ import annotations

from functools import lru_cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

from core.types import Sound

QUIETEST: Final = -70.0
"""The absolute gate of BS.1770 in LUFS: what is quieter is not there."""


def loudness(sound: Sound) -> float:
    """Return the integrated loudness in LUFS, never below ``QUIETEST``; see :func:`loudness_of`."""
    return loudness_of(sound.samples.astype(np.float64), sound.rate)


def loudness_of(samples: NDArray[np.float64], rate: int) -> float:
    """Return the integrated loudness of samples (T,) in LUFS, never below ``QUIETEST``.

    Sounds shorter than a 0.4 s block are measured as one block.

    References
    ----------
    ITU-R BS.1770-4, Algorithms to measure audio programme loudness, 2015.
    """
    from scipy.signal import sosfilt  # a second to import

    power = _block_power(sosfilt(k_weighting(rate), samples), round(0.4 * rate))
    heard = power[_lufs(power) > QUIETEST]
    if not len(heard):
        return QUIETEST
    heard = heard[_lufs(heard) > _lufs(heard.mean()) - 10]
    return float(_lufs(heard.mean()))


def at_loudness(sound: Sound, lufs: float = -18.0) -> NDArray[np.float32]:
    """Return the samples (T,) scaled to a loudness of ``lufs``; peaks may exceed 1."""
    gain = 10 ** ((lufs - loudness(sound)) / 20)
    return (sound.samples * gain).astype(np.float32)


def _lufs(power: NDArray[np.float64]) -> NDArray[np.float64]:
    return -0.691 + 10 * np.log10(np.maximum(power, 1e-20))


def _block_power(samples: NDArray[np.float64], block: int) -> NDArray[np.float64]:
    """Mean square of blocks that overlap by three quarters."""
    if len(samples) < block:
        return np.array([np.mean(samples**2)])
    total = np.concatenate([[0.0], np.cumsum(samples**2)])
    starts = np.arange(0, len(samples) - block + 1, block // 4)
    power: NDArray[np.float64] = (total[starts + block] - total[starts]) / block
    return power


@lru_cache(maxsize=4)
def k_weighting(rate: int) -> NDArray[np.float64]:
    """The head's shelf and the low cut of BS.1770 at any sample rate, as (2, 6) sections.

    The standard tabulates 48 kHz only; these are the analogue prototypes behind its table.

    References
    ----------
    De Man, Evaluation of Implementations of the EBU R128 Loudness Measurement, AES 145, 2018.
    """
    k, q = np.tan(np.pi * 1681.974450955533 / rate), 0.7071752369554196
    gain = 10 ** (3.999843853973347 / 20)
    middle = gain**0.4996667741545416
    scale = 1 + k / q + k * k
    shelf = [
        (gain + middle * k / q + k * k) / scale,
        2 * (k * k - gain) / scale,
        (gain - middle * k / q + k * k) / scale,
        1.0,
        2 * (k * k - 1) / scale,
        (1 - k / q + k * k) / scale,
    ]
    k, q = np.tan(np.pi * 38.13547087602444 / rate), 0.5003270373238773
    scale = 1 + k / q + k * k
    cut = [1.0, -2.0, 1.0, 1.0, 2 * (k * k - 1) / scale, (1 - k / q + k * k) / scale]
    return np.array([shelf, cut])
