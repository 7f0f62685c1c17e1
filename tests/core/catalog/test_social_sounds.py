"""The social world's sounds: clean, repeatable, varied, and readable by an encoder."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.signal import stft
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from core.catalog.worlds.base import Factor, Plan
from core.catalog.worlds.social.factors import AMBIENCE, BUSTLE, FACTORS
from core.catalog.worlds.social.sounds import AMBIENCES, SECONDS, drift, listen, moments
from core.catalog.worlds.synth import RATE, TARGET_LUFS, loudness, samples
from core.encoders import default
from core.media.onsets import onsets
from core.types import MODALITIES, Modality, Sound


def plan(seed: int = 0, **values: int) -> Plan:
    return Plan(
        id=f"social-{seed:04d}",
        index=seed,
        seed=seed,
        values={factor.name: values.get(factor.name, 0) for factor in FACTORS},
        modalities=frozenset(MODALITIES),
    )


@cache
def collection() -> tuple[tuple[Plan, Sound], ...]:
    """Four sounds of every ambience and bustle."""
    plans = [plan(k, ambience=k % 6, bustle=k // 6 % 3) for k in range(72)]
    return tuple((p, listen(p)) for p in plans)


@cache
def encoded() -> NDArray[np.float32]:
    """What the default encoder makes of the collection, (72, D)."""
    vectors: NDArray[np.float32] = (
        default(Modality.AUDIO).encode([sound for _, sound in collection()]).pooled.numpy()
    )
    return vectors


def chosen(ambience: str, bustle: str | None = None) -> list[Sound]:
    return [
        sound
        for p, sound in collection()
        if AMBIENCE.values[p.values["ambience"]] == ambience
        and bustle in (None, BUSTLE.values[p.values["bustle"]])
    ]


def share(sounds: list[Sound], low: float, high: float) -> float:
    """Share of the sounds' power between two frequencies, in Hz."""
    power = sum((np.abs(stft(s.samples, RATE, nperseg=1024)[2]) ** 2).sum(axis=1) for s in sounds)
    hertz = np.linspace(0, RATE / 2, len(power))
    return float(power[(hertz >= low) & (hertz < high)].sum() / power.sum())


def envelope(sound: Sound) -> NDArray[np.float64]:
    """Level in steps of 20 ms, without the fades."""
    middle = sound.samples[samples(0.5) : -samples(0.5)].astype(float)
    return np.sqrt(np.mean(middle.reshape(-1, samples(0.02)) ** 2, axis=1))


def test_every_value_can_be_heard() -> None:
    assert tuple(AMBIENCES) == AMBIENCE.values
    assert len(BUSTLE.values) == 3


def test_sounds_are_clean() -> None:
    for _, sound in collection():
        assert sound.rate == RATE
        assert sound.samples.dtype == np.float32
        assert sound.seconds == SECONDS == 6
        assert np.isfinite(sound.samples).all()
        assert np.abs(sound.samples).max() < 1.0
        assert sound.samples[0] == 0.0
        assert np.abs(sound.samples[-64:]).max() < 1e-3
        assert loudness(sound.samples.astype(float)) == pytest.approx(TARGET_LUFS, abs=0.5)


@pytest.mark.parametrize("ambience", range(6), ids=AMBIENCE.values)
def test_same_plan_same_samples_and_another_seed_another_sound(ambience: int) -> None:
    one, again, other = (listen(plan(s, ambience=ambience, bustle=1)).samples for s in (7, 7, 8))
    np.testing.assert_array_equal(one, again)
    assert np.abs(np.corrcoef(one, other)[0, 1]) < 0.3


@pytest.mark.parametrize("factor", [f.name for f in FACTORS if f not in (AMBIENCE, BUSTLE)])
def test_other_factors_are_not_heard(factor: str) -> None:
    one = plan(3, ambience=3, bustle=1)
    other = replace(one, values={**one.values, factor: 1}, id="another", index=99)
    np.testing.assert_array_equal(listen(one).samples, listen(other).samples)


@pytest.mark.parametrize(
    ("factor", "least"), [(AMBIENCE, 0.95), (BUSTLE, 0.8)], ids=["ambience", "bustle"]
)
def test_a_linear_probe_hears_the_factor(factor: Factor, least: float) -> None:
    truth = np.array([p.values[factor.name] for p, _ in collection()])
    probe = make_pipeline(StandardScaler(), LogisticRegression(C=0.1, max_iter=300))
    assert cross_val_score(probe, encoded(), truth, cv=4).mean() >= least


def test_ambiences_sound_as_they_should() -> None:
    """Traffic and wind are low, rain is bright, crickets and birds sing in their own bands."""
    assert share(chosen("traffic"), 0, 400) > 0.5
    assert share(chosen("wind"), 0, 1200) > 0.7
    assert share(chosen("rain"), 2000, 16000) > 0.4
    assert share(chosen("crickets"), 3500, 5500) > 2 * share(chosen("crickets"), 1500, 3500)
    assert share(chosen("birds", "busy"), 1500, 8000) > 0.5


def test_a_busy_place_is_busier() -> None:
    """More begins in a second where more happens; swells and gusts follow one another faster."""
    for ambience in ("rain", "birds", "crickets"):
        still, busy = (
            np.mean([onsets(s).size for s in chosen(ambience, b)]) for b in ("still", "busy")
        )
        assert busy > still, ambience
    for ambience in ("waves", "wind"):
        still, busy = (
            np.mean([_slow_swings(s) for s in chosen(ambience, b)]) for b in ("still", "busy")
        )
        assert busy > 1.5 * still, ambience


def _slow_swings(sound: Sound) -> float:
    """How often the smoothed level crosses its mean."""
    level = np.convolve(envelope(sound), np.ones(15) / 15, "valid")
    return float(np.count_nonzero(np.diff(np.sign(level - level.mean()))))


def test_events_are_spread_over_the_sound() -> None:
    rng = np.random.default_rng(0)
    when = moments(rng, 20, lead=0.5, trail=1.0)
    assert len(when) == 20
    assert (np.diff(when) > 0).all()
    assert when.min() >= 0.5
    assert when.max() <= SECONDS - 1.0
    assert moments(rng, 0).size == 0


def test_drift_wanders_slowly_within_its_range() -> None:
    level = drift(np.random.default_rng(0), 0.5, 0.4, 1.6)
    assert len(level) == samples(SECONDS)
    assert level.min() >= 0.4
    assert level.max() <= 1.6
    assert level.max() - level.min() > 0.3
    assert np.abs(np.diff(level)).max() < 1e-3
