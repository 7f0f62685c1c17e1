"""One plain sentence from the numbers of an explanation, in the words of the locale files.

The sentence is a template and its values, so every number in it is one of the explanation's, and the page
and the command line say the same.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

from core.resources import ASSETS
from core.types import Channel

SHARE: Final = 0.1
"""A channel with less than this share of the largest contribution is not worth a mention."""


@dataclass(frozen=True)
class Sentence:
    """What is said.

    Attributes
    ----------
    key : of the template, under ``because`` in the locales: ``up``, ``down``, ``both`` or ``even``
    lifts, lowers : the channels that are named, the strongest first, each with its number as it is printed
    base, score : as they are printed
    """

    key: str
    lifts: tuple[tuple[Channel, str], ...]
    lowers: tuple[tuple[Channel, str], ...]
    base: str
    score: str

    @property
    def channels(self) -> tuple[Channel, ...]:
        """The channels that the sentence names."""
        return tuple(channel for channel, _ in (*self.lifts, *self.lowers))

    @property
    def numbers(self) -> tuple[str, ...]:
        """The numbers that the sentence gives."""
        return (*(value for _, value in (*self.lifts, *self.lowers)), self.base, self.score)

    def say(self, language: str = "en") -> str:
        """Return the sentence in a language."""
        words = _words(language)
        because = words["because"]

        def listed(terms: tuple[tuple[Channel, str], ...]) -> str:
            named = [f"{words['channel'][channel]['name']} ({value})" for channel, value in terms]
            most = str(words["punct"]["list"]).join(named[:-1])
            return str(because["and"]).join(filter(None, (most, *named[-1:])))

        return str(
            because[self.key].format(
                lifts=listed(self.lifts),
                lowers=listed(self.lowers),
                base=self.base,
                score=self.score,
            )
        )


def number(value: float) -> str:
    """Print logits: a sign and two decimals; what rounds to nothing is ``0.00``."""
    text = f"{value:+.2f}"
    return "0.00" if float(text) == 0 else text


def sentence(contributions: Mapping[Channel, float], base: float, score: float) -> Sentence:
    """Return the sentence of an item's contributions, in logits."""
    floor = SHARE * max(map(abs, contributions.values()), default=0.0)
    told = sorted(
        ((c, x) for c, x in contributions.items() if abs(x) >= floor and float(number(x)) != 0),
        key=lambda term: -abs(term[1]),
    )
    lifts = tuple((c, number(x)) for c, x in told if x > 0)
    lowers = tuple((c, number(x)) for c, x in told if x < 0)
    key = ("both" if lowers else "up") if lifts else ("down" if lowers else "even")
    return Sentence(key, lifts, lowers, number(base), number(score))


@lru_cache(maxsize=4)
def _words(language: str) -> dict[str, Any]:
    text = (ASSETS / "locales" / f"{language}.json").read_text(encoding="utf-8")
    words: dict[str, Any] = json.loads(text)
    return words
