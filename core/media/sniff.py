"""What kind of sound file some bytes are, by their first few: names are not to be trusted.

FFmpeg would guess too, but it also guesses playlists, which make it open addresses. So it is told.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True)
class Container:
    """A file format: how it begins, FFmpeg's name of it, and whether libsndfile reads it."""

    begins: re.Pattern[bytes]
    av_format: str
    by_soundfile: bool = False


def _begins(pattern: bytes) -> re.Pattern[bytes]:
    return re.compile(pattern, re.DOTALL)


CONTAINERS: Final = (
    Container(_begins(rb"(RIFF|RIFX|RF64)....WAVE"), "wav", by_soundfile=True),
    Container(_begins(rb"fLaC"), "flac", by_soundfile=True),
    Container(_begins(rb"OggS"), "ogg", by_soundfile=True),
    Container(_begins(rb"FORM....AIF[FC]"), "aiff", by_soundfile=True),
    Container(_begins(rb"....ftyp"), "mov"),
    Container(_begins(rb"\x1a\x45\xdf\xa3"), "matroska"),
    Container(_begins(rb"\xff[\xf0\xf1\xf8\xf9]"), "aac"),  # ADTS: layer bits are zero
    Container(_begins(rb"ID3|\xff[\xe2-\xff]"), "mp3"),  # libsndfile's reader writes to stderr
)


def sniff_audio(data: bytes) -> Container | None:
    """Return the container that ``data`` begins like, or None."""
    return next((each for each in CONTAINERS if each.begins.match(data)), None)
