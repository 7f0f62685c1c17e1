"""What stands beside a lesson's text: the live thing that it talks about.

A widget is drawn twice: before the answer, with what is needed to think about the question, and after
it, with the answer and with what may then be changed.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import streamlit as st

from components.bars import waterfall
from components.engine import engine
from components.html import channel_label, esc, picture
from components.i18n import Translator
from components.inside_weights import gates_html, map_html
from components.lesson_lists import show_list, show_two_lists, who
from components.lesson_plan import Step
from components.lesson_play import play
from components.lesson_tables import (
    bars_html,
    bits_html,
    guesses_html,
    kept_html,
    pairs_html,
    scores_html,
    shares_html,
)
from components.lesson_truth import Case, Truth, listed
from components.media import picture_url, thumb_url
from components.view_state import View
from components.why_sum import heading_html
from core.types import CHANNELS, Method, Recommendation


@dataclass(frozen=True, eq=False)
class Scene:
    """What a widget draws: the step, its opening view, and what was measured; ``key`` names its controls."""

    step: Step
    opening: View
    truth: Callable[[], Truth]
    answered: bool
    key: str
    t: Translator


Widget = Callable[[Scene], None]
WIDGETS: Final[dict[str, Widget]] = {}


def widget(name: str) -> Callable[[Widget], Widget]:
    """Register a widget."""

    def register(draw: Widget) -> Widget:
        WIDGETS[name] = draw
        return draw

    return register


@widget("lists")
def lists(scene: Scene) -> None:
    """The list of the opening view, and beside it the list of what is on screen now."""
    step, opening, t = scene.step, scene.opening, scene.t
    before = (listed(opening), opening)
    if not step.then:
        who(opening, t)
        show_list(*before, t, scene.key, bars=scene.answered)
        if scene.answered:
            st.html(shares_html(scene.truth().facts, t))
        return
    view = play(step, scene.key, t) if scene.answered else opening
    who(view, t)
    show_two_lists(before, (listed(view), view) if scene.answered else None, t, scene.key)


def _framed(html: str) -> str:
    """Put internal weights into the frame that says they are no contributions."""
    return f'<div class="tr tr-internal">{html}</div>'


def _title_gates(t: Translator) -> str:
    return heading_html(t("why.gates"), t("lessons.internal"))


@widget("gates")
def gates(scene: Scene) -> None:
    """The gates of the list; the contributions come with the answer, and apart."""
    t, view, items = scene.t, scene.opening, scene.truth().facts
    titles = [found.item.text(t.language).title for found in items]
    faces = [thumb_url(view.world, found.item.id) for found in items]
    grid = tuple(
        tuple(found.weights[c] if found.present[c] else None for c in CHANNELS) for found in items
    )
    st.html(_title_gates(t))
    st.html(_framed(gates_html(grid, titles, faces, t)))
    if scene.answered:
        st.html(heading_html(t("lessons.moved")))
        show_list(listed(view), view, t, scene.key)


@widget("one")
def one(scene: Scene) -> None:
    """One item: first who it is and what is inside, then what moved it."""
    t, case = scene.t, scene.truth().facts
    st.html(_head(case, scene.opening, t))
    if case.found.weights and scene.step.ask == "wide":
        st.html(_title_gates(t))
        weights = {channel_label(t, c): v for c, v in case.found.weights.items()}
        st.html(_framed(bars_html(t("lessons.gates_one"), weights, digits=2)))
    if scene.answered:
        st.html(heading_html(t("why.sum")))
        st.html(f'<div class="tr">{_fall(case.found, t)}</div>')


def _head(case: Case, view: View, t: Translator) -> str:
    found, text = case.found, case.found.item.text(t.language)
    place = t("lessons.place", rank=found.rank)
    return (
        f'<section class="tr tr-asked">{picture(picture_url(view.world, found.item.id), t)}<div>'
        f'<p class="tr-asked-title">{esc(text.title)}</p><p class="tr-small tr-muted">{esc(text.line)}</p>'
        f'<p class="tr-small tr-muted">{esc(place)}</p></div></section>'
    )


def _fall(found: Recommendation, t: Translator) -> str:
    phi = {str(c): v for c, v in found.contributions.items()}
    return waterfall(found.base, phi, {str(c): v for c, v in found.present.items()}, found.score, t)


@widget("reading")
def reading(scene: Scene) -> None:
    """Which channel reads which; with the answer, what switching each of them off does."""
    t, facts = scene.t, scene.truth().facts
    st.html(_title_gates(t))
    st.html(_framed(map_html(facts["map"], facts["map"].mean(), t)))
    if scene.answered:
        st.html(heading_html(t("lessons.without")))
        st.html(kept_html(facts["kept"], scene.opening.k, t))


@widget("without")
def without(scene: Scene) -> None:
    """The list of the guess; with the answer, what each fusion keeps without each channel."""
    if not scene.answered:
        who(scene.opening, scene.t)
        show_list(listed(scene.opening), scene.opening, scene.t, scene.key)
        return
    st.html(heading_html(scene.t("lessons.without")))
    st.html(kept_html(scene.truth().facts["kept"], scene.opening.k, scene.t))


@widget("guesses")
def guessed(scene: Scene) -> None:
    """The list of the adversarial fusion; with the answer, how good its guesses are."""
    if scene.answered:
        st.html(heading_html(scene.t("lessons.guess_title")))
        st.html(guesses_html(scene.truth().facts, scene.t))
        return
    who(scene.opening, scene.t)
    show_list(listed(scene.opening), scene.opening, scene.t, scene.key)


@widget("pairs")
def pairs(scene: Scene) -> None:
    """The list of late fusion; with the answer, what pairs of channels do under both fusions."""
    if scene.answered:
        st.html(heading_html(scene.t("why.pairs")))
        st.html(pairs_html(scene.truth().facts, scene.t))
    show_list(listed(scene.opening), scene.opening, scene.t, scene.key)


@widget("quality")
@widget("orders")
def quality(scene: Scene) -> None:
    """The list of the view; with the answer, the test figures of all that are compared."""
    if scene.answered:
        st.html(heading_html(scene.t("lessons.scores_title"), scene.t("lessons.one_seed")))
        st.html(scores_html(scene.truth().facts, scene.t))
        return
    who(scene.opening, scene.t)
    show_list(listed(scene.opening), scene.opening, scene.t, scene.key)


@widget("bits")
def bits(scene: Scene) -> None:
    """How many items stay when the weights are rounded; what is asked about is left open."""
    table, t = scene.truth().facts, scene.t
    shown = {"eight": (32,), "breaks": (32, 8)}[scene.step.ask]
    if scene.answered:
        shown = tuple(table) if scene.step.ask == "breaks" else (32, 8)
    parameters = engine().quality(scene.opening.world, Method(scene.opening.fusion))["parameters"]
    st.html(heading_html(t("lessons.bits_title")))
    st.html(bits_html(table, parameters, shown, t))
    show_list(listed(scene.opening), scene.opening, t, scene.key)
