"""The lessons: complete and alike in both languages, predicted first, answered by what answers requests."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from string import Formatter

import numpy as np
import pytest
import streamlit as st
import torch
from streamlit.testing.v1 import AppTest

import core.engine
from components import lesson_truth_more, lesson_widgets_more
from components.i18n import LANGUAGE_NAMES, translator
from components.lesson_bits import rounded
from components.lesson_knob import at, single
from components.lesson_plan import FOLDER, figures, lessons, opening, parsed, words
from components.lesson_time import ENCODERS
from components.lesson_truth import MEASURES, Asked, Truth
from components.lesson_widgets import WIDGETS
from components.view import View
from core.types import MODALITIES
from tests.pages.conftest import APP, LOCALES

assert lesson_truth_more
assert lesson_widgets_more
ENGINE = core.engine.Engine()
STEPS = [(n, m, s) for n, lesson in enumerate(lessons(), 1) for m, s in enumerate(lesson.steps, 1)]
NAMES = [f"{n}.{m}" for n, m, _ in STEPS]
ROOT = Path(__file__).resolve().parents[2]


def places(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name}


# --- the texts and the plan


def test_there_are_eight_lessons_and_no_text_without_one() -> None:
    assert [lesson.slug[:2] for lesson in lessons()] == [f"{n}-" for n in range(1, 9)]
    assert all(5 <= lesson.minutes <= 8 for lesson in lessons())
    for language in LANGUAGE_NAMES:
        there = {path.stem for path in (FOLDER / language).glob("*.md")}
        assert there == {lesson.slug for lesson in lessons()}


@pytest.mark.parametrize("lesson", lessons(), ids=lambda lesson: lesson.slug)
def test_both_languages_say_the_same_things(lesson) -> None:
    en, zh = (words(lesson.slug, language) for language in ("en", "zh"))
    assert len(en.steps) == len(zh.steps) == len(lesson.steps)
    for step, one, other in zip(lesson.steps, en.steps, zh.steps, strict=True):
        assert len(one.options) == len(other.options) == len(step.options)
        assert places(one.told) == places(other.told)
        assert all((one.title, one.text, one.question, one.told, en.end, zh.end, en.lead))
        assert re.search(r"[\u4e00-\u9fff]", other.text + other.question)
        assert not re.search("<[a-z]", one.text + one.told + other.text + other.told)


@pytest.mark.parametrize(("lesson", "number", "step"), STEPS, ids=NAMES)
def test_what_the_plan_names_exists(lesson: int, number: int, step) -> None:
    assert step.ask in MEASURES
    assert step.widget in WIDGETS
    assert not step.limits or len(step.limits) == len(step.options) - 1
    assert all(low < high for low, high in pairwise(step.limits))
    world = step.view["world"]
    history = ENGINE.history(world, ENGINE.default_visitor(world))
    built = {(m.fusion, m.attention, m.head) for m in ENGINE.built(world)}
    for answered in (False, True):
        view = opening(View(), step, history, answered=answered)
        assert (view.fusion, view.attention, view.head) in built
        assert "columns" not in step.view or {(*pair, "dot") for pair in view.columns} <= built
        assert set(view.likes) <= set(history)
        assert view.visitor in ("", "me", *ENGINE.visitors(world))
        assert view.on


def test_an_option_holds_up_to_its_limit() -> None:
    step = lessons()[0].steps[1]
    assert [step.option(n) for n in (0, 3, 4, 6, 7, 10)] == [
        "few",
        "few",
        "some",
        "some",
        "most",
        "most",
    ]


def test_a_lesson_is_read_from_its_headings() -> None:
    said = parsed(
        "# T\n\nlead\n\n## S\n\ntext\n\n### ?\n\nq?\n\n- a\n- b\n\n### !\n\nso {n}\n\n## E\n\n- end\n"
    )
    assert (said.title, said.lead, said.end) == ("T", "lead", "- end")
    assert (said.steps[0].text, said.steps[0].question) == ("text", "q?")
    assert (said.steps[0].options, said.steps[0].told) == (("a", "b"), "so {n}")


def test_an_opening_keeps_language_and_place_and_forgets_the_rest() -> None:
    mine = View(language="zh", present=True, lesson=1, step=2, room="AB", likes=("x",), k=50)
    view = opening(mine, lessons()[0].steps[1], (), answered=True)
    assert (view.language, view.present, view.lesson, view.step, view.room) == (
        "zh",
        True,
        1,
        2,
        "AB",
    )
    assert (view.likes, view.k, view.on) == ((), 10, ("audio",))


def test_the_figures_are_those_of_the_benchmarks() -> None:
    text = (ROOT / "docs" / "benchmarks.md").read_text(encoding="utf-8")
    shop, cells = figures()["shop"], {}
    for line in text.splitlines():
        name, *values = [cell.strip(" `") for cell in line.strip("|").split("|")]
        cells.setdefault(name, values)
    rows = {
        "popularity": "popularity",
        "three": "image + text + audio",
        "everything": "everything",
        "oracle": "planted oracle",
        **{c: f"{c} alone" for c in ("image", "text", "audio", "behaviour")},
    }
    assert {key: float(cells[row][0]) for key, row in rows.items()} == shop
    real = text.split("## On real people")[1].split("\n## ")[0]
    warm, cold = real.split("Cold items")
    for part, key in ((warm, "lastfm"), (cold, "lastfm_cold")):
        found = dict(re.findall(r"\| `([a-z/-]+)` \| \S+ \| (\.\d+) \|", part))
        assert {name: float(value) for name, value in found.items()} == figures()[key]
    low, high = figures()["lastfm_interval"]
    assert f"{low:.3f} to +{high:.3f}".replace("0.", ".") in real
    for name, each in figures()["picture_encoder"].items():
        line = next(line for line in text.splitlines() if line.startswith(f"| `{name}`"))
        assert [float(cell) for cell in re.findall(r"\d*\.\d+", line)] == [
            each["speed"],
            each["cosine"],
        ] or [float(cell) for cell in re.findall(r"\| (\d*\.\d+)", line)][::2] == [
            each["speed"],
            each["cosine"],
        ]


def test_the_sizes_of_the_encoders_are_those_of_their_cards() -> None:
    from core.encoders import cards

    known = {card.id: card.megabytes for card in cards()}
    assert {name: known[name] for name in ENCODERS} == dict(ENCODERS)


# --- what is measured


def test_rounding_keeps_what_fits_and_has_so_many_steps() -> None:
    weight = torch.randn(5, 200, generator=torch.Generator().manual_seed(0))
    for bits in (2, 3, 8):
        small = rounded(weight, bits)
        assert all(len(row.unique()) <= 2**bits - 1 for row in small)
        step = weight.abs().amax(1, keepdim=True) / (2 ** (bits - 1) - 1)
        assert bool(((small - weight).abs() <= step / 2 + 1e-6).all())
    exact = torch.tensor([[-127.0, 0.0, 64.0, 127.0]])
    assert torch.allclose(rounded(exact, 8), exact)
    assert not rounded(torch.zeros(3), 2).any()


def test_the_knob_ends_where_three_modalities_are_one() -> None:
    assert at("shop", 1.0) == pytest.approx(single("shop", MODALITIES[0]))
    assert at("shop", 0.0) > max(single("shop", m) for m in MODALITIES)
    values = [at("shop", share) for share in np.linspace(0, 1, 5)]
    assert values[0] > values[2] > values[4]


@pytest.fixture(scope="module", autouse=True)
def one_engine() -> Iterator[None]:
    """Let the page and the tests ask one engine, so that nothing is loaded or measured twice."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("components.engine.Engine", lambda: ENGINE)
        st.cache_data.clear()
        st.cache_resource.clear()
        yield
    st.cache_data.clear()
    st.cache_resource.clear()


@pytest.fixture(scope="module")
def truths() -> dict[str, Truth]:
    """Every question, answered by the engine as it ships."""
    found = {}
    for n, m, step in STEPS:
        if step.ask == "heard":  # loads the encoder of text; the page's test has it
            continue
        history = ENGINE.history(step.view["world"], ENGINE.default_visitor(step.view["world"]))
        before, after = (opening(View(), step, history, answered=a) for a in (False, True))
        found[f"{n}.{m}"] = MEASURES[step.ask](Asked(step, before, after, translator("en")))
    return found


def test_every_answer_is_an_option_and_fills_the_words(truths: dict[str, Truth]) -> None:
    for n, m, step in STEPS:
        if f"{n}.{m}" in truths:
            truth = truths[f"{n}.{m}"]
            assert truth.option in step.options, (n, m, truth.option)
            told = words(lessons()[n - 1].slug, "en").steps[m - 1].told
            assert places(told) <= truth.values.keys()


def test_the_answers_hold_by_other_means(truths: dict[str, Truth]) -> None:
    from core.types import CHANNELS, Method, Query, Request

    def ids(world: str, *off: str) -> set[str]:
        method = Method(off=tuple(c for c in CHANNELS if c in off))
        return {r.item.id for r in ENGINE.recommend(Request(world, Query(), method)).items}

    deaf = ids("shop") & ids("shop", "image", "text", "behaviour")
    assert truths["1.2"].values["kept"] == len(deaf)
    assert truths["4.2"].values["kept"] == len(ids("shop") & ids("shop", "image"))
    assert truths["4.1"].option == "zero"
    case = truths["3.2"].facts
    assert case.found.weights[case.channel] == max(case.found.weights.values())
    assert truths["3.2"].option == "lowered"
    assert case.found.contributions[case.channel] < 0
    kept = truths["7.1"].facts
    assert kept[32] == 10
    assert kept[8] > kept[2]


# --- the page


@pytest.fixture(scope="module")
def app() -> Iterator[AppTest]:
    """One visit to the page, on the engine as it ships, with no pictures to wait for."""
    with pytest.MonkeyPatch.context() as patch:
        for place in ("lesson_lists", "lesson_widgets"):
            patch.setattr(f"components.{place}.thumb_url", lambda world, id: None)
        patch.setattr("components.lesson_lists.sound_url", lambda world, id: None)
        patch.setattr("components.lesson_widgets.picture_url", lambda world, id: None)
        patch.setattr("components.gallery.picture_url", lambda world, id: None)
        patch.setattr("components.gallery.sound_url", lambda world, id: None)
        patch.setattr("components.visitor.thumb_url", lambda world, id: None)
        found = AppTest.from_file(str(APP), default_timeout=120)
        found.context = {"locale": LOCALES["en"]}
        yield found.switch_page("pages/lessons.py").run()


def healthy(app: AppTest) -> None:
    assert not app.exception, [e.value for e in app.exception]
    assert not app.error, [e.value for e in app.error]


def visit(app: AppTest, **params: object) -> AppTest:
    app.query_params.clear()
    for name, value in params.items():
        app.query_params[name] = str(value)
    app.run()
    healthy(app)
    return app


def html(app: AppTest) -> str:
    lists = [json.loads(element.proto.json)["html"] for element in app.get("bidi_component")]
    return "\n".join([element.proto.body for element in app.get("html")] + lists)


def options(app: AppTest) -> list:
    return [b for b in app.button if (b.key or "").startswith("lesson_option_")]


def press(app: AppTest, key: str) -> AppTest:
    next(b for b in app.button if b.key == key).click().run()
    healthy(app)
    return app


def shown(app: AppTest) -> View:
    found: View = app.session_state["_view"]
    return found


@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_step_opens_asks_and_answers(app: AppTest, language: str) -> None:
    t = translator(language)
    for n, m, step in STEPS:
        app.session_state["_lesson_answers"] = {}
        visit(app, lesson=n, step=m, lang=language)
        said = words(lessons()[n - 1].slug, language).steps[m - 1]
        assert said.text in [each.value for each in app.markdown], (n, m)
        assert [b.label for b in options(app)] == list(said.options)
        assert 'role="status" data-right' not in html(app)
        if language == "zh" and m > 1:  # the answers' places are the same in both
            continue
        press(app, f"lesson_option_{step.options[-1]}")
        assert not options(app)
        assert said.options[-1] in html(app)
        assert "{" not in "".join(each.value for each in app.markdown), (n, m)
        assert t("lessons.reset") in [b.label for b in app.button]


def test_predict_reveal_reset_and_play(app: AppTest) -> None:
    app.session_state["_lesson_answers"] = {}
    visit(app, lesson=1, step=2)
    assert shown(app).on == ("image", "text", "audio", "behaviour")
    press(app, "lesson_option_most")
    assert shown(app).on == ("audio",)
    assert app.query_params["on"] in ("audio", ["audio"])
    assert 'data-right="false"' in html(app)
    pills = next(w for w in app.get("button_group") if "sound-only" in (w.key or ""))
    pills.set_value(["image", "audio"]).run()
    healthy(app)
    assert shown(app).on == ("image", "audio")
    press(app, "lesson_reset")
    assert shown(app).on == ("image", "text", "audio", "behaviour")
    assert len(options(app)) == 3
    press(app, "lesson_next")
    assert (shown(app).lesson, shown(app).step, shown(app).world) == (1, 3, "social")


def test_the_own_view_comes_back_after_the_lessons(app: AppTest) -> None:
    visit(app, world="music", fusion="late", k=5)
    press(app, "lesson_begin_1")
    assert (shown(app).world, shown(app).k) == ("shop", 10)
    press(app, "lesson_all")
    assert (shown(app).world, shown(app).fusion, shown(app).k) == ("music", "late", 5)
    assert shown(app).lesson == 0


@pytest.mark.parametrize(("lesson", "step"), [(12, 1), (1, 9)])
def test_a_lesson_that_is_not_there_is_one_sentence(app: AppTest, lesson: int, step: int) -> None:
    visit(app, lesson=lesson, step=step, lang="en")
    assert translator("en")("lessons.unknown", lesson=lesson, step=step) in html(app)
    assert [b.key for b in app.button if (b.key or "").startswith("lesson_begin_")]
