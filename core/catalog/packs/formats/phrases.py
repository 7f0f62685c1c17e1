"""Tux Paint's ``.txt`` beside a stamp: one phrase in English, then ``LOCALE.utf8=PHRASE`` lines."""

from __future__ import annotations

import re
from typing import Final

_TRANSLATION: Final = re.compile(r"([A-Za-z_@]+)\.utf8=(.*)")


def parse_phrases(text: str) -> dict[str, str]:
    """Return the phrase by locale, such as ``en``, ``pt_BR``, ``zh_CN``; empty ones are left out."""
    first, *others = text.split("\n")
    phrases = {"en": first.strip()}
    for line in others:
        if match := _TRANSLATION.match(line):
            phrases[match[1]] = match[2].strip()
    return {locale: phrase for locale, phrase in phrases.items() if phrase}
