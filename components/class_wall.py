"""A teacher's side: the wall with the votes as they come, and what moves the class on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial

import streamlit as st

from components.class_lists import liked_html, ranked, two_lists
from components.class_result import counts_html, fusion_name, table_html, verdict_html
from components.class_seat import act, base_address, keep_key, key_of, moved_on, rooms, told
from components.html import esc
from components.i18n import Translator
from components.view import View, change, encode
from core.classroom.export import results_csv, votes_csv
from core.classroom.results import by_fusion, round_result
from core.classroom.room import Room, State

PULSE = 1.5
"""Every how many seconds the wall counts."""


def wall(room: Room, view: View, t: Translator) -> None:
    """Draw the wall of a room of ours."""
    _return_link(room, view, t)
    with st.container(key="class_present" if view.present else "class_wall"):
        code, votes = st.columns([1, 1.3], gap="large", vertical_alignment="center")
        with code:
            st.html(_code_html(room, t))
            st.html(liked_html(room.world, room.visitor, t))
        with votes:
            _live(room, t)
            _steps(room, t)
    if room.round.state is State.REVEALED:
        _revealed(room, view, t)
    if not view.present:
        _take_away(room, t)


def _code_html(room: Room, t: Translator) -> str:
    address = base_address().partition("//")[2]
    place = t("class.place", number=room.current, count=len(room.rounds))
    return (
        f'<div class="tr tr-class-join"><p class="tr-muted">{esc(place)}</p>'
        f'<p class="tr-class-code" aria-label="{esc(" ".join(room.code))}">{esc(room.code)}</p>'
        f"<p>{esc(t('class.go_to', address=address))}</p></div>"
    )


@st.fragment(run_every=PULSE)
def _live(room: Room, t: Translator) -> None:
    """Count again and again; where another window of the teacher moved on, draw the whole page."""
    with told(t):
        counts = rooms().counts(room.code).get(room.current, {})
        st.html(counts_html(round_result(room.round, counts), t))
    if moved_on(room):
        st.rerun()


def _steps(room: Room, t: Translator) -> None:
    """Draw the one button that comes next."""
    on = room.round
    after: dict[State, tuple[str, str, Callable[..., Room]]] = {
        State.OPEN: ("class.close", ":material/lock:", rooms().close),
        State.CLOSED: ("class.reveal", ":material/visibility:", rooms().reveal),
        State.REVEALED: ("class.next", ":material/arrow_forward:", rooms().advance),
    }
    words, icon, move = after[on.state]
    if on.state is State.REVEALED and room.current == len(room.rounds):
        st.html(f'<p class="tr tr-muted">{esc(t("class.all_done"))}</p>')
    else:
        st.button(
            t(words),
            icon=icon,
            type="primary",
            on_click=act,
            args=(partial(move, room.code, key_of(room), on.number),),
            key=f"class_{on.state}_{on.number}",
        )


def _revealed(room: Room, view: View, t: Translator) -> None:
    on = room.round
    counts, votes = rooms().counts(room.code), rooms().votes(room.code)
    st.html(verdict_html(round_result(on, counts.get(on.number, {})), t))
    shown = [r for r in room.rounds if r.state is State.REVEALED]
    if len(shown) > 1:
        st.html(table_html(by_fusion(shown, votes), t))
    pair = (on.first, on.second)
    lists = [ranked(room.world, room.visitor, fusion, room.k) for fusion in pair]
    two_lists(room.world, [fusion_name(fusion, t) for fusion in pair], lists, t, "wall")
    if not view.present:
        columns = tuple((fusion, "off") for fusion in pair)
        there = replace(view, world=room.world, visitor=room.visitor, columns=columns)
        st.page_link(
            "pages/compare.py",
            label=t("class.compare"),
            icon=":material/compare_arrows:",
            query_params=encode(there),
        )


def _return_link(room: Room, view: View, t: Translator) -> None:
    """Show the way back once: with the key in it, so not on a wall."""
    if view.present or st.session_state.get("_class_new") != room.code:
        return
    with st.container(border=True, key="class_return"):
        st.html(f'<p class="tr tr-small">{esc(t("class.return"))}</p>')
        link = f"{base_address()}?room={room.code}&key={key_of(room)}"
        st.code(link, language=None, wrap_lines=True)
        st.button(
            t("class.kept"),
            type="tertiary",
            icon=":material/check:",
            on_click=lambda: st.session_state.pop("_class_new", None),
            key="class_kept",
        )


def _take_away(room: Room, t: Translator) -> None:
    """Offer the votes and the results as tables, and the end of the room."""
    source, key = rooms(), key_of(room)

    def votes() -> bytes:
        return votes_csv(room, source.ballots(room.code, key))

    def results() -> bytes:
        counts, cast = source.counts(room.code), source.votes(room.code)
        found = [round_result(r, counts.get(r.number, {})) for r in room.rounds]
        return results_csv(found, by_fusion(room.rounds, cast).items())

    with st.container(horizontal=True, gap="small", key="class_take"):
        for name, make in (("votes", votes), ("results", results)):
            st.download_button(
                t(f"class.take_{name}"),
                make,
                f"class-{room.code}-{name}.csv",
                "text/csv",
                icon=":material/table:",
                on_click="ignore",
                key=f"class_take_{name}",
            )
        with st.popover(t("class.delete"), icon=":material/delete:", type="tertiary"):
            st.html(f'<p class="tr tr-small">{esc(t("class.delete_line"))}</p>')
            st.button(
                t("class.delete_yes"),
                type="primary",
                on_click=act,
                args=(partial(_delete, room),),
                key="class_delete",
            )


def _delete(room: Room) -> None:
    rooms().delete(room.code, key_of(room))
    keep_key(room.code, "")
    change(room="")
