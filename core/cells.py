"""Cells of tables that people open in spreadsheets, where a text that begins like a formula is one.

References
----------
OWASP, "CSV Injection".
"""

from __future__ import annotations

import re
from typing import Final

_STARTS: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")

_NUMBER: Final = re.compile(r"[+-]?[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]+)?")


def safe(value: object) -> object:
    """Return a cell that no spreadsheet takes for a formula: with an apostrophe before it; numbers stay."""
    return f"'{value}" if isinstance(value, str) and _risky(value) else value


def unsafe(text: str) -> str:
    """Return what :func:`safe` was given."""
    return text[1:] if text.startswith("'") and _risky(text[1:]) else text


def _risky(text: str) -> bool:
    """Say whether a text begins like a formula, behind blanks and apostrophes, and is no number."""
    return text.lstrip(" '").startswith(_STARTS) and not _NUMBER.fullmatch(text)
