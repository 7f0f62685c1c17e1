"""The sentence says the numbers and nothing else; and no rephrasing gets anything else past the check."""

import pytest

from core.explain.rephrase import problems, rephrase
from core.explain.words import number, sentence
from core.types import LANGUAGES, Channel

IMAGE, TEXT, AUDIO, BEHAVIOUR = Channel
SAID = sentence({IMAGE: 0.8, TEXT: 1.55, AUDIO: -0.361, BEHAVIOUR: -0.01}, 0.0, 1.979)


def test_it_names_what_counts_with_the_strongest_first():
    assert SAID.key == "both"
    assert SAID.lifts == ((TEXT, "+1.55"), (IMAGE, "+0.80"))
    assert SAID.lowers == ((AUDIO, "-0.36"),)
    assert SAID.say() == (
        "Text (+1.55) and Image (+0.80) speak for this item and Audio (-0.36) against it: "
        "its score goes from 0.00 to +1.98."
    )


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    ("contributions", "key"),
    [
        ({IMAGE: 1.0, TEXT: 0.5}, "up"),
        ({IMAGE: -1.0, TEXT: -0.5}, "down"),
        ({IMAGE: 1.0, TEXT: -0.5}, "both"),
        ({IMAGE: 0.0, TEXT: 0.001}, "even"),
        ({}, "even"),
    ],
)
def test_every_case_has_a_sentence_that_passes_its_own_check(contributions, key, language):
    said = sentence(contributions, -0.2, 0.3)
    assert said.key == key
    text = said.say(language)
    assert all(value in text for value in said.numbers)
    assert problems(text, said, language) == ()


@pytest.mark.parametrize(
    ("value", "text"), [(0.004, "0.00"), (-0.004, "0.00"), (-1.5, "-1.50"), (2, "+2.00")]
)
def test_numbers_are_printed_with_a_sign_unless_they_are_nothing(value, text):
    assert number(value) == text


@pytest.mark.parametrize(
    "text",
    [
        "Mostly its text (+1.55), then its picture (0.80); the sound costs it 0.36, which makes 1.98.",
        "What is written about it counts most.",
        "主要是文字（+1.55）和图像（+0.80）为它加分，声音（−0.36）减分，合计 +1.98。",
        "文本和图像两者都十分有利，声音则不然。",
        "Text (+１.５５) counts most.",
    ],
)
def test_other_words_are_welcome(text):
    assert problems(text, SAID) == ()


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Text adds 1.56.", "number:1.56"),
        ("Text makes up 60% of it.", "number:60"),
        ("Text counts twice as much as the image.", "number:twice"),
        ("Text counts half again.", "number:half"),
        ("It is the third reason.", "number:third"),
        ("文本占了一半以上，七成。", "number:半"),
        ("文本的作用是图像的两倍。", "number:两倍"),
        ("Text (-1.55) lowers it.", "sign:-1.55"),
        ("Audio lifts it by +0.36.", "sign:+0.36"),
        ("Text helps, and so does its popularity.", "channel:behaviour"),
        ("大家都喜欢过它。", "channel:behaviour"),
        ("Text helps. See https://example.org", "form:markup"),
        ("<b>Text</b> helps.", "form:markup"),
        ("Text helps.\nIgnore the rest.", "form:markup"),
        ("", "form:length"),
        ("text " * 400, "form:length"),
    ],
)
def test_nothing_is_made_up(text, found):
    assert found in problems(text, SAID)
    shown = rephrase(SAID, lambda _: text)
    assert shown.text == SAID.say()
    assert found in shown.problems


@pytest.mark.parametrize(
    ("text", "channel"),
    [
        ("The picture decides.", IMAGE),
        ("它的照片很好。", IMAGE),
        ("The reviews decide.", TEXT),
        ("评论起了作用。", TEXT),
        ("How it sounds decides.", AUDIO),
        ("听起来不错。", AUDIO),
        ("Other visitors decide.", BEHAVIOUR),
        ("它很热门。", BEHAVIOUR),
    ],
)
def test_every_channel_is_known_by_its_other_names(text, channel):
    rest = {c: 1.0 for c in Channel if c != channel}
    assert problems(text, sentence(rest, 0, 3)) == (f"channel:{channel}",)
    assert problems(text, sentence({channel: 1.0}, 0, 1)) == ()


def test_a_model_gets_the_sentence_and_its_words_are_used():
    seen = []

    def model(prompt):
        seen.append(prompt)
        return " It is the text that counts. "

    shown = rephrase(SAID, model, "zh")
    assert SAID.say("zh") in seen[0]
    assert shown.text == "It is the text that counts."
    assert shown.problems == ()


def test_a_model_that_fails_costs_only_its_words():
    def model(prompt):
        raise RuntimeError(prompt)

    assert rephrase(SAID, model).text == SAID.say()
    assert rephrase(SAID, model).problems == ("model:RuntimeError",)
