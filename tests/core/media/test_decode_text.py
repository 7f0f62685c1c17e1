from __future__ import annotations

import pytest

from core.errors import TriadError
from core.media import decode
from core.media.limits import MAX_CHARACTERS
from core.types import Media, Modality, Passage


def read(data: str | bytes) -> Passage:
    raw = data.encode() if isinstance(data, str) else data
    passage = decode(Media(Modality.TEXT, raw))
    assert isinstance(passage, Passage)
    return passage


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("A sturdy mug for cold mornings", "en"),
        ("mug", "en"),
        ("这个杯子很好看", "zh"),
        ("iPhone 15 Pro 手机壳很好用", "zh"),
        ("このマグカップはとても綺麗です", "ja"),
        ("이 컵은 정말 예뻐요", "ko"),
        ("Esta taza es muy bonita y no pesa", "es"),
        ("Cette tasse est très jolie et pas chère", "fr"),
        ("Die Tasse ist sehr schön und nicht schwer", "de"),
        ("Questa tazza è molto bella e non pesa", "it"),
        ("Esta caneca é muito bonita e não pesa", "pt"),
        ("Deze mok is heel mooi en niet zwaar", "nl"),
        ("Эта кружка очень красивая", "ru"),
        ("12345", "und"),
    ],
)
def test_language(text, language):
    assert read(text).language == language


def test_cleaning():
    assert read("\ufeffa\u200bb\x07  c \t d\u202e").text == "ab c d"
    assert read("cafe\u0301").text == "caf\u00e9"
    assert read("  one \r\n\r\n\n two  ").text == "one\ntwo"


def test_markup_is_text():
    text = "<script>alert('hello')</script> & <b>bold</b>"
    assert read(text).text == text


def test_cleaning_twice_changes_nothing():
    once = read("\u200b Ａ  tidy\n\n text \u00a0 ").text
    assert read(once).text == once


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "file_empty"),
        ("\ud55c\uae00".encode("utf-16"), "text_not_utf8"),
        ("好看".encode("gb18030"), "text_not_utf8"),
        ("   \n", "text_no_words"),
        ("😀👍🏽 !!! …", "text_no_words"),
        ("\u200b\u200b", "text_no_words"),
        ("字" * (MAX_CHARACTERS + 1), "text_too_long"),
    ],
)
def test_refusals(data, code):
    with pytest.raises(TriadError) as caught:
        read(data)
    assert caught.value.code == code


def test_longest_text_is_read_whole():
    assert len(read("字" * MAX_CHARACTERS).text) == MAX_CHARACTERS
