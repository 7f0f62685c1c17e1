"""A student's side: two lists without names, one vote a round."""

from __future__ import annotations

from functools import partial

import streamlit as st

from components.class_lists import liked_html, ranked, two_lists
from components.class_result import fusion_name, verdict_html
from components.class_seat import act, keep_key, moved_on, rooms, student, told, who
from components.html import esc
from components.i18n import Translator
from core.classroom.results import round_result
from core.classroom.room import Room, Side, State

PULSE = 3.0
"""Every how many seconds a student's page looks whether the round has moved on."""


def booth(room: Room, t: Translator) -> None:
    """Draw the round that is on, and come back when the teacher moves on."""
    token, on = student(), room.round
    left, right = room.sides(on.number, token)
    heads = (t("class.left"), t("class.right"))
    if on.state is State.REVEALED:
        named = zip(heads, (left, right), strict=True)
        heads = tuple(
            t("class.named", side=head, fusion=fusion_name(fusion, t)) for head, fusion in named
        )
    st.html(liked_html(room.world, room.visitor, t))
    _ballot(room, token, t)
    lists = [ranked(room.world, room.visitor, fusion, room.k) for fusion in (left, right)]
    two_lists(room.world, heads, lists, t, "booth")
    _teacher(room, t)
    _watch(room)


@st.fragment
def _ballot(room: Room, token: str, t: Translator) -> None:
    """Draw question and answer; a vote draws these again, and not the lists."""
    _status(room, _vote(room, token, t), t)


def _vote(room: Room, token: str, t: Translator) -> Side | None:
    """Draw the three answers; a click on one is the vote, and can be changed by another."""
    on = room.round
    cast = rooms().voted(room, on.number, token)
    names = {side: t(f"class.{side}") for side in Side}
    with st.container(key="class_vote"):
        chosen = st.segmented_control(
            t("class.question"),
            tuple(Side),
            default=cast,
            format_func=names.__getitem__,
            disabled=on.state is not State.OPEN,
            required=True,
            width="stretch",
            key=f"class_vote_{room.code}_{on.number}",
        )
    if chosen is not None and chosen != cast and on.state is State.OPEN:
        with told(t):
            rooms().vote(room.code, on.number, token, chosen)
            return chosen
    return cast


def _status(room: Room, vote: Side | None, t: Translator) -> None:
    on = room.round
    place = t("class.place", number=on.number, count=len(room.rounds))
    if on.state is State.OPEN:
        said = t("class.counted", side=t(f"class.{vote}")) if vote else t("class.not_yet")
    elif on.state is State.CLOSED:
        said = t("class.closed")
    else:
        said = t("class.revealed") if room.current < len(room.rounds) else t("class.over")
    st.html(
        f'<p class="tr tr-class-status" role="status" data-state="{on.state}" '
        f'data-vote="{esc(vote or "")}"><b>{esc(place)}</b> {esc(said)}</p>'
    )
    if on.state is State.REVEALED:
        st.html(verdict_html(round_result(on, rooms().counts(room.code).get(on.number, {})), t))


def _teacher(room: Room, t: Translator) -> None:
    with st.popover(t("class.i_teach"), icon=":material/key:", type="tertiary"):
        st.text_input(t("class.key"), type="password", key="class_key")
        st.button(
            t("class.unlock"), on_click=act, args=(partial(_unlock, room),), key="class_unlock"
        )


def _unlock(room: Room) -> None:
    key = str(st.session_state["class_key"]).strip()
    keep_key(rooms().enter(room.code, key, who()).code, key)


@st.fragment(run_every=PULSE)
def _watch(seen: Room) -> None:
    """Draw the page again when the room is not what it was."""
    if moved_on(seen):
        st.rerun()
