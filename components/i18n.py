"""Every word of the app, in the reader's language, from ``assets/locales``."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

FOLDER: Final[Path] = Path(__file__).resolve().parent.parent / "assets" / "locales"
LANGUAGE_NAMES: Final[Mapping[str, str]] = {"en": "English", "zh": "中文"}


def flatten(tree: Mapping[str, Any], prefix: str = "") -> dict[str, str]:
    """Turn nested sections into one dict with dotted keys."""
    flat: dict[str, str] = {}
    for key, value in tree.items():
        if isinstance(value, Mapping):
            flat.update(flatten(value, f"{prefix}{key}."))
        else:
            flat[f"{prefix}{key}"] = value
    return flat


@lru_cache(maxsize=8)
def words(language: str) -> dict[str, str]:
    """Return all words of a language by dotted key."""
    return flatten(json.loads((FOLDER / f"{language}.json").read_text(encoding="utf-8")))


@lru_cache(maxsize=8)
def labels(language: str) -> tuple[str, ...]:
    """Return the names of the 1,000 ImageNet classes in index order; empty if not translated."""
    path = FOLDER / f"imagenet.{language}.json"
    return tuple(json.loads(path.read_text(encoding="utf-8"))) if path.exists() else ()


class Translator:
    """Looks words up: ``t("nav.compare")``, ``t("visitor.hidden", count=3)``.

    Parameters
    ----------
    language : one of :data:`LANGUAGE_NAMES`
    """

    def __init__(self, language: str) -> None:
        self.language = language
        self._words = words(language)

    def __call__(self, key: str, **values: Any) -> str:
        """Return the words at ``key``, placeholders filled (KeyError for an unknown key)."""
        return self._words[key].format(**values) if values else self._words[key]

    def name(self, kind: str, key: str) -> str:
        """Return what a method or channel is called; those we have no words for go by their key."""
        return self._words.get(f"{kind}.{key}.name", key)

    def line(self, kind: str, key: str) -> str:
        """Return the one sentence that explains a method or channel, or nothing."""
        return self._words.get(f"{kind}.{key}.line", "")

    def word(self, kind: str, key: str) -> str:
        """Return a plain word such as a category or a language, or its key."""
        return self._words.get(f"{kind}.{key}", key)

    def label(self, index: int, name: str) -> str:
        """Return the name of an ImageNet class."""
        known = labels(self.language)
        return known[index] if 0 <= index < len(known) else name


@lru_cache(maxsize=4)
def translator(language: str) -> Translator:
    """Return the translator of a language; they are shared, since they never change."""
    return Translator(language)


def language_of(locale: str | None) -> str:
    """Return our language for a browser locale such as ``zh-TW``; English where we have none."""
    code = (locale or "").replace("_", "-").split("-")[0].lower()
    return code if code in LANGUAGE_NAMES else "en"
