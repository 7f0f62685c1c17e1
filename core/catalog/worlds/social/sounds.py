"""What it sounds like around a post: six ambiences, with little or much going on.

An ambience is a bed, noise whose level drifts slowly, and events in it: swells, drops, cars,
phrases of birdsong, chirps, gusts. How many events there are is the bustle. A sound knows the
ambience, the bustle and the seed of a post, and nothing else about it.

References
----------
A. Farnell, "Designing Sound", MIT Press, 2010 (rain, wind, traffic and insects from noise and
sines).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final, TypeAlias

import numpy as np

from core.catalog.worlds.base import Plan
from core.catalog.worlds.social.factors import AMBIENCE, BUSTLE
from core.catalog.worlds.synth import (
    RATE,
    Signal,
    add,
    burst,
    fade,
    master,
    noise,
    reverberate,
    room,
    samples,
)
from core.types import Sound

SECONDS: Final = 6.0
"""Length of every sound."""

Rng: TypeAlias = np.random.Generator
Ambience: TypeAlias = Callable[[Rng, int], Signal]
"""From a generator and the bustle (0 still, 1 lively, 2 busy) to a signal of ``SECONDS``."""

_STREAM: Final = 0x50C1


def listen(plan: Plan) -> Sound:
    """Synthesise what is heard around a post.

    Parameters
    ----------
    plan : only its ambience, its bustle and its seed matter

    Returns
    -------
    Sound of 6 s at 32 kHz and -18 LUFS, faded at both ends
    """
    rng = np.random.default_rng([plan.seed, _STREAM])
    ambience = AMBIENCES[AMBIENCE.values[plan.values[AMBIENCE.name]]]
    track = ambience(rng, plan.values[BUSTLE.name])
    return Sound(master(fade(track, rise=0.25, fall=0.5)), RATE)


# --- the six ambiences


def waves(rng: Rng, bustle: int) -> Signal:
    """Breakers on a beach, one after the other or in a hurry, and gulls where there is life."""
    deep, hiss = noise(rng, SECONDS, 50, 320), noise(rng, SECONDS, 1200, 7000)
    track = 0.16 * deep * drift(rng, 0.5, 0.7, 1.2) + 0.035 * hiss * drift(rng, 0.6, 0.6, 1.2)
    for at in moments(rng, (1, 3, 7)[bustle], lead=0.7, trail=1.0):
        track += _swell(rng, float(at), (1.6, 0.8, 0.5)[bustle], deep, hiss)
    for at in moments(rng, (0, 2, 7)[bustle], trail=0.9):
        add(track, _gull(rng), float(at), float(rng.uniform(0.09, 0.16)))
    return track


def rain(rng: Rng, bustle: int) -> Signal:
    """Steady rain and its drops: on leaves, in puddles, from the gutter."""
    fine, body = noise(rng, SECONDS, 2500, 11000), noise(rng, SECONDS, 300, 2500)
    thick = (0.05, 0.075, 0.1)[bustle]
    track = thick * drift(rng, 0.8, 0.8, 1.2) * (fine + 0.6 * body)
    pitch = float(rng.uniform(0.8, 1.3))
    for at in moments(rng, (14, 90, 320)[bustle]):
        drop = _plink(rng, pitch) if rng.random() < 0.45 else _tick(rng, pitch)
        add(track, drop, float(at), float(rng.uniform(0.1, 1.0) ** 2))
    return track


def traffic(rng: Rng, bustle: int) -> Signal:
    """The hum of a town, cars that pass, and horns."""
    hum, hush = noise(rng, SECONDS, 45, 190), noise(rng, SECONDS, 250, 1100)
    track = 0.16 * hum * drift(rng, 0.6, 0.8, 1.2) + 0.045 * hush * drift(rng, 0.4, 0.7, 1.3)
    tyres = noise(rng, SECONDS, 350, 2600)
    for at in moments(rng, (1, 3, 6)[bustle], lead=0.6, trail=0.8):
        track += _pass_by(rng, float(at), (0.95, 0.6, 0.4)[bustle], tyres)
    street = np.zeros(samples(SECONDS))
    for at in moments(rng, (0, 2, 7)[bustle], lead=0.2, trail=0.7):
        add(street, _horn(rng), float(at), float(rng.uniform(0.14, 0.24)))
    return track + (reverberate(street, room(rng, 0.5), 0.5) if bustle else street)


def birds(rng: Rng, bustle: int) -> Signal:
    """Birdsong over rustling leaves: one bird now and then, or a chorus at dawn."""
    leaves, air = noise(rng, SECONDS, 1800, 6000), noise(rng, SECONDS, 120, 600)
    track = 0.018 * leaves * drift(rng, 1.2, 0.3, 1.5) + 0.035 * air * drift(rng, 0.4, 0.7, 1.2)
    flock = [_bird(rng) for _ in range((1, 3, 5)[bustle])]
    song = np.zeros(samples(SECONDS))
    for k, at in enumerate(moments(rng, (2, 7, 18)[bustle], trail=0.7)):
        singer = flock[k % len(flock)]
        add(song, singer(rng), float(at), float(rng.uniform(0.12, 0.3)))
    return track + reverberate(song, room(rng, 0.6), 0.35)


def crickets(rng: Rng, bustle: int) -> Signal:
    """Crickets in the grass at night, each with its own pitch and pace."""
    air, grass = noise(rng, SECONDS, 90, 500), noise(rng, SECONDS, 2500, 7000)
    track = 0.05 * air * drift(rng, 0.4, 0.7, 1.2) + 0.006 * grass * drift(rng, 0.8, 0.6, 1.4)
    pace = float(rng.uniform(0.9, 1.15)) * (1.0, 1.9, 3.1)[bustle]
    for k in range((1, 3, 7)[bustle]):
        track += _cricket(rng, pace) * (0.3 if k == 0 else float(rng.uniform(0.07, 0.22)))
    return track


def wind(rng: Rng, bustle: int) -> Signal:
    """Wind around a corner: a low rush, gusts that brighten it, a whistle that rises with them."""
    low, middle = noise(rng, SECONDS, 70, 280), noise(rng, SECONDS, 300, 1100)
    force = 0.25 * drift(rng, 0.5, 0.6, 1.3)
    t = np.arange(samples(SECONDS)) / RATE
    width = (1.3, 0.5, 0.17)[bustle]
    for at in moments(rng, (1, 4, 11)[bustle], lead=0.5, trail=0.6):
        spread = width * float(rng.uniform(0.8, 1.2))
        force += float(rng.uniform(0.7, 1.1)) * np.exp(-0.5 * ((t - at) / spread) ** 2)
    high = noise(rng, SECONDS, 1500, 4500)
    base = float(rng.uniform(380, 640))
    tone = _glide(base * (1 + 0.45 * np.minimum(force, 1.6)) * drift(rng, 3.0, 0.96, 1.04))
    breath = 1 + 0.5 * noise(rng, SECONDS, 2, 18)
    whistle = 0.13 * tone * np.maximum(force - 0.35, 0) * breath
    return 0.16 * low * force + 0.13 * middle * force**1.5 + 0.05 * high * force**2.2 + whistle


AMBIENCES: Final[Mapping[str, Ambience]] = {
    "waves": waves,
    "rain": rain,
    "traffic": traffic,
    "birds": birds,
    "crickets": crickets,
    "wind": wind,
}
"""How to make every value of the factor ``ambience``."""


# --- time


def drift(rng: Rng, pace: float, low: float, high: float) -> Signal:
    """Return a level that wanders between ``low`` and ``high``, about ``pace`` turns a second."""
    knots = rng.uniform(low, high, max(4, round(SECONDS * pace * 2) + 2))
    where = np.linspace(0, len(knots) - 1, samples(SECONDS))
    left = np.minimum(where.astype(int), len(knots) - 2)
    ease = 0.5 - 0.5 * np.cos(np.pi * (where - left))
    level: Signal = knots[left] + (knots[left + 1] - knots[left]) * ease
    return level


def moments(rng: Rng, count: int, lead: float = 0.1, trail: float = 0.3) -> Signal:
    """Return when ``count`` events happen, in seconds: spread over the sound, but not evenly.

    Nothing happens in the first ``lead`` and the last ``trail`` seconds.
    """
    span = SECONDS - lead - trail
    when: Signal = lead + span * (np.arange(count) + rng.uniform(0.05, 0.95, count)) / max(count, 1)
    return when


def _glide(hertz: Signal) -> Signal:
    """Return a sine that follows a curve of frequencies."""
    wave: Signal = np.sin(2 * np.pi * np.cumsum(hertz) / RATE)
    return wave


# --- events


def _swell(rng: Rng, at: float, size: float, deep: Signal, hiss: Signal) -> Signal:
    """One wave: it gathers, breaks at ``at``, and draws back over the sand with a fizz."""
    t = np.arange(samples(SECONDS)) / RATE - at
    rise, fall = size * rng.uniform(0.35, 0.55), size * rng.uniform(0.7, 1.1)
    before, after = np.minimum(t, 0), np.maximum(t, 0)
    roll = np.exp(-((before / rise) ** 2) - after / (0.6 * fall))
    fizz = np.exp(-((before / (0.6 * rise)) ** 2) - after / fall)
    level = rng.uniform(0.7, 1.1)
    wave: Signal = level * (0.4 * roll * deep + 0.2 * fizz * hiss)
    return wave


def _gull(rng: Rng) -> Signal:
    """A gull's cry: two or three mews that fall, rich in overtones."""
    cry = np.zeros(samples(1.2))
    pitch = rng.uniform(900, 1300)
    for k in range(int(rng.integers(2, 4))):
        t = np.linspace(0, 1, samples(float(rng.uniform(0.2, 0.3))))
        bend = pitch * (1 + 0.35 * np.sin(np.pi * np.minimum(1.4 * t, 1.0)) - 0.25 * t)
        phase = 2 * np.pi * np.cumsum(bend) / RATE
        mew = (np.sin(phase) + 0.6 * np.sin(2 * phase) + 0.3 * np.sin(3 * phase)) * np.sin(
            np.pi * t
        )
        add(cry, mew, 0.36 * k)
    return cry


def _tick(rng: Rng, pitch: float) -> Signal:
    """A drop on a leaf or a pane."""
    low = pitch * float(rng.uniform(1500, 4000))
    return 0.6 * burst(rng, float(rng.uniform(0.012, 0.035)), low, 2.5 * low)


def _plink(rng: Rng, pitch: float) -> Signal:
    """A drop in a puddle: the bubble it leaves rings, higher and higher while it closes."""
    t = np.arange(samples(0.09)) / RATE
    hertz = pitch * rng.uniform(700, 1900) * (1 + rng.uniform(2, 7) * t)
    return 0.5 * _glide(hertz) * np.exp(-t * rng.uniform(50, 90)) * np.minimum(1, t / 0.002)


def _pass_by(rng: Rng, at: float, width: float, tyres: Signal) -> Signal:
    """A car: the rush of its tyres, and its motor, lower in pitch once it has passed."""
    t = np.arange(samples(SECONDS)) / RATE - at
    near = 1 / (1 + (t / (width * rng.uniform(0.7, 1.1))) ** 2)
    motor = float(rng.uniform(65, 120)) * (1 - 0.09 * np.tanh(t / (0.5 * width)))
    phase = 2 * np.pi * np.cumsum(motor) / RATE
    engine = np.sin(phase) * (1 + 1.2 * np.cos(phase))  # a fundamental and its octave
    level = rng.uniform(0.7, 1.2)
    car: Signal = level * near**2 * (0.11 * tyres + 0.09 * engine)
    return car


def _horn(rng: Rng) -> Signal:
    """A short double horn: two reeds a third apart, blown once or twice."""
    root, length = float(rng.uniform(330, 470)), float(rng.uniform(0.14, 0.42))
    t = np.arange(samples(length)) / RATE
    reeds = sum(
        np.sin(2 * np.pi * k * hertz * t) / k**0.9
        for hertz in (root, root * 1.2599)
        for k in range(1, 7)
    )
    hoot = fade(0.4 * np.asarray(reeds), 0.015, 0.05)
    if length > 0.25 or rng.random() < 0.4:
        return hoot
    return np.concatenate((hoot, np.zeros(samples(0.09)), hoot))


def _bird(rng: Rng) -> Callable[[Rng], Signal]:
    """Return a bird: a voice that sings variations of its own phrase."""
    pitch, sweep = float(rng.uniform(2300, 5200)), float(rng.uniform(-0.4, 0.5))
    length, gap = float(rng.uniform(0.05, 0.16)), float(rng.uniform(0.03, 0.09))
    warble, depth = float(rng.uniform(15, 45)), float(rng.choice((0.0, 0.03, 0.07)))
    notes = rng.uniform(0.82, 1.22, int(rng.integers(3, 7)))

    def phrase(rng: Rng) -> Signal:
        parts: list[Signal] = []
        for note in notes[: int(rng.integers(max(2, len(notes) - 2), len(notes) + 1))]:
            t = np.linspace(0, 1, samples(length * float(rng.uniform(0.85, 1.2))))
            vibrato = 1 + depth * np.sin(2 * np.pi * warble * length * t)
            hertz = pitch * note * (1 + sweep * (t - 0.5)) * vibrato
            tone = _glide(hertz) + 0.12 * _glide(2 * hertz)
            parts += [tone * np.sin(np.pi * t) ** 0.8, np.zeros(samples(gap))]
        return np.concatenate(parts)

    return phrase


def _cricket(rng: Rng, pace: float) -> Signal:
    """One cricket for the whole sound: chirps of three to five strokes of the wing."""
    pitch, strokes = float(rng.uniform(3700, 5200)), int(rng.integers(3, 6))
    beat, period = float(rng.uniform(45, 62)), float(rng.uniform(0.8, 1.2)) / pace
    t = np.arange(samples(strokes / beat)) / RATE
    wing = np.sin(np.pi * ((t * beat) % 1)) ** 2
    swell = np.linspace(0.5, 1, len(t))
    chirp = _glide(pitch * (1 - 0.02 * ((t * beat) % 1))) * wing * swell
    track, at = np.zeros(samples(SECONDS)), float(rng.uniform(0.05, period))
    while at < SECONDS:
        add(track, chirp, at, float(rng.uniform(0.8, 1.1)))
        at += period * float(rng.uniform(0.92, 1.08))
    return track
