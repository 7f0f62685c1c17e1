"""Maps beside each other on which one selection lights up everywhere, drawn by ``map_plot.js``.

The points are a file that the browser keeps; a rerun sends only what is selected and what is near it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import streamlit as st

from components.html import channel_label, esc
from components.i18n import Translator
from components.live import Event
from components.map_marks import Mark, css
from core.atlas import FUSED

_SCRIPT: Final = Path(__file__).with_name("map_plot.js").read_text(encoding="utf-8")

_mount = st.components.v2.component(
    "triad_maps", html='<div class="tr-maps"></div>', js=_SCRIPT, isolate_styles=False
)


@dataclass(frozen=True)
class Panel:
    """One map: its space, the line under its name, the ids near the selected item, and those as markup."""

    space: str
    note: str
    near: Sequence[str]
    below: str


def space_label(space: str, t: Translator) -> str:
    """Return the name of a space, with the icon of its channel where it is one."""
    name = f'<span class="tr-chan">{esc(t("map.fused"))}</span>'
    return name if space == FUSED else channel_label(t, space)


def space_name(space: str, t: Translator) -> str:
    """Return the name of a space in plain words."""
    return t("map.fused") if space == FUSED else t.name("channel", space)


def panels_html(panels: Sequence[Panel], t: Translator) -> str:
    """Return the frames in which the script draws; what is below a map comes separately."""
    figures = (
        f'<figure class="tr-map" data-space="{esc(p.space)}">'
        f"<figcaption>{space_label(p.space, t)}<span>{esc(p.note)}</span></figcaption>"
        f'<div class="tr-map-face"><canvas tabindex="0" role="application" '
        f'aria-label="{esc(t("map.canvas", space=space_name(p.space, t)))}"></canvas>'
        f'<div class="tr-map-tip" hidden></div></div><div class="tr-map-near"></div></figure>'
        for p in panels
    )
    return "".join(figures) + '<p class="tr-sr" role="status"></p>'


def maps(
    source: str,
    panels: Sequence[Panel],
    marks: Sequence[Mark],
    selected: str,
    t: Translator,
    key: str,
    on_event: Callable[[Event], None],
) -> None:
    """Draw the maps.

    Parameters
    ----------
    source : address of the file of points
    marks : of the groups in that file
    selected : id of the item that lights up
    on_event : called with the ``select`` of an item before the next run
    """

    def pass_on() -> None:
        raw = st.session_state[key].get("event")
        if isinstance(raw, dict):
            on_event(Event(str(raw.get("action", "")), str(raw.get("id", ""))))

    _mount(
        key=key,
        data={
            "html": panels_html(panels, t),
            "source": source,
            "marks": [{"ink": css(m.ink), "outline": m.outline} for m in marks],
            "selected": selected,
            "near": {p.space: list(p.near) for p in panels},
            "below": {p.space: p.below for p in panels},
        },
        on_event_change=pass_on,
    )
