"""One kind of error for everything a visitor or caller can put right.

The sentences live in ``assets/locales/LANGUAGE.json`` under ``errors``, keyed by code, so the page and the
command line say the same thing, in the language of the reader: what is wrong, and what would be right.
"""

from __future__ import annotations

import json
from functools import lru_cache
from typing import Any

from core.resources import ASSETS


@lru_cache(maxsize=4)
def _sentences(language: str) -> dict[str, str]:
    text = (ASSETS / "locales" / f"{language}.json").read_text(encoding="utf-8")
    sentences: dict[str, str] = json.loads(text)["errors"]
    return sentences


class TriadError(ValueError):
    """Bad input, told in one sentence.

    Parameters
    ----------
    code : key of the sentence under ``errors`` in the locales
    **values : what the sentence's placeholders are filled with
    """

    def __init__(self, code: str, **values: Any) -> None:
        super().__init__(code)
        self.code = code
        self.values = values

    def say(self, language: str = "en") -> str:
        """Return the sentence in ``language``."""
        return _sentences(language)[self.code].format(**self.values)

    def __str__(self) -> str:
        return self.say()
