"""Videos to a few pictures, and to the sound that goes with them."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Final

import av
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from core.errors import TriadError
from core.media.audio import decode_audio
from core.media.image import shrink
from core.media.limits import MAX_BYTES, MAX_PIXELS, MAX_SECONDS
from core.media.sniff import sniff_audio
from core.types import Media, Modality, Picture, Sound

MOST_FRAMES: Final = 8
"""Pictures that are taken from a video."""

MOST_DECODED: Final = 3_600
"""Frames that are decoded at most, two minutes' worth at 30 a second: a limit for hostile rates."""

FORMATS: Final = ("mov", "matroska")
"""FFmpeg's names of the containers that are accepted: MP4 and MOV, WebM and MKV."""

_LIMITS: Final = {"max_pixels": str(MAX_PIXELS)}
"""FFmpeg refuses larger frames before it allocates them, even where the container claimed less."""

_QUARTER_TURNS: Final = {
    90: Image.Transpose.ROTATE_90,
    180: Image.Transpose.ROTATE_180,
    270: Image.Transpose.ROTATE_270,
}


@dataclass(frozen=True, eq=False)
class Clip:
    """A decoded video.

    Attributes
    ----------
    frames : at most ``MOST_FRAMES`` pictures, upright, evenly spaced over what was decoded
    seconds : when each of them is shown, from the beginning
    sound : its sound track, or None where there is none, or none that can be heard
    """

    frames: tuple[Picture, ...]
    seconds: tuple[float, ...]
    sound: Sound | None


def decode_video(data: bytes, name: str = "") -> Clip:
    """Decode the first ``MAX_SECONDS`` of an MP4, MOV, WebM or MKV.

    Parameters
    ----------
    data : the file, at most ``MAX_BYTES``; frames at most ``MAX_PIXELS``, as its header claims
    name : only for messages

    Raises
    ------
    TriadError
        ``file_empty``, ``file_too_big``, ``video_unreadable``, ``video_without_pictures``,
        ``video_too_large``
    """
    if not data:
        raise TriadError("file_empty", name=name)
    if len(data) > MAX_BYTES:
        raise TriadError("file_too_big", name=name, limit=MAX_BYTES // 2**20)
    container = sniff_audio(data)
    if container is None or container.av_format not in FORMATS:
        raise TriadError("video_unreadable", name=name)
    try:
        taken = _pictures(data, container.av_format, name)
    except TriadError:
        raise
    except Exception as error:  # a broken file makes the codecs raise almost anything
        raise TriadError("video_unreadable", name=name) from error
    if not taken:
        raise TriadError("video_unreadable", name=name)
    seconds, frames = zip(*taken, strict=True)
    return Clip(frames, seconds, _sound(data, name))


def _sound(data: bytes, name: str) -> Sound | None:
    """Return the sound track; a video may be silent, where a recording may not."""
    with suppress(TriadError):
        return decode_audio(Media(Modality.AUDIO, data, name))
    return None


def _pictures(data: bytes, container: str, name: str) -> list[tuple[float, Picture]]:
    with av.open(io.BytesIO(data), format=container) as file:
        if not file.streams.video:
            raise TriadError("video_without_pictures", name=name)
        stream = file.streams.video[0]
        _check_size(stream.width, stream.height, name)
        stream.codec_context.options = _LIMITS
        stream.thread_count = 1
        return _evenly(_shown(file, stream), name)


def _check_size(width: int, height: int, name: str) -> None:
    if width * height > MAX_PIXELS:
        raise TriadError("video_too_large", name=name, limit=MAX_PIXELS // 1_000_000)


def _shown(file: Any, stream: Any) -> Iterator[tuple[float, Any]]:
    """Yield time in seconds and frame; skip damaged packets, stop where we stop listening."""
    start: float | None = None
    count = 0
    for packet in file.demux(stream):
        with suppress(av.error.InvalidDataError):
            for frame in packet.decode():
                stamp = frame.time if frame.time is not None else count / 25  # without a clock
                start = stamp if start is None else start
                count += 1
                if stamp - start >= MAX_SECONDS or count > MOST_DECODED:
                    return
                yield max(0.0, stamp - start), frame


def _evenly(shown: Iterator[tuple[float, Any]], name: str) -> list[tuple[float, Picture]]:
    """Take frames that are evenly spaced, not knowing how many will come.

    Every ``step``-th frame is kept; when twice as many as wanted are there, every second of them goes
    and the step doubles. So no more than that are ever held, and headers need not be believed.
    """
    kept: list[tuple[float, Picture]] = []
    step = 1
    for number, (time, frame) in enumerate(shown):
        if number % step:
            continue
        _check_size(frame.width, frame.height, name)  # a stream may grow on the way
        kept.append((time, _upright(frame)))
        if len(kept) == 2 * MOST_FRAMES:
            kept, step = kept[::2], 2 * step
    wanted = np.linspace(0, len(kept) - 1, min(MOST_FRAMES, len(kept))).round().astype(int)
    return [kept[n] for n in wanted.tolist()]


def _upright(frame: Any) -> Picture:
    """Convert to sRGB pixels, scaled like pictures are, and turned as the container says."""
    small = shrink(Image.fromarray(frame.to_ndarray(format="rgb24")))
    turn = _QUARTER_TURNS.get(round(frame.rotation) % 360)
    upright = small if turn is None else small.transpose(turn)
    pixels: NDArray[np.uint8] = np.asarray(upright)
    return Picture(pixels)
