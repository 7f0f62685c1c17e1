"""Where a text can be cut: sentences, and phrases within them, as spans of characters."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import Final

from core.encoders.base import Span

_SENTENCE_END: Final = re.compile(r"(?<=[。！？!?…])[”’」』）)\"']*\s*|(?<=[.;；])\s+|\n+")
_CLAUSE_END: Final = re.compile(r"(?<=[，、：；。！？…;!?])\s*|(?<=[.,:])\s+|\n+|\s+[-–—]\s+")

_UNSPACED: Final = "\u0e00-\u0e7f\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff"
"""Scripts written without blanks, as a range for regular expressions: Thai, kana, Han."""

_WORD: Final = re.compile(rf"[{_UNSPACED}]|[^\W{_UNSPACED}]+(?:['’-][^\W{_UNSPACED}]+)*")

_PARTICLES: Final = frozenset("的了着过得地吗呢吧はがをにのとでも")
"""Characters after which a Chinese or Japanese phrase may well end."""

_LONGEST: Final = 6
"""Words, or characters of a script without blanks, in one phrase."""

_MOST: Final = 64
"""Phrases in one text."""


def sentences(text: str) -> tuple[Span, ...]:
    """Cut ``text`` at full stops and line breaks, in Western and Chinese punctuation."""
    return _cut(text, _SENTENCE_END)


def phrases(text: str) -> tuple[Span, ...]:
    """Cut ``text`` into clauses, and long clauses into runs of about ``_LONGEST`` words.

    A text of more than ``_MOST`` phrases has neighbours joined, so that a reader can survey it.
    """
    spans = [run for clause in _cut(text, _CLAUSE_END) for run in _runs(text, clause)]
    joined = max(1, -(-len(spans) // _MOST))
    groups = (spans[i : i + joined] for i in range(0, len(spans), joined))
    return tuple(Span(group[0].start, group[-1].end) for group in groups)


def _cut(text: str, between: re.Pattern[str]) -> tuple[Span, ...]:
    """Return the stretches between matches that have a word in them."""
    starts, ends = [0], []
    for match in between.finditer(text):
        ends.append(match.start())
        starts.append(match.end())
    spans = zip(starts, [*ends, len(text)], strict=True)
    return tuple(Span(a, b) for a, b in spans if _WORD.search(text, a, b))


def _runs(text: str, clause: Span) -> list[Span]:
    """Cut a clause evenly, but rather after a particle if there is one nearby."""
    words = list(_WORD.finditer(text, clause.start, clause.end))
    runs = -(-len(words) // _LONGEST)
    even = [round(i * len(words) / runs) for i in range(1, runs)]
    cuts = [0, *(_after_particle(words, cut) for cut in even), len(words)]
    return [Span(words[a].start(), words[b - 1].end()) for a, b in pairwise(cuts)]


def _after_particle(words: list[re.Match[str]], cut: int) -> int:
    nearby = (cut, cut + 1, cut - 1)
    return next((n for n in nearby if n < len(words) and words[n - 1][0] in _PARTICLES), cut)
