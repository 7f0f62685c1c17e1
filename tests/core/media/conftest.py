"""Files of every accepted kind, made in memory."""

from __future__ import annotations

import io
from collections.abc import Callable

import av
import numpy as np
import pytest
import soundfile
from PIL import Image

from core.types import Media, Modality

SOUNDFILE = {
    "wav": ("WAV", "PCM_16"),
    "wav-float": ("WAV", "FLOAT"),
    "flac": ("FLAC", "PCM_16"),
    "vorbis": ("OGG", "VORBIS"),
    "opus": ("OGG", "OPUS"),
    "mp3": ("MP3", "MPEG_LAYER_III"),
    "aiff": ("AIFF", "PCM_16"),
}
AV = {
    "m4a": ("ipod", "aac"),
    "mp4": ("mp4", "aac"),
    "webm": ("webm", "libopus"),
    "adts": ("adts", "aac"),
}


def scene(width: int = 320, height: int = 240) -> Image.Image:
    """A picture that differs in every corner."""
    y, x = np.mgrid[:height, :width]
    red, green = 255 * x / width, 255 * y / height
    blue = 200 * ((x - width / 3) ** 2 + (y - height / 3) ** 2 < (height / 5) ** 2)
    return Image.fromarray(np.stack([red, green, blue], axis=-1).astype(np.uint8))


def tone(seconds: float = 1.0, rate: int = 48_000, hertz: float = 440.0) -> np.ndarray:
    """A plucked note, (T,) float32, peak about 0.5."""
    t = np.arange(int(seconds * rate)) / rate
    return (0.5 * np.sin(2 * np.pi * hertz * t) * np.exp(-t / 2)).astype(np.float32)


def saved(picture: Image.Image, kind: str, **options: object) -> Media:
    buffer = io.BytesIO()
    picture.save(buffer, kind, **options)
    return Media(Modality.IMAGE, buffer.getvalue(), f"picture.{kind.lower()}")


def written(samples: np.ndarray, rate: int, kind: str) -> Media:
    """Write (T,) or (T, C) samples as one of the kinds above."""
    buffer = io.BytesIO()
    if kind in SOUNDFILE:
        container, codec = SOUNDFILE[kind]
        soundfile.write(buffer, samples, rate, format=container, subtype=codec)
    else:
        container, codec = AV[kind]
        with av.open(buffer, "w", format=container) as file:
            stream = file.add_stream(codec, rate=rate, layout="mono")
            frame = av.AudioFrame.from_ndarray(samples.reshape(1, -1), format="flt", layout="mono")
            frame.sample_rate = rate
            for packet in [*stream.encode(frame), *stream.encode(None)]:
                file.mux(packet)
    return Media(Modality.AUDIO, buffer.getvalue(), f"sound.{kind}")


@pytest.fixture(scope="session")
def make_scene() -> Callable[..., Image.Image]:
    return scene


@pytest.fixture(scope="session")
def make_tone() -> Callable[..., np.ndarray]:
    return tone


@pytest.fixture(scope="session")
def save() -> Callable[..., Media]:
    return saved


@pytest.fixture(scope="session")
def write() -> Callable[..., Media]:
    return written


@pytest.fixture(params=[*SOUNDFILE, *AV])
def sound_kind(request: pytest.FixtureRequest) -> str:
    return request.param
