"""A small synthesis toolkit: what every rendered sound is made of, and how loud it ends up.

Sources (damped partials, bands of noise), spaces (a short convolution reverb) and mastering (soft
clip, fades, loudness by ITU-R BS.1770). Signals are mono float64 arrays of shape (T,) until the
last step.
"""

from __future__ import annotations

import math
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.fft import irfft, next_fast_len, rfft
from scipy.signal import fftconvolve

from core.media.level import QUIETEST, loudness_of

Signal = NDArray[np.float64]

RATE: Final = 32_000
"""Sample rate of rendered sounds, in Hz."""
TARGET_LUFS: Final = -18.0
"""Integrated loudness of rendered sounds, in LUFS."""

_BLOCK: Final = 256


def samples(seconds: float, rate: int = RATE) -> int:
    """Return how many samples ``seconds`` last."""
    return round(seconds * rate)


# --- sources


def partials(
    frequencies: ArrayLike,
    decays: ArrayLike,
    levels: ArrayLike,
    seconds: float,
    rate: int = RATE,
) -> Signal:
    """Sum exponentially damped sines: the impulse response of a body that rings in modes.

    A damped sine is the imaginary part of a power of one complex number, so that sample ``b * B +
    n`` is a product of a power by block and a power within the block, and the sum over partials is
    one product of matrices, an order of magnitude faster than evaluating each sine.

    Parameters
    ----------
    frequencies : (P,) Hz; partials at or above 0.45 of the rate are left out
    decays : (P,) seconds until a partial has fallen by 60 dB
    levels : (P,) amplitudes at the moment of the stroke
    seconds : length of the result
    rate : Hz

    Returns
    -------
    (T,) signal that starts at zero, since every sine does
    """
    hertz, sixty, level = (np.asarray(a, dtype=float) for a in (frequencies, decays, levels))
    heard = hertz < 0.45 * rate
    poles = (2j * np.pi * hertz[heard] - math.log(1000.0) / sixty[heard]) / rate
    length = samples(seconds, rate)
    within = np.exp(np.outer(poles, np.arange(_BLOCK)))
    blocks = np.exp(np.outer(np.arange(0, length, _BLOCK), poles)) * level[heard]
    wave: Signal = (blocks.real @ within.imag + blocks.imag @ within.real).ravel()[:length]
    return wave


def noise(
    rng: np.random.Generator,
    seconds: float,
    low: float,
    high: float,
    rate: int = RATE,
) -> Signal:
    """Return noise between ``low`` and ``high`` Hz (12 dB an octave outside) at an RMS of 1."""
    length = samples(seconds, rate)
    fast = next_fast_len(length, real=True)
    hertz = np.fft.rfftfreq(fast, 1 / rate)
    hertz[0] = hertz[1]
    shape = 1 / np.sqrt((1 + (low / hertz) ** 4) * (1 + (hertz / high) ** 4))
    spectrum = rfft(rng.standard_normal(fast)) * shape
    filtered: Signal = irfft(spectrum, fast)[:length]
    unit: Signal = filtered / math.sqrt(float(np.mean(filtered**2)))
    return unit


def decay(seconds: float, sixty: float, attack: float = 0.0005, rate: int = RATE) -> Signal:
    """Return an envelope that rises over ``attack`` and falls by 60 dB in ``sixty`` seconds."""
    t = np.arange(samples(seconds, rate)) / rate
    envelope: Signal = np.minimum(1.0, t / attack) * np.exp(-math.log(1000.0) * t / sixty)
    return envelope


def burst(
    rng: np.random.Generator,
    sixty: float,
    low: float,
    high: float,
    attack: float = 0.0005,
    rate: int = RATE,
) -> Signal:
    """Return one burst of band-limited noise that dies away by 60 dB in ``sixty`` seconds."""
    return noise(rng, sixty, low, high, rate) * decay(sixty, sixty, attack, rate)


def add(track: Signal, sound: Signal, at: float, level: float = 1.0, rate: int = RATE) -> None:
    """Mix ``sound`` into ``track`` in place from ``at`` seconds on; the track keeps its length."""
    start = samples(at, rate)
    left = max(0, len(track) - start)
    track[start : start + len(sound)] += level * sound[:left]


# --- spaces


def room(rng: np.random.Generator, sixty: float = 0.25, rate: int = RATE) -> Signal:
    """Return the impulse response of a small furnished room at unit energy, direct sound left out.

    Early reflections between 3 and 20 ms, then a diffuse tail that dies away by 60 dB in ``sixty``
    seconds and has lost most of its treble, as in a room with curtains and a carpet.
    """
    response = noise(rng, sixty, 150.0, 4500.0, rate) * decay(sixty, sixty, 0.01, rate) * 0.3
    delays = rng.uniform(0.003, 0.020, 6)
    signs = rng.choice((-1.0, 1.0), 6)
    for delay, sign in zip(delays, signs, strict=True):
        response[samples(float(delay), rate)] += sign * 0.003 / float(delay)
    unit: Signal = response / math.sqrt(float(np.sum(response**2)))
    return unit


def reverberate(signal: Signal, response: Signal, wet: float) -> Signal:
    """Add the room's answer at amplitude ``wet`` to a signal; the length stays the same."""
    answered: Signal = signal + wet * fftconvolve(signal, response)[: len(signal)]
    return answered


# --- mastering


def fade(signal: Signal, rise: float, fall: float, rate: int = RATE) -> Signal:
    """Fade in over ``rise`` and out over ``fall`` seconds along half a cosine, to exactly zero."""
    faded = signal.copy()
    for edge, seconds in ((faded, rise), (faded[::-1], fall)):
        count = min(samples(seconds, rate), len(edge))
        edge[:count] *= 0.5 - 0.5 * np.cos(np.pi * np.arange(count) / max(1, count))
    return faded


def soft_clip(signal: Signal, knee: float = 0.7, ceiling: float = 0.98) -> Signal:
    """Leave samples below ``knee`` alone and bend larger ones towards ``ceiling``."""
    bent = signal.copy()
    loud = np.abs(signal) > knee
    span = ceiling - knee
    over = np.abs(signal[loud]) - knee
    bent[loud] = np.sign(signal[loud]) * (knee + span * np.tanh(over / span))
    return bent


def loudness(signal: Signal, rate: int = RATE) -> float:
    """Return the integrated loudness in LUFS; see :func:`core.media.level.loudness_of`."""
    return loudness_of(signal, rate)


def master(signal: Signal, target: float = TARGET_LUFS, rate: int = RATE) -> NDArray[np.float32]:
    """Bring a signal to ``target`` LUFS with peaks bent below 1, as float32.

    Bending peaks costs loudness, so the gain is corrected until the result is within 0.1 dB (a few
    rounds).

    Raises
    ------
    ValueError
        If the signal is silent: no gain makes silence loud.
    """
    gain = target - loudness(signal, rate)
    if gain >= target - QUIETEST:
        raise ValueError("a silent signal has no loudness to bring to a target")
    bent = signal
    for _ in range(8):
        bent = soft_clip(signal * 10 ** (gain / 20))
        error = target - loudness(bent, rate)
        if abs(error) < 0.1:
            break
        gain += 1.3 * error
    return bent.astype(np.float32)
