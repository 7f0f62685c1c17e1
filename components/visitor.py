"""Who is asking: the picker of visitors, and the strip of what they liked."""

from __future__ import annotations

import re

import streamlit as st

from components.cards import strip_html
from components.engine import engine, visitors
from components.html import esc
from components.i18n import Translator
from components.live import Event, live_list
from components.media import thumb_url
from components.view import NEWCOMER, View, change, current_view, react, widget_key

STRIP: int = 8
"""How many liked items are shown of a visitor."""


def _short(id: str) -> str:
    """Return a visitor's number where the id ends in one, and the id otherwise."""
    number = re.search(r"\d+$", id)
    return str(int(number.group())) if number else id


def visitor_name(view: View, t: Translator) -> str:
    """Return what the visitor of a view is called."""
    if view.visitor == NEWCOMER or not visitors(view.world):
        return t("visitor.newcomer")
    return t("visitor.named", id=_short(view.visitor or engine().default_visitor(view.world)))


def visitor_picker(view: View, t: Translator, page: str) -> View:
    """Draw the menu of visitors: the default one, the newcomer, then everyone."""
    options = ("", NEWCOMER, *visitors(view.world)) if visitors(view.world) else ("",)

    def label(id: str) -> str:
        if id == "" and visitors(view.world):
            return t("visitor.default", id=_short(engine().default_visitor(view.world)))
        return t("visitor.named", id=_short(id)) if id in options[2:] else t("visitor.newcomer")

    chosen = st.selectbox(
        t("bar.visitor"),
        options,
        index=options.index(view.visitor) if view.visitor in options else 0,
        format_func=label,
        key=widget_key(f"{page}_visitor"),
    )
    return change(visitor=chosen)


def _on_event(event: Event) -> None:
    change(likes=react(current_view(), event.action, event.id).likes)


def liked_strip(view: View, t: Translator) -> None:
    """Draw what the simulated visitor liked, and apart what the person at the screen likes."""
    world, language = view.world, view.language

    def thing(id: str) -> tuple[str, str, str | None]:
        title = engine().item(world, id).text(language).title
        return id, title, thumb_url(world, id)

    with st.container(horizontal=True, vertical_alignment="center", gap="medium", key="likes_row"):
        if view.visitor != NEWCOMER and visitors(world):
            history = engine().history(world, view.visitor or engine().default_visitor(world))
            things = [thing(id) for id in history[-STRIP:]]
            html = strip_html(things, t, caption=t("visitor.likes"), removable=False)
            st.html(f'<div class="tr">{html}</div>', width="content")
        elif not view.likes:
            st.html(
                f'<p class="tr tr-muted tr-small">{esc(t("visitor.newcomer_hint"))}</p>',
                width="content",
            )
        if view.likes:
            mine = [thing(id) for id in view.likes]
            with st.container(width="content"):
                html = strip_html(mine, t, caption=t("visitor.your_likes"), removable=True)
                live_list(html, "likes", _on_event)
        if view.hidden:
            label = f"{t('visitor.hidden', count=len(view.hidden))} · {t('visitor.restore')}"
            st.button(label, type="tertiary", on_click=lambda: change(hidden=()), key="restore")
