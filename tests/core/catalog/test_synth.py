import numpy as np
import pytest

from core.catalog.worlds import synth
from core.media.level import k_weighting


def sine(hertz: float, seconds: float, level: float = 1.0, rate: int = synth.RATE) -> synth.Signal:
    return level * np.sin(2 * np.pi * hertz * np.arange(synth.samples(seconds, rate)) / rate)


def test_partials_are_the_sum_of_damped_sines() -> None:
    t = np.arange(synth.samples(0.5)) / synth.RATE
    expected = 0.8 * np.exp(-np.log(1000) * t / 0.3) * np.sin(2 * np.pi * 440 * t)
    expected += 0.2 * np.exp(-np.log(1000) * t / 1.1) * np.sin(2 * np.pi * 1234.5 * t)
    wave = synth.partials([440, 1234.5], [0.3, 1.1], [0.8, 0.2], 0.5)
    np.testing.assert_allclose(wave, expected, atol=1e-9)


def test_partials_that_would_alias_are_left_out() -> None:
    assert not synth.partials([0.46 * synth.RATE, synth.RATE], [1, 1], [1, 1], 0.1).any()


def test_noise_stays_in_its_band() -> None:
    wave = synth.noise(np.random.default_rng(0), 1.0, 1000, 2000)
    power = np.abs(np.fft.rfft(wave)) ** 2
    hertz = np.fft.rfftfreq(len(wave), 1 / synth.RATE)
    assert np.sqrt(np.mean(wave**2)) == pytest.approx(1.0)
    assert power[(hertz > 500) & (hertz < 4000)].sum() > 0.9 * power.sum()


def test_decay_falls_by_sixty_decibels() -> None:
    envelope = synth.decay(0.5, 0.4)
    assert envelope[0] == 0
    assert envelope[synth.samples(0.4)] == pytest.approx(1e-3, rel=0.01)


def test_add_cuts_what_runs_past_the_end() -> None:
    track = np.zeros(synth.samples(0.1))
    synth.add(track, np.ones(synth.samples(0.1)), at=0.05, level=0.5)
    assert track.sum() == pytest.approx(0.5 * synth.samples(0.05))
    synth.add(track, np.ones(10), at=1.0)
    assert len(track) == synth.samples(0.1)


def test_room_keeps_length_and_adds_a_tail() -> None:
    click = np.zeros(synth.samples(0.5))
    click[0] = 1
    wet = synth.reverberate(click, synth.room(np.random.default_rng(0)), wet=0.3)
    assert len(wet) == len(click)
    assert np.sum(wet[1:] ** 2) == pytest.approx(0.09, rel=0.05)
    assert np.abs(wet[synth.samples(0.3) :]).max() < 1e-6


def test_fade_ends_in_silence_and_leaves_the_middle_alone() -> None:
    faded = synth.fade(np.ones(1000), rise=0.005, fall=0.01)
    assert faded[0] == faded[-1] == 0
    assert (faded[200:600] == 1).all()


def test_soft_clip_is_odd_monotonous_and_bounded() -> None:
    line = np.linspace(-20, 20, 4001)
    bent = synth.soft_clip(line)
    assert np.abs(bent).max() <= 0.98
    assert (np.diff(bent) >= 0).all()
    np.testing.assert_allclose(bent, -bent[::-1])
    inside = np.abs(line) <= 0.7
    np.testing.assert_array_equal(bent[inside], line[inside])


def test_k_weighting_gives_the_coefficients_of_the_recommendation() -> None:
    shelf = [1.53512485958697, -2.69169618940638, 1.19839281085285]
    shelf += [1.0, -1.69065929318241, 0.73248077421585]
    high_pass = [1.0, -2.0, 1.0, 1.0, -1.99004745483398, 0.99007225036621]
    np.testing.assert_allclose(k_weighting(48_000), [shelf, high_pass], atol=1e-9)


@pytest.mark.parametrize("rate", [32_000, 44_100, 48_000])
def test_loudness_of_a_full_scale_sine_is_minus_three(rate: int) -> None:
    """BS.1770: a 0 dB FS sine of 997 Hz in one channel reads -3.01 LUFS."""
    assert synth.loudness(sine(997, 3, rate=rate), rate) == pytest.approx(-3.01, abs=0.02)


def test_loudness_gates_silence_and_quiet_passages() -> None:
    """EBU Tech 3341, case 3 in mono: 10 s at -36, 60 s at -23, 10 s at -36 dB FS reads -26."""
    quiet, loud = sine(1000, 10, 10 ** (-36 / 20)), sine(1000, 60, 10 ** (-23 / 20))
    assert synth.loudness(np.concatenate((quiet, loud, quiet))) == pytest.approx(-26.0, abs=0.1)
    padded = np.concatenate((loud, np.zeros(synth.samples(60))))
    assert synth.loudness(padded) == pytest.approx(synth.loudness(loud), abs=0.1)


def test_master_reaches_the_target_even_when_peaks_must_bend() -> None:
    click = synth.partials([500], [0.1], [1], 1.0)
    mastered = synth.master(click)
    assert mastered.dtype == np.float32
    assert np.abs(mastered).max() <= 1
    assert synth.loudness(mastered.astype(float)) == pytest.approx(synth.TARGET_LUFS, abs=0.2)


def test_master_refuses_silence() -> None:
    with pytest.raises(ValueError, match="silent"):
        synth.master(np.zeros(synth.RATE))
