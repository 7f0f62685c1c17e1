"""Sound files to mono samples at one rate."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import chain
from typing import Any, Final

import av
import numpy as np
import soundfile
from numpy.typing import NDArray

from core.errors import TriadError
from core.media.level import loudness_of
from core.media.limits import MAX_SECONDS, MIN_SECONDS, SAMPLE_RATE, SILENCE
from core.media.sniff import sniff_audio
from core.media.steps import Chain, Look, Op, Stage, Value
from core.types import Media, Sound

Floats = NDArray[np.float32]
Doubles = NDArray[np.float64]

_RATES: Final = range(1_000, 384_001)
"""Sample rates in Hz that are sound and not a damaged header."""


@dataclass(frozen=True, eq=False)
class Take:
    """A sound on its way: (T,) samples, rate in Hz, channels of the file, name for messages."""

    samples: Doubles | Floats
    rate: int
    channels: int
    name: str


def decode_audio(media: Media) -> Sound:
    """Decode the first ``MAX_SECONDS`` of a sound, or of a video's sound track.

    Reads WAV, FLAC, Ogg (Vorbis, Opus) and AIFF by libsndfile; MP3, M4A, MP4, MOV, WebM, MKV and
    AAC by FFmpeg's libraries, which PyAV brings along. Damaged packets of these are skipped.

    Returns
    -------
    Sound, mono (mean of channels), at ``SAMPLE_RATE``, within [-1, 1]

    Raises
    ------
    TriadError
        ``sound_unreadable``, ``sound_not_finite``, ``sound_too_short``, ``sound_silent``
    """
    return AUDIO_CHAIN.run(media)


def _read(media: Media) -> Take:
    container = sniff_audio(media.data)
    if container is None:
        raise TriadError("sound_unreadable", name=media.name)
    try:
        if container.by_soundfile:
            samples, rate, channels = _read_by_soundfile(media.data)
        else:
            samples, rate, channels = _read_by_av(media.data, container.av_format)
    except Exception as error:  # a broken file makes the codecs raise almost anything
        raise TriadError("sound_unreadable", name=media.name) from error
    return Take(samples, rate, channels, media.name)


class _Bytes(io.BytesIO):
    """Bytes whose ``seek`` stays inside: from a callback, an exception can only reach stderr."""

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        start = {io.SEEK_SET: 0, io.SEEK_CUR: self.tell(), io.SEEK_END: len(self.getbuffer())}
        return super().seek(max(0, min(start[whence] + offset, len(self.getbuffer()))))


def _read_by_soundfile(data: bytes) -> tuple[Doubles, int, int]:
    with soundfile.SoundFile(_Bytes(data)) as file:
        rate = _checked(file.samplerate)
        blocks = file.blocks(blocksize=rate, frames=_limit(rate), dtype="float32", always_2d=True)
        return _joined(map(mono, blocks), rate), rate, file.channels


def _read_by_av(data: bytes, container: str) -> tuple[Doubles, int, int]:
    with av.open(io.BytesIO(data), format=container) as file:
        stream = file.streams.audio[0]
        rate = _checked(stream.rate)
        to_float = av.AudioResampler(format="fltp", rate=rate)
        frames = chain.from_iterable(map(to_float.resample, _frames(file, stream)))
        samples = _joined((mono(frame.to_ndarray().T) for frame in frames), rate)
        return samples, rate, stream.codec_context.channels


def _frames(file: Any, stream: Any) -> Iterator[Any]:
    """Decode what can be decoded, as players do."""
    for packet in file.demux(stream):
        with suppress(av.error.InvalidDataError):
            yield from packet.decode()


def _joined(blocks: Iterator[Doubles], rate: int) -> Doubles:
    """Take blocks until there is enough, so that a long file costs no more than a short one."""
    taken: list[Doubles] = []
    missing = _limit(rate)
    while missing > 0 and (block := next(blocks, None)) is not None:
        taken.append(block[:missing])
        missing -= len(block)
    return np.concatenate(taken)  # nothing to concatenate is a ValueError


def _limit(rate: int) -> int:
    return int(MAX_SECONDS * rate)


def _checked(rate: int) -> int:
    if rate not in _RATES:
        raise ValueError(f"a sample rate of {rate} Hz")
    return rate


def mono(block: Floats) -> Doubles:
    """Average channels, (T, C) -> (T,), in double precision: large values must not overflow."""
    mean: Doubles = block.mean(axis=1, dtype=np.float64)
    return mean


def _finite(take: Take) -> Take:
    if not np.isfinite(take.samples).all():
        raise TriadError("sound_not_finite", name=take.name)
    return take


def _long_enough(take: Take) -> Take:
    if len(take.samples) < MIN_SECONDS * take.rate:
        raise TriadError("sound_too_short", name=take.name, limit=MIN_SECONDS)
    return take


def _audible(take: Take) -> Take:
    if is_silent(take.samples):
        raise TriadError("sound_silent", name=take.name)
    return take


def is_silent(samples: Doubles | Floats) -> bool:
    """Say whether nothing swings by more than -60 dBFS; a constant offset is silence too."""
    return float(np.ptp(samples)) / 2 < SILENCE


def within_one(samples: Doubles | Floats) -> Floats:
    """Scale samples that exceed [-1, 1], as float files may, to a peak of 1."""
    return (samples / max(1.0, float(np.abs(samples).max()))).astype(np.float32)


def resample(samples: Floats, rate: int, to: int = SAMPLE_RATE) -> Floats:
    """Bring (T,) samples from ``rate`` to ``to`` Hz by a polyphase filter.

    Odd ratios are met to one part in a million, which keeps the filter short.
    """
    if rate == to:
        return samples
    from scipy.signal import resample_poly  # a second to import, and only needed here

    ratio = Fraction(to, rate).limit_denominator(1000)
    resampled = resample_poly(samples, ratio.numerator, ratio.denominator)
    return np.asarray(np.clip(resampled, -1, 1), dtype=np.float32)


_LOWEST_WEIGHED: Final = 8_000
"""Sample rate in Hz below which the loudness filter has no room for its shelf."""


def _look(take: Take) -> Look:
    with np.errstate(invalid="ignore"):
        facts: dict[str, Value] = {
            "rate": take.rate,
            "seconds": round(len(take.samples) / take.rate, 3),
            "channels": take.channels,
            "peak": round(float(np.abs(take.samples).max(initial=0.0)), 4),
        }
        if take.rate >= _LOWEST_WEIGHED:
            heard = loudness_of(take.samples.astype(np.float64), take.rate)
            facts["loudness"] = round(heard, 1)
    return Look(take.samples.astype(np.float32), facts)


def _peaked(take: Take) -> Take:
    return replace(take, samples=within_one(take.samples))


def _resampled(take: Take) -> Take:
    if take.rate == SAMPLE_RATE:
        return take
    samples = resample(np.asarray(take.samples, dtype=np.float32), take.rate)
    return replace(take, samples=samples, rate=SAMPLE_RATE)


AUDIO_CHAIN: Final[Chain[Take, Sound]] = Chain(
    version=1,
    read=_read,
    parameters={"max_seconds": MAX_SECONDS, "channels": "mean"},
    ops=(
        Op("finite", Stage.CLEAN, _finite),
        Op("long_enough", Stage.CLEAN, _long_enough, {"min_seconds": MIN_SECONDS}),
        Op("audible", Stage.CLEAN, _audible, {"swing": SILENCE}),
        Op("peak", Stage.NORMALISE, _peaked, {"peak": 1}),
        Op("rate", Stage.NORMALISE, _resampled, {"rate": SAMPLE_RATE, "filter": "polyphase"}),
    ),
    finish=lambda take: Sound(np.asarray(take.samples, dtype=np.float32), take.rate),
    look=_look,
)
