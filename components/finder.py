"""Find by a sentence: a way into a catalog for who knows what he wants and not where it is."""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st
from streamlit.delta_generator import DeltaGenerator as Place

from components.cards import part, tool
from components.engine import engine
from components.guard import guard
from components.html import channel_label, esc, picture
from components.i18n import Translator
from components.live import Event, live_list
from components.media import thumb_url
from components.view import View, change, current_view, react, widget_key

SHOWN = 6


@dataclass(frozen=True)
class Hit:
    """One item that was found: by which channel, and by what words in it."""

    id: str
    channel: str
    words: tuple[str, ...]


def finder(place: Place, view: View, t: Translator) -> None:
    """Draw the button that opens the search, and in it what was found, each with a heart."""
    with (
        place.popover(t("find.open"), icon=":material/search:", type="tertiary"),
        guard(t),
    ):
        sentence = st.text_input(
            t("find.ask"), placeholder=t("find.example"), key=widget_key("find"), max_chars=300
        )
        if sentence.strip():
            with st.spinner(t("find.working")):
                hits = _found(view.world, sentence)
            live_list(found_html(hits, view, t), "found", _on_event)
            st.caption(t("find.how"))


def _found(world: str, sentence: str) -> tuple[Hit, ...]:
    """Search once a sentence; what is remembered is the session's own."""
    asked = (world, sentence)
    if st.session_state.get("_find", (None,))[0] != asked:
        from core.search import search  # brings torch

        hits = tuple(
            Hit(found.item.id, found.modality, found.words[:3])
            for found in search(engine(), world, sentence, k=SHOWN)
        )
        st.session_state["_find"] = (asked, hits)
    kept: tuple[Hit, ...] = st.session_state["_find"][1]
    return kept


def found_html(hits: tuple[Hit, ...], view: View, t: Translator) -> str:
    """Return the list of what was found."""
    inner = []
    for hit in hits:
        title = engine().item(view.world, hit.id).text(view.language).title
        words = t("punct.list").join(hit.words)
        liked = hit.id in view.likes
        label = t("card.unlike" if liked else "card.like", title=title)
        heart = tool(
            "unlike" if liked else "like", "liked" if liked else "like", label, pressed=liked
        )
        inner.append(
            f'<li class="tr-found" data-id="{esc(hit.id)}">'
            + part("face", "tr-found-face", picture(thumb_url(view.world, hit.id), t, short=True))
            + part("name", "tr-found-name", f"<b>{esc(title)}</b>")
            + part("by", "tr-found-by", f"{channel_label(t, hit.channel)} {esc(words)}")
            + part("tools", "tr-found-tools", heart)
            + "</li>"
        )
    return f'<ul class="tr-founds" aria-label="{esc(t("find.list"))}">{"".join(inner)}</ul>'


def _on_event(event: Event) -> None:
    change(likes=react(current_view(), event.action, event.id).likes)
