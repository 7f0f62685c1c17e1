"""Java's ``.properties``: keys, values and many ways to escape.

References
----------
The documentation of ``java.util.Properties.load(Reader)``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

_BLANK: Final = " \t\f"
_ENTRY: Final = re.compile(r"((?:\\.|[^\\:= \t\f])*)[ \t\f]*[:=]?[ \t\f]*(.*)", re.DOTALL)
_ESCAPE: Final = re.compile(r"\\(u[0-9a-fA-F]{4}|.)", re.DOTALL)
_LETTERS: Final = {"t": "\t", "n": "\n", "r": "\r", "f": "\f", "u": "\N{REPLACEMENT CHARACTER}"}


def parse_properties(text: str) -> dict[str, str]:
    r"""Read a table of properties. Files of them are Latin-1, with other characters as ``\uXXXX``.

    Where Java refuses a broken ``\u``, this reads a replacement character: one bad name is no reason to
    lose a catalog. The last of several values of a key counts.
    """
    entries = {}
    for line in _logical_lines(text):
        if match := _ENTRY.match(line):
            key, value = match.groups()
            entries[_unescaped(key)] = _unescaped(value)
    return entries


def _logical_lines(text: str) -> Iterator[str]:
    """Join lines that end in an odd number of backslashes with the next; leave comments out."""
    begun = ""
    for line in re.split(r"\r\n|[\r\n]", text):  # splitlines would also split at Latin-1's NEL
        line = line.lstrip(_BLANK)
        if not begun and (not line or line[0] in "#!"):
            continue
        backslashes = len(line) - len(line.rstrip("\\"))
        if backslashes % 2:
            begun += line[:-1]
        else:
            yield begun + line
            begun = ""
    if begun:
        yield begun


def _unescaped(text: str) -> str:
    plain = _ESCAPE.sub(_character, text)
    # Characters beyond the first 65,536 are written as two escapes.
    return plain.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def _character(escape: re.Match[str]) -> str:
    code = escape[1]
    return chr(int(code[1:], 16)) if len(code) > 1 else _LETTERS.get(code, code)
