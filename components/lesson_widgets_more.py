"""Widgets of what was measured beforehand, of the knob, of a sentence, and of two encoders timed here."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from components.html import channel_label, esc, number
from components.lesson_knob import at, single
from components.lesson_lists import show_list
from components.lesson_plan import figures
from components.lesson_tables import bars_html, table
from components.lesson_time import ENCODERS, timed
from components.lesson_truth import listed
from components.lesson_truth_more import HALF, sentence_list
from components.lesson_widgets import Scene, widget
from components.view import widget_key
from components.why_sum import heading_html
from core.types import MODALITIES

LONGEST = 300
"""Characters of a sentence that is tried."""


@widget("measured")
def measured(scene: Scene) -> None:
    """What single channels and their fusion reach, of five trained models each."""
    t, shop = scene.t, figures()["shop"]
    names = {
        key: channel_label(t, key) if key in ("image", "text", "audio", "behaviour") else
        esc(t(f"lessons.measured.{key}"))
        for key in shop
    }  # fmt: skip
    hidden: tuple[str, ...] = ()
    if not scene.answered:
        hidden = (names["everything"], *((names["three"],) if scene.step.ask == "three" else ()))
    elif scene.step.ask == "three":
        hidden = (names["everything"],)
    st.html(heading_html(t("lessons.measured.title"), t("lessons.measured.how")))
    values = {names[key]: value for key, value in shop.items()}
    st.html(bars_html(t("lessons.measured.caption"), values, hidden=hidden))


@widget("knob")
def knob(scene: Scene) -> None:
    """The knob: how much of text and sound repeats the picture, and what fusion is then worth."""
    t, world = scene.t, scene.opening.world
    share = 0.0
    if scene.answered:
        percent = st.slider(
            t("lessons.knob.label"),
            0,
            100,
            round(100 * HALF),
            step=5,
            format="%d %%",
            key=widget_key(f"{scene.key}_knob"),
        )
        share = percent / 100
    values = {channel_label(t, m): single(world, m) for m in MODALITIES}
    values[esc(t("lessons.knob.apart"))] = at(world, 0.0)
    values[esc(t("lessons.knob.now", percent=round(100 * share)))] = at(world, share)
    values[esc(t("lessons.knob.same"))] = at(world, 1.0)
    st.html(heading_html(t("lessons.knob.title"), t("lessons.knob.how")))
    if not scene.answered:
        values = dict(list(values.items())[:4])
    st.html(bars_html(t("lessons.measured.caption"), values))


@widget("sentence")
def sentence(scene: Scene) -> None:
    """What somebody gets who has said one sentence; with the answer, any sentence."""
    t, view = scene.t, scene.opening
    said = t("lessons.sentence")
    if scene.answered:
        key = widget_key(f"{scene.key}_sentence_{t.language}")
        said = st.text_input(t("lessons.say"), said, max_chars=LONGEST, key=key).strip() or said
    st.html(f'<p class="tr tr-les-said">{esc(t("lessons.quote", text=said))}</p>')
    result = sentence_list(view.world, said, view.k)
    show_list(result, view, t, scene.key, bars=scene.answered, lines=True)


@widget("encoders")
def encoders(scene: Scene) -> None:
    """Two forms of one picture encoder: size, and time as measured beforehand and on this machine."""
    t, before = scene.t, figures()["picture_encoder"]
    took: Mapping[str, tuple[float, float]] = {}
    st.html(heading_html(t("lessons.time.title"), t("lessons.time.how")))
    place = st.container()
    if scene.answered and st.button(
        t("lessons.time.go"), icon=":material/timer:", key=widget_key(f"{scene.key}_time")
    ):
        with st.spinner(t("lessons.time.working")):
            took = timed(scene.opening.world)
    rows = [
        [
            esc(t(f"lessons.time.{name}")),
            f"{ENCODERS[name]:.1f}",
            number(before[name]["speed"], 1) if scene.answered or not n else "?",
            number(before[name]["cosine"], 3) if scene.answered or not n else "?",
            f"{took[name][1]:.1f}" if took else "–",
        ]
        for n, name in enumerate(ENCODERS)
    ]
    heads = ("encoder", "megabytes", "speed", "cosine", "here")
    place.html(table(t("lessons.time.caption"), [esc(t(f"lessons.time.{h}")) for h in heads], rows))
    show_list(listed(scene.opening), scene.opening, t, scene.key)


@widget("lastfm")
@widget("lastfm-cold")
def lastfm(scene: Scene) -> None:
    """What recommenders reach on real listeners; what is asked about is left open."""
    t, step = scene.t, scene.step
    real = figures()["lastfm_cold" if step.widget == "lastfm-cold" else "lastfm"]
    open_ = {
        "popular": ("two-tower/sum", "two-tower/gated"),
        "interval": ("two-tower/gated",),
        "cold": tuple(real),
    }[step.ask]
    if scene.answered:
        open_ = ("two-tower/gated",) if step.ask == "popular" else ()
    names = {key: esc(t(f"lessons.real.{key.replace('/', '_').replace('-', '_')}")) for key in real}
    order = real if scene.answered or step.ask != "cold" else sorted(real)
    st.html(heading_html(t("lessons.real.title"), t("lessons.real.how")))
    st.html(
        bars_html(
            t("lessons.real.cold" if step.widget == "lastfm-cold" else "lessons.real.caption"),
            {names[key]: real[key] for key in order},
            hidden=[names[key] for key in open_],
        )
    )
    st.html(heading_html(t("lessons.real.here"), t("lessons.real.here_line")))
    show_list(listed(scene.opening), scene.opening, t, scene.key)
