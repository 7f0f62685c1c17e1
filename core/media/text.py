"""Typed or uploaded text to clean Unicode."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import replace
from typing import Final

from core.errors import TriadError
from core.media.language import guess_language
from core.media.limits import MAX_CHARACTERS
from core.media.steps import Chain, Look, Op, Stage, Value
from core.types import Media, Passage


def decode_text(media: Media) -> Passage:
    """Decode UTF-8 (a byte order mark is fine), clean it and guess its language.

    Markup is text like any other and is kept as it is.

    Raises
    ------
    TriadError
        ``text_not_utf8``, ``text_too_long``, ``text_no_words``
    """
    return TEXT_CHAIN.run(media)


def _read(media: Media) -> Passage:
    try:
        return Passage(media.data.decode("utf-8-sig"), "")
    except UnicodeDecodeError as error:
        raise TriadError("text_not_utf8", name=media.name) from error


def _short_enough(passage: Passage) -> Passage:
    count = len(passage.text.strip())
    if count > MAX_CHARACTERS:
        raise TriadError("text_too_long", count=count, limit=MAX_CHARACTERS)
    return passage


def _worded(passage: Passage) -> Passage:
    if not has_words(passage.text):
        raise TriadError("text_no_words")
    return passage


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


def _look(passage: Passage) -> Look:
    facts: dict[str, Value] = {
        "characters": len(passage.text),
        "lines": len(passage.text.splitlines()),
    }
    if passage.language:
        facts["language"] = passage.language
    return Look(passage.text, facts)


def _on(work: Callable[[str], str]) -> Callable[[Passage], Passage]:
    return lambda passage: replace(passage, text=work(passage.text))


TEXT_CHAIN: Final[Chain[Passage, Passage]] = Chain(
    version=1,
    read=_read,
    parameters={"encoding": "utf-8-sig"},
    ops=(
        Op("short_enough", Stage.CLEAN, _short_enough, {"max_characters": MAX_CHARACTERS}),
        Op("compose", Stage.NORMALISE, _on(compose), {"form": "NFC"}),
        Op("visible", Stage.CLEAN, _on(strip_invisible), {"without": "Cc Cf"}),
        Op("blanks", Stage.CLEAN, _on(collapse_whitespace)),
        Op("worded", Stage.CLEAN, _worded),
        Op("language", Stage.NORMALISE, lambda p: Passage(p.text, guess_language(p.text))),
    ),
    finish=lambda passage: passage,
    look=_look,
)
