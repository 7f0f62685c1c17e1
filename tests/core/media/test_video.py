"""Videos, made here: what comes out of them, and what hostile ones are told."""

from __future__ import annotations

import io
import resource
import struct
import tracemalloc
from fractions import Fraction

import av
import numpy as np
import pytest

from core.errors import TriadError
from core.media.limits import MAX_SECONDS
from core.media.video import MOST_FRAMES, decode_video

RATE = 48_000
KINDS = {
    "mp4-h264": ("mp4", "libx264", "aac"),
    "mp4-mpeg4": ("mp4", "mpeg4", "aac"),
    "mov": ("mov", "mpeg4", "aac"),
    "webm-vp8": ("webm", "libvpx", "libopus"),
}


def pixels(share: float, width: int, height: int) -> np.ndarray:
    """Grey that brightens with time, and a red upper left corner."""
    canvas = np.full((height, width, 3), int(40 + 150 * share), np.uint8)
    canvas[: height // 4, : width // 4] = (220, 20, 20)
    return canvas


def movie(kind="mp4-mpeg4", seconds=2.0, fps=10, size=(160, 96), tone=True, turn=0, pictures=True):
    container, codec, audio_codec = KINDS[kind]
    buffer = io.BytesIO()
    with av.open(buffer, "w", format=container) as file:
        video = audio = None
        if pictures:
            video = file.add_stream(codec, rate=fps)
            video.width, video.height, video.pix_fmt = *size, "yuv420p"
            if turn:
                video.set_display_rotation(turn)
        if tone:
            audio = file.add_stream(audio_codec, rate=RATE, layout="mono")
        count = round(seconds * fps)
        for n in range(count if pictures else 0):
            frame = av.VideoFrame.from_ndarray(pixels(n / count, *size), format="rgb24")
            frame.pts, frame.time_base = n, Fraction(1, fps)
            file.mux(video.encode(frame))
        if video:
            file.mux(video.encode(None))
        if tone:
            t = np.arange(round(seconds * RATE)) / RATE
            wave = (0.4 * np.sin(2 * np.pi * 440 * t)).astype(np.float32)
            frame = av.AudioFrame.from_ndarray(wave[None], format="fltp", layout="mono")
            frame.sample_rate, frame.pts, frame.time_base = RATE, 0, Fraction(1, RATE)
            fifo = av.AudioResampler(
                format=audio.format, rate=RATE, frame_size=audio.frame_size or 960
            )
            for part in [*fifo.resample(frame), *fifo.resample(None)]:
                file.mux(audio.encode(part))
            file.mux(audio.encode(None))
    return buffer.getvalue()


def code_of(data: bytes) -> str:
    with pytest.raises(TriadError) as caught:
        decode_video(data, "clip.mp4")
    assert caught.value.say("en")
    assert caught.value.say("zh")
    return caught.value.code


@pytest.mark.parametrize("kind", KINDS)
def test_every_container(kind):
    clip = decode_video(movie(kind))
    assert len(clip.frames) == len(clip.seconds) == MOST_FRAMES
    assert all(frame.pixels.shape == (96, 160, 3) for frame in clip.frames)
    assert all(frame.pixels.dtype == np.uint8 for frame in clip.frames)
    assert clip.seconds[0] == 0
    assert clip.seconds[-1] == pytest.approx(1.9, abs=0.15)
    gaps = np.diff(clip.seconds)
    assert gaps.min() > 0
    assert gaps.max() <= 2.1 * gaps.min()
    light = [frame.pixels[60, 120].mean() for frame in clip.frames]
    assert light == sorted(light)
    assert light[-1] > light[0] + 80
    assert clip.sound is not None
    assert clip.sound.seconds == pytest.approx(2.0, abs=0.15)


def test_without_sound():
    assert decode_video(movie(tone=False)).sound is None


def test_fewer_frames_than_wanted():
    clip = decode_video(movie(seconds=0.3))
    assert clip.seconds == pytest.approx((0.0, 0.1, 0.2))


@pytest.mark.parametrize("turn", [90, 180, 270])
def test_rotation_is_applied(turn):
    frame = decode_video(movie(turn=turn, tone=False)).frames[0].pixels
    upright = np.rot90(pixels(0, 160, 96), turn // 90)
    assert frame.shape == upright.shape
    assert np.abs(frame.astype(int) - upright).mean() < 12


def test_only_the_beginning_of_a_long_video():
    clip = decode_video(movie(seconds=36, fps=5, size=(32, 32)))
    assert MAX_SECONDS - 4 < clip.seconds[-1] < MAX_SECONDS
    assert clip.sound.seconds == pytest.approx(MAX_SECONDS, abs=0.1)


def test_large_frames_are_scaled_down():
    frame = decode_video(movie(size=(2048, 512), seconds=0.2, tone=False)).frames[0]
    assert frame.pixels.shape == (256, 1024, 3)


def test_audio_only():
    assert code_of(movie(pictures=False)) == "video_without_pictures"


def test_no_frames():
    data = movie(seconds=0.4, tone=False)
    start = data.index(b"mdat")
    size = struct.unpack(">I", data[start - 4 : start])[0]
    emptied = data[: start + 4] + bytes(size - 8) + data[start + size - 4 :]
    assert code_of(emptied) == "video_unreadable"


def test_what_is_no_video(make_tone, write):
    assert code_of(b"hello, I am a video") == "video_unreadable"
    assert code_of(b"#EXTM3U\nhttp://example.org/a.mp4") == "video_unreadable"
    assert code_of(b"\x00\x00\x00\x18ftypisom" + bytes(500)) == "video_unreadable"
    assert code_of(b"") == "file_empty"
    assert code_of(bytes(21 * 2**20)) == "file_too_big"
    assert code_of(write(make_tone(), RATE, "wav").data) == "video_unreadable"


def test_truncated():
    data = movie("mp4-mpeg4")
    assert code_of(data[: len(data) // 2]) == "video_unreadable"  # the index is at the end
    half = movie("webm-vp8")
    clip = decode_video(half[: len(half) // 2])  # made for streaming: what is there can be seen
    assert 1 <= len(clip.frames) <= MOST_FRAMES


def test_huge_frames_are_refused_by_the_header():
    data = movie("mp4-mpeg4", seconds=0.1, size=(8000, 5200), tone=False)
    tracemalloc.start()
    assert code_of(data) == "video_too_large"
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 10_000_000


def test_frames_larger_than_the_container_claims():
    data = movie("webm-vp8", tone=False)
    at = data.index(b"\x9d\x01\x2a") + 3  # width and height in a VP8 key frame, 14 bits each
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    assert code_of(data[:at] + b"\xff\x3f\xff\x3f" + data[at + 4 :]) == "video_unreadable"
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    assert grown < 100_000  # kB; such a frame takes 400,000


def test_noise_never_escapes():
    draw = np.random.default_rng(0)
    for kind in ("mp4-mpeg4", "webm-vp8"):
        whole = movie(kind, seconds=0.5)
        for _ in range(25):
            data = bytearray(whole)
            for at in draw.integers(12, len(data), 20):
                data[at] = draw.integers(256)
            try:
                clip = decode_video(bytes(data))
            except TriadError:
                continue
            assert 1 <= len(clip.frames) <= MOST_FRAMES
