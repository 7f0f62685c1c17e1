"""Who asks, and about which item: the controls at the top of the Why page."""

from __future__ import annotations

import streamlit as st

from components.cards import part
from components.engine import engine
from components.html import esc, picture
from components.i18n import Translator
from components.live import Event, live_list
from components.media import thumb_url
from components.uploads import uploads
from components.view import View, change
from components.visitor import visitor_name, visitor_picker
from core.types import Item, Query, Recommendation, Result


def remember_source(query: Query) -> None:
    """Remember whose list the item is asked about in, for a visitor who goes on to the Why page."""
    st.session_state["_why_source"] = "uploads" if query.media else "visitor"


def source(view: View, t: Translator) -> tuple[View, Query]:
    """Draw the menu of who asks: the uploads of the session, if there are any, or a visitor."""
    brought = tuple(uploads().values())
    if not brought:
        view = visitor_picker(view, t, "why")
        return view, view.query
    names = {"uploads": t("compare.uploads"), "visitor": visitor_name(view, t)}
    chosen = st.segmented_control(
        t("compare.source"),
        tuple(names),
        default=st.session_state.get("_why_source", "uploads"),
        format_func=names.__getitem__,
        required=True,
        key="why_source",
    )
    query = Query(media=brought) if chosen == "uploads" else view.query
    remember_source(query)
    return view, query


def same_source(view: View) -> Query:
    """Return who asks, as chosen before: in large type there is no menu for it."""
    brought = tuple(uploads().values())
    mine = brought and st.session_state.get("_why_source", "uploads") == "uploads"
    return Query(media=brought) if mine else view.query


def asked_item(view: View, result: Result) -> str:
    """Return the item that is asked about: the view's, or the first of the list.

    Where nothing is left to recommend, it is one that the visitor has.
    """
    shown = (r.item.id for r in result.items if r.item.id not in view.hidden)
    return view.item or next(shown, "") or engine().items(view.world)[0].id


def listed(result: Result, item: str) -> Recommendation | None:
    """Return an item's place in a list, None where it is not in it."""
    return next((r for r in result.items if r.item.id == item), None)


def item_strip(result: Result, item: str, view: View, t: Translator) -> None:
    """Draw the list as a row of pictures; a click asks about another item."""
    things = [(r.item, str(r.rank)) for r in result.items if r.item.id not in view.hidden]
    if item not in [thing.id for thing, _ in things]:
        things.append((engine().item(view.world, item), "–"))
    live_list(strip(things, item, view, t), "why_items", _on_event)


def strip(things: list[tuple[Item, str]], chosen: str, view: View, t: Translator) -> str:
    """Return the row of (item, rank); the chosen one is marked."""
    inner = []
    for item, rank in things:
        title = item.text(view.language).title
        face = (
            f'<button type="button" data-action="ask" aria-pressed="{str(item.id == chosen).lower()}" '
            f'title="{esc(title)}"><span class="tr-ask-rank">{rank}</span>'
            f"{picture(thumb_url(view.world, item.id), t, short=True)}"
            f'<span class="tr-sr">{esc(title)}</span></button>'
        )
        inner.append(f'<li class="tr-ask" data-id="{esc(item.id)}">{part("face", "", face)}</li>')
    return f'<ol class="tr-asks" aria-label="{esc(t("why.choose"))}">{"".join(inner)}</ol>'


def _on_event(event: Event) -> None:
    if event.action == "ask":
        change(item=event.id)
