"""Where the words of a text are, in Chinese and in languages that put blanks between them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import cache
from threading import Lock
from typing import Any, Final

from core.encoders.base import Span
from core.types import Clean, Passage

_HAN: Final = "\u3400-\u4dbf\u4e00-\u9fff\U00020000-\U0003ffff"
_UNSPACED: Final = rf"{_HAN}\u0e00-\u0e7f\u3040-\u30ff"
"""Scripts written without blanks: Han, and Thai and kana, which go by the character."""

_WORD: Final = re.compile(
    rf"(?P<han>[{_HAN}]+)|[{_UNSPACED}]|[^\W{_UNSPACED}]+(?:['’-][^\W{_UNSPACED}]+)*"
)

_loading = Lock()


def words(text: str) -> tuple[Span, ...]:
    """Find the words of ``text``; a text without words is one word as a whole.

    Runs of Chinese characters are cut by jieba (dictionary and hidden Markov model), everything
    else at whatever is neither a letter nor a digit.

    Returns
    -------
    spans in reading order, which never overlap
    """
    return tuple(_found(text)) or (Span(0, len(text)),)


def term(text: str, span: Span) -> str:
    """Return the word at ``span`` in the form in which it is counted: NFKC, without case."""
    return unicodedata.normalize("NFKC", text[span.start : span.end]).casefold()


def terms(text: str) -> list[str]:
    """Return the words of ``text`` in the form in which they are counted; there may be none."""
    return [term(text, span) for span in _found(text)]


def text_of(clean: Clean) -> str:
    """Return the text of a passage; anything else is a ``TypeError``."""
    if not isinstance(clean, Passage):
        raise TypeError(f"a text encoder takes passages, not {type(clean).__name__}")
    return clean.text


def _found(text: str) -> Iterator[Span]:
    for match in _WORD.finditer(text):
        if match["han"]:
            at = match.start()
            yield from (Span(at + a, at + b) for _, a, b in _jieba().tokenize(match[0]))
        else:
            yield Span(*match.span())


def _jieba() -> Any:
    with _loading:
        return _dictionary()


@cache
def _dictionary() -> Any:
    """Return a jieba tokenizer with its own dictionary.

    Jieba's own ``initialize`` would unmarshal a file from the shared temporary folder, which anyone
    can have put there, and tell stderr about it. Reading the dictionary takes under a second.
    """
    import jieba

    tokenizer = jieba.Tokenizer()
    tokenizer.FREQ, tokenizer.total = tokenizer.gen_pfdict(tokenizer.get_dict_file())
    tokenizer.initialized = True
    return tokenizer
