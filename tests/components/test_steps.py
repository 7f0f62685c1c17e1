"""The preparation of an upload, drawn: nothing a visitor wrote becomes markup, nothing is lost."""

from __future__ import annotations

import io
import re
from html import unescape

import numpy as np
import pytest
import soundfile
from PIL import Image

from components.i18n import translator
from components.looks import (
    CHARACTERS,
    Sketch,
    facts_text,
    first_difference,
    pieces_html,
    sketch,
    text_pair_html,
)
from components.steps import DrawnStep, draw, draw_view, step_words, steps_html, views_html
from core.encoders.steps import full_trace
from core.media import decode
from core.media.steps import Look, Stage, Step
from core.types import Media, Modality

LANGUAGES = ("en", "zh")
EVIL = "<img src=x onerror=alert(1)>\u202e\u200b  <script>x</script> & \"quoted\" 'mug'"


def png() -> Media:
    out = io.BytesIO()
    y, x = np.mgrid[:90, :120]
    alpha = np.where(x > 60, 255, 0)
    rgba = np.stack([x, y, x + y, alpha], axis=-1).astype(np.uint8)
    Image.fromarray(rgba).save(out, "PNG")
    return Media(Modality.IMAGE, out.getvalue(), "a.png")


def wav() -> Media:
    out = io.BytesIO()
    t = np.arange(22_050) / 44_100
    soundfile.write(out, 0.05 * np.sin(2 * np.pi * 440 * t), 44_100, format="WAV")
    return Media(Modality.AUDIO, out.getvalue(), "a.wav")


def text(said: str = EVIL) -> Media:
    return Media(Modality.TEXT, said.encode(), "text")


MEDIA = {Modality.IMAGE: png, Modality.TEXT: text, Modality.AUDIO: wav}


def plain(html: str) -> str:
    return unescape(re.sub(r"<[^>]+>", "", html))


def drawn_of(media: Media) -> tuple[DrawnStep, ...]:
    return tuple(draw(step) for step in full_trace(media))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("modality", list(Modality))
def test_every_step_is_named_in_words(modality: Modality, language: str) -> None:
    t = translator(language)
    steps = drawn_of(MEDIA[modality]())
    html = steps_html(steps, modality, t)
    for step in steps:
        name, line = step_words(step, modality, t)
        assert name in plain(html)
        assert line in plain(html)
        assert "{" not in line
    changed = [step.key for step in steps if step.drawings]
    assert re.findall(r'data-step="(\w+)"', html) == changed
    assert "decode" in changed


@pytest.mark.parametrize("modality", list(Modality))
def test_only_our_own_tags_are_in_the_markup(modality: Modality) -> None:
    t = translator("en")
    media = MEDIA[modality]()
    views = [draw_view(decode(media), (0, n)) for n in range(3)]
    html = steps_html(drawn_of(media), modality, t) + views_html(views, modality, t)
    tags = set(re.findall(r"</?([a-z0-9]+)", html))
    ours = (
        "section h4 span ol li p b div figure figcaption img bdi del ins details summary ul audio"
    )
    assert tags <= {*re.findall(r"\w+", ours)}
    assert "<img src=x" not in html
    assert "\u202e" not in html
    assert "\u200b" not in html


def test_what_a_step_removes_is_marked_and_named() -> None:
    t = translator("en")
    steps = {s.key: s for s in drawn_of(text("a fine\u200b  mug"))}
    html = steps_html([steps["visible"]], Modality.TEXT, t)
    assert re.search(r"<del>.*U\+200B.*</del>", html)
    blanks = steps_html([steps["blanks"]], Modality.TEXT, t)
    assert re.search(r"<del>␣</del>", blanks)


def test_marked_texts_are_the_texts() -> None:
    t = translator("en")
    before, after = "one two <b>three</b>", "one <b>three</b> four"
    left, right = text_pair_html(before, after, t, blanks=False)
    assert plain(left) == before
    assert plain(right) == after
    kept = re.sub(r"<del>.*?</del>", "", left), re.sub(r"<ins>.*?</ins>", "", right)
    assert plain(kept[0]) == plain(kept[1])


def test_of_a_long_text_the_place_that_changed_is_shown() -> None:
    t = translator("en")
    before = "x" * 2000 + "REMOVED" + "y" * 2000
    left, right = text_pair_html(before, before.replace("REMOVED", ""), t)
    assert re.findall(r"<del>(.*?)</del>", left) == ["REMOVED"]
    assert "<ins>" not in right
    assert len(plain(left)) < CHARACTERS + 60
    assert t("steps.more", count=4007 - 1940 - CHARACTERS) in plain(left)


@pytest.mark.parametrize(
    ("one", "other", "at"), [("abc", "abd", 2), ("ab", "abc", 2), ("abc", "abc", 0), ("", "a", 0)]
)
def test_first_difference(one: str, other: str, at: int) -> None:
    assert first_difference(one, other) == at


def test_a_sketch_is_small_and_both_sides_have_one_scale() -> None:
    rate = 32_000
    quiet = np.sin(np.arange(rate) / 20).astype(np.float32) / 4
    looks = [Look(x, {"rate": rate}) for x in (quiet, 2 * quiet)]
    step = draw(Step("loudness", Stage.ENCODER, {"loudness": -18.0}, *looks))
    assert step.drawings is not None
    tops = [
        min(float(y) for y in re.findall(r"([\d.]+)%(?:,|$)", d.outline)) for d in step.drawings
    ]
    assert tops == pytest.approx([25.5, 1.0], abs=0.6)
    assert all(len(d.picture) < 60_000 for d in step.drawings)


def test_transparency_shows_as_squares_and_scaled_values_as_the_picture() -> None:
    decoded = drawn_of(png())[0].drawings
    assert decoded is not None
    clear = np.asarray(Image.open(io.BytesIO(decoded[1].picture)).convert("L"), float)[:, :50]
    assert np.ptp(clear) > 25
    ramp = np.linspace(0, 255, 60 * 60 * 3).reshape(60, 60, 3).astype(np.uint8)
    scaled = (ramp.astype(np.float32) / 127.5 - 1).astype(np.float32)
    assert sketch(Look(ramp, {})).picture == sketch(Look(scaled, {})).picture


def test_facts_say_what_differs() -> None:
    t = translator("en")
    old = {"width": 4000, "height": 3000, "mode": "RGB", "low": 0, "high": 255}
    new = {**old, "width": 1024, "height": 768}
    assert facts_text(new, t, old) == "1024 × 768 px"
    assert facts_text(old, t) == "4000 × 3000 px · RGB · values 0 to 255"
    sound = {"rate": 44_100, "seconds": 1.0, "channels": 1, "peak": 0.5, "loudness": -18.0}
    assert facts_text(sound, t) == "1 s · 44.1 kHz · peak 0.5 · −18 LUFS"
    assert facts_text({**sound, "rate": 100_000}, t, sound) == "100 kHz"


def test_pieces_are_cut_off_where_they_grow_too_many() -> None:
    t = translator("en")
    html = pieces_html(("a" * 200, "b" * 200, "c" * 200), t)
    assert plain(html).count("a") >= 200
    assert "c" * 10 not in html
    assert t("steps.more", count=280) in plain(html)


def test_what_was_learned_stands_on_the_right() -> None:
    steps = {s.key: s for s in drawn_of(text("a fine mug"))}
    html = steps_html([steps["language"]], Modality.TEXT, translator("zh"))
    assert translator("zh")("language.en") in plain(html.split("<figure>")[2])
    assert steps["language"].drawings is not None
    assert isinstance(steps["language"].drawings[0], Sketch)
