"""The tracks: clean, repeatable, musically sound, and each feel and lead to be told by ear."""

from __future__ import annotations

import math
from dataclasses import replace
from functools import cache
from itertools import pairwise

import numpy as np
import pytest
from scipy.signal import stft
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from core.catalog.worlds.base import Plan
from core.catalog.worlds.music.factors import FACTORS, FEEL, GENRE, LEAD
from core.catalog.worlds.music.sounds import FEELS, GENRES, SECONDS, play
from core.catalog.worlds.music.sounds.band import accompany
from core.catalog.worlds.music.sounds.drums import DRUMS
from core.catalog.worlds.music.sounds.genres import Figure, Part
from core.catalog.worlds.music.sounds.melody import tune
from core.catalog.worlds.music.sounds.mix import REFERENCE, balanced, pumped
from core.catalog.worlds.music.sounds.score import Song, compose, hits
from core.catalog.worlds.music.sounds.theory import STEPS, Chord, Key, at, hertz
from core.catalog.worlds.music.sounds.tones import VOICES, Tone, harmonics
from core.catalog.worlds.synth import RATE, TARGET_LUFS, loudness
from core.encoders.sound_features import sound_features
from core.types import MODALITIES, Sound


def plan(seed: int = 0, **values: int) -> Plan:
    return Plan(
        id=f"music-{seed:04d}",
        index=seed,
        seed=seed,
        values={factor.name: values.get(factor.name, 0) for factor in FACTORS},
        modalities=frozenset(MODALITIES),
    )


@cache
def collection() -> tuple[tuple[Plan, Sound], ...]:
    """Every genre in every feel, a third of the tracks with each lead."""
    plans = [
        plan(seed, feel=seed % 6, genre=seed // 6, lead=(seed + seed // 6) % 3)
        for seed in range(48)
    ]
    return tuple((p, play(p)) for p in plans)


def song(feel: str, seed: int = 0, *, swing: float = 0.0) -> Song:
    rng = np.random.default_rng(seed)
    return compose(FEELS[feel], rng, seconds=SECONDS, swing=swing, size=3)


# --- the sound as a whole


def test_tracks_are_clean() -> None:
    for each, sound in collection():
        x = sound.samples.astype(float)
        assert sound.rate == RATE
        assert sound.samples.dtype == np.float32
        assert sound.seconds == SECONDS
        assert np.abs(x).max() < 1.0
        assert x[0] == x[-1] == 0.0
        assert abs(x.mean()) < 1e-3
        assert loudness(x) == pytest.approx(TARGET_LUFS, abs=0.5), each.values


def test_there_is_always_something_to_hear() -> None:
    for each, sound in collection():
        quarters = sound.samples[: 7 * RATE].reshape(-1, RATE // 4)
        level = 20 * np.log10(np.sqrt(np.mean(quarters**2, axis=1)))
        assert level.min() > -48, each.values
        assert np.sqrt(np.mean(sound.samples**2)) < 0.5 * np.abs(sound.samples).max()


def test_bass_does_not_drown_the_rest() -> None:
    shares = []
    for _, sound in collection():
        frequencies, _, spectrum = stft(sound.samples, RATE, nperseg=2048)
        power = (np.abs(spectrum) ** 2).sum(axis=1)
        shares.append(power[frequencies < 120].sum() / power.sum())
    assert max(shares) < 0.5
    assert np.median(shares) < 0.2


def test_same_plan_same_samples_and_another_seed_another_track() -> None:
    np.testing.assert_array_equal(play(plan(7)).samples, play(plan(7)).samples)
    first, second = (play(plan(seed, feel=3)).samples for seed in (1, 2))
    assert abs(np.corrcoef(first, second)[0, 1]) < 0.5


@pytest.mark.parametrize("factor", [f.name for f in FACTORS if f not in (FEEL, LEAD, GENRE)])
def test_other_factors_are_not_heard(factor: str) -> None:
    this = plan(3, feel=4, genre=1, lead=2)
    other = replace(this, values={**this.values, factor: 1}, id="another", index=99)
    np.testing.assert_array_equal(play(this).samples, play(other).samples)


def test_factors_are_heard_by_a_linear_probe() -> None:
    x = np.concatenate([sound_features(sound.samples[None], RATE) for _, sound in collection()])
    for factor, least in ((FEEL, 0.7), (LEAD, 0.75), (GENRE, 0.35)):
        y = np.array([p.values[factor.name] for p, _ in collection()])
        probe = make_pipeline(StandardScaler(), LogisticRegression(C=0.1, max_iter=500))
        assert cross_val_score(probe, x, y, cv=4).mean() >= least, factor.name


def test_feels_sound_as_they_should() -> None:
    """From feel to feel there is more treble; calm tunes have few notes, wild ones many."""

    def treble(feel: int) -> float:
        shares = []
        for each, sound in collection():
            if each.values["feel"] == feel:
                frequencies, _, spectrum = stft(sound.samples, RATE, nperseg=1024)
                power = (np.abs(spectrum) ** 2).sum(axis=1)
                shares.append(power[frequencies > 4000].sum() / power.sum())
        return float(np.median(shares))

    def notes_per_second(feel: str) -> float:
        each = song(feel)
        counts = [len(tune(each, np.random.default_rng(seed), 71.0)) for seed in range(10)]
        return float(np.mean(counts)) / each.at(each.end)

    order = range(len(FEEL.values))
    assert sorted(order, key=treble) == list(order)
    assert notes_per_second("calm") < 1 < notes_per_second("melancholy")
    assert 2 * notes_per_second("dreamy") < notes_per_second("driving") < notes_per_second("wild")


# --- composing


def test_every_value_can_be_played() -> None:
    assert tuple(FEELS) == FEEL.values
    assert tuple(GENRES) == GENRE.values
    assert set(LEAD.values) <= set(VOICES)
    for genre in GENRES.values():
        assert {part.voice for part in genre.parts} <= set(VOICES)
        assert set(genre.drums) <= set(DRUMS)


@pytest.mark.parametrize("feel", FEEL.values)
def test_songs_fit_and_leave_their_last_chord_time_to_ring(feel: str) -> None:
    for seed in range(20):
        each = song(feel, seed, swing=0.15)
        lengths = {chord.end - chord.start for chord in each.chords[:-1]}
        assert len(lengths) == 1
        assert each.chords[-1].start == each.end == each.chords[-2].end
        assert each.chords[-1].root == 0
        assert 1.0 <= each.tail * each.beat <= 2.8


@pytest.mark.parametrize("feel", FEEL.values)
def test_tunes_belong_to_the_key_follow_the_chords_and_come_home(feel: str) -> None:
    for seed in range(20):
        each = song(feel, seed)
        notes = tune(each, np.random.default_rng(seed), 71.0)
        scale = {each.key.pitch(d) % 12 for d in range(STEPS)}
        assert all(note.pitch % 12 in scale for note in notes)
        assert all(50 <= note.pitch <= 95 for note in notes)
        assert all(a.start < b.start for a, b in pairwise(notes))
        for note in notes[:-2]:
            if note.start % 1 == 0:
                chord = at(each.chords, note.start)
                assert note.pitch % 12 in {p % 12 for p in chord.voiced(60)}
        approach, final = notes[-2:]
        assert final.start == each.end
        assert final.pitch % 12 == each.key.tonic % 12
        assert 1 <= abs(approach.pitch - final.pitch) <= 2


def test_degrees_of_a_key() -> None:
    key = Key(36, "minor")
    assert [key.pitch(d) for d in range(8)] == [36, 38, 39, 41, 43, 44, 46, 48]
    assert key.pitch(-1) == 34
    assert [key.nearest(key.pitch(d)) for d in range(-5, 20)] == list(range(-5, 20))


def test_chords_stay_near_their_centre() -> None:
    for root in range(STEPS):
        chord = Chord(Key(41, "major"), root, 4, 0, 2)
        pitches = chord.voiced(60)
        assert len(pitches) == 4
        assert all(54 <= pitch < 66 for pitch in pitches)
        assert chord.bass(38) % 12 == chord.key.pitch(root) % 12
        assert chord.snap(root + STEPS) == root + STEPS
        assert chord.snap(root + 1) in (root, root + 2)


def test_swing_delays_only_the_second_half_of_a_beat() -> None:
    straight, swung = song("driving"), song("driving", swing=0.15)
    assert swung.at(3) == straight.at(3)
    assert swung.at(3.5) == pytest.approx(straight.at(3.65))
    assert straight.at(1) - straight.at(0) == pytest.approx(straight.beat)


def test_more_energy_plays_more_of_a_pattern() -> None:
    pattern = "9.3.6..1"
    assert [beat for beat, _ in hits(pattern, 0.0, 4)] == [0.0, 2.0]
    assert [beat for beat, _ in hits(pattern, 0.4, 2)] == [0.0, 1.0]
    assert [beat for beat, _ in hits(pattern, 1.0, 2)] == [0.0, 0.5, 1.0, 1.75]


def test_pads_change_with_the_chords() -> None:
    each = song("calm")
    track = accompany(each, Part("pad", Figure.CHORD, "", 60, 0.0), np.random.default_rng(0))
    for chord in each.chords[:2]:
        start = round(each.at(chord.start + 0.5) * RATE)
        spectrum = np.abs(np.fft.rfft(track[start : start + RATE // 2] * np.hanning(RATE // 2)))
        heard = 2 * np.argmax(spectrum)
        wanted = [hertz(pitch) for pitch in chord.voiced(60)]
        assert min(abs(math.log2(heard / h)) for h in wanted) < 0.02


# --- instruments and the desk


@pytest.mark.parametrize("name", ["keys", "flute", "strings", "pluck", "bass", "organ", "sub"])
@pytest.mark.parametrize("pitch", [50, 64, 83])
def test_instruments_are_in_tune(name: str, pitch: int) -> None:
    tone = Tone((hertz(pitch),), 1.0, 1.0, np.random.default_rng(0))
    wave = VOICES[name](tone)
    assert wave.size == RATE
    assert abs(wave[0]) < 0.05
    assert wave[-1] == 0
    size = 8 * RATE
    spectrum = np.abs(np.fft.rfft(wave * np.hanning(wave.size), size))
    near = np.arange(round(8 * tone.pitch * 0.97), round(8 * tone.pitch * 1.03) + 1)
    found = near[np.argmax(spectrum[near])] / 8
    assert abs(1200 * math.log2(found / tone.pitch)) < 10


def test_harmonics_are_a_sum_of_sines() -> None:
    phase = np.linspace(0, 20, 300)
    expected = 0.5 * np.sin(phase) - 0.25 * np.sin(2 * phase) + 0.1 * np.sin(4 * phase)
    np.testing.assert_allclose(harmonics(phase, [0.5, -0.25, 0.0, 0.1]), expected, atol=1e-9)


@pytest.mark.parametrize("name", DRUMS)
def test_drums_die_away(name: str) -> None:
    drum = DRUMS[name](np.random.default_rng(1))
    assert np.isfinite(drum).all()
    assert np.abs(drum).max() > 0.05
    tail = drum[-drum.size // 10 :]
    assert np.sqrt(np.mean(tail**2)) < 0.2 * np.abs(drum).max()


def test_balance_is_by_loudness_and_keeps_silence() -> None:
    track = np.random.default_rng(0).standard_normal(2 * RATE)
    assert loudness(balanced(track, -6.0)) == pytest.approx(REFERENCE - 6.0, abs=0.01)
    assert not balanced(np.zeros(RATE), 0.0).any()


def test_pump_ducks_on_the_beat() -> None:
    each = song("driving")
    ducked = pumped(each, np.ones(round(SECONDS * RATE)), 0.6)
    on, off = (ducked[round(each.at(beat) * RATE) + 8] for beat in (2, 2.9))
    assert on == pytest.approx(0.4, abs=0.01)
    assert off > 0.95
    np.testing.assert_array_equal(pumped(each, np.ones(9), 0.0), np.ones(9))
