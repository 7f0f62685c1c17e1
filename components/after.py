"""What a page does after everything else of the run: long watching, with the address already written."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st


def afterwards(work: Callable[[], None]) -> None:
    """Have something done at the end of this run; a click ends it."""
    st.session_state["_afterwards"] = work


def do_afterwards() -> None:
    """Do what the page left to be done, once."""
    work: Callable[[], None] | None = st.session_state.pop("_afterwards", None)
    if work is not None:
        work()
