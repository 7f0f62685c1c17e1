from __future__ import annotations

import numpy as np
import pytest
import torch

from core import encoders
from core.encoders.audio import stretches
from core.encoders.envelope import NAMES, envelope_features
from core.encoders.sound_features import DIM, audible, log_mel, mfcc, sound_features
from core.encoders.spectral import chroma, chroma_filters, colour, contrast
from core.media.spectrogram import short_time_power
from core.types import Modality, Sound

RATE = 32_000


@pytest.fixture(scope="module")
def encoder():
    return encoders.default(Modality.AUDIO)


def envelope(sound: Sound) -> dict[str, float]:
    return dict(zip(NAMES, envelope_features(sound.samples, RATE).tolist(), strict=True))


def test_level_says_nothing(encoder, make_plucked):
    loud = make_plucked(330)
    quiet = Sound(loud.samples * np.float32(0.03), RATE)
    vectors = encoder.encode([loud, quiet]).pooled
    assert torch.allclose(vectors[0], vectors[1], atol=2e-3)


def test_similar_sounds_are_closer(encoder, make_plucked, make_hiss):
    sounds = [make_plucked(330, seed=1), make_plucked(350, seed=2), make_hiss(seed=3)]
    note, neighbour, noise = encoder.encode(sounds).pooled
    assert (note - neighbour).norm() < 0.5 * (note - noise).norm()


def test_numbers_stay_in_range(encoder, make_plucked, make_hiss):
    t = np.arange(3 * RATE) / RATE
    click = np.zeros(RATE, np.float32)
    click[100] = 1
    sounds = [
        make_plucked(100, 3.0, 2.0),
        make_hiss(0.1),
        Sound(np.sin(2 * np.pi * 440 * t).astype(np.float32), RATE),
        Sound(np.sign(np.sin(2 * np.pi * 50 * t)).astype(np.float32), RATE),
        Sound(click, RATE),
        Sound(np.zeros(RATE, np.float32), RATE),
    ]
    vectors = encoder.encode(sounds).pooled
    assert vectors.shape == (len(sounds), DIM)
    assert vectors.isfinite().all()
    assert vectors.abs().max() < 6


def test_chroma_finds_the_pitch_class():
    for semitone in range(12):
        hertz = 440 * 2 ** ((semitone - 9) / 12)
        wave = np.sin(2 * np.pi * hertz * np.arange(RATE) / RATE).astype(np.float32)
        curve = chroma(short_time_power(wave[None], 2048, 512), RATE)
        assert curve[0, 20].argmax() == semitone
        assert curve[0, 20].max() == 1


def test_contrast_tells_tones_from_noise(make_plucked, make_hiss):
    tone, noise = (
        contrast(np.sqrt(short_time_power(each.samples[None], 2048, 512)), RATE).mean(axis=(0, 1))
        for each in (make_plucked(500, decay=5.0), make_hiss())
    )
    assert tone.shape == (7,)
    assert (tone[2:4] > noise[2:4] + 0.3).all()


def test_colour_of_noise_and_tone(make_hiss):
    flat = np.ones((1, 1, 64), np.float32)
    peak = np.full((1, 1, 64), 1e-8, np.float32)
    peak[..., 48] = 1
    noise, tone = colour(flat)[0, 0], colour(peak)[0, 0]
    assert noise == pytest.approx([0.5, 0.293, 0.84, 0.0], abs=0.02)
    assert tone[0] == pytest.approx(48 / 63, abs=0.01)
    assert tone[3] < -1


def test_curves_equal_librosas(make_plucked):
    librosa = pytest.importorskip("librosa")
    samples = make_plucked(261.6, 1.0).samples
    power = short_time_power(samples[None], 2048, 512)
    theirs = librosa.filters.chroma(sr=RATE, n_fft=2048)
    assert np.allclose(chroma_filters(RATE, 2048), theirs, atol=1e-5)
    theirs = librosa.feature.spectral_contrast(S=np.sqrt(power[0].T), sr=RATE) / 20
    assert np.allclose(contrast(np.sqrt(power), RATE)[0].T, theirs, atol=1e-3)


def test_mfcc_equals_torchaudios_transform(make_plucked):
    functional = pytest.importorskip("torchaudio.functional")
    mel = audible(np.random.default_rng(0).random((2, 9, 64), np.float32))
    theirs = torch.from_numpy(log_mel(mel)) @ functional.create_dct(20, 64, "ortho")
    assert np.allclose(mfcc(log_mel(mel)) * 4, theirs.numpy(), atol=1e-4)


def test_envelope_tells_struck_from_swelling(make_plucked):
    struck = make_plucked(400, 1.0, decay=0.1)
    swelling = Sound(struck.samples[::-1].copy(), RATE)
    long = make_plucked(400, 1.0, decay=1.0)
    assert envelope(struck)["attack"] < envelope(swelling)["attack"]
    assert envelope(struck)["balance"] < envelope(swelling)["balance"]
    assert envelope(struck)["decay"] < envelope(long)["decay"] < 0


@pytest.mark.parametrize(
    ("hertz", "name"),
    [(1, "pulse 0.5-2 Hz"), (3, "pulse 2-4 Hz"), (6, "pulse 4-8 Hz"), (12, "pulse 8-16 Hz")],
)
def test_pulsation(hertz, name, make_hiss):
    hiss = make_hiss(4.0)
    swing = 1 + 0.9 * np.sin(2 * np.pi * hertz * np.arange(len(hiss.samples)) / RATE)
    found = envelope(Sound((hiss.samples * swing).astype(np.float32), RATE))
    assert max((key for key in NAMES if "pulse" in key), key=found.__getitem__) == name


def test_many_onsets_raise_the_rate(make_plucked):
    single = make_plucked(500, 2.0, decay=0.05)
    note = make_plucked(500, 0.25, decay=0.05)
    repeated = Sound(np.tile(note.samples, 8), RATE)
    rate, regular = 244, 245  # where the rhythm stands
    once, often = (sound_features(s.samples[None], RATE)[0] for s in (single, repeated))
    assert often[rate] > once[rate] + 0.5
    assert often[regular] > once[regular] + 0.3


def test_stretches_overlap_by_half():
    parts = stretches(1.3)
    assert [p.start for p in parts] == [0, 0.25, 0.5, 0.75]
    assert all(p.end - p.start == 0.5 for p in parts)
    assert stretches(0.2)[0].end == 0.2
