"""Typed or uploaded text to clean Unicode."""

from __future__ import annotations

import re
import unicodedata

from core.errors import TriadError
from core.media.language import guess_language
from core.media.limits import MAX_CHARACTERS
from core.types import Media, Passage


def decode_text(media: Media) -> Passage:
    """Decode UTF-8 (a byte order mark is fine), clean it and guess its language.

    Markup is text like any other and is kept as it is.

    Raises
    ------
    TriadError
        ``text_not_utf8``, ``text_too_long``, ``text_no_words``
    """
    try:
        raw = media.data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise TriadError("text_not_utf8", name=media.name) from error
    if len(raw.strip()) > MAX_CHARACTERS:
        raise TriadError("text_too_long", count=len(raw.strip()), limit=MAX_CHARACTERS)
    text = collapse_whitespace(strip_invisible(compose(raw)))
    if not has_words(text):
        raise TriadError("text_no_words")
    return Passage(text, guess_language(text))


def compose(text: str) -> str:
    """Unicode NFC: an accent and its letter become one code point."""
    return unicodedata.normalize("NFC", text)


def strip_invisible(text: str) -> str:
    """Drop control and format characters (zero-width, bidirectional marks); whitespace stays."""
    return "".join(
        mark for mark in text if mark.isspace() or unicodedata.category(mark) not in ("Cc", "Cf")
    )


def collapse_whitespace(text: str) -> str:
    """Make every run of blanks one space, or one line break where the run has one."""
    lines = (" ".join(line.split()) for line in text.splitlines())
    return "\n".join(line for line in lines if line)


def has_words(text: str) -> bool:
    """Say whether there is a letter or a digit."""
    return re.search(r"[^\W_]", text) is not None
