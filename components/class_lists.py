"""The two lists of a round: the same look for both, and nothing of how they were made."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from components.cards import part, strip_html, tool
from components.engine import built, engine
from components.html import WAITING, esc, picture
from components.i18n import Translator
from components.live import live_list
from components.media import picture_url, sound_url, thumb_url
from core.types import Method, Query, Request

LIKED: int = 8
"""How many things are shown that the visitor liked."""


@st.cache_data(max_entries=256, ttl=600, show_spinner=False)
def ranked(world: str, visitor: str, fusion: str, k: int) -> tuple[str, ...]:
    """Return the ids of a fusion's list; a whole class asks for the same few."""
    query, method = Query(visitor=visitor), Method(fusion=fusion)
    return tuple(r.item.id for r in engine().recommend(Request(world, query, method, k)).items)


def fusions(world: str) -> tuple[str, ...]:
    """Return the fusions of a world that can be set against each other: all else is the same."""
    plain = (m.fusion for m in built(world) if m == Method(fusion=m.fusion))
    return tuple(dict.fromkeys(plain))


def liked_html(world: str, visitor: str, t: Translator) -> str:
    """Return the strip of what the visitor liked, from which a student judges the lists."""
    ids = engine().history(world, visitor)[-LIKED:]
    titles = {id: engine().item(world, id).text(t.language).title for id in ids}
    things = [(id, titles[id], thumb_url(world, id)) for id in ids]
    strip = strip_html(things, t, caption=t("class.likes"), removable=False)
    return f'<div class="tr">{strip}</div>'


def two_lists(
    world: str, heads: Sequence[str], lists: Sequence[Sequence[str]], t: Translator, slot: str
) -> None:
    """Draw two lists side by side, on a phone as well.

    Parameters
    ----------
    heads : what stands above the left and the right one
    """
    with st.container(key=f"class_pair_{slot}"):
        sides = zip(("left", "right"), st.columns(2, gap="medium", wrap=False), strict=True)
        for (side, cell), head, ids in zip(sides, heads, lists, strict=True):
            with cell:
                st.html(f'<h2 class="tr tr-class-head">{esc(head)}</h2>')
                live_list(list_html(world, head, ids, t), f"class_{slot}_{side}", lambda _: None)


def list_html(world: str, head: str, ids: Sequence[str], t: Translator) -> str:
    """Return one list: rank, picture, title, line and sound of every item."""
    rows = "".join(_row(world, rank, id, t) for rank, id in enumerate(ids, 1))
    return f'<ol class="tr tr-class-list" aria-label="{esc(head)}">{rows}</ol>'


def _row(world: str, rank: int, id: str, t: Translator) -> str:
    text = engine().item(world, id).text(t.language)
    sound = sound_url(world, id)
    if sound == WAITING:
        play = tool("none", "play", t("card.coming"), more=" disabled")
    elif sound:
        source = f' data-src="{esc(sound)}"'
        play = tool("play", "play", t("card.play", title=text.title), pressed=False, more=source)
    else:
        play = ""
    inner = (
        f"<b>{rank}</b>{picture(picture_url(world, id), t, short=True)}"
        f'<span class="tr-class-words"><span class="tr-title">{esc(text.title)}</span>'
        f'<span class="tr-line">{esc(text.line)}</span></span>{play}'
    )
    return f'<li data-id="{esc(id)}">{part("row", "tr-class-row", inner)}</li>'
