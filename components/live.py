"""Lists that are one element for Streamlit: drawn by us, re-ordered in motion, clicked.

Ten cards as separate widgets would be some seventy elements a rerun. Here they are one: Python builds
escaped markup, the script in ``live.js`` puts it in place item by item (so that a sound goes on playing
and the focus stays while the list re-ranks), and a click comes back as an :class:`Event`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import streamlit as st

_SCRIPT: Final = Path(__file__).with_name("live.js").read_text(encoding="utf-8")

_mount = st.components.v2.component(
    "triad_live_list", html='<div class="tr-mount"></div>', js=_SCRIPT, isolate_styles=False
)


@dataclass(frozen=True)
class Event:
    """What the visitor did to which item."""

    action: str
    id: str


def live_list(html: str, key: str, on_event: Callable[[Event], None]) -> None:
    """Draw a list whose children carry ``data-id``; buttons in it carry ``data-action``.

    Parameters
    ----------
    html : one list element, every value in it escaped
    on_event : called before the next run, so that the page is drawn once, with the event already
    applied
    """

    def pass_on() -> None:
        raw = st.session_state[key].get("event")
        if isinstance(raw, dict):
            on_event(Event(str(raw.get("action", "")), str(raw.get("id", ""))))

    _mount(key=key, data={"html": html}, on_event_change=pass_on)
