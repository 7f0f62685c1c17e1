"""From a corpus to an input that is nearly one of it: bytes, lengths, words and checksums are changed."""

from __future__ import annotations

import random
import re
import struct
import zlib
from collections.abc import Callable, Sequence
from typing import Final

MOST: Final = 256 * 1024
"""Bytes of a mutated input."""

_NUMBERS: Final = (
    0,
    1,
    2,
    0x7F,
    0x80,
    0xFF,
    0x7FFF,
    0x8000,
    0xFFFF,
    0x7FFFFFFF,
    0x80000000,
    0xFFFFFFFF,
)
_WORDS: Final = tuple(
    text.encode("utf-8", "surrogatepass")
    for text in (
        *(
            "NaN",
            "Infinity",
            "-inf",
            "1e999",
            "-1",
            "9" * 400,
            "9" * 5000,
            "0x1p-3",
            "1e-400",
            "-0",
        ),
        *(
            "\0",
            "\ud800",
            "\udfff",
            "\u202e",
            "\u2066",
            "\u200f",
            "\u200d",
            "\ufeff",
            "\u0300" * 60,
        ),
        *(
            "\r",
            "\n",
            "\t",
            '"',
            "'",
            "\\",
            ",",
            ";",
            "\x1b[2J",
            "\x85",
            "\u2028",
            "é",
            "中文",
            "👩‍👩‍👧",
        ),
        *(
            "=1+1",
            "@SUM(A1)",
            "<script>alert(1)</script>",
            "{0}",
            "{code.__class__}",
            "%s%n",
            "$(id)",
        ),
        *("../../etc/passwd", "/dev/zero", "C:\\a", "file:///etc/passwd", "http://a/b", "a" * 300),
        *(
            "[" * 3000,
            '{"a":' * 3000,
            "null",
            "true",
            "[]",
            "{}",
            '""',
            "1.0",
            "--",
            "-",
            "&",
            "%00",
        ),
        "ignore all previous instructions",
    )
)
_NAMED: Final = re.compile(rb"[A-Za-z]{4}")
_DIGITS: Final = re.compile(rb"-?\d+(?:\.\d+)?")
_PNG: Final = b"\x89PNG\r\n\x1a\n"

Mutator = Callable[[random.Random, bytearray, Sequence[bytes]], None]


def mutated(rng: random.Random, corpus: Sequence[bytes], *, text: bool = False) -> bytes:
    """Return an input of the corpus after one to six changes; most are text still where they shall be."""
    data = bytearray(rng.choice(corpus))
    for _ in range(rng.choice((1, 1, 1, 2, 2, 3, 4, 6))):
        rng.choice(_MUTATORS)(rng, data, corpus)
    del data[MOST:]
    if rng.random() < 0.7:
        _sign_png(data)
        _sign_zip(data)
    if text and rng.random() < 0.8:
        return data.decode("utf-8", "ignore").encode()
    return bytes(data)


def _flip(rng: random.Random, data: bytearray, _: Sequence[bytes]) -> None:
    for place in rng.choices(range(len(data)), k=rng.choice((1, 1, 2, 8))) if data else ():
        data[place] ^= 1 << rng.randrange(8)


def _put(rng: random.Random, data: bytearray, _: Sequence[bytes]) -> None:
    if data:
        data[rng.randrange(len(data))] = rng.choice((0, 1, 0x7F, 0x80, 0xFF, rng.randrange(256)))


def _cut(rng: random.Random, data: bytearray, _: Sequence[bytes]) -> None:
    if data:
        del data[rng.randrange(len(data)) :]


def _drop(rng: random.Random, data: bytearray, _: Sequence[bytes]) -> None:
    start, end = _stretch(rng, data)
    del data[start:end]


def _repeat(rng: random.Random, data: bytearray, _: Sequence[bytes]) -> None:
    start, end = _stretch(rng, data)
    data[start:start] = data[start:end] * rng.choice((1, 2, 20))


def _splice(rng: random.Random, data: bytearray, corpus: Sequence[bytes]) -> None:
    other = rng.choice(corpus)
    data[rng.randint(0, len(data)) :] = other[rng.randint(0, len(other)) :]


def _insert(rng: random.Random, data: bytearray, corpus: Sequence[bytes]) -> None:
    other = bytearray(rng.choice(corpus))
    start, end = _stretch(rng, other)
    at = rng.randint(0, len(data))
    data[at:at] = other[start:end]


def _word(rng: random.Random, data: bytearray, _: Sequence[bytes]) -> None:
    at = rng.randint(0, len(data))
    data[at : at + rng.choice((0, 0, 1, 4))] = rng.choice(_WORDS)


def _digits(rng: random.Random, data: bytearray, _: Sequence[bytes]) -> None:
    found = list(_DIGITS.finditer(data[:65536]))
    if found:
        chosen = rng.choice(found)
        data[chosen.start() : chosen.end()] = rng.choice(_WORDS)


def _length(rng: random.Random, data: bytearray, _: Sequence[bytes]) -> None:
    """Change a number anywhere, of any width and order."""
    _overwrite(rng, data, rng.randint(0, len(data)))


def _field(rng: random.Random, data: bytearray, _: Sequence[bytes]) -> None:
    """Change a number near a name of four letters: a size in PNG, RIFF, AIFF or MP4."""
    found = list(_NAMED.finditer(data[:65536]))
    if found:
        _overwrite(
            rng, data, max(0, rng.choice(found).start() + rng.choice((-4, 4, 8, 12, 16, 20)))
        )


def _overwrite(rng: random.Random, data: bytearray, at: int) -> None:
    width = rng.choice("BHIQ")
    number = rng.choice((*_NUMBERS, len(data), rng.getrandbits(32))) % 2 ** (
        8 * struct.calcsize(width)
    )
    packed = struct.pack(rng.choice("<>") + width, number)
    data[at : at + len(packed)] = packed


def _stretch(rng: random.Random, data: bytearray) -> tuple[int, int]:
    start = rng.randint(0, len(data))
    return start, min(len(data), start + rng.choice((1, 2, 4, 16, 64, 1024)))


def _sign_png(data: bytearray) -> None:
    """Make the checksums right again: else hardly a change would be looked at."""
    at = len(_PNG) if data.startswith(_PNG) else len(data)
    while at + 12 <= len(data):
        size = int.from_bytes(data[at : at + 4], "big")
        end = at + 8 + size
        if end + 4 > len(data):
            return
        data[end : end + 4] = zlib.crc32(data[at + 4 : end]).to_bytes(4, "big")
        at = end + 4


def _sign_zip(data: bytearray) -> None:
    """Make the checksums of entries that are stored as they are right again, here and in the directory."""
    for entry in re.finditer(rb"PK\x01\x02", data):
        here = entry.start()
        if here + 46 > len(data):
            return
        method, size = (
            struct.unpack_from("<H", data, here + 10)[0],
            struct.unpack_from("<I", data, here + 20)[0],
        )
        at = struct.unpack_from("<I", data, here + 42)[0]
        if method == 0 and at + 30 < len(data):
            start = at + 30 + sum(struct.unpack_from("<HH", data, at + 26))
            sum_ = zlib.crc32(data[start : start + size])
            for place in (at + 14, here + 16):
                struct.pack_into("<I", data, place, sum_)


_MUTATORS: Final[tuple[Mutator, ...]] = (
    *(_flip, _put, _cut, _drop, _repeat, _splice, _insert, _word, _digits, _length, _field, _field),
)
