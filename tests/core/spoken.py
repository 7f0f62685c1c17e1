"""Speech and videos, made by the tests: espeak-ng speaks, PyAV films."""

import io
import os
import shutil
import subprocess
from fractions import Fraction
from functools import cache

import av
import numpy as np
import pytest
from scipy.signal import resample_poly

from core.media import decode
from core.types import Media, Modality

RATE = 48_000
SAID = "Do you have quiet piano music for a Sunday morning?"
KINDS = {
    "mp4": ("libx264", "aac"),
    "mov": ("mpeg4", "aac"),
    "webm": ("libvpx", "libopus"),
}
COLOURS = ((200, 40, 40), (40, 40, 200))

needs_voice = pytest.mark.skipif(
    shutil.which("espeak-ng") is None and not os.environ.get("TRIAD_REQUIRE_SPEECH"),
    reason="espeak-ng is not installed (TRIAD_REQUIRE_SPEECH=1 makes that a failure)",
)


@cache
def speech(text=SAID, voice="en-us+f3"):
    """Return spoken text as a WAV file."""
    command = ["espeak-ng", "-v", voice, "-s", "160", "--stdout", text]
    return subprocess.run(command, capture_output=True, check=True).stdout


def samples_of(data):
    return resample_poly(decode(Media(Modality.AUDIO, data)).samples, 3, 2)


def tone(seconds=2.0):
    return 0.4 * np.sin(2 * np.pi * 440 * np.arange(round(seconds * RATE)) / RATE)


def movie(kind="mp4", wave=None, seconds=2.0, fps=10, split=0.5):
    """Return a video that is red for a share ``split`` of its time, and blue then; textured, not flat."""
    codec, audio_codec = KINDS[kind]
    grain = np.random.default_rng(0).integers(0, 40, (64, 96, 3))
    buffer = io.BytesIO()
    with av.open(buffer, "w", format=kind) as file:
        video = file.add_stream(codec, rate=fps)
        video.width, video.height, video.pix_fmt = 96, 64, "yuv420p"
        audio = None
        if wave is not None:
            audio = file.add_stream(audio_codec, rate=RATE, layout="mono")
        count = round(seconds * fps)
        for n in range(count):
            colour = COLOURS[n >= split * count]
            pixels = (np.roll(grain, n, axis=1) + colour).astype(np.uint8)
            pixels[8:56, 90 * n // count :][:, :6] = 255  # what moves
            frame = av.VideoFrame.from_ndarray(pixels, format="rgb24")
            frame.pts, frame.time_base = n, Fraction(1, fps)
            file.mux(video.encode(frame))
        file.mux(video.encode(None))
        if audio:
            frame = av.AudioFrame.from_ndarray(
                wave[None].astype(np.float32), format="fltp", layout="mono"
            )
            frame.sample_rate, frame.pts, frame.time_base = RATE, 0, Fraction(1, RATE)
            cut = av.AudioResampler(
                format=audio.format, rate=RATE, frame_size=audio.frame_size or 960
            )
            for part in [*cut.resample(frame), *cut.resample(None)]:
                file.mux(audio.encode(part))
            file.mux(audio.encode(None))
    return buffer.getvalue()


@cache
def spoken_movie(kind="mp4", text=SAID, voice="en-us+f3"):
    wave = samples_of(speech(text, voice))
    return movie(kind, wave, len(wave) / RATE)
