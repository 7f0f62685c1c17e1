"""One request opened up, once: a click on a layer must not measure it anew."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from components.engine import engine
from components.html import number
from components.i18n import Translator
from core.types import Request

if TYPE_CHECKING:
    from core.inside import Anatomy


def opened_up(request: Request) -> Anatomy:
    """Return what is inside a request; the last one is remembered in the session."""
    if st.session_state.get("_inside", (None,))[0] != request:
        from core.inside import inside  # brings torch

        st.session_state["_inside"] = (request, inside(engine(), request))
    kept: Anatomy = st.session_state["_inside"][1]
    return kept


def summary(anatomy: Anatomy, t: Translator) -> str:
    """Say in one sentence what was just done, by what, and in which time."""
    return t(
        "inside.summary",
        likes=anatomy.likes,
        items=len(anatomy.items),
        ms=number(anatomy.milliseconds, 1),
        parameters=f"{anatomy.parameters:,}",
        fusion=t.name("fusion", anatomy.fusion),
    )
