"""Ranked rows of a lesson: one list, or the list before and the list now with lines between them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial

import streamlit as st

from components.bars import Scale, bar, common_scale, legend
from components.cards import Card, cards_of, part, strip_html, tool
from components.engine import channels, engine, visitors
from components.html import WAITING, esc, picture
from components.i18n import Translator
from components.lists import slopes
from components.live import live_list
from components.media import sound_url, thumb_url
from components.view_state import NEWCOMER, View
from core.types import Result

STRIP = 13
"""How many liked items are shown of a visitor."""


def rows_of(result: Result, view: View) -> list[Card]:
    """Return the cards behind the rows of a list."""
    return cards_of(
        result,
        language=view.language,
        k=view.k,
        picture=partial(thumb_url, view.world),
        sound=partial(sound_url, view.world),
    )


def row_html(card: Card, scale: Scale | None, t: Translator, *, lines: bool = False) -> str:
    """Return one row: rank, picture, title, how it moved, its bar unless that would tell, its sound.

    Parameters
    ----------
    lines : whether the line of text about the item stands beside its title
    """
    moved = f'<span class="tr-les-line">{esc(card.line)}</span>' if lines else ""
    if card.compared:
        says = t("card.new") if card.before is None else t("lessons.was", rank=card.before)
        moved = f'<span class="tr-les-was" data-new="{card.before is None}">{esc(says)}</span>'
    drawn = "" if scale is None else bar(card.contributions, card.present, scale, t)
    name = (
        f'<span class="tr-les-title"><span class="tr-title" title="{esc(card.title)}">{esc(card.title)}'
        f"</span>{moved}</span>{drawn}"
    )
    sound = ""
    if card.sound and card.sound != WAITING:
        source = f' data-src="{esc(card.sound)}"'
        sound = tool("play", "play", t("card.play", title=card.title), pressed=False, more=source)
    return (
        f'<li data-id="{esc(card.id)}">'
        + part("rank", "", str(card.rank), "b")
        + part("face", "tr-les-face", picture(card.picture, t, short=True), "span")
        + part("name", "tr-les-name", name, "span")
        + part("sound", "tr-les-sound", sound, "span")
        + "</li>"
    )


def rows_html(
    cards: Sequence[Card], scale: Scale | None, t: Translator, label: str, *, lines: bool = False
) -> str:
    """Return a list of rows."""
    inner = "".join(row_html(card, scale, t, lines=lines) for card in cards)
    return f'<ol class="tr tr-ranks tr-les-rows" aria-label="{esc(label)}">{inner}</ol>'


def who(view: View, t: Translator) -> None:
    """Draw what the list goes by: what the visitor liked, or what the newcomer was given."""
    world = view.world
    if view.visitor == NEWCOMER or not visitors(world):
        likes, caption = view.likes, t("visitor.your_likes")
    else:
        likes = engine().history(world, view.visitor or engine().default_visitor(world))
        caption = t("visitor.likes")
    things = [
        (id, engine().item(world, id).text(view.language).title, thumb_url(world, id))
        for id in likes[-STRIP:]
    ]
    html = strip_html(things, t, caption=caption, removable=False)
    st.html(f'<div class="tr">{html}</div>')


def show_list(
    result: Result,
    view: View,
    t: Translator,
    key: str,
    *,
    bars: bool = True,
    lines: bool = False,
) -> None:
    """Draw one list."""
    cards = rows_of(result, view)
    scale = common_scale(card.contributions for card in cards) if bars else None
    _column(cards, scale, "", t, key, texts=lines)
    if bars:
        st.html(f'<div class="tr">{legend(channels(view.world), t)}</div>')


def show_two_lists(
    before: tuple[Result, View], now: tuple[Result, View] | None, t: Translator, key: str
) -> None:
    """Draw the list before and the list now; None for the second: it waits for the prediction."""
    left = rows_of(*before)
    right = [] if now is None else rows_of(*now)
    first = {card.id: card.rank for card in left}
    right = [replace(card, before=first.get(card.id), compared=True) for card in right]
    scale = common_scale(card.contributions for card in (*left, *right))
    one, two = st.columns(2, gap="large")
    with one:
        _column(left, scale, t("lessons.before"), t, f"{key}_before")
    with two:
        if now is None:
            _heading(t("lessons.now"))
            st.html(f'<div class="tr tr-les-wait"><p>{esc(t("lessons.first"))}</p></div>')
        else:
            _column(right, scale, t("lessons.now"), t, f"{key}_now", slopes(left, right))
    st.html(f'<div class="tr">{legend(channels(before[1].world), t)}</div>')


def _heading(text: str) -> None:
    st.html(f'<p class="tr tr-les-head">{esc(text)}</p>')


def _column(
    cards: Sequence[Card],
    scale: Scale | None,
    title: str,
    t: Translator,
    key: str,
    between: str = "",
    *,
    texts: bool = False,
) -> None:
    if title:
        _heading(title)
    with st.container(gap=None, key=f"les_{key}"):
        st.html(f'<div class="tr tr-col">{between or "<span></span>"}</div>')
        html = rows_html(cards, scale, t, title or t("card.list"), lines=texts)
        live_list(html, f"rows_{key}", lambda event: None)
