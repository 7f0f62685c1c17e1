"""Small files that claim to be huge: what has to be refused by its header."""

from __future__ import annotations

import io
import struct
import wave
import zlib
from collections.abc import Iterable
from typing import Final

from core.bench.fuzz.seeds import films, npy, sounds, zipped

HUGE: Final = 100_000
_NUMBERS: Final = (
    *((b"mvhd", 20), (b"mdhd", 20), (b"tkhd", 24), (b"tkhd", 84)),  # durations, a width
    *((b"stts", 12), (b"stts", 16), (b"stsz", 8), (b"stsz", 12)),  # samples, how long, how large
    *((b"stsc", 8), (b"stco", 8), (b"elst", 8), (b"stsd", 8)),  # entries of tables
)
"""Boxes of MP4, and where in them are numbers that a decoder may trust."""


def _chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def png(width: int, height: int, data: bytes = b"", extra: bytes = b"") -> bytes:
    """Return a grey PNG of a claimed size with any data."""
    head = _chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + extra + _chunk(b"IDAT", data) + _chunk(b"IEND", b"")


def pictures() -> list[bytes]:
    """Return :func:`claims`, and what unpacks to much within the limits."""
    zeros = zlib.compress(bytes(40_000_000), 9)
    coded = struct.pack("<IIIIiiHHIIIIII", 99, 0, 54, 40, 6000, 6000, 1, 8, 1, 0, 0, 0, 0, 0)
    return [
        *claims(),
        png(6324, 6324, zeros),  # just within, and all zeros
        png(8, 8, zeros),  # more data than pixels
        png(8, 8, b"", _chunk(b"zTXt", b"a\0\0" + zeros)),
        png(8, 8, b"", _chunk(b"iCCP", b"a\0\0" + zeros)),
        b"BM" + coded + bytes(2000),
    ]


def claims() -> list[bytes]:
    """PNG, GIF, WebP, JPEG and BMP whose headers claim up to 100,000 x 100,000."""
    size = struct.pack("<HH", 0xFFFF, 0xFFFF)
    lossless = struct.pack("<I", 0x3FFF | 0x3FFF << 14)
    canvas = struct.pack("<I", HUGE - 1)[:3] * 2
    vp8x = b"VP8X" + struct.pack("<I", 10) + bytes(4) + canvas
    vp8x += b"VP8L" + struct.pack("<I", 6) + b"/" + lossless
    info = struct.pack("<IIIIiiHHIIIIII", 99, 0, 54, 40, HUGE, HUGE, 1, 24, 0, 0, 0, 0, 0, 0)
    frame = b"\xff\xc0\0\x11\x08" + size + b"\x03\1\x22\0\2\x11\1\3\x11\1"
    gif = b"GIF89a" + size + bytes(3) + b"," + bytes(4) + size + b"\0\x08\xff"
    return [
        png(HUGE, HUGE),
        png(2**31 - 1, 1),
        png(1, 40_000_001),
        gif + b"\xff" * 255 + b"\0;",
        b"RIFF" + struct.pack("<I", len(vp8x) + 4) + b"WEBP" + vp8x,
        b"BM" + info,
        b"\xff\xd8" + frame + b"\xff\xd9",
    ]


def tracks() -> list[bytes]:
    """WAV, FLAC, AIFF and MP4 that claim hours, thousands of channels or rates that nothing plays at."""
    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(8000)
        file.writeframes(b"\0\x40\0\xc0" * 800)
    whole = out.getvalue()
    claimed = [bytearray(whole) for _ in range(4)]
    struct.pack_into("<I", claimed[0], 40, 0xFFFFFFF0)  # the data's size
    struct.pack_into("<H", claimed[1], 22, 0xFFFF)  # channels
    struct.pack_into("<I", claimed[2], 24, 384_000)  # frames a second
    struct.pack_into("<I", claimed[3], 16, 0xFFFFFFFF)  # the format's size
    flac = bytearray(next(each for each in sounds() if each.startswith(b"fLaC")))
    flac[21:26] = b"\xff" * 5  # how many samples there are
    return [*map(bytes, claimed), bytes(flac), *long(sounds())]


def reels() -> list[bytes]:
    """Films that claim hours, huge frames, and tables of two thousand million entries."""
    return list(long(films()))


def long(files: Iterable[bytes]) -> Iterable[bytes]:
    """Yield MP4 files with the numbers in their boxes as large as they can be, one box a file."""
    for file in files:
        if file[4:8] != b"ftyp":
            continue
        for box, place in _NUMBERS:
            at = file.find(box)
            if at > 0:
                changed = bytearray(file)
                struct.pack_into(">I", changed, at + place, 0x7FFFFFF0)
                yield bytes(changed)


def archives() -> list[bytes]:
    """Archives that unpack to much: one entry, many, one inside another, and entries on one another."""
    table = {"metadata.csv": b"id,title\na,A\n"}
    big = zipped({**table, "a.png": bytes(30_000_000)})
    many = zipped({**table, **{f"{n}.png": b"" for n in range(2000)}})
    shared = bytearray(zipped({**table, "a.png": b"x" * 99, "b.png": b"y" * 99}))
    at = shared.find(b"PK\x01\x02", shared.find(b"PK\x01\x02") + 1)
    struct.pack_into("<I", shared, at + 42, 0)
    lying = bytearray(zipped({**table, "a.png": b"x" * 99}))
    struct.pack_into("<I", lying, lying.rfind(b"PK\x01\x02") + 24, 900_000)
    return [big, many, bytes(shared), bytes(lying), zipped({**table, "inner.zip": big})]


def matrices() -> list[bytes]:
    """Feature files whose headers claim more than there is."""
    import numpy as np

    small = npy(np.ones((2, 3), np.float32))
    claims = (
        b"(2**40, 3)",
        b"(99999999999, 3), ",
        b"(-1, 3), ",
        b"((((2, 3)))), ",
        b"(2, 3, 4, 5), ",
    )
    return [small.replace(b"(2, 3), ", claim, 1) for claim in claims]
