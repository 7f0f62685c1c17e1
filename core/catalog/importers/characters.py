"""Which encoding a table is written in."""

from __future__ import annotations

from typing import Final

from core.errors import TriadError

_LAST_OF_FIRST_LEVEL: Final = 0xD7
"""First byte of the last of the 3,755 characters that are sorted by sound: the frequent ones."""

_ENOUGH: Final = 20_000
"""Characters beyond ASCII that are looked at to tell Chinese from an accident."""


def decode(data: bytes, name: str) -> tuple[str, str]:
    """Return the text and its encoding: ``utf-8``, or ``gb18030`` where it is plainly Chinese.

    Raises
    ------
    TriadError
        ``table_encoding``
    """
    try:
        return data.decode("utf-8-sig"), "utf-8"
    except UnicodeDecodeError:
        pass
    try:
        text = data.decode("gb18030")
    except UnicodeDecodeError as error:
        raise TriadError("table_encoding", file=name) from error
    if not _is_plain_chinese(text):
        raise TriadError("table_encoding", file=name)
    return text, "gb18030"


def _is_plain_chinese(text: str) -> bool:
    """Say whether nearly all characters beyond ASCII are of everyday Chinese.

    Text in other encodings is often valid GB 18030 too, but becomes rare characters. Everyday ones, and the
    punctuation, are in the first level of GB 2312, the older and smaller set.
    """
    foreign = [mark for mark in text if not mark.isascii()][:_ENOUGH]
    return sum(map(_is_everyday, foreign)) >= 0.85 * len(foreign)


def _is_everyday(mark: str) -> bool:
    try:
        return mark.encode("gb2312")[0] <= _LAST_OF_FIRST_LEVEL
    except UnicodeEncodeError:
        return False
