from __future__ import annotations

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from core import encoders
from core.encoders.phrases import phrases, sentences
from core.types import Modality, Passage

PAIRS = [
    ("A thick mug keeps coffee warm in winter.", "杯壁厚实，冬天喝咖啡保温很好。"),
    ("The bicycle is light and fast.", "这辆自行车又轻又快。"),
    ("Fresh flowers for the living room", "放在客厅的鲜花"),
    ("A frightening film with ghosts", "一部有鬼的恐怖电影"),
    ("The cat sleeps on the sofa.", "猫在沙发上睡觉。"),
    ("Warm woollen socks", "保暖的羊毛袜子"),
]


@pytest.fixture(scope="module")
def encoder():
    return encoders.default(Modality.TEXT)


def encode(encoder, *texts):
    return encoder.encode([Passage(text) for text in texts]).pooled


def test_unit_length(encoder):
    vectors = encode(encoder, "mug", "杯子", "One. Two sentences, that is.")
    assert torch.allclose(vectors.norm(dim=1), torch.ones(3), atol=1e-5)


def test_same_thing_in_two_languages_is_closest(encoder):
    english, chinese = (encode(encoder, *side) for side in zip(*PAIRS, strict=True))
    cosine = english @ chinese.T
    assert cosine.argmax(dim=1).tolist() == list(range(len(PAIRS)))
    assert cosine.argmax(dim=0).tolist() == list(range(len(PAIRS)))


def test_one_sentence_is_encoded_as_it_is(encoder):
    text = "A thick mug keeps coffee warm in winter."
    theirs = torch.from_numpy(encoder._model.encode([text]))
    assert torch.allclose(encode(encoder, text), theirs, atol=1e-5)


def test_order_of_sentences_does_not_matter(encoder):
    one, other = encode(encoder, "I like it. It is red.", "It is red. I like it.")
    assert torch.allclose(one, other, atol=1e-5)


def test_long_sentence_weighs_more(encoder):
    long, short = "The kettle whistles while the snow falls outside the window.", "Nice."
    whole, a, b = encode(encoder, f"{long} {short}", long, short)
    assert whole @ a > whole @ b


def cut(text, by):
    return [text[span.start : span.end] for span in by(text)]


def test_sentences():
    text = "It costs 1.5 euros. 很好！真的？\nNew line... and more"
    assert cut(text, sentences) == [
        *("It costs 1.5 euros.", "很好！", "真的？", "New line...", "and more"),
    ]


def test_phrases():
    assert cut("A red mug, very pretty; 杯壁很厚，喜欢！", phrases) == [
        *("A red mug", "very pretty", "杯壁很厚", "喜欢"),
    ]
    assert cut("one two three four five six seven eight", phrases) == [
        *("one two three four", "five six seven eight"),
    ]
    assert cut("一个红色的马克杯", phrases) == ["一个红色的", "马克杯"]
    assert cut("don't", phrases) == ["don't"]
    assert len(phrases("word " * 1000)) <= 64


@given(st.text(max_size=200))
def test_cuts_are_in_order_and_hold_every_word(text):
    for by in (sentences, phrases):
        spans = by(text)
        edges = [edge for span in spans for edge in (span.start, span.end)]
        assert edges == sorted(edges)
        assert all(span.start < span.end for span in spans)
    held = "".join(cut(text, sentences))
    assert sum(map(str.isalnum, held)) == sum(map(str.isalnum, text))
