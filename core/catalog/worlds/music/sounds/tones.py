"""The instruments: one function each, from a pitch and a length to a signal.

References
----------
K. Karplus, A. Strong, "Digital synthesis of plucked-string and drum timbres", CMJ 7(2), 1983.
J. Chowning, "The synthesis of complex audio spectra by means of frequency modulation", JAES 1973.
P. Nasca, "PADsynth", ZynAddSubFX documentation, 2009 (ensembles from one inverse transform).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias

import numpy as np
from scipy.fft import irfft, next_fast_len

from core.catalog.worlds.synth import RATE, Signal, noise, samples

_TOP: Final = 12_000.0
"""Hz above which no partial is written."""


@dataclass(frozen=True, eq=False)
class Tone:
    """What a player is asked for.

    ``hertz`` holds one frequency, or several for an instrument that plays chords as a whole;
    ``bright`` scales the treble (1 is the instrument's own).
    """

    hertz: tuple[float, ...]
    seconds: float
    bright: float
    rng: np.random.Generator

    @property
    def pitch(self) -> float:
        """The lowest frequency."""
        return self.hertz[0]


Voice: TypeAlias = Callable[[Tone], Signal]


# --- leads


def keys(tone: Tone) -> Signal:
    """An electric piano: a pair of sines, one modulating the other, and the tine's ring on top."""
    t = np.arange(samples(tone.seconds)) / RATE
    turn = 2 * math.pi * tone.pitch * t
    index = 1.7 * tone.bright * np.exp(-t / 0.22) + 0.25 * tone.bright
    body = np.sin(turn + index * np.sin(turn))
    tine = 0.22 * tone.bright * np.sin(7 * turn) * np.exp(-t / 0.06)
    return _released((body + tine) * np.exp(-t * (0.9 + tone.pitch / 500)), 0.003, 0.06)


def bowed(tone: Tone) -> Signal:
    """A bowed string: a sawtooth through a wooden body, with vibrato that grows."""
    t = np.arange(samples(tone.seconds)) / RATE
    depth = 0.0075 * np.minimum(1.0, np.maximum(t - 0.08, 0.0) / 0.25)
    speed, start = tone.rng.uniform(5.2, 6.2), tone.rng.uniform(0, 2 * math.pi)
    wobble = depth * np.sin(2 * math.pi * speed * t + start)
    order = np.arange(1, _count(tone.pitch) + 1)
    partial: Signal = tone.pitch * order.astype(float)
    levels = _bodied(partial) / order**0.8 / (1 + (partial / (3800 * tone.bright)) ** 2)
    wave = harmonics(_phase(tone.pitch, wobble), levels)
    wave += 0.05 * noise(tone.rng, tone.seconds, 1500, 7000) * np.abs(wave)
    swell = 0.86 + 0.14 * np.sin(math.pi * np.minimum(1.0, t / max(tone.seconds, 0.1)))
    attack = min(0.075, 0.3 * tone.seconds)
    return _released(wave * swell, attack, min(0.11, 0.4 * tone.seconds))


def flute(tone: Tone) -> Signal:
    """A flute: few harmonics, breath around them, and a tremulous level."""
    t = np.arange(samples(tone.seconds)) / RATE
    depth = np.minimum(1.0, np.maximum(t - 0.1, 0.0) / 0.3)
    wave = np.sin(2 * math.pi * tone.rng.uniform(4.6, 5.4) * t + tone.rng.uniform(0, 6))
    levels = np.array([1.0, 0.3 * tone.bright**0.5, 0.1 * tone.bright, 0.03 * tone.bright])
    tube = harmonics(_phase(tone.pitch, 0.003 * depth * wave), levels) * (1 + 0.16 * depth * wave)
    breath = noise(tone.rng, tone.seconds, 1.6 * tone.pitch, 5200.0)
    chiff = np.exp(-t / 0.035)
    breathy = breath * (0.045 + 0.16 * chiff)
    return _released(tube + breathy, min(0.04, 0.3 * tone.seconds), min(0.08, 0.4 * tone.seconds))


# --- accompaniment


def pluck(tone: Tone) -> Signal:
    """A plucked string, by the algorithm of Karplus and Strong written out in closed form.

    The string is a loop of one period that a filter dulls at each turn; period k is therefore the
    first one filtered k times, a product in the frequency domain, and all periods come from one
    batch of inverse transforms. The loop has a whole number of samples; the result is stretched to
    the exact pitch.
    """
    length = samples(tone.seconds)
    period = max(8, round(RATE / tone.pitch))
    turns = math.ceil(length * 1.02 / period) + 2
    order = np.arange(period // 2 + 1)
    pick = tone.rng.uniform(0.16, 0.3)  # where along the string: nodes there stay silent
    comb = np.abs(np.sin(math.pi * order * pick))
    dull = 1 / (1 + (order * RATE / period / (2600 * tone.bright)) ** 2) ** 0.5
    first = comb * dull * np.exp(2j * math.pi * tone.rng.random(order.size))
    ring = 2.2 * (220 / tone.pitch) ** 0.4  # seconds to fall by 60 dB
    loss = np.log(np.cos(math.pi * order / period).clip(0.02)) * 0.55
    turn = loss - math.log(1000.0) * period / RATE / ring
    loop = irfft(first * np.exp(np.arange(turns)[:, None] * turn), period, axis=1).ravel()
    exact = np.arange(length) * (period * tone.pitch / RATE)
    string = np.interp(exact, np.arange(loop.size), loop)
    return _released(_unit(string), 0.001, 0.03)


def saw(tone: Tone) -> Signal:
    """A synthesiser: two sawtooths a little apart, bright at first."""
    t = np.arange(samples(tone.seconds)) / RATE
    order = np.arange(1, _count(tone.pitch) + 1)
    sharp = 1 / order / (1 + (tone.pitch * order / (4200 * tone.bright)) ** 2)
    round_ = 1 / order / (1 + (tone.pitch * order / (900 * tone.bright)) ** 4)
    detune = 1.004
    turn = 2 * math.pi * tone.pitch * t
    snap = np.exp(-t / 0.09)
    bright, dark = (harmonics(turn, levels) for levels in (sharp, round_))
    second = harmonics(turn * detune, sharp * 0.4 + round_ * 0.6)
    return _released(snap * bright + (1 - snap) * dark + 0.6 * second, 0.003, 0.04)


def bass(tone: Tone) -> Signal:
    """A round electric bass: a few harmonics that die away one after the other."""
    t = np.arange(samples(tone.seconds)) / RATE
    phase = 2 * math.pi * tone.pitch * t
    low = harmonics(phase, np.array([1.0, 0.5, 0.15]))
    high = harmonics(phase, np.array([0.0, 0.4, 0.55, 0.4, 0.3, 0.2]) * min(tone.bright, 1.6))
    return _released(low * np.exp(-t / 1.1) + high * np.exp(-t / 0.16), 0.004, 0.05)


def sub(tone: Tone) -> Signal:
    """A deep sine with enough second and third harmonic to be heard on small speakers."""
    t = np.arange(samples(tone.seconds)) / RATE
    wave = harmonics(2 * math.pi * tone.pitch * t, np.array([1.0, 0.4, 0.16]))
    return _released(wave * np.exp(-t / 2.5), 0.012, 0.08)


def organ(tone: Tone) -> Signal:
    """Drawbars and a click: the stabs of house."""
    phase = 2 * math.pi * tone.pitch * np.arange(samples(tone.seconds)) / RATE
    draw = np.array([1.0, 0.7, 0.5, 0.3, 0.0, 0.25, 0.0, 0.2]) * min(1.0, tone.bright)
    draw[0] = 1.0
    return _released(harmonics(phase, draw), 0.004, 0.05)


def bell(tone: Tone) -> Signal:
    """A small bell by frequency modulation at an odd ratio."""
    t = np.arange(samples(tone.seconds)) / RATE
    index = 1.2 * tone.bright * np.exp(-t / 0.3)
    wave = np.sin(
        2 * math.pi * tone.pitch * t + index * np.sin(2 * math.pi * 3.51 * tone.pitch * t)
    )
    return _released(wave * np.exp(-t / 0.6), 0.002, 0.1)


def pad(tone: Tone) -> Signal:
    """A warm ensemble that plays a whole chord."""
    return _ensemble(tone, width=0.006, tilt=1.25, corner=1900.0, attack=0.25)


def section(tone: Tone) -> Signal:
    """A section of bowed strings that plays a whole chord."""
    return _ensemble(tone, width=0.0035, tilt=0.95, corner=3000.0, attack=0.12)


VOICES: Final[Mapping[str, Voice]] = {
    "keys": keys,
    "strings": bowed,
    "flute": flute,
    "pluck": pluck,
    "saw": saw,
    "bass": bass,
    "sub": sub,
    "organ": organ,
    "bell": bell,
    "pad": pad,
    "section": section,
}
"""The instruments by name; the leads are the values of the factor ``lead``."""

CHORAL: Final = frozenset({"pad", "section"})
"""Instruments that play a chord as one tone."""


# --- what they are built of


def harmonics(phase: Signal, levels: Sequence[float] | Signal) -> Signal:
    """Sum ``levels[k] * sin((k + 1) * phase)`` with two evaluated functions.

    Clenshaw's recurrence: each further harmonic is one multiplication and two additions a sample.
    """
    double = 2 * np.cos(phase)
    above, current = np.zeros_like(phase), np.zeros_like(phase)
    for level in list(levels)[::-1]:
        above, current = current, double * current - above + level
    summed: Signal = np.sin(phase) * current
    return summed


def _ensemble(tone: Tone, *, width: float, tilt: float, corner: float, attack: float) -> Signal:
    """Draw a spectrum of partials widened to bands with random phases, and transform it once."""
    length = samples(tone.seconds)
    size = next_fast_len(length, real=True)
    spectrum = np.zeros(size // 2 + 1, dtype=complex)
    for pitch in tone.hertz:
        for k in range(1, _count(pitch) + 1):
            at = pitch * k * size / RATE
            spread = max(1.0, width * at)
            low, high = max(1, int(at - 3 * spread)), min(spectrum.size, int(at + 3 * spread) + 2)
            level = k**-tilt / (1 + (pitch * k / (corner * tone.bright)) ** 2) / spread**0.5
            bump = np.exp(-0.5 * ((np.arange(low, high) - at) / spread) ** 2)
            spectrum[low:high] += level * bump
    spectrum *= np.exp(2j * math.pi * tone.rng.random(spectrum.size))
    wave = _unit(irfft(spectrum, size)[:length])
    return _released(wave, min(attack, 0.3 * tone.seconds), min(0.2, 0.3 * tone.seconds))


def _phase(pitch: float, wobble: Signal) -> Signal:
    """Return the phase of a tone whose frequency moves by a relative ``wobble``."""
    phase: Signal = np.cumsum(2 * math.pi * pitch / RATE * (1 + wobble))
    return phase


def _count(pitch: float) -> int:
    """Return how many harmonics are written; beyond thirty the ear hears no more."""
    return max(1, min(30, int(_TOP / pitch)))


def _bodied(hertz: Signal) -> Signal:
    """Return what a violin's body adds at some frequencies: air, wood and bridge."""
    hills = ((280.0, 0.25, 0.7), (460.0, 0.2, 0.8), (1100.0, 0.3, 0.5), (2600.0, 0.35, 1.1))
    gain = np.ones_like(hertz) * 0.5
    for at, spread, level in hills:
        gain += level * np.exp(-0.5 * (np.log(hertz / at) / spread) ** 2)
    return gain


def _unit(signal: Signal) -> Signal:
    scaled: Signal = signal / (np.max(np.abs(signal)) + 1e-12)
    return scaled


def _released(signal: Signal, attack: float, release: float) -> Signal:
    """Let a note begin and end without a click, in place."""
    rise, fall = min(samples(attack), signal.size), min(samples(release), signal.size)
    signal[:rise] *= np.linspace(0, 1, rise)
    if fall:
        signal[-fall:] *= np.linspace(1, 0, fall)
    return signal
