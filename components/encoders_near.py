"""The nearest items of a world by the chosen encoder, beside those of the default one."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import Final

import streamlit as st

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


def neighbours(view: View, id: str, subject: Subject, t: Translator) -> None:
    """Find and draw both lists; the first time, all of the world has to be read."""
    default = DEFAULTS[subject.media.modality]
    ids = list(dict.fromkeys((id, default)))
    place = st.container(key="encoders_near")
    task = f"{view.world} {id}"
    if st.session_state.get("_encoders_stopped") == task:
        with place:
            st.html(f'<p class="tr tr-muted">{esc(t("encoders.stopped"))}</p>')
            st.button(t("encoders.again"), icon=":material/play_arrow:", on_click=_stop, args=("",))
        return
    found = {each: _found(view, each, subject, task, t) for each in ids}
    shared = set.intersection(*({near.item.id for near in each} for each in found.values()))
    with place:
        st.html(_lead(found[id], len(shared) if len(ids) > 1 else None, t))
        for cell, each in zip(st.columns(len(ids), gap="large"), ids, strict=True):
            with cell:
                title = t("encoders.near", name=encoder_name(each, t))
                st.html(f'<h2 class="tr tr-enc-h">{esc(title)}</h2>')
                if not found[each]:
                    st.html(f'<p class="tr tr-empty">{esc(t("encoders.empty"))}</p>')
                    continue
                marked = shared if len(ids) > 1 else set()
                html = near_html(
                    found[each], marked, subject.media.modality, view, t, len(ids) == 1
                )
                live_list(html, f"encoders_near_{ids.index(each)}", go_on)


def _lead(found: Sequence[Near], shared: int | None, t: Translator) -> str:
    same = "" if shared is None else t("encoders.same", count=shared, total=len(found))
    strong = f"<b>{esc(same)}</b> " if same else ""
    return f'<p class="tr tr-prose tr-small">{strong}{esc(t("encoders.near_line"))}</p>'


def _stop(task: str) -> None:
    st.session_state["_encoders_stopped"] = task


def _found(view: View, id: str, subject: Subject, task: str, t: Translator) -> tuple[Near, ...]:
    status = st.empty()
    try:
        return nearest(
            engine(),
            view.world,
            id,
            subject.all,
            COUNT,
            without=(subject.item.id,) if subject.item else (),
            say=_reporter(status, encoder_name(id, t), task, t),
        )
    finally:
        status.empty()


def _reporter(
    place: st.delta_generator.DeltaGenerator, name: str, task: str, t: Translator
) -> Callable[[int, int], None]:
    """Return what shows how far the work is. A click on Stop ends this run of the page, and the work."""
    began, last = time.monotonic(), 0.0
    bar: st.delta_generator.DeltaGenerator | None = None

    def say(done: int, total: int) -> None:
        nonlocal bar, last
        now = time.monotonic()
        if now - began < QUICK or now - last < STEP or done == total:
            return
        last = now
        words = t("encoders.working", name=name, done=done, total=total)
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
    return f'<ol class="tr-tiles{" alone" if alone else ""}" data-c="{modality}">{tiles}</ol>'


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
