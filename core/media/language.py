"""A guess of the language a text is written in: by script, then by a few very common words."""

from __future__ import annotations

import re
from collections import Counter
from typing import Final

_SCRIPTS: Final = {
    "ja": re.compile("[\u3041-\u30ff\u31f0-\u31ff\uff66-\uff9f]"),
    "ko": re.compile("[\u1100-\u11ff\u3131-\u318e\uac00-\ud7a3]"),
    "zh": re.compile("[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003134f]"),
    "ru": re.compile("[\u0400-\u04ff]"),
    "ar": re.compile("[\u0600-\u06ff\u0750-\u077f]"),
    "th": re.compile("[\u0e01-\u0e5b]"),
    "el": re.compile("[\u0370-\u03ff\u1f00-\u1fff]"),
    "he": re.compile("[\u05d0-\u05ea]"),
    "hi": re.compile("[\u0900-\u097f]"),
    "latin": re.compile("[A-Za-z\u00c0-\u024f\u1e00-\u1eff]"),
}

_LETTERS_PER_WORD: Final = {"zh": 1.5, "ja": 2.0, "ko": 2.0}
"""How many characters carry about as much as one word; 5 for alphabets."""

_COMMON_WORDS: Final = {
    "en": "the and is it of to in this that with for was are you but not my very have a i",
    "es": "el los las es y que de en un una muy con por para pero está del lo su como más",
    "fr": "le les est et que des un une très avec pour mais pas je il elle du dans ce sur à",
    "de": "der die das ist und nicht ein eine mit für ich es sehr auch auf den im von zu aber",
    "it": "il gli è e che di un una molto con per ma non della sono questo anche più ho ed",
    "pt": "o os as é e que de um uma muito com por para mas não do da em são eu mais você",
    "nl": "de het is en een van niet met voor ik zeer ook op maar dat dit zijn heel er goed",
}
_VOCABULARY: Final = {code: frozenset(words.split()) for code, words in _COMMON_WORDS.items()}


def guess_language(text: str) -> str:
    """Return an ISO 639-1 code, or ``"und"`` where there are no letters.

    The script that carries most of the text decides. Noticeable kana makes Han characters Japanese.
    Latin script is English unless common words of another language outnumber the English ones.
    """
    carried = {
        script: len(pattern.findall(text)) / _LETTERS_PER_WORD.get(script, 5.0)
        for script, pattern in _SCRIPTS.items()
    }
    if carried["ja"] > 0.1 * carried["zh"]:
        carried["ja"] += carried.pop("zh")
    script = max(carried, key=lambda key: carried[key])
    if carried[script] == 0:
        return "und"
    return _latin_language(text) if script == "latin" else script


def _latin_language(text: str) -> str:
    words = Counter(re.findall(r"[^\W\d_]+", text.lower()))
    hits = {
        code: sum(words[word] for word in vocabulary) for code, vocabulary in _VOCABULARY.items()
    }
    best = max(hits, key=lambda code: hits[code])
    return best if hits[best] > hits["en"] else "en"
