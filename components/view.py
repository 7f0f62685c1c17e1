"""The view of this session, and how session and address bar keep together.

The View lives in the session under a key that no widget owns. A page hands its parts to widgets as
``default=`` / ``index=``, takes back what they return, and :func:`write_url` spells the result in
the address after the page has run. A pasted address shows the same thing to anyone.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final, NoReturn
from urllib.parse import urlencode

import streamlit as st
from streamlit.runtime.pages_manager import PagesManager
from streamlit.runtime.scriptrunner import get_script_run_ctx

from components.address import Known, Notice, Params, decode, encode
from components.i18n import LANGUAGE_NAMES
from components.view_state import ENCODER, MAX_COLUMNS, MAX_K, MIN_COLUMNS, NEWCOMER, View

__all__ = [
    "ENCODER",
    "MAX_COLUMNS",
    "MAX_K",
    "MIN_COLUMNS",
    "NEWCOMER",
    "Known",
    "Notice",
    "Params",
    "View",
    "change",
    "current_view",
    "decode",
    "encode",
    "language_now",
    "link",
    "notices",
    "open_view",
    "page_view",
    "react",
    "read_url",
    "widget_key",
    "write_url",
]

REMEMBERED: Final = 8
"""How many of the addresses that we wrote over are known again when a click brings one; see `_late`."""


def read_url() -> dict[str, list[str]]:
    """Return the address's parameters as this run received them."""
    return {name: st.query_params.get_all(name) for name in st.query_params}


def language_now(default: str) -> str:
    """Return the language to begin a run in, before anything else of the address is read."""
    view, params = st.session_state.get("_view"), read_url()
    asked = (params.get("lang") or [""])[-1]
    if asked in LANGUAGE_NAMES and (view is None or params != st.session_state["_url"]):
        return asked
    return view.language if view is not None else default


def open_view(known: Known, page: str, language: str) -> View:
    """Bring session and address together at the start of a run, and return the view.

    The address wins when the visitor changed it (a pasted link, the Back button); the session
    wins when it did not, and when a click in the navigation emptied it.
    """
    state, params = st.session_state, read_url()
    same_page = state.get("_page") == page
    changed = "_view" not in state or (params != state["_url"] and (params or same_page))
    if changed and not _late(params):
        state["_view"], state["_notices"] = decode(params, known, language)
        state["_generation"] = state.get("_generation", 0) + 1
    state["_url"], state["_page"], state["_entered"] = params, page, True
    return current_view()


def _late(params: Params) -> bool:
    """Return whether an address is one of ours from before, sent with a click that it says nothing about.

    A click while a run is about to write the address comes with the old one. Taking that for the
    visitor's wish would undo both clicks. The Back button says so itself.
    """
    run = get_script_run_ctx()
    went_back = run is not None and run.is_history_navigation
    return not went_back and params in st.session_state.get("_past", ())


def current_view() -> View:
    """Return the view of this session."""
    view: View = st.session_state["_view"]
    return view


def page_view() -> View:
    """Return the view, for a page to begin with.

    The first address that a fresh server is asked for may be a page's own. Streamlit then takes our
    ``pages`` folder for its old convention and runs the page without app.py: begin again, with it.
    """
    if not st.session_state.get("_entered"):
        PagesManager.uses_pages_directory = False
        st.rerun()
    return current_view()


def notices() -> tuple[Notice, ...]:
    """Return what could not be used of the address, once."""
    found: tuple[Notice, ...] = st.session_state.pop("_notices", ())
    st.session_state["_said"] = found
    return found


def draw_again() -> NoReturn:
    """Begin the run again, for the same visitor's wish; what was said to him is said again."""
    st.session_state["_notices"] = st.session_state["_said"]
    st.rerun()


def change(**parts: Any) -> View:
    """Replace parts of the view and return it. The item that is explained stays in its world."""
    view = current_view()
    if parts.get("world", view.world) != view.world:
        parts = {"item": "", **parts}
    st.session_state["_view"] = replace(view, **parts)
    return current_view()


def widget_key(name: str) -> str:
    """Return a widget's key: stable while a visitor works, new when the address won."""
    return f"{name}_{st.session_state.get('_generation', 0)}"


def renew_widgets() -> None:
    """Have the widgets say what the view says now, as after an address that won."""
    st.session_state["_generation"] = st.session_state.get("_generation", 0) + 1


def write_url(known: Known, language: str) -> None:
    """Spell the view in the address, when the address does not already say the same."""
    state, view = st.session_state, current_view()
    if decode(read_url(), known, language)[0] != view:
        state["_past"] = (*state.get("_past", ()), read_url())[-REMEMBERED:]
        st.query_params.from_dict(encode(view))
    state["_url"] = read_url()
    st.session_state["_entered"] = False


def link(view: View, base: str) -> str:
    """Return the full address of a view on the page at ``base``."""
    return f"{base}?{urlencode(encode(view), doseq=True)}"


def react(view: View, action: str, id: str) -> View:
    """Return the view after a click on an item: like, unlike, hide or restore."""
    match action:
        case "like":
            return replace(view, likes=tuple(dict.fromkeys((*view.likes, id))))
        case "unlike":
            return replace(view, likes=tuple(i for i in view.likes if i != id))
        case "hide":
            liked = tuple(i for i in view.likes if i != id)
            return replace(view, likes=liked, hidden=tuple(dict.fromkeys((*view.hidden, id))))
        case "restore":
            return replace(view, hidden=())
    return view
