"""What the Encoders page draws, from data alone."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from components.encoders_ask import choose, chosen, is_far
from components.encoders_card import card_html
from components.encoders_made import names_html, notes_html, picture_html, shades, words_html
from components.i18n import translator, words
from components.view import ENCODER, View
from core.encoders import Box, EncoderCard, Span, Stretch, cards, fittable
from core.encoders.menu import MENU
from core.encoding import Cost, Made
from core.types import LANGUAGES, Modality

CARD = EncoderCard("x", Modality.TEXT, 8, "A <b>paper</b>", "1", "MIT", ("en", "zh"))


def test_the_closest_part_is_the_darkest() -> None:
    made = Made(4, ((Span(0, 1), 0.1), (Span(2, 3), None), (Span(4, 5), 0.9), (Span(6, 7), 0.5)))
    assert [strength for _, _, strength in shades(made)] == [0, 0, 1, pytest.approx(0.5)]


def test_parts_that_are_alike_are_shaded_alike() -> None:
    made = Made(4, ((Stretch(0, 1), 0.94), (Stretch(1, 2), 0.95)))
    low, high = (strength for _, _, strength in shades(made))
    assert 0 < high - low < 0.1
    [(_, _, alone)] = shades(Made(4, ((Stretch(0, 1), 0.94),)))
    assert 0 < alone < 1


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_text_stays_a_text(language: str) -> None:
    said = "<script>x</script> cup"
    made = Made(4, ((Span(0, 8), 0.2), (Span(19, 22), None)))
    html = words_html(made, said, "en", translator(language))
    assert "<script>" not in html
    assert re.sub(r"<[^>]+>", "", html.split("</p>", 1)[1]) == "&lt;script&gt;x&lt;/script&gt; cup"
    assert html.count("<mark") == 2
    assert '<mark class="none"' in html


def test_every_cell_of_a_picture_has_its_place() -> None:
    boxes = [Box(x / 2, y / 2, (x + 1) / 2, (y + 1) / 2) for y in range(2) for x in range(2)]
    made = Made(4, tuple((box, n / 4) for n, box in enumerate(boxes)))
    html = picture_html(made, "a.webp", translator("en"))
    assert re.findall(r"left:([\d.]+)%;top:([\d.]+)%", html) == [
        (f"{50 * x:.2f}", f"{50 * y:.2f}") for y in range(2) for x in range(2)
    ]
    last = translator("en")("parts.cell", row=2, column=2)
    assert f"{last} 0.75" in html  # told to who does not see it
    assert "opacity:0.78" in html


def test_a_card_says_what_is_known() -> None:
    t = translator("en")
    html = card_html(CARD, Cost(1234567, 4.2, 8, 0.5), "<i>X</i>", "a line", t)
    assert "1,234,567" in html
    assert "4.2 MB" in html
    assert "<i>" not in html
    assert "<b>" not in html
    nothing = card_html(replace(CARD, languages=()), Cost(None, 0.0, 8, 200), "X", "", t)
    assert t("encoders.unknown") in nothing
    assert t("encoders.none") in nothing
    assert t("encoders.languages") not in nothing


@pytest.mark.parametrize("language", LANGUAGES)
def test_tags_have_a_name_each(language: str) -> None:
    t = translator(language)
    for id in ("musicnn-magnatagatune", "musicnn-millionsong"):
        assert len(t(f"encoders.tags.{id}").split(",")) == 50
        made = Made(4, (), ({"index": 49, "name": "?", "probability": 0.5},))
        assert t(f"encoders.tags.{id}").split(",")[49] in names_html(made, id, "audio", t)


def test_what_was_said_is_told_and_silence_too() -> None:
    t = translator("en")
    assert "hello &lt;" in names_html(Made(4, (), (), "hello <"), "w", "audio", t)
    assert t("encoders.silence") in names_html(Made(4, (), (), ""), "w", "audio", t)
    assert names_html(Made(4, ()), "w", "audio", t) == ""
    assert t("encoders.no_parts") in notes_html(Made(4, ()), t)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_encoder_is_named_and_told(language: str) -> None:
    t = translator(language)
    for card in (*cards(), *fittable()):
        assert f"encoder.{card.id}.name" in words(language)
        assert t.line("encoder", card.id)
        assert ENCODER.fullmatch(f"{card.modality}.{card.id}")
        assert not is_far(card.id)
    for entry in MENU:
        assert t.word("hub_model", entry.id) != entry.id
        assert ENCODER.fullmatch(f"{entry.modalities[0]}.{entry.id}")


def test_english_says_of_the_hub_what_the_menu_says() -> None:
    assert all(translator("en").word("hub_model", e.id) == e.about for e in MENU)


@pytest.mark.parametrize(
    "bad", ["", "text", "text.", "video.x", "text./etc", "text.../x", "text.a/b/c", "text.<b>"]
)
def test_what_is_no_encoder_is_not_chosen(bad: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("components.encoders_ask.change", lambda **parts: pytest.fail(str(parts)))
    choose(bad)


def test_a_view_names_a_modality_and_an_encoder() -> None:
    assert chosen(View()) == ("image", "efficientnet-lite0")
    view = View(encoder="audio.Systran/faster-whisper-tiny")
    assert chosen(view) == ("audio", "Systran/faster-whisper-tiny")
