"""Reading TensorFlow checkpoints without TensorFlow, on one that is written here."""

from __future__ import annotations

import struct

import numpy as np
import pytest

from core.encoders.checkpoint import read_checkpoint


def varint(value: int) -> bytes:
    out = b""
    while value > 0x7F:
        out, value = out + bytes([value & 0x7F | 0x80]), value >> 7
    return out + bytes([value])


def field(number: int, value: int | bytes) -> bytes:
    if isinstance(value, int):
        return varint(number << 3) + varint(value)
    return varint(number << 3 | 2) + varint(len(value)) + value


def block(pairs: list[tuple[bytes, bytes]]) -> bytes:
    """Entries whose keys share what they can with the one before, one restart, no compression."""
    out, before = b"", b""
    for key, value in pairs:
        shared = next(
            (n for n, (a, b) in enumerate(zip(key, before, strict=False)) if a != b),
            min(len(key), len(before)),
        )
        out += (
            varint(shared) + varint(len(key) - shared) + varint(len(value)) + key[shared:] + value
        )
        before = key
    return out + struct.pack("<II", 0, 1)


def written(tensors: dict[str, np.ndarray], compression: int = 0) -> tuple[bytes, bytes]:
    codes = {"float32": 1, "int64": 9}
    data, entries = b"", [(b"", field(1, 1))]
    for name, values in sorted(tensors.items()):
        shape = b"".join(field(2, field(1, extent)) for extent in values.shape)
        entry = field(1, codes[str(values.dtype)]) + field(2, shape) + field(4, len(data))
        checksum = varint(6 << 3 | 5) + bytes(4)
        entries.append((name.encode(), entry + field(5, values.nbytes) + checksum))
        data += values.tobytes()
    trailer = bytes([compression]) + bytes(4)
    body = block(entries)
    index = block([(b"z", varint(0) + varint(len(body)))])
    at = len(body) + len(trailer)
    handles = varint(0) + varint(0) + varint(at) + varint(len(index))
    footer = handles.ljust(40, b"\0") + struct.pack("<Q", 0xDB4775248B80FB57)
    return body + trailer + index + bytes(5) + footer, data


TENSORS = {
    "conv2d/kernel": np.arange(600, dtype=np.float32).reshape(2, 3, 100),
    "conv2d/bias": np.array([1.5, -2.0], np.float32),
    "global_step": np.array(7, np.int64),
}


def test_tensors_come_back():
    read = read_checkpoint(*written(TENSORS))
    assert read.keys() == TENSORS.keys()
    for name, values in TENSORS.items():
        assert read[name].dtype == values.dtype
        assert np.array_equal(read[name], values)


def test_what_is_no_checkpoint():
    index, data = written(TENSORS)
    compressed, _ = written(TENSORS, compression=1)
    for broken in (b"", b"hello" * 40, index[:-1], index[:20], compressed):
        with pytest.raises(ValueError, match=r"checkpoint|table"):
            read_checkpoint(broken, data)
    with pytest.raises(ValueError, match=r".+"):
        read_checkpoint(index, data[:-4])
