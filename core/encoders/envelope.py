"""How the level of a sound moves: struck or bowed, dry or ringing, steady or pulsing."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

NAMES: Final = (
    "attack",
    "decay",
    "crest",
    "active",
    "balance",
    "floor",
    "pulse 0.5-2 Hz",
    "pulse 2-4 Hz",
    "pulse 4-8 Hz",
    "pulse 8-16 Hz",
)
_PER_SECOND: Final = 200
_BANDS: Final = ((0.5, 2.0), (2.0, 4.0), (4.0, 8.0), (8.0, 16.0))
_AUDIBLE: Final = -50.0  # dB below the loudest moment


def envelope_features(samples: NDArray[np.float32], rate: int) -> NDArray[np.float32]:
    """Describe the envelope by ten numbers, none of which depends on the overall level.

    Returns
    -------
    (10,) float32, in the order of ``NAMES``: log2 of the attack in units of 5 ms, by 4; decay after
    the loudest moment in bels a second, by 5; crest factor in bels; share of time that is audible;
    centre of gravity in time, 0 to 1; tenth percentile in units of 50 dB; and the pulsation in four
    bands, as square roots of shares of the envelope's power
    """
    rms = _rms(samples, rate // _PER_SECOND)
    level = 20 * np.log10(np.maximum(rms / max(float(rms.max()), 1e-10), 1e-4))
    peak = int(rms.argmax())
    loudest, average = float(np.abs(samples).max()), float(np.sqrt(np.mean(rms**2)))
    return np.array(
        [
            np.log2(1 + _attack(level[: peak + 1])) / 4,
            _decay(level[peak:]) / 5,
            2 * np.log10(max(loudest, 1e-10) / max(average, 1e-10)),
            np.mean(level > _AUDIBLE),
            np.average(np.linspace(0, 1, len(rms)), weights=rms + 1e-10),
            np.percentile(level, 10) / -_AUDIBLE,
            *_pulsation(rms),
        ],
        dtype=np.float32,
    )


def _rms(samples: NDArray[np.float32], hop: int) -> NDArray[np.float64]:
    """Root mean square of consecutive stretches of 5 ms."""
    whole = samples[: max(1, len(samples) // hop) * hop].reshape(-1, min(hop, len(samples)))
    rms: NDArray[np.float64] = np.sqrt(np.mean(whole.astype(np.float64) ** 2, axis=1))
    return rms


def _attack(rise: NDArray[np.float64]) -> int:
    """Frames from 20 dB below the loudest moment up to it."""
    below = np.flatnonzero(rise < -20)
    return len(rise) - 1 - int(below[-1]) if len(below) else len(rise) - 1


def _decay(fall: NDArray[np.float64]) -> float:
    """Slope of a line through what is audible after the loudest moment, bels a second."""
    quiet = np.flatnonzero(fall < _AUDIBLE)
    audible = fall[: quiet[0]] if len(quiet) else fall
    if len(audible) < 4:
        return 2 * _AUDIBLE / 10  # gone within 20 ms
    seconds = np.arange(len(audible)) / _PER_SECOND
    slope = float(np.polyfit(seconds, audible, 1)[0]) / 10
    return max(slope, 2 * _AUDIBLE / 10)


def _pulsation(rms: NDArray[np.float64]) -> list[float]:
    length = max(len(rms), 2 * _PER_SECOND)  # zeros at the end, so that 0.5 Hz is told apart
    power = np.abs(np.fft.rfft(rms - rms.mean(), length)) ** 2
    hertz = np.fft.rfftfreq(length, 1 / _PER_SECOND)
    total = max(float(power.sum()), 1e-20)
    return [
        float(np.sqrt(power[(hertz >= low) & (hertz < high)].sum() / total)) for low, high in _BANDS
    ]
