"""TensorFlow checkpoints, read without TensorFlow: only numbers come out, and nothing is executed.

A checkpoint in the "tensor bundle" format is two files: the index, a sorted table in LevelDB's format
that says for each name what lies where, and the data, raw little-endian numbers.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]

INDEX, DATA = ".index", ".data-00000-of-00001"
"""How names of the two files end."""

_DTYPES: Final = {1: "<f4", 2: "<f8", 3: "<i4", 9: "<i8"}
"""Of TensorFlow's ``types.proto``, what weights are made of."""

_FOOTER: Final = 48
"""Bytes at the end of a table: handles of two blocks, padding and a magic number."""

_MAGIC: Final = 0xDB4775248B80FB57

_DTYPE, _SHAPE, _OFFSET, _SIZE = 1, 2, 4, 5  # fields of BundleEntryProto
_DIM, _EXTENT = 2, 1  # fields of TensorShapeProto, and of its Dim


def read_checkpoint(index: bytes, data: bytes) -> dict[str, Array]:
    """Return all tensors of a checkpoint that has one data file.

    Parameters
    ----------
    index, data : content of ``PREFIX.index`` and of ``PREFIX.data-00000-of-00001``

    Raises
    ------
    ValueError
        if the files are damaged, compressed, or hold something else than numbers

    References
    ----------
    TensorFlow, ``tensor_bundle.proto``; LevelDB, ``doc/table_format.md``.
    """
    try:
        return {name: _tensor(entry, data) for name, entry in _entries(index) if name}
    except (IndexError, KeyError, struct.error) as error:
        raise ValueError("this is not a whole TensorFlow checkpoint") from error


def _tensor(entry: bytes, data: bytes) -> Array:
    said = _fields(entry)
    dtype = np.dtype(_DTYPES[said[_DTYPE][0]])
    dims = _fields(said[_SHAPE][0]).get(_DIM, []) if _SHAPE in said else []
    shape = tuple(_fields(dim).get(_EXTENT, [0])[0] for dim in dims)
    start, size = said.get(_OFFSET, [0])[0], said[_SIZE][0]
    return np.frombuffer(data[start : start + size], dtype).reshape(shape)


def _entries(table: bytes) -> Iterator[tuple[str, bytes]]:
    """Walk the table: its footer leads to an index block, and that to the blocks of entries."""
    footer = table[-_FOOTER:]
    if struct.unpack("<Q", footer[-8:])[0] != _MAGIC:
        raise ValueError("this is not a table in LevelDB's format")
    at = _handle(footer, 0)[2]  # the first handle leads to statistics, which nobody wrote
    offset, size, _ = _handle(footer, at)
    for _, handle in _block(table, offset, size):
        offset, size, _ = _handle(handle, 0)
        for key, value in _block(table, offset, size):
            yield key.decode(), value


def _block(table: bytes, offset: int, size: int) -> Iterator[tuple[bytes, bytes]]:
    """Yield a block's keys and values. A key says only how it differs from the one before."""
    if table[offset + size] != 0:
        raise ValueError("compressed checkpoints are not supported")
    block = table[offset : offset + size]
    restarts = struct.unpack("<I", block[-4:])[0]
    at, end, key = 0, size - 4 * (restarts + 1), b""
    while at < end:
        shared, at = _varint(block, at)
        added, at = _varint(block, at)
        length, at = _varint(block, at)
        key = key[:shared] + block[at : at + added]
        at += added
        yield key, block[at : at + length]
        at += length


def _handle(buffer: bytes, at: int) -> tuple[int, int, int]:
    """Return where a block begins, its size, and where in ``buffer`` the handle ends."""
    offset, at = _varint(buffer, at)
    size, at = _varint(buffer, at)
    return offset, size, at


def _fields(message: bytes) -> dict[int, list[Any]]:
    """Parse a protocol buffer: its values by field number, ints or bytes."""
    found: dict[int, list[Any]] = {}
    at = 0
    while at < len(message):
        tag, at = _varint(message, at)
        value: int | bytes
        match tag & 7:
            case 0:
                value, at = _varint(message, at)
            case 2:
                length, at = _varint(message, at)
                value, at = message[at : at + length], at + length
            case 5:
                value, at = struct.unpack("<I", message[at : at + 4])[0], at + 4
            case 1:
                value, at = struct.unpack("<Q", message[at : at + 8])[0], at + 8
            case wire:
                raise ValueError(f"a protocol buffer has no wire type {wire}")
        found.setdefault(tag >> 3, []).append(value)
    return found


def _varint(buffer: bytes, at: int) -> tuple[int, int]:
    """Read a number of seven bits a byte, lowest first; return it and where it ends."""
    value = shift = 0
    while True:
        byte = buffer[at]
        at += 1
        value |= (byte & 0x7F) << shift
        shift += 7
        if byte < 0x80:
            return value, at
