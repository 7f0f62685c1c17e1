from __future__ import annotations

import time
import tracemalloc

import numpy as np
import pytest

from core.errors import TriadError
from core.media import decode
from core.media.audio import resample
from core.media.limits import MAX_SECONDS, SAMPLE_RATE
from core.types import Media, Modality


def code_of(media: Media) -> str:
    with pytest.raises(TriadError) as caught:
        decode(media)
    return caught.value.code


def pitch(samples: np.ndarray, rate: int) -> float:
    power = np.abs(np.fft.rfft(samples * np.hanning(len(samples))))
    return float(power.argmax() * rate / len(samples))


def test_every_format_gives_the_same_note(sound_kind, make_tone, write):
    sound = decode(write(make_tone(1.5), 48_000, sound_kind))
    assert sound.rate == SAMPLE_RATE
    assert sound.samples.dtype == np.float32
    assert sound.seconds == pytest.approx(1.5, abs=0.1)
    assert pitch(sound.samples, sound.rate) == pytest.approx(440, abs=2)
    assert np.abs(sound.samples).max() == pytest.approx(0.5, abs=0.08)


@pytest.mark.parametrize("rate", [8_000, 11_025, 22_050, 32_000, 44_100, 96_000, 44_101])
def test_rates(rate, make_tone, write):
    sound = decode(write(make_tone(1.0, rate), rate, "wav"))
    assert sound.seconds == pytest.approx(1.0, abs=0.001)
    assert pitch(sound.samples, sound.rate) == pytest.approx(440, abs=1.1)


def test_resampling_keeps_the_wave(make_tone):
    expected = make_tone(1.0, 32_000)
    found = resample(make_tone(1.0, 44_100), 44_100)
    assert np.abs(found - expected)[500:-500].max() < 2e-3


def test_what_is_above_the_new_nyquist_is_gone():
    t = np.arange(96_000) / 96_000
    found = resample(np.sin(2 * np.pi * 20_000 * t).astype(np.float32), 96_000)
    assert np.abs(found)[50:-50].max() < 0.01


def test_channels_are_averaged(make_tone, write):
    note = make_tone(0.5, 32_000)
    sound = decode(write(np.stack([note, np.zeros_like(note)], axis=1), 32_000, "wav-float"))
    assert np.allclose(sound.samples, note / 2, atol=1e-6)


def test_loud_float_files_are_scaled(make_tone, write):
    sound = decode(write(make_tone() * 8, 48_000, "wav-float"))
    assert np.abs(sound.samples).max() == pytest.approx(1.0, abs=0.01)


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_not_finite(bad, make_tone, write):
    samples = make_tone()
    samples[1000] = bad
    assert code_of(write(samples, 48_000, "wav-float")) == "sound_not_finite"


def test_silence(write):
    assert code_of(write(np.zeros(48_000, np.float32), 48_000, "wav")) == "sound_silent"
    assert code_of(write(np.full(48_000, 0.5, np.float32), 48_000, "wav")) == "sound_silent"
    noise = np.random.default_rng(0).uniform(-5e-4, 5e-4, 48_000).astype(np.float32)
    assert code_of(write(noise, 48_000, "wav-float")) == "sound_silent"


def test_too_short(make_tone, write):
    assert code_of(write(make_tone(0.09), 48_000, "wav")) == "sound_too_short"
    assert decode(write(make_tone(0.11), 48_000, "wav"))


def test_only_the_beginning_of_a_long_sound(make_tone, write):
    for kind in ("wav", "mp3", "m4a"):
        sound = decode(write(make_tone(33, 16_000), 16_000, kind))
        assert sound.seconds == pytest.approx(MAX_SECONDS, abs=0.01), kind


def test_two_hours_of_mp3_cost_little(write):
    rate = 16_000
    noise = np.random.default_rng(0).normal(0, 0.1, 10 * rate).astype(np.float32)
    short = write(noise, rate, "mp3").data
    frames = short[len(short) // 10 :]  # without the header that states a length
    start = next(i for i in range(len(frames)) if frames[i] == 0xFF and frames[i + 1] >= 0xE2)
    repeats = min(720, 20_000_000 // len(frames))
    media = Media(Modality.AUDIO, frames[start:] * repeats)
    decode(media)  # imports
    tracemalloc.start()
    begin = time.perf_counter()
    sound = decode(media)
    seconds = time.perf_counter() - begin
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert sound.seconds == pytest.approx(MAX_SECONDS, abs=0.01)
    assert seconds < 2
    assert peak < 60_000_000


def test_playlists_and_texts_are_not_sounds(make_scene, save):
    for data in (b"#EXTM3U\nhttp://example.org/a.mp3", b"ffconcat version 1.0\nfile a", b"hello"):
        assert code_of(Media(Modality.AUDIO, data, "sound.mp3")) == "sound_unreadable"
    assert code_of(Media(Modality.AUDIO, save(make_scene(), "PNG").data)) == "sound_unreadable"


def test_video_without_sound(make_scene):
    import io

    import av

    buffer = io.BytesIO()
    with av.open(buffer, "w", format="mp4") as file:
        stream = file.add_stream("mpeg4", rate=5)
        stream.width, stream.height, stream.pix_fmt = 320, 240, "yuv420p"
        frame = av.VideoFrame.from_image(make_scene())
        for packet in [*stream.encode(frame), *stream.encode(None)]:
            file.mux(packet)
    assert code_of(Media(Modality.AUDIO, buffer.getvalue())) == "sound_unreadable"
