"""The words: complete in both languages, with the same placeholders."""

from __future__ import annotations

import re
import string
from pathlib import Path

import pytest

from components.i18n import LANGUAGE_NAMES, language_of, translator, words
from core.types import CHANNELS, LANGUAGES

ROOT = Path(__file__).resolve().parents[2]


def placeholders(sentence: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(sentence) if name}


def test_the_languages_are_those_of_the_worlds() -> None:
    assert tuple(LANGUAGE_NAMES) == LANGUAGES


def test_every_key_is_in_every_language() -> None:
    assert words("en").keys() == words("zh").keys()


@pytest.mark.parametrize("key", sorted(words("en")))
def test_placeholders_agree_and_nothing_is_empty(key: str) -> None:
    assert placeholders(words("en")[key]) == placeholders(words("zh")[key])
    assert words("en")[key].strip()
    assert words("zh")[key].strip()


def test_the_chinese_is_chinese() -> None:
    names = {key for key, text in words("zh").items() if not re.search(r"[\u4e00-\u9fff]", text)}
    papers = {key for key in names if re.fullmatch(r"recommender\.[a-z0-9-]+\.name", key)}
    assert names - papers <= {
        "punct.list",
        "punct.stop",
        "lab.head.p",
        "lab.head.ndcg",
        "lab.small.ndcg@10",
        "lessons.quote",
        "about.world_line",
        "fusion.transformer.name",
        "head.mlp.name",
        "why.logits",
        "compare.overlap_value",
        "class.named",
    }


def test_every_key_that_the_code_asks_for_exists() -> None:
    asked = set()
    for path in (*ROOT.glob("pages/*.py"), *ROOT.glob("components/*.py"), ROOT / "app.py"):
        asked |= set(re.findall(r'\bt\(\s*"([a-z0-9_.]+)"', path.read_text(encoding="utf-8")))
    assert asked - words("en").keys() == set()


@pytest.mark.parametrize("language", LANGUAGES)
def test_channels_have_names_and_sentences(language: str) -> None:
    t = translator(language)
    assert all(t.name("channel", c) != c and t.line("channel", c) for c in CHANNELS)


def test_unknown_methods_go_by_their_key() -> None:
    t = translator("zh")
    assert t.name("fusion", "brand_new") == "brand_new"
    assert t.line("fusion", "brand_new") == ""
    assert t.word("language", "xx") == "xx"
    assert t.label(10_000, "thing") == "thing"


@pytest.mark.parametrize(
    ("locale", "language"),
    [("zh-TW", "zh"), ("zh", "zh"), ("en-GB", "en"), ("fr", "en"), (None, "en"), ("", "en")],
)
def test_the_browser_locale_picks_the_language(locale: str | None, language: str) -> None:
    assert language_of(locale) == language
