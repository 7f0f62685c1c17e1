"""What a visitor may change once the answer is known; every change is one of the view."""

from __future__ import annotations

from typing import Final

import streamlit as st

from components.engine import built, engine
from components.i18n import Translator
from components.lesson_plan import Step
from components.methods import channel_switches, menu
from components.view import change, current_view, widget_key
from components.view_state import View

MOST_LIKES: Final = 13


def play(step: Step, key: str, t: Translator) -> View:
    """Draw the controls of a step and return the view that they leave."""
    view = current_view()
    if "listen" in step.play:
        view = channel_switches(view, t, key)
    if "fusion" in step.play:
        view = _fusion(view, key, t)
    if "likes" in step.play:
        view = _likes(view, key, t)
    return view


def _fusion(view: View, key: str, t: Translator) -> View:
    plain = [m.fusion for m in built(view.world) if (m.attention, m.head) == ("off", "dot")]
    options = tuple(dict.fromkeys((view.fusion, *plain)))
    chosen = menu("fusion", view.fusion, sorted(options), t, widget_key(f"{key}_fusion"))
    return change(fusion=chosen)


def _likes(view: View, key: str, t: Translator) -> View:
    history = engine().history(view.world, engine().default_visitor(view.world))[-MOST_LIKES:]
    count = st.slider(
        t("lessons.likes"),
        1,
        len(history),
        min(max(len(view.likes), 1), len(history)),
        key=widget_key(f"{key}_likes"),
    )
    return change(likes=history[-count:])
