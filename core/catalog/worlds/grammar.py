"""A small text grammar: what every rendered text is written with.

A rule is a name and its alternatives; an alternative is text with slots in braces, each the name
of another rule or of a fact about the item. One writer writes about one item and deals the
alternatives of a rule like cards: none comes a second time before all have come once, so that a
text does not repeat itself.
"""

from __future__ import annotations

import random
import re
from collections.abc import Mapping, Sequence
from typing import Final

Rules = Mapping[str, Sequence[str]]

_SLOT: Final = re.compile(r"\{(\w+)\}")
_SENTENCE_START: Final = re.compile(r"(?:^|(?<=[.!?] ))[a-z]")


class Grammar:
    """Rules that refer to one another and to ``facts``, the names that an item brings along.

    Raises
    ------
    ValueError
        If a slot is neither a rule nor a fact, or if a rule has no alternatives.
    """

    def __init__(self, rules: Rules, facts: Sequence[str] = ()) -> None:
        for name, alternatives in rules.items():
            if not alternatives:
                raise ValueError(f"rule {name!r} has no alternatives")
            for slot in (s for text in alternatives for s in _SLOT.findall(text)):
                if slot not in rules and slot not in facts:
                    raise ValueError(f"rule {name!r} uses {slot!r}, neither a rule nor a fact")
        self.rules = rules

    def writer(self, rng: random.Random, facts: Mapping[str, str]) -> Writer:
        """Return a writer for one item."""
        return Writer(self.rules, rng, facts)

    def count(self, rule: str) -> int:
        """Return how many different texts a rule can become, a fact counting as one."""
        if rule not in self.rules:
            return 1
        return sum(self._product(text) for text in self.rules[rule])

    def _product(self, text: str) -> int:
        product = 1
        for slot in _SLOT.findall(text):
            product *= self.count(slot)
        return product


class Writer:
    """Writes about one item, see :class:`Grammar`."""

    def __init__(self, rules: Rules, rng: random.Random, facts: Mapping[str, str]) -> None:
        self._rules = rules
        self._rng = rng
        self._facts = facts
        self._decks: dict[str, list[str]] = {}

    def write(self, rule: str) -> str:
        """Expand a rule, or a fact, to text without slots."""
        fact = self._facts.get(rule)
        text = self._deal(rule) if fact is None else fact
        return _SLOT.sub(lambda slot: self.write(slot[1]), text)

    def _deal(self, rule: str) -> str:
        deck = self._decks.setdefault(rule, [])
        if not deck:
            deck.extend(self._rules[rule])
            self._rng.shuffle(deck)
        return deck.pop()


def sentence_case(text: str) -> str:
    """Capitalise the first letter of every sentence of a text in a Latin script."""
    return _SENTENCE_START.sub(lambda letter: letter[0].upper(), text)
