"""The Lessons page's own pieces: its head, the table of contents, and the column of text."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st
from streamlit.delta_generator import DeltaGenerator as Place

from components.chrome import top
from components.engine import world_card
from components.html import esc
from components.i18n import Translator
from components.lesson_flow import again, answers, at, go, predict
from components.lesson_plan import FOLDER, Lesson, Step, StepWords, Words, lessons, words
from components.lesson_truth import Truth
from components.view_state import View
from components.worlds import label


def style() -> None:
    """Put the lessons' own style sheet in place."""
    st.html(f"<style>{(FOLDER / 'lessons.css').read_text(encoding='utf-8')}</style>")


def head(t: Translator, view: View, lesson: Lesson | None) -> Place:
    """Draw the head of the page, with what is rendered and simulated; return the place for sharing."""
    if lesson is None:
        title, line, tag = t("lessons.title"), t("lessons.line"), ""
    else:
        said = words(lesson.slug, t.language)
        title, line = f"{view.lesson}. {said.title}", said.lead
        tag = f'<span class="tr-tag">{esc(label(world_card(view.world), t))}</span>'
    place = top(f"<h1>{esc(title)}</h1><p>{esc(line)}</p>{tag}", t)
    if lesson is not None:
        place.button(
            t("lessons.all"),
            icon=":material/school:",
            type="tertiary",
            on_click=go,
            args=(0,),
            key="lesson_all",
        )
    return place


def contents(t: Translator) -> None:
    """Draw the table of contents."""
    rows = [lessons()[n : n + 4] for n in range(0, len(lessons()), 4)]
    for start, row in enumerate(rows):
        for cell, (n, lesson) in zip(
            st.columns(4, gap="small"), enumerate(row, 4 * start + 1), strict=False
        ):
            said = words(lesson.slug, t.language)
            done = sum((n, step) in answers() for step in range(1, len(lesson.steps) + 1))
            length = t("lessons.length", minutes=lesson.minutes, steps=len(lesson.steps))
            if done:
                length += " · " + t("lessons.done", done=done, steps=len(lesson.steps))
            with cell.container(border=True, height="stretch", key=f"lesson_card_{n}"):
                st.html(
                    f'<div class="tr tr-les-card"><span class="tr-les-number">{n}</span>'
                    f"<h2>{esc(said.title)}</h2><p>{esc(said.lead)}</p>"
                    f'<p class="tr-small tr-muted">{esc(length)}</p></div>'
                )
                st.button(
                    t("lessons.begin" if not done else "lessons.resume"),
                    on_click=go,
                    args=(n, min(done + 1, len(lesson.steps))),
                    key=f"lesson_begin_{n}",
                )
    st.html(f'<p class="tr tr-small tr-muted tr-prose">{esc(t("lessons.teacher"))}</p>')


def text(lesson: Lesson, step: Step, view: View, truth: Callable[[], Truth], t: Translator) -> None:
    """Draw a step's words: text, question and options; then the answer, and the ways on."""
    said = words(lesson.slug, t.language)
    here = said.steps[view.step - 1]
    place = t("lessons.step", step=view.step, steps=len(lesson.steps))
    dots = "".join(
        f'<i data-now="{str(n == view.step).lower()}" '
        f'data-done="{str((view.lesson, n) in answers()).lower()}"></i>'
        for n in range(1, len(lesson.steps) + 1)
    )
    st.html(
        f'<div class="tr tr-les-step"><p class="tr-small tr-muted">{esc(place)}'
        f'<span class="tr-les-dots" aria-hidden="true">{dots}</span></p>'
        f"<h2>{esc(here.title)}</h2></div>"
    )
    st.markdown(here.text)
    with st.container(key="lesson_ask"):
        st.html(f'<p class="tr tr-les-kind">{esc(t("lessons.predict"))}</p>')
        st.markdown(here.question)
        predicted = answers().get(at(view))
        if predicted is None:
            _options(step, here)
        else:
            _answer(step, here, predicted, truth(), t)
            clear(len(step.options) - 2)
    if predicted is not None and view.step == len(lesson.steps):
        _end(said, lesson, view, t)
    _ways(lesson, view, predicted is not None, t)
    clear(1)


def clear(places: int) -> None:
    """Empty the places that follow: what stood there would else stay, faded, until a run is over."""
    for _ in range(places):
        st.empty()


def _options(step: Step, here: StepWords) -> None:
    for option, name in zip(step.options, here.options, strict=True):
        st.button(
            name,
            on_click=predict,
            args=(option,),
            width="stretch",
            key=f"lesson_option_{option}",
        )


def _answer(step: Step, here: StepWords, predicted: str, truth: Truth, t: Translator) -> None:
    """Compare prediction and truth in one sentence, and say what was measured."""
    names = dict(zip(step.options, here.options, strict=True))
    right = predicted == truth.option
    answer = names.get(truth.option, t("lessons.other"))
    verdict = t("lessons.right" if right else "lessons.wrong", said=names[predicted], truth=answer)
    st.html(
        f'<p class="tr tr-les-verdict" role="status" data-right="{str(right).lower()}">'
        f"{esc(verdict)}</p>"
    )
    st.session_state.setdefault("_lesson_right", {})[step.key] = right
    values = {key: _plain(value) for key, value in truth.values.items()}
    st.markdown(here.told.format(**values))


def _plain(value: str | int) -> str:
    """Return a value that Markdown prints as it is."""
    return "".join(f"\\{c}" if c in "\\`*_{}[]<>#|~$:" else c for c in str(value))


def _end(said: Words, lesson: Lesson, view: View, t: Translator) -> None:
    right = st.session_state.get("_lesson_right", {})
    done = [s for n, s in enumerate(lesson.steps, 1) if (view.lesson, n) in answers()]
    score = t("lessons.score", right=sum(right.get(s.key, False) for s in done), of=len(done))
    with st.container(key="lesson_end"):
        st.html(f'<p class="tr tr-les-kind">{esc(t("lessons.take"))}</p>')
        st.markdown(said.end)
        st.html(f'<p class="tr tr-small tr-muted">{esc(score)}</p>')


def _ways(lesson: Lesson, view: View, answered: bool, t: Translator) -> None:
    with st.container(horizontal=True, key="lesson_ways"):
        if view.step > 1:
            st.button(
                t("lessons.back"),
                icon=":material/arrow_back:",
                on_click=go,
                args=(view.lesson, view.step - 1),
                key="lesson_back",
            )
        if answered:
            st.button(
                t("lessons.reset"), icon=":material/replay:", on_click=again, key="lesson_reset"
            )
        last = view.step == len(lesson.steps)
        further = (
            (view.lesson, view.step + 1) if not last else (view.lesson % len(lessons()) + 1, 1)
        )
        st.button(
            t("lessons.next_lesson" if last else "lessons.next"),
            icon=":material/arrow_forward:",
            type="primary" if answered else "secondary",
            on_click=go,
            args=further,
            key="lesson_next",
        )
