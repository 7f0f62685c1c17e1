"""Waveform, spectrogram, loudness and onsets: what the page draws and states."""

from __future__ import annotations

import numpy as np
import pytest

from core.media import loudness, onsets, spectrogram, waveform
from core.media.level import at_loudness
from core.media.spectrogram import mel_filters, short_time_power
from core.types import Sound

RATE = 32_000


def sine(hertz: float, seconds: float = 5.0, rate: int = RATE, amplitude: float = 1.0) -> Sound:
    t = np.arange(int(seconds * rate)) / rate
    return Sound((amplitude * np.sin(2 * np.pi * hertz * t)).astype(np.float32), rate)


def test_waveform_holds_every_peak():
    samples = np.zeros(10_000, np.float32)
    samples[[1234, 9999]] = 0.9, -0.7
    drawn = waveform(Sound(samples, RATE), 100)
    assert drawn.shape == (100, 2)
    assert drawn[12, 1] == np.float32(0.9)
    assert drawn[99, 0] == np.float32(-0.7)
    assert np.count_nonzero(drawn) == 2


def test_waveform_of_fewer_samples_than_bins():
    drawn = waveform(Sound(np.array([0.1, -0.2, 0.3], np.float32), RATE), 12)
    assert drawn.shape == (12, 2)
    assert np.array_equal(drawn[:, 0], drawn[:, 1])


def test_spectrogram_shows_a_tone_where_it_is():
    mel_db, seconds, hertz = spectrogram(sine(1000, 2.0))
    assert mel_db.shape == (len(hertz), len(seconds))
    assert mel_db.dtype == seconds.dtype == hertz.dtype == np.float32
    assert mel_db.max() == pytest.approx(0, abs=1e-5)
    assert mel_db.min() >= -80
    assert hertz[mel_db[:, 30].argmax()] == pytest.approx(1000, rel=0.05)
    assert seconds[-1] == pytest.approx(2.0, abs=0.02)


def test_full_scale_sine_peaks_at_a_quarter():
    assert short_time_power(sine(1000).samples, 2048, 512)[20].max() == pytest.approx(
        0.25, rel=0.01
    )


def test_mel_filters_equal_torchaudios():
    functional = pytest.importorskip("torchaudio.functional")
    theirs = functional.melscale_fbanks(
        1025, 0.0, RATE / 2, 64, RATE, norm="slaney", mel_scale="slaney"
    )
    assert np.allclose(mel_filters(RATE, 2048, 64), theirs.T.numpy(), atol=1e-5)


@pytest.mark.parametrize("rate", [32_000, 48_000])
def test_loudness_of_the_standards_own_example(rate):
    """BS.1770: a full-scale 997 Hz sine in one channel reads -3.01 LUFS."""
    assert loudness(sine(997, rate=rate)) == pytest.approx(-3.01, abs=0.05)


def test_loudness_follows_gain_and_ignores_pauses():
    loud = sine(500, amplitude=0.5)
    quiet = Sound(loud.samples / 10, RATE)
    assert loudness(loud) - loudness(quiet) == pytest.approx(20, abs=1e-3)
    paused = Sound(np.concatenate([loud.samples, np.zeros(5 * RATE, np.float32)]), RATE)
    assert loudness(paused) == pytest.approx(loudness(loud), abs=0.4)


def test_loudness_ends():
    assert loudness(Sound(np.zeros(RATE, np.float32), RATE)) == -70
    assert loudness(sine(500, 0.1)) == pytest.approx(loudness(sine(500, 5.0)), abs=0.5)


def test_at_loudness():
    levelled = Sound(at_loudness(sine(500, amplitude=0.01), -18.0), RATE)
    assert loudness(levelled) == pytest.approx(-18, abs=0.01)


def test_onsets_of_hits():
    samples = np.random.default_rng(0).normal(0, 1e-4, 3 * RATE).astype(np.float32)
    hits = [0.25, 1.0, 1.5, 2.25]
    for hit in hits:
        samples[int(hit * RATE) :][: RATE // 5] += sine(700, 0.2).samples * np.exp(
            -np.arange(RATE // 5) / 2000
        ).astype(np.float32)
    assert onsets(Sound(samples, RATE)) == pytest.approx(hits, abs=0.04)


def test_a_steady_tone_begins_once():
    assert len(onsets(sine(440, 3.0))) == 1
