"""The controls of the Compare page: one shared bar; a column has only fusion and attention."""

from __future__ import annotations

import streamlit as st

from components.engine import built
from components.i18n import Translator
from components.methods import menu
from components.uploads import uploads
from components.view import MAX_COLUMNS, MIN_COLUMNS, View, change, widget_key
from components.visitor import visitor_name, visitor_picker
from core.types import Query

LENGTHS = (5, 10, 20)


def source(view: View, t: Translator) -> tuple[View, Query]:
    """Draw the menu of who asks: the uploads of the session, if there are any, or a visitor.

    In large type there is no menu: it stays with whoever was chosen before.
    """
    brought = tuple(uploads().values())
    if view.present:
        mine = st.session_state.get("_compare_source", "uploads") == "uploads"
        return view, Query(media=brought) if brought and mine else view.query
    if not brought:
        view = visitor_picker(view, t, "compare")
        return view, view.query
    names = {"uploads": t("compare.uploads"), "visitor": visitor_name(view, t)}
    chosen = st.segmented_control(
        t("compare.source"),
        tuple(names),
        default=st.session_state.get("_compare_source", "uploads"),
        format_func=names.__getitem__,
        required=True,
        key="compare_source",
    )
    st.session_state["_compare_source"] = chosen
    return view, Query(media=brought) if chosen == "uploads" else view.query


def how_many(view: View, t: Translator) -> View:
    """Draw the choice of the lists' length."""
    options = tuple(sorted({*LENGTHS, view.k}))
    chosen = st.segmented_control(
        t("bar.k"), options, default=view.k, required=True, key=widget_key("compare_k")
    )
    return change(k=int(chosen or view.k))


def column_count(view: View, t: Translator) -> View:
    """Draw the choice of how many columns there are; a new one gets a fusion not there yet."""
    options = tuple(range(MIN_COLUMNS, MAX_COLUMNS + 1))
    chosen = st.segmented_control(
        t("compare.columns"),
        options,
        default=len(view.columns),
        required=True,
        key=widget_key("compare_n"),
    )
    columns = list(view.columns[: int(chosen or len(view.columns))])
    trained = dict.fromkeys(m.fusion for m in built(view.world) if m.head == view.head)
    unused = [key for key in trained if key not in {fusion for fusion, _ in columns}]
    while len(columns) < int(chosen or 0):
        columns.append((unused.pop(0) if unused else columns[-1][0], columns[-1][1]))
    return change(columns=tuple(columns))


def column_menus(view: View, t: Translator, number: int) -> View:
    """Draw one column's fusion and attention."""
    fusion, attention = view.columns[number]
    left, right = st.columns(2, gap="small")
    trained = [(m.fusion, m.attention) for m in built(view.world) if m.head == view.head]
    with left:
        label = f"{number + 1}. {t('bar.fusion')}"
        key = widget_key(f"compare_fusion_{number}")
        only = tuple(dict.fromkeys(f for f, _ in trained))
        fusion = menu("fusion", fusion, only, t, key, label=label)
    with right:
        possible = tuple(a for f, a in trained if f == fusion)
        key = widget_key(f"compare_attention_{number}_{len(possible)}")
        shown = attention if attention in possible else possible[0]
        attention = menu("attention", shown, possible, t, key)
    columns = [*view.columns[:number], (fusion, attention), *view.columns[number + 1 :]]
    return change(columns=tuple(columns))
