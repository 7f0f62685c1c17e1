"""The nearest items of a world by the chosen encoder, beside those of the default one."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import Final

import streamlit as st
from streamlit.delta_generator import DeltaGenerator as Place

from components.cards import part, tool
from components.encoders_ask import Subject, encoder_name, go_on
from components.engine import engine
from components.html import WAITING, esc, number, picture
from components.i18n import Translator
from components.live import live_list
from components.media import picture_url, sound_url
from components.view import View
from core.encoders.registry import DEFAULTS
from core.encoding import Near, nearest
from core.types import Modality

COUNT: Final = 6
QUICK: Final = 0.6
"""Seconds before progress is shown: what is done by then needs none."""
STEP: Final = 0.2
"""Seconds between two reports of progress."""

OFTEN: Final = 10
"""After how many reports that is drawn again which is there already: its pictures may have come."""

Say = Callable[[int, int], None]


def neighbours(view: View, id: str, subject: Subject, t: Translator) -> None:
    """Find and draw both lists; the first time, all of the world has to be read."""
    modality, task = subject.media.modality, f"{view.world} {id}"
    default = DEFAULTS[modality]
    ids = list(dict.fromkeys((id, default)))
    with st.container(key="encoders_near"):
        lead = st.empty() if len(ids) > 1 else None  # above two lists it compares them
        places = {}
        for each, cell in zip(ids, st.columns(len(ids), gap="large"), strict=True):
            title = t("encoders.near", name=encoder_name(each, t))
            cell.html(f'<h2 class="tr tr-enc-h">{esc(title)}</h2>')
            lead = lead or cell.empty()
            places[each] = cell.empty()
    assert lead is not None
    if st.session_state.get("_encoders_stopped") == task:
        with places[id].container():
            st.html(f'<p class="tr tr-muted">{esc(t("encoders.stopped"))}</p>')
            st.button(t("encoders.again"), icon=":material/play_arrow:", on_click=_stop, args=("",))
        ids.remove(id)
    found: dict[str, tuple[Near, ...]] = {}

    def meanwhile() -> None:  # what is there already can be looked at while the other is made
        for each, near in found.items():
            html = near_html(near, set(), modality, view, t)
            places[each].html(f'<div class="tr">{html}</div>')

    for each in reversed(ids):  # the default one first: it is there at once
        say = _reporter(places[each], encoder_name(each, t), task, t, meanwhile)
        found[each] = _found(view, each, subject, say)
    shared: set[str] = set()
    if len(found) > 1:
        shared = {n.item.id for n in found[id]} & {n.item.id for n in found[default]}
        lead.html(_lead(len(shared), len(found[id]), t))
    else:
        lead.html(f'<p class="tr tr-prose tr-small">{esc(t("encoders.near_line"))}</p>')
    for each, near in found.items():
        with places[each].container():
            if not near:
                st.html(f'<p class="tr tr-empty">{esc(t("encoders.empty"))}</p>')
                continue
            html = near_html(near, shared, modality, view, t, alone=len(places) == 1)
            live_list(html, f"encoders_near_{list(places).index(each)}", go_on)


def _lead(shared: int, total: int, t: Translator) -> str:
    same = esc(t("encoders.same", count=shared, total=total))
    return f'<p class="tr tr-prose tr-small"><b>{same}</b> {esc(t("encoders.near_line"))}</p>'


def _stop(task: str) -> None:
    st.session_state["_encoders_stopped"] = task


def _found(view: View, id: str, subject: Subject, say: Say) -> tuple[Near, ...]:
    without = (subject.item.id,) if subject.item else ()
    return nearest(engine(), view.world, id, subject.all, COUNT, without=without, say=say)


def _reporter(place: Place, name: str, task: str, t: Translator, first: Callable[[], None]) -> Say:
    """Return what shows how far the work is; ``first`` is called before it does, and now and then.

    A click on Stop ends this run of the page, and the work with it.
    """
    began, last = time.monotonic(), 0.0
    bar: Place | None = None
    reports = 0

    def say(done: int, total: int) -> None:
        nonlocal bar, last, reports
        now = time.monotonic()
        if now - began < QUICK or now - last < STEP or done == total:
            return
        last = now
        words = t("encoders.working", name=name, done=done, total=total)
        reports += 1
        if reports % OFTEN == 1:
            first()
        if bar is None:
            with place.container(border=True, key="encoders_work"):
                bar = st.progress(0.0, text=words)
                st.caption(t("encoders.first_time"))
                st.button(t("encoders.stop"), icon=":material/stop:", on_click=_stop, args=(task,))
        bar.progress(done / max(total, 1), text=words)

    return say


def near_html(
    found: Sequence[Near],
    shared: set[str],
    modality: Modality,
    view: View,
    t: Translator,
    alone: bool = False,
) -> str:
    """Return neighbours as tiles: picture, title, what is read, cosine; those in both lists are marked."""
    tiles = "".join(_tile(near, near.item.id in shared, modality, view, t) for near in found)
    return f'<ol class="tr-tiles of-{modality}{" alone" if alone else ""}" data-c="{modality}">{tiles}</ol>'


def _tile(near: Near, shared: bool, modality: Modality, view: View, t: Translator) -> str:
    item, text = near.item, near.item.text(view.language)
    face = picture(picture_url(view.world, item.id), t, short=True)
    mark = f'<span class="tr-enc-also">{esc(t("encoders.also"))}</span>' if shared else ""
    line = f'<span class="tr-enc-line">{esc(text.line)}</span>' if modality == "text" else ""
    words = (
        f'<button type="button" data-action="select" aria-label="'
        f'{esc(t("encoders.go_on", title=text.title))}">{esc(text.title)}</button>{line}{mark}'
    )
    play = ""
    if modality is Modality.AUDIO:
        url = sound_url(view.world, item.id)
        if url in (None, WAITING):
            play = tool("none", "play", t("card.coming"), more=" disabled")
        else:
            source = f' data-src="{esc(url)}"'
            label = t("card.play", title=text.title)
            play = tool("play", "play", label, pressed=False, more=source)
    return (
        f'<li data-id="{esc(item.id)}">{part("face", "tr-tile-pic", face)}'
        f"{part('words', 'tr-tile-words', words)}"
        f"{part('end', 'tr-tile-end', f'<span>{number(near.cosine)}</span>{play}')}</li>"
    )
