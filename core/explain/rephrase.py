"""Letting a language model rephrase a sentence without letting it make anything up.

A model may choose other words. It may not bring in a number or a channel: what it returns is checked against
the sentence, and the sentence itself is shown where the check fails. When in doubt, the check fails.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final

from core.explain.words import Sentence
from core.types import Channel

INSTRUCTION: Final = (
    "Say the following in one plain sentence for a lay reader, in the same language. Keep the numbers and "
    "the channels as they are, and add no other number, channel, name or reason.\n\n{sentence}"
)

_NUMBER: Final = re.compile(r"(?:(?<!\w)[+-])?\d+(?:[.,]\d+)*")
_SPELT: Final = re.compile(
    r"\b(?:zero|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|\w+teen|twenty|thirty|forty|fifty"
    r"|sixty|seventy|eighty|ninety|hundred\w*|thousand\w*|million\w*|billion\w*|dozens?|half|halves|quarters?"
    r"|thirds?|fifths?|tenths?|percent|doubled?|twice|tripled?|thrice|second|fourth|sixth|seventh|eighth|ninth)\b"
)
_HAN: Final = re.compile(r"[零〇二两三四五六七八九十百千万亿半倍]+|第一|一成")
_COUNTS_NOTHING: Final = re.compile(r"十分(?!之)|千万|万一|两者|二者")
"""Chinese words that are written with a numeral and count nothing."""

_NAMES: Final[dict[Channel, str]] = {
    Channel.IMAGE: r"\b(?:images?|pictures?|photo\w*|visual\w*|looks?|appearances?|colou?rs?)\b"
    r"|图|照片|外观|视觉|颜色|看起来",
    Channel.TEXT: r"\b(?:texts?|words?|wording|reviews?|descriptions?|written|titles?|captions?)\b"
    r"|文|评论|评价|描述|标题",
    Channel.AUDIO: r"\b(?:audio|sounds?|sounding|music|noises?|hear\w*|acoustic\w*|listen\w*)\b|音|声|听",
    Channel.BEHAVIOUR: r"\b(?:behaviou?r\w*|popular\w*|clicks?|history|likes|crowd|people|other visitors)\b"
    r"|行为|流行|热门|人气|点击|历史|别人|大家|喜欢过",
}
"""What channels go by, in both languages."""

_LONGEST: Final = 3
"""A rephrased sentence is at most this many times as long, and a little."""


@dataclass(frozen=True)
class Rephrased:
    """What to show: the model's ``text`` where it has no ``problems``, otherwise the sentence itself."""

    text: str
    problems: tuple[str, ...] = ()


def problems(text: str, sentence: Sentence, language: str = "en") -> tuple[str, ...]:
    """Return why a text must not stand for a sentence: nothing where it may.

    Each is a kind and, after a colon, what was found: ``number``, ``sign``, ``channel``, ``form``.
    """
    plain = unicodedata.normalize("NFKC", text).replace("−", "-").replace("–", "-").casefold()
    found = list(_numbers(plain, sentence.numbers))
    found += [
        f"channel:{channel}"
        for channel, names in _NAMES.items()
        if channel not in sentence.channels and re.search(names, plain)
    ]
    original = sentence.say(language)
    if not text.strip() or len(text) > _LONGEST * len(original) + 80:
        found.append("form:length")
    if re.search(r"[<>\[\]{}`\n]|https?:|www\.", plain.strip()):
        found.append("form:markup")
    return tuple(found)


def _numbers(text: str, given: Iterable[str]) -> Iterable[str]:
    """Yield what is wrong with the numbers of a text: not given, or given with the other sign."""
    known = {float(value) for value in given}
    for match in _NUMBER.finditer(text):
        try:
            value = float(match[0])
        except ValueError:
            yield f"number:{match[0]}"
            continue
        if abs(value) not in map(abs, known):
            yield f"number:{match[0]}"
        elif match[0][0] in "+-" and value not in known:
            yield f"sign:{match[0]}"
    # A spelt number is never one of the given ones: these have decimals.
    yield from (f"number:{match[0]}" for match in _SPELT.finditer(text))
    yield from (f"number:{match[0]}" for match in _HAN.finditer(_COUNTS_NOTHING.sub("", text)))
    if "%" in text:
        yield "number:%"


def rephrase(sentence: Sentence, model: Callable[[str], str], language: str = "en") -> Rephrased:
    """Let a language model rephrase a sentence; a text that does not pass the check is not used.

    Parameters
    ----------
    model : prompt -> text. A model that fails costs nothing but its words
    """
    original = sentence.say(language)
    try:
        text = str(model(INSTRUCTION.format(sentence=original))).strip()
    except Exception as error:  # the model is the caller's: anything may go wrong in it
        return Rephrased(original, (f"model:{type(error).__name__}",))
    found = problems(text, sentence, language)
    return Rephrased(original if found else text, found)
