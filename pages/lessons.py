"""Lessons: lesson text beside the live thing that it talks about."""

from __future__ import annotations

from functools import partial

import streamlit as st

from components import lesson_truth_more, lesson_widgets_more  # noqa: F401  they register themselves
from components.chrome import share
from components.guard import guard
from components.html import esc
from components.i18n import Translator, translator
from components.lesson_flow import answers, at, enter, leave, opened, tries, where
from components.lesson_page import clear, contents, head, style, text
from components.lesson_plan import Lesson, Step
from components.lesson_truth import MEASURES, Asked
from components.lesson_widgets import WIDGETS, Scene
from components.view import View, current_view, page_view
from components.why_ask import remembered


def show_lesson(view: View, lesson: Lesson, step: Step, t: Translator) -> None:
    """Draw a step: its words, and beside them what they are about."""
    view = enter(view, step)
    before, after = (opened(view, step, answered=answered) for answered in (False, True))
    ask = partial(MEASURES[step.ask], Asked(step, before, after, t))
    truth = partial(remembered, ("lesson", lesson.slug, step.key, t.language), ask)
    place, answered = head(t, view, lesson), at(view) in answers()
    key = f"{lesson.slug}_{step.key}_{tries()}"
    words, live = st.columns([1, 1.55], gap="large")
    with words, guard(t), st.spinner(t("discover.working")):
        text(lesson, step, view, truth, t)
    with live, guard(t), st.container(key="lesson_live"), st.spinner(t("discover.working")):
        WIDGETS[step.widget](Scene(step, before, truth, answered, key, t))
        clear(4)
    clear(2)
    share(place, current_view(), t)
    leave()


def show_contents(view: View, t: Translator) -> None:
    """Draw the table of contents, and say so if an address names a step that is not there."""
    share(head(t, view, None), view, t)
    if view.lesson:
        missing = t("lessons.unknown", lesson=view.lesson, step=view.step)
        st.html(f'<p class="tr tr-notice" role="status">{esc(missing)}</p>')
    contents(t)


view = page_view()
t = translator(view.language)
style()
found = where(view)
if found is None:
    show_contents(view, t)
else:
    show_lesson(view, *found, t)
