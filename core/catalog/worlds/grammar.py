"""A small text grammar: what every rendered text is written with.

A rule is a name and its alternatives; an alternative is text with slots in braces, each the name
of another rule or of a fact about the item. One writer writes about one item and deals the
alternatives of a rule like cards: none comes a second time before all have come once, so that a
text does not repeat itself.
"""

from __future__ import annotations

import random
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Final

from core.types import ItemText

Rules = Mapping[str, Sequence[str]]
Pair = tuple[str, str]
"""The same thing in English and in Chinese, in the order of ``core.types.LANGUAGES``."""
ParallelRules = Mapping[str, Sequence[Pair]]
"""Rules whose alternatives say the same in every language."""

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


class Parallel:
    """Rules in several languages side by side: whatever is dealt, all languages say the same.

    An alternative is one text a language, each written for its own sake. The texts of an alternative
    use the same rules; facts they may use as their languages like.

    Raises
    ------
    ValueError
        If a slot or a rule is wrong, see :class:`Grammar`, or if the texts of an alternative use
        different rules, or rules that share a deck in different order, which would deal them
        different cards.
    """

    def __init__(
        self, rules: ParallelRules, facts: Sequence[str], languages: Sequence[str]
    ) -> None:
        self.grammars: Mapping[str, Grammar] = {
            language: Grammar({name: [t[side] for t in rules[name]] for name in rules}, facts)
            for side, language in enumerate(languages)
        }
        reach: dict[str, frozenset[str]] = {}
        for name, alternatives in rules.items():
            for texts in alternatives:
                first, *others = (_decks(text, rules, reach) for text in texts)
                if any(other != first for other in others):
                    raise ValueError(f"rule {name!r} differs between languages: {texts}")

    def writers(
        self, rng: random.Random, facts: Mapping[str, Mapping[str, str]]
    ) -> dict[str, Writer]:
        """Return a writer for each language, all about the same item.

        Parameters
        ----------
        rng : deals the alternatives
        facts : language -> the item's facts in that language
        """
        rules = next(iter(self.grammars.values())).rules
        order = {name: rng.sample(range(len(rules[name])), len(rules[name])) for name in rules}
        return {
            language: _Follower(grammar.rules, order, facts[language])
            for language, grammar in self.grammars.items()
        }


class _Follower(Writer):
    """Deals every rule in an order set beforehand, whichever rule it comes to first."""

    def __init__(
        self, rules: Rules, order: Mapping[str, Sequence[int]], facts: Mapping[str, str]
    ) -> None:
        super().__init__(rules, random.Random(0), facts)
        self._order = order
        self._dealt: Counter[str] = Counter()

    def _deal(self, rule: str) -> str:
        order = self._order[rule]
        turn = self._dealt[rule] % len(order)
        self._dealt[rule] += 1
        return self._rules[rule][order[turn]]


def _decks(
    text: str, rules: ParallelRules, reach: dict[str, frozenset[str]]
) -> dict[str, list[str]]:
    """Return, for every deck that a text deals from, the slots that lead there, in order."""
    decks: dict[str, list[str]] = {}
    for slot in _SLOT.findall(text):
        for deck in _reach(slot, rules, reach):
            decks.setdefault(deck, []).append(slot)
    return decks


def _reach(rule: str, rules: ParallelRules, known: dict[str, frozenset[str]]) -> frozenset[str]:
    """Return the decks that a rule may deal from, its own included; none for a fact."""
    if rule not in rules:
        return frozenset()
    if rule not in known:
        slots = {slot for texts in rules[rule] for text in texts for slot in _SLOT.findall(text)}
        known[rule] = frozenset({rule}).union(*(_reach(slot, rules, known) for slot in slots))
    return known[rule]


def item_text(writer: Writer, review: str, reviews: int) -> ItemText:
    """Write one language's text: title, line, description, and as often as asked the rule ``review``."""
    title, line, description = (
        sentence_case(writer.write(rule)) for rule in ("title", "line", "description")
    )
    said = tuple(sentence_case(writer.write(review)) for _ in range(reviews))
    return ItemText(title, line, description, said)


def sentence_case(text: str) -> str:
    """Capitalise the first letter of every sentence of a text in a Latin script."""
    return _SENTENCE_START.sub(lambda letter: letter[0].upper(), text)
