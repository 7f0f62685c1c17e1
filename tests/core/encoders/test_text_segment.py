from __future__ import annotations

import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.encoders.segment import terms, text_of, words
from core.types import Passage, Sound


def cut(text: str) -> list[str]:
    return [text[span.start : span.end] for span in words(text)]


def test_both_languages_in_one_text():
    assert cut("A red mug: 杯壁很厚, don't drop!") == [
        *("A", "red", "mug", "杯壁", "很", "厚", "don't", "drop"),
    ]
    assert cut("这辆自行车又轻又快。") == ["这辆", "自行车", "又", "轻", "又", "快"]
    assert cut("24-hour ありが") == ["24-hour", "あ", "り", "が"]


def test_words_are_counted_without_case_and_width():
    assert terms("Mug MUG ｍｕｇ Straße") == ["mug", "mug", "mug", "strasse"]


def test_a_text_without_words_is_one_word_that_does_not_count():
    assert cut("?!") == ["?!"]
    assert terms("?!") == terms("") == []


@given(st.text(max_size=100) | st.text("杯子很好喝咖啡 mugA1.'-", max_size=60))
def test_spans_are_in_order_and_hold_every_letter(text):
    spans = words(text)
    edges = [edge for span in spans for edge in (span.start, span.end)]
    assert edges == sorted(edges)
    assert edges[-1] <= len(text)
    held = "".join(cut(text))
    assert sum(map(str.isalnum, held)) == sum(map(str.isalnum, text))


def test_only_passages_have_a_text():
    assert text_of(Passage("mug")) == "mug"
    with pytest.raises(TypeError):
        text_of(Sound([], 1))


def test_jieba_is_quiet_and_leaves_no_file(tmp_path):
    code = "from core.encoders.segment import terms; print(terms('喝咖啡很舒服'))"
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", code],
        capture_output=True,
        text=True,
        check=True,
        env={"TMPDIR": str(tmp_path), "PYTHONIOENCODING": "utf-8"},
    )
    assert done.stdout.strip() == "['喝咖啡', '很', '舒服']"
    assert done.stderr == ""
    assert list(tmp_path.iterdir()) == []
