"""Where a visitor is in the lessons: entering a step, predicting, starting again, going on.

Lesson and step are part of the view. What was predicted is kept in the session: a link opens a step with
its question, never with somebody else's answer.
"""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from components.engine import engine
from components.lesson_plan import KEPT, Lesson, Step, lessons, opening
from components.view import change, current_view
from components.view_state import View

Where = tuple[int, int]
"""Number of a lesson and of a step, both from 1."""


def where(view: View) -> tuple[Lesson, Step] | None:
    """Return the lesson and the step that a view names, None where there is no such thing."""
    if not 1 <= view.lesson <= len(lessons()):
        return None
    lesson = lessons()[view.lesson - 1]
    return (lesson, lesson.steps[view.step - 1]) if view.step <= len(lesson.steps) else None


def answers() -> dict[Where, str]:
    """Return what was predicted in this session."""
    found: dict[Where, str] = st.session_state.setdefault("_lesson_answers", {})
    return found


def at(view: View) -> Where:
    """Return where a view is."""
    return view.lesson, view.step


def opened(view: View, step: Step, *, answered: bool) -> View:
    """Return the view with which a step opens, or which its answer shows."""
    world = step.view["world"]
    history = engine().history(world, engine().default_visitor(world))
    return opening(view, step, history, answered=answered)


def enter(view: View, step: Step) -> View:
    """Show a step's own view when it is entered, answered, begun again, or come back to from elsewhere.

    What a visitor changes within it stays, and so does what the Back button brings.
    """
    answered = at(view) in answers()
    now = (at(view), answered, tries())
    left: View | None = st.session_state.get("_lesson_left")
    generation = st.session_state.get("_generation", 0)
    same = now == st.session_state.get("_lesson_now")
    back = same and generation != st.session_state.get("_lesson_generation")
    elsewhere = left is None or _bare(left) != _bare(view)
    if not same or (elsewhere and not back):
        shown = opened(view, step, answered=answered)
        st.session_state["_view"] = shown
        view = shown
    st.session_state["_lesson_now"], st.session_state["_lesson_generation"] = now, generation
    return view


def leave() -> None:
    """Remember how a step is left, at the end of a run."""
    st.session_state["_lesson_left"] = current_view()


def _bare(view: View) -> View:
    """Return what of a view a lesson decides."""
    plain = View()
    return replace(view, **{name: getattr(plain, name) for name in KEPT})


def tries() -> int:
    """Count how often a step was begun again: its controls are new each time."""
    return int(st.session_state.get("_lesson_tries", 0))


def predict(option: str) -> None:
    """Keep a prediction, and with it show the answer."""
    answers()[at(current_view())] = option


def again() -> None:
    """Begin a step again, without its prediction."""
    answers().pop(at(current_view()), None)
    st.session_state["_lesson_tries"] = tries() + 1


def go(lesson: int, step: int = 1) -> None:
    """Go to a step, or with 0 to the table of contents; the visitor's own view is given back there."""
    if lesson and not current_view().lesson:
        st.session_state["_lesson_own"] = current_view()
    if not lesson and "_lesson_own" in st.session_state:
        own: View = st.session_state.pop("_lesson_own")
        now = current_view()
        st.session_state["_view"] = replace(
            own, language=now.language, present=now.present, room=now.room
        )
    st.session_state["_lesson_tries"] = tries() + 1
    change(lesson=lesson, step=step)
