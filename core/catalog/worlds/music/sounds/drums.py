"""The drums: sweeps of sines, bursts of noise, and plates that ring."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Final, TypeAlias

import numpy as np

from core.catalog.worlds.synth import RATE, Signal, add, burst, decay, partials, samples

Drum: TypeAlias = Callable[[np.random.Generator], Signal]


def kick(rng: np.random.Generator) -> Signal:
    """A bass drum: a sine that falls from a knock to a thud."""
    return _sweep(rng.uniform(150, 190), rng.uniform(48, 56), 0.035, 0.32) + _click(rng, 0.32, 0.25)


def pulse(rng: np.random.Generator) -> Signal:
    """A soft heartbeat without a click."""
    return _sweep(95, 55, 0.05, 0.4)


def stomp(rng: np.random.Generator) -> Signal:
    """A foot on a wooden floor."""
    knock = partials((88, 141, 203, 330), (0.22, 0.16, 0.12, 0.06), (1, 0.7, 0.4, 0.3), 0.3)
    return knock + _click(rng, 0.3, 0.12)


def timpani(rng: np.random.Generator) -> Signal:
    """A kettledrum: its nearly harmonic partials."""
    tone = rng.uniform(86, 104)
    skin = partials(
        tone * np.array([1, 1.5, 1.98, 2.44]), (1.4, 1.1, 0.8, 0.6), (1, 0.7, 0.4, 0.2), 1.2
    )
    return skin + _padded(0.3 * burst(rng, 0.05, 100, 900), skin.size)


def tom(rng: np.random.Generator) -> Signal:
    """A tom."""
    return _sweep(rng.uniform(190, 230), rng.uniform(95, 115), 0.06, 0.4)


def snare(rng: np.random.Generator) -> Signal:
    """A snare drum: two modes of the skin and the rattle of the wires."""
    skin = partials((188, 332), (0.14, 0.1), (0.8, 0.5), 0.3)
    return skin + _padded(0.4 * burst(rng, 0.26, 900, 8500), skin.size)


def gated(rng: np.random.Generator) -> Signal:
    """A snare drum in a large hall that is shut off."""
    crack = snare(rng)
    hall = 0.3 * burst(rng, 1.2, 500, 6000)[: samples(0.24)]
    hall[-samples(0.02) :] *= np.linspace(1, 0, samples(0.02))
    add(crack, hall, 0.01)
    return crack


def clap(rng: np.random.Generator) -> Signal:
    """Several hands, not quite together."""
    hands = np.zeros(samples(0.26))
    for at, sixty in ((0.0, 0.02), (0.011, 0.02), (0.022, 0.2)):
        add(hands, 0.5 * burst(rng, sixty, 900, 4500), at)
    return hands


def hat(rng: np.random.Generator) -> Signal:
    """A closed hi-hat."""
    return 0.3 * burst(rng, 0.07, 6500, 13000)


def open_hat(rng: np.random.Generator) -> Signal:
    """An open hi-hat."""
    return 0.28 * burst(rng, 0.3, 6000, 12500)


def ride(rng: np.random.Generator) -> Signal:
    """A ride cymbal: a ping of many modes, and a wash."""
    modes = rng.uniform(2800, 9500, 22)
    ping = partials(modes, rng.uniform(0.3, 0.9, 22), rng.uniform(0.02, 0.09, 22), 0.6)
    return ping + _padded(0.1 * burst(rng, 0.35, 5000, 12000), ping.size)


def crash(rng: np.random.Generator) -> Signal:
    """A crash cymbal."""
    return 0.4 * burst(rng, 1.6, 2500, 12500, attack=0.004)


def brush(rng: np.random.Generator) -> Signal:
    """A brush swept over a snare drum."""
    return 0.22 * burst(rng, 0.28, 1500, 7500, attack=0.05)


def shaker(rng: np.random.Generator) -> Signal:
    """A shaker."""
    return 0.25 * burst(rng, 0.11, 4500, 11000, attack=0.025)


def tambourine(rng: np.random.Generator) -> Signal:
    """A tambourine: its jingles."""
    modes = rng.uniform(5200, 11500, 18)
    jingles = partials(modes, rng.uniform(0.12, 0.3, 18), rng.uniform(0.02, 0.08, 18), 0.25)
    return jingles + _padded(0.15 * burst(rng, 0.15, 5000, 12000), jingles.size)


DRUMS: Final[Mapping[str, Drum]] = {
    "kick": kick,
    "pulse": pulse,
    "stomp": stomp,
    "timpani": timpani,
    "tom": tom,
    "snare": snare,
    "gated": gated,
    "clap": clap,
    "hat": hat,
    "open hat": open_hat,
    "ride": ride,
    "crash": crash,
    "brush": brush,
    "shaker": shaker,
    "tambourine": tambourine,
}
"""The drums by name."""


def _sweep(first: float, last: float, fall: float, seconds: float) -> Signal:
    """Return a damped sine whose frequency falls from ``first`` to ``last`` Hz."""
    t = np.arange(samples(seconds)) / RATE
    turns = last * t + (first - last) * fall * (1 - np.exp(-t / fall))
    swept: Signal = np.sin(2 * math.pi * turns) * decay(seconds, 1.1 * seconds, 0.002)
    return swept


def _click(rng: np.random.Generator, seconds: float, level: float) -> Signal:
    """Return the beater's click, padded to a length."""
    return _padded(level * burst(rng, 0.012, 1500, 6000), samples(seconds))


def _padded(signal: Signal, length: int) -> Signal:
    """Return a signal with silence after it, or cut off."""
    padded = np.zeros(length)
    add(padded, signal, 0.0)
    return padded
