"""What a product sounds like when somebody taps it and sets it down.

Modal synthesis: a body is a set of damped partials, a gesture is a series of contacts, and every
contact rings the same body at another spot. The sound knows the substance, the size and the seed
of a product, and nothing else about it.

References
----------
K. van den Doel, D. Pai, "The sounds of physical shapes", Presence 7(4), 1998 (modal synthesis).
A. Chaigne, C. Lambourg, "Time-domain simulation of damped impacted plates", JASA 109, 2001.
N. Fletcher, T. Rossing, "The Physics of Musical Instruments", 2nd ed., 1998 (ratios of partials).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import ArrayLike
from scipy.signal import fftconvolve

from core.catalog.worlds.base import Plan
from core.catalog.worlds.shop.factors import SIZE, SUBSTANCE
from core.catalog.worlds.synth import (
    RATE,
    Signal,
    add,
    burst,
    fade,
    master,
    noise,
    partials,
    reverberate,
    room,
    samples,
)
from core.types import Sound


@dataclass(frozen=True)
class Substance:
    """How a material answers to a stroke.

    ``ratios`` are the partials of a medium body over its lowest, ``pitch`` (Hz), each doubled by a
    slightly mistuned twin at amplitude ``twin``, because no cast or turned body is quite round.
    The lowest partial falls by 60 dB in ``ring`` seconds, one at frequency ratio r in ``ring /
    r**loss``; partials lose ``tilt`` dB an octave. The contact itself is a burst of noise between
    ``click_band`` (Hz) that lasts ``click_ring`` seconds at amplitude ``click``. ``crackle`` is
    how many times a second the material creases while it is handled, and ``body`` the amplitude of
    the partials.
    """

    pitch: float
    ratios: tuple[float, ...]
    ring: float
    loss: float
    tilt: float
    click_band: tuple[float, float]
    click_ring: float
    click: float
    twin: float = 0.0
    body: float = 1.0
    crackle: float = 0.0


@dataclass(frozen=True)
class Bulk:
    """How size changes the sound: factors of pitch and ring, and the thump of the table below."""

    pitch: float
    ring: float
    thump: float
    thump_pitch: float


@dataclass(frozen=True)
class Contact:
    """One contact of a gesture: when (seconds), how hard (amplitude), how long (0: a stroke)."""

    at: float
    level: float
    rub: float = 0.0


SUBSTANCES: Final[dict[str, Substance]] = {
    # A thin cup: (2,0), (3,0), ... shell modes, bright and long.
    "glass": Substance(
        pitch=1450.0,
        ratios=(1.0, 2.32, 4.25, 5.1, 6.63, 7.4, 9.38),
        ring=1.3,
        loss=0.55,
        tilt=-2.5,
        click_band=(4500.0, 12000.0),
        click_ring=0.012,
        click=0.25,
        twin=0.6,
    ),
    # A short thick bar: few partials, gone at once, no treble.
    "wood": Substance(
        pitch=520.0,
        ratios=(1.0, 2.57, 4.31, 6.1),
        ring=0.19,
        loss=0.8,
        tilt=-5.0,
        click_band=(400.0, 2000.0),
        click_ring=0.02,
        click=0.35,
    ),
    # A pan: dense plate modes that beat and ring on and on.
    "steel": Substance(
        pitch=560.0,
        ratios=(
            1.0,
            1.41,
            1.97,
            2.48,
            2.76,
            3.31,
            3.93,
            4.42,
            5.4,
            5.87,
            6.7,
            7.6,
            8.93,
            10.3,
            12.1,
        ),
        ring=3.6,
        loss=0.4,
        tilt=-2.0,
        click_band=(2500.0, 9000.0),
        click_ring=0.02,
        click=0.15,
        twin=0.8,
    ),
    # A mug: a clear knock of middle height and a hard clack.
    "ceramic": Substance(
        pitch=1050.0,
        ratios=(1.0, 1.52, 2.18, 2.9, 3.74, 4.6),
        ring=0.34,
        loss=0.4,
        tilt=-2.0,
        click_band=(1800.0, 5500.0),
        click_ring=0.03,
        click=0.8,
        twin=0.4,
    ),
    # A tub: a hollow, breathy thud with hardly a tone in it.
    "plastic": Substance(
        pitch=215.0,
        ratios=(1.0, 1.63, 2.41, 3.3, 4.7, 6.2),
        ring=0.15,
        loss=0.35,
        tilt=-3.5,
        click_band=(700.0, 2600.0),
        click_ring=0.06,
        click=0.9,
    ),
    # Cardboard and wrapping: no tone at all, creases by the hundred.
    "paper": Substance(
        pitch=120.0,
        ratios=(1.0, 1.3),
        ring=0.05,
        loss=0.3,
        tilt=-6.0,
        click_band=(1200.0, 9000.0),
        click_ring=0.12,
        click=0.5,
        body=0.2,
        crackle=170.0,
    ),
}

SIZES: Final[dict[str, Bulk]] = {
    "small": Bulk(pitch=1.75, ring=0.75, thump=0.0, thump_pitch=190.0),
    "medium": Bulk(pitch=1.0, ring=1.0, thump=0.25, thump_pitch=140.0),
    "large": Bulk(pitch=0.56, ring=1.3, thump=0.9, thump_pitch=92.0),
}

_SECONDS: Final = (2.05, 2.45)
_WET: Final = 0.22


def strike(plan: Plan) -> Sound:
    """Synthesise a product being tapped and set down.

    Parameters
    ----------
    plan : the product; only its substance, its size and its seed matter

    Returns
    -------
    Sound of 2.0-2.5 s at 32 kHz and -18 LUFS
    """
    rng = np.random.default_rng(plan.seed)
    seconds = float(rng.uniform(*_SECONDS))
    contacts = gesture(rng)
    body = Body.of(
        SUBSTANCES[SUBSTANCE.values[plan.values[SUBSTANCE.name]]],
        SIZES[SIZE.values[plan.values[SIZE.name]]],
        rng,
    )
    track = np.zeros(samples(seconds))
    for contact in contacts:
        add(track, body.answer(contact, seconds - contact.at, rng), contact.at, contact.level)
    track = reverberate(track, room(rng), _WET)
    return Sound(master(fade(track, rise=0.002, fall=0.12)), RATE)


def gesture(rng: np.random.Generator) -> tuple[Contact, ...]:
    """Draw what somebody does with a product: taps, a bounce, a set-down, a rub or a short roll."""
    start = float(rng.uniform(0.03, 0.09))
    kind = rng.choice(("taps", "bounce", "set down", "rub", "roll"))
    if kind == "bounce":
        gaps = float(rng.uniform(0.42, 0.55)) * float(rng.uniform(0.62, 0.72)) ** np.arange(3)
        levels = float(rng.uniform(0.55, 0.7)) ** np.arange(4)
        return _contacts(start + np.concatenate(([0.0], np.cumsum(gaps))), levels)
    if kind == "taps":
        count = int(rng.integers(3, 5))
        beat = float(rng.uniform(0.34, 0.46))
        times = start + beat * (np.arange(count) + rng.normal(0.0, 0.04, count))
        times[0] = start
        return _contacts(times, rng.uniform(0.6, 1.0, count))
    second = start + float(rng.uniform(0.40, 0.55))
    third = second + float(rng.uniform(0.45, 0.60))
    taps = _contacts(np.array([start, second]), rng.uniform(0.7, 1.0, 2))
    if kind == "set down":
        rattle = third + np.array([0.0, float(rng.uniform(0.045, 0.08))])
        return taps + _contacts(rattle, rng.uniform((0.75, 0.3), (1.0, 0.5)))
    if kind == "rub":
        return (*taps, Contact(third, 0.5, float(rng.uniform(0.35, 0.55))))
    gaps = rng.uniform(0.05, 0.11, 6)
    return taps + _contacts(third + np.cumsum(gaps), rng.uniform(0.2, 0.4) * 0.9 ** np.arange(6))


def _contacts(times: ArrayLike, levels: ArrayLike) -> tuple[Contact, ...]:
    return tuple(
        Contact(float(t), float(x))
        for t, x in zip(np.asarray(times), np.asarray(levels), strict=True)
    )


@dataclass(frozen=True, eq=False)
class Body:
    """One particular product that can be struck: its own partials, all arrays (P,)."""

    substance: Substance
    bulk: Bulk
    frequencies: Signal
    rings: Signal
    levels: Signal

    @classmethod
    def of(cls, substance: Substance, bulk: Bulk, rng: np.random.Generator) -> Body:
        """Make one product; its pitch, its partials and its ring vary a little by ``rng``."""
        nominal = np.asarray(substance.ratios)
        ratios = nominal * np.exp(rng.normal(0.0, 0.025, nominal.size))
        ratios[0] = 1.0
        levels = 10 ** (substance.tilt * np.log2(ratios) / 20) * rng.uniform(0.6, 1.2, nominal.size)
        rings = substance.ring * bulk.ring * rng.uniform(0.85, 1.18) / ratios**substance.loss
        pitch = substance.pitch * bulk.pitch * float(np.exp(rng.normal(0.0, 0.09)))
        twins = ratios * (1.0 + rng.uniform(0.0015, 0.009, nominal.size))
        return cls(
            substance,
            bulk,
            frequencies=pitch * np.concatenate((ratios, twins)),
            rings=np.concatenate((rings, rings * rng.uniform(0.7, 1.0, nominal.size))),
            levels=np.concatenate((levels, substance.twin * levels)),
        )

    def answer(self, contact: Contact, seconds: float, rng: np.random.Generator) -> Signal:
        """Sound for one contact at unit level, at most ``seconds`` long: (T,)."""
        spot = np.abs(np.cos(rng.uniform(0.0, np.pi, self.levels.size))) ** 0.5
        levels = self.substance.body * self.levels * spot
        length = min(seconds, 1.1 * float(self.rings.max()) + 0.02)
        modes = partials(self.frequencies, self.rings, levels, length)
        if contact.rub:
            return self._rub(modes, contact.rub, seconds, rng)
        sound = np.zeros(samples(seconds))
        add(sound, modes, 0.0)
        low, high = self._click_band()
        hardness = float(rng.uniform(0.75, 1.2))
        click = burst(rng, self.substance.click_ring * self.bulk.ring, low, high)
        add(sound, click, 0.0, self.substance.click * hardness)
        if self.substance.crackle:
            add(sound, self._creases(0.32 * self.bulk.ring, rng), 0.0)
        if self.bulk.thump:
            table = partials(
                [self.bulk.thump_pitch, 1.9 * self.bulk.thump_pitch], [0.16, 0.1], [1, 0.4], 0.2
            )
            add(sound, table, 0.0, self.bulk.thump)
        return sound

    def _rub(self, modes: Signal, rub: float, seconds: float, rng: np.random.Generator) -> Signal:
        """Drag the body over a table: noise, uneven as the hand, drives the same partials."""
        low, high = self._click_band()
        length = min(rub, seconds)
        sway = 0.6 + 0.4 * np.sin(2 * np.pi * rng.uniform(3, 7) * np.arange(samples(length)) / RATE)
        grain = fade(noise(rng, length, 0.5 * low, high) * sway, 0.08, 0.12)
        driven = fftconvolve(grain, modes)
        tone = driven / (np.max(np.abs(driven)) + 1e-12)
        sound = np.zeros(samples(seconds))
        add(sound, tone, 0.0, 0.6 * self.substance.body)
        add(sound, grain, 0.0, 0.08 + 0.12 * self.substance.click)
        if self.substance.crackle:
            add(sound, self._creases(length, rng), 0.0)
        return sound

    def _creases(self, seconds: float, rng: np.random.Generator) -> Signal:
        """Crumple for a while: clicks at random moments whose energies follow a power law.

        Exponent of the crackling noise of paper: P. Houle, J. Sethna, Phys. Rev. E 54, 278, 1996.
        """
        count = int(rng.poisson(self.substance.crackle * seconds)) + 3
        low, high = self._click_band()
        snaps = np.zeros(samples(seconds))
        moments = (seconds * rng.beta(1.2, 2.2, count) * RATE).astype(int)
        energies = np.minimum(rng.pareto(0.6, count) + 0.02, 40.0)
        np.add.at(
            snaps, moments.clip(0, snaps.size - 1), rng.choice((-1, 1), count) * energies**0.5
        )
        snap = burst(rng, 0.012, low, high)
        crumple: Signal = 0.18 * fftconvolve(snaps, snap)
        return crumple

    def _click_band(self) -> tuple[float, float]:
        """Hz; a large body is struck by more of itself, so its click is duller."""
        shift = self.bulk.pitch**0.7
        low, high = self.substance.click_band
        return low * shift, high * shift
