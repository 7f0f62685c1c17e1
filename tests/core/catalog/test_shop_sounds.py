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

from core.catalog.worlds.base import Plan
from core.catalog.worlds.shop.factors import FACTORS, SIZE, SUBSTANCE
from core.catalog.worlds.shop.sounds import strike
from core.catalog.worlds.synth import RATE, TARGET_LUFS, loudness
from core.types import MODALITIES, Sound


def plan(seed: int = 0, **values: int) -> Plan:
    return Plan(
        id=f"shop-{seed:04d}",
        index=seed,
        seed=seed,
        values={factor.name: values.get(factor.name, 0) for factor in FACTORS},
        modalities=frozenset(MODALITIES),
    )


@cache
def collection() -> tuple[tuple[Plan, Sound], ...]:
    """Six sounds of every substance and size."""
    plans = [
        plan(seed, substance=seed % 6, size=seed // 6 % 3)
        for seed in range(6 * len(SUBSTANCE.values) * len(SIZE.values))
    ]
    return tuple((p, strike(p)) for p in plans)


def spectrum(sound: Sound) -> NDArray[np.float64]:
    """Power by frequency and time, (513, frames)."""
    power: NDArray[np.float64] = np.abs(stft(sound.samples, RATE, nperseg=1024)[2]) ** 2
    return power


def features(sound: Sound) -> NDArray[np.float64]:
    """Mean and deviation of the log power in 24 bands, (48,)."""
    edges = np.unique(np.geomspace(2, 500, 25).astype(int))
    bands = np.log(np.add.reduceat(spectrum(sound), edges, axis=0) + 1e-9)
    return np.concatenate((bands.mean(axis=1), bands.std(axis=1)))


def test_sounds_are_clean() -> None:
    for _, sound in collection():
        assert sound.rate == RATE
        assert sound.samples.dtype == np.float32
        assert 2.0 <= sound.seconds <= 2.5
        assert np.isfinite(sound.samples).all()
        assert np.abs(sound.samples).max() <= 1.0
        assert sound.samples[0] == sound.samples[-1] == 0.0
        assert np.abs(sound.samples[-32:]).max() < 1e-3
        assert loudness(sound.samples.astype(float)) == pytest.approx(TARGET_LUFS, abs=0.5)


def test_same_plan_same_samples_and_another_seed_another_sound() -> None:
    np.testing.assert_array_equal(strike(plan(7)).samples, strike(plan(7)).samples)
    first, second = (strike(plan(seed, substance=2)).samples[:64_000] for seed in (1, 2))
    assert np.abs(np.corrcoef(first, second)[0, 1]) < 0.5


@pytest.mark.parametrize("factor", [f.name for f in FACTORS if f not in (SUBSTANCE, SIZE)])
def test_other_factors_are_not_heard(factor: str) -> None:
    quiet = plan(3, substance=4, size=1)
    other = replace(quiet, values={**quiet.values, factor: 1}, id="another", index=99)
    np.testing.assert_array_equal(strike(quiet).samples, strike(other).samples)


def test_substance_and_size_are_heard_by_a_linear_probe() -> None:
    x = np.array([features(sound) for _, sound in collection()])
    for factor, least in ((SUBSTANCE, 0.95), (SIZE, 0.8)):
        y = np.array([p.values[factor.name] for p, _ in collection()])
        probe = make_pipeline(StandardScaler(), LogisticRegression(C=0.3, max_iter=500))
        assert cross_val_score(probe, x, y, cv=5).mean() >= least, factor.name


def test_materials_sound_as_they_should() -> None:
    """Glass is brighter than wood, steel rings longest, large things are lower than small ones."""

    def centroid(substance: str, size: str) -> float:
        chosen = [
            spectrum(s).sum(axis=1)
            for p, s in collection()
            if SUBSTANCE.values[p.values["substance"]] == substance
            and SIZE.values[p.values["size"]] == size
        ]
        hertz = np.linspace(0, RATE / 2, 513)
        return float(np.median([(hertz * power).sum() / power.sum() for power in chosen]))

    def ring(substance: str) -> float:
        """Share of the sound's energy in its last third."""
        chosen = [
            s.samples
            for p, s in collection()
            if SUBSTANCE.values[p.values["substance"]] == substance
        ]
        return float(np.median([np.mean(x[-len(x) // 3 :] ** 2) / np.mean(x**2) for x in chosen]))

    assert centroid("glass", "medium") > 2 * centroid("wood", "medium")
    assert all(centroid(s, "small") > 1.5 * centroid(s, "large") for s in SUBSTANCE.values)
    assert ring("steel") == max(ring(s) for s in SUBSTANCE.values)
