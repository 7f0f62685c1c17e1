"""The files of a zip archive, read in place: nothing is unpacked to disk.

The directory of the archive is checked as a whole before anything is read; then a file is read by its own
handle, which costs the same in an archive of ten files and of a hundred thousand.
"""

from __future__ import annotations

import os
import stat
import struct
import zipfile
import zlib
from collections.abc import Sequence
from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import Final

from core.catalog.importers.limits import (
    MAX_FILE_BYTES,
    MAX_FILES,
    MAX_RATIO,
    MAX_UNPACKED_BYTES,
    SMALL_BYTES,
)
from core.catalog.importers.log import readable
from core.catalog.importers.names import hidden, inside
from core.catalog.importers.source import Blob
from core.errors import TriadError

_ENCRYPTED: Final = 0x1
_NAMED_IN_UTF8: Final = 0x800
_LOCAL_HEADER: Final = struct.Struct("<4s22xHH")
"""Of what stands before a file's data only its signature and the lengths of name and extra field matter."""


def open_archive(path: Path) -> dict[str, Blob]:
    """List an archive without unpacking it.

    Returns
    -------
    path inside the archive -> its file; sorted

    Raises
    ------
    TriadError
        ``zip_damaged``, ``too_many_files``, ``zip_unsafe_name``, ``zip_link``, ``zip_encrypted``,
        ``zip_method``, ``zip_too_large``, ``zip_bomb``, ``zip_twice``
    """
    try:
        with zipfile.ZipFile(path) as archive:
            entries = archive.infolist()
    except Exception as error:  # a broken directory makes zipfile raise almost anything
        raise TriadError("zip_damaged", name=path.name) from error
    if len(entries) > MAX_FILES:
        raise TriadError("too_many_files", name=path.name, limit=MAX_FILES)
    _check_extent(entries, path)
    blobs: dict[str, Blob] = {}
    for entry in entries:
        name = _checked_name(entry)
        if entry.is_dir() or any(map(hidden, name.split("/"))):
            continue
        if name in blobs:
            raise TriadError("zip_twice", entry=readable(name))
        blobs[name] = Blob(name, entry.file_size, partial(_read, path, entry))
    return dict(sorted(blobs.items()))


def _checked_name(entry: zipfile.ZipInfo) -> str:
    """Return the entry's plain path; refuse what is no ordinary file or folder of the archive."""
    written = _decoded(entry)
    name = inside(written)
    if name is None or "\\" in written:
        raise TriadError("zip_unsafe_name", entry=readable(written))
    kind = stat.S_IFMT(entry.external_attr >> 16)
    if kind not in (0, stat.S_IFREG, stat.S_IFDIR):
        raise TriadError("zip_link", entry=readable(name))
    if entry.flag_bits & _ENCRYPTED:
        raise TriadError("zip_encrypted", entry=readable(name))
    # The others unpack without a bound on memory, or not at all.
    if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise TriadError("zip_method", entry=readable(name))
    return name


def _decoded(entry: zipfile.ZipInfo) -> str:
    """Return the name as it was written. Windows in China writes GBK, and does not say so."""
    name = entry.orig_filename
    if entry.flag_bits & _NAMED_IN_UTF8 or name.isascii():
        return name
    raw = name.encode("cp437")  # what zipfile takes it for
    for encoding in ("utf-8", "gb18030"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    return name


def _check_extent(entries: Sequence[zipfile.ZipInfo], path: Path) -> None:
    """Check the claimed sizes against the limits, against each other and against the archive's own."""
    for entry in entries:
        largest = max(SMALL_BYTES, MAX_RATIO * entry.compress_size)
        if entry.file_size > largest:
            raise TriadError("zip_bomb", entry=readable(entry.orig_filename), limit=MAX_RATIO)
        if entry.file_size > MAX_FILE_BYTES:
            limit = MAX_FILE_BYTES // 2**20
            raise TriadError("zip_too_large", name=readable(entry.orig_filename), limit=limit)
    if sum(entry.file_size for entry in entries) > MAX_UNPACKED_BYTES:
        raise TriadError("zip_too_large", name=path.name, limit=MAX_UNPACKED_BYTES // 2**20)
    ends = sorted((e.header_offset, e.header_offset + e.compress_size) for e in entries)
    ends.append((os.path.getsize(path), 0))
    # Entries that share their data are how a small archive claims to be huge.
    if any(end > start for (_, end), (start, _) in pairwise(ends)):
        raise TriadError("zip_damaged", name=path.name)


def _read(path: Path, entry: zipfile.ZipInfo) -> bytes:
    """Read one file; one byte more than it claims to have is an error, not more memory."""
    with path.open("rb") as file:
        file.seek(entry.header_offset)
        header = file.read(_LOCAL_HEADER.size)
        if len(header) < _LOCAL_HEADER.size or not header.startswith(b"PK\x03\x04"):
            raise OSError(f"{entry.filename} is damaged")
        _, name, extra = _LOCAL_HEADER.unpack(header)
        file.seek(name + extra, os.SEEK_CUR)
        data = file.read(entry.compress_size)
    if entry.compress_type == zipfile.ZIP_DEFLATED:
        try:
            data = zlib.decompressobj(-zlib.MAX_WBITS).decompress(data, entry.file_size + 1)
        except zlib.error as error:
            raise OSError(f"{entry.filename} is damaged") from error
    if len(data) != entry.file_size or zlib.crc32(data) != entry.CRC:
        raise OSError(f"{entry.filename} is damaged")
    return data
