"""Before a room: join one by its code, or open one."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import streamlit as st

from components.class_lists import fusions, ranked
from components.class_seat import act, keep_key, rooms, who
from components.engine import engine, visitors
from components.html import esc
from components.i18n import Translator
from components.methods import menu
from components.view import View, change, widget_key
from components.visitor import visitor_name
from core.classroom.room import MAX_ROUNDS, Plan

LENGTHS = (3, 5, 10)


def lobby(view: View, t: Translator) -> None:
    """Draw both ways into a room."""
    with st.container(key="class_lobby"):
        join, gap, opening = st.columns([1, 0.08, 2], gap="medium")
        with join:
            _join(t)
        with gap:
            st.html('<div class="tr-class-gap"></div>')
        with opening:
            _open(view, t)


def _join(t: Translator) -> None:
    _title(t("class.join"), t("class.join_line"))
    with st.form("class_join", border=False, enter_to_submit=True):
        st.text_input(t("class.code"), max_chars=12, autocomplete="off", key="class_code")
        st.form_submit_button(
            t("class.enter"),
            type="primary",
            icon=":material/login:",
            on_click=act,
            args=(_enter,),
        )


def _enter() -> None:
    change(room=rooms().find(str(st.session_state["class_code"]), who()).code)


def _open(view: View, t: Translator) -> None:
    _title(t("class.open"), t("class.open_line"))
    compared = [fusion for fusion, _ in view.columns]
    there = tuple(sorted(fusions(view.world), key=lambda f: f not in compared))
    people = visitors(view.world)
    if len(there) < 2 or not people:
        st.html(f'<p class="tr tr-muted">{esc(t("class.cannot"))}</p>')
        return
    with st.container(horizontal=True, gap="medium", vertical_alignment="bottom"):
        visitor = _visitor(view, people, t)
        rounds = st.segmented_control(
            t("class.rounds"),
            tuple(range(1, MAX_ROUNDS + 1)),
            default=3,
            required=True,
            key="class_rounds",
        )
        k = st.segmented_control(
            t("class.length"), LENGTHS, default=5, required=True, key="class_k"
        )
    pairs = tuple(_pair(view.world, visitor, n, k, there, t) for n in range(1, rounds + 1))
    st.button(
        t("class.start"),
        type="primary",
        icon=":material/meeting_room:",
        on_click=act,
        args=(partial(_start, Plan(view.world, visitor, pairs, k)),),
        key="class_go",
    )


def _start(plan: Plan) -> None:
    room, key = rooms().open(plan)
    keep_key(room.code, key)
    st.session_state["_class_new"] = room.code
    change(room=room.code)


def _visitor(view: View, people: tuple[str, ...], t: Translator) -> str:
    shown = view.visitor if view.visitor in people else engine().default_visitor(view.world)
    with st.container(width=240):
        visitor = st.selectbox(
            t("bar.visitor"),
            people,
            index=people.index(shown),
            format_func=lambda id: visitor_name(replace(view, visitor=id), t),
            key=widget_key(f"class_visitor_{view.world}"),
        )
    change(visitor=visitor)
    return visitor


def _pair(
    world: str, visitor: str, number: int, k: int, there: tuple[str, ...], t: Translator
) -> tuple[str, str]:
    """Draw the two menus of a round; at first the first fusion stands against one after another."""
    label, left, right, shared = st.columns(
        [0.75, 1.5, 1.5, 1.7], vertical_alignment="bottom", gap="small"
    )
    with label:
        st.html(f'<p class="tr tr-class-round">{esc(t("class.round", number=number))}</p>')
    with left:
        key = f"class_{world}_{number}_first"
        first = menu("fusion", there[0], there, t, key, label=t("class.list_1"))
    with right:
        key = f"class_{world}_{number}_second"
        other = there[1 + (number - 1) % (len(there) - 1)]
        second = menu("fusion", other, there, t, key, label=t("class.list_2"))
    with shared:
        one, two = (ranked(world, visitor, fusion, k) for fusion in (first, second))
        both = len(set(one) & set(two))
        said = t("class.identical") if one == two else t("class.shared", count=both, k=len(one))
        st.html(f'<p class="tr tr-small tr-muted tr-class-shared">{esc(said)}</p>')
    return first, second


def _title(title: str, line: str) -> None:
    st.html(
        f'<div class="tr"><h2 class="tr-class-title">{esc(title)}</h2>'
        f'<p class="tr-muted tr-small">{esc(line)}</p></div>'
    )
