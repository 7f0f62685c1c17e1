"""Parts covered up one by one: the progress, and the way to stop it and to go on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import streamlit as st

from components.engine import engine
from components.i18n import Translator
from components.why_ask import keep_within
from core.types import Request

if TYPE_CHECKING:
    from core.explain.report import Explanation

_STOPPED: Final = "_why_mask_stopped"


def covered_up(found: Explanation, request: Request, language: str, t: Translator) -> Explanation:
    """Measure the parts of an explanation by masking, unless that was stopped.

    What is measured is kept at once, so a click elsewhere loses nothing, and "go on" goes on.
    """
    total, done = _count(found)
    if done == total:
        return found
    this = (request, found.item.id, language)
    if st.session_state.get(_STOPPED) == this:
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.caption(t("parts.mask_stopped", done=done, total=total), width="content")
            st.button(
                t("parts.mask_go"),
                icon=":material/resume:",
                on_click=lambda: st.session_state.pop(_STOPPED, None),
                key="why_mask_go",
            )
        return found

    from core.explain.masked import masking  # brings torch

    place = st.empty()
    with place.container(horizontal=True, vertical_alignment="center", gap="small"):
        bar = st.progress(done / total, t("parts.mask_progress", done=done, total=total))
        st.button(
            t("parts.mask_stop"),
            icon=":material/stop_circle:",
            on_click=lambda: st.session_state.update({_STOPPED: this}),
            key="why_mask_stop",
        )
    # A click, on "stop" or elsewhere, ends the run at the next look at the bar.
    for step in masking(engine(), request, found.item.id, found.parts, language):
        found = keep_within(found, step.reports, request, language)
        bar.progress(
            step.done / step.total, t("parts.mask_progress", done=step.done, total=step.total)
        )
    place.empty()
    return found


def _count(found: Explanation) -> tuple[int, int]:
    """Return how many parts there are, and how many of them are measured."""
    parts = [part for report in found.parts for part in report.parts]
    return len(parts), sum(part.masked is not None for part in parts)
