"""Whether SQLite's write-ahead log is as it was written.

SQLite reads such a log for as long as its running checksum holds, and forgets the rest without a word: right
after a crash, when nobody was told that the rest had been kept, but a changed byte takes acknowledged votes
with it in the same way. So the log is looked through before SQLite opens it.

References
----------
SQLite, "Database File Format", section 4, The Write-Ahead Log.
"""

from __future__ import annotations

import struct
from pathlib import Path
from typing import Final

_HEADER: Final = 32
_FRAME: Final = 24
_LITTLE, _BIG = 0x377F0682, 0x377F0683
_MASK: Final = 0xFFFFFFFF

_Sums = tuple[int, int]


def is_whole(log: Path) -> bool:
    """Say whether no frame of a log was changed that others follow; a log that is not there is whole.

    The last frame may be half: so a killed process leaves it, before it says that anything was kept. For the
    same reason a log that was cut cannot be told from one that was not finished.
    """
    try:
        data = log.read_bytes()
    except FileNotFoundError:
        return True
    except OSError:  # a folder is no log; of what may not be read, SQLite will say so
        return not log.is_dir()
    if not data:
        return True
    if len(data) < _HEADER:
        return False
    magic, _, size = struct.unpack_from(">3I", data)
    salts, sums = data[16:24], struct.unpack_from(">2I", data, 24)
    if magic not in (_LITTLE, _BIG) or _added(data[:24], magic, (0, 0)) != sums:
        return False
    starts = range(_HEADER, len(data), _FRAME + size)
    ours = [data[at + 8 : at + 16] == salts for at in starts]
    for number, at in enumerate(starts):
        frame = data[at : at + _FRAME + size]
        sums = _added(frame[:8] + frame[_FRAME:], magic, sums)
        if (
            not ours[number]
            or len(frame) < _FRAME + size
            or frame[16:_FRAME] != struct.pack(">2I", *sums)
        ):
            return not any(ours[number + 1 :])
    return True


def _added(data: bytes, magic: int, sums: _Sums) -> _Sums:
    """Return the running checksum after more data, of which half a word at the end is left out."""
    first, second = sums
    order = "<" if magic == _LITTLE else ">"
    for x, y in struct.iter_unpack(f"{order}2I", data[: len(data) // 8 * 8]):
        first = (first + x + second) & _MASK
        second = (second + y + first) & _MASK
    return first, second
