"""The controls of the map: which item lights up, what the colours say, how the maps are drawn."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from components.i18n import Translator
from components.live import Event
from components.map_marks import Groups, by_category, by_nothing
from components.view import View, change, widget_key
from core.atlas import projections
from core.types import MODALITIES, Item


def first_lit(items: Sequence[Item]) -> str:
    """Return the item that is lit up before anybody chose one: the first that has every modality."""
    return max(items, key=lambda item: len(item.modalities & set(MODALITIES))).id


def item_picker(view: View, items: Sequence[Item], t: Translator) -> View:
    """Draw the menu of items; the keyboard's way to what a click on the map does."""
    ids = [item.id for item in items]
    titles = {item.id: item.text(view.language).title for item in items}
    chosen = view.item if view.item in titles else first_lit(items)
    # What was clicked on the map begins a new menu: an old one would go on saying what it said.
    key = widget_key(f"map_item_{st.session_state.get('_map_clicks', 0)}")
    picked = st.selectbox(
        t("map.item"), ids, index=ids.index(chosen), format_func=titles.__getitem__, key=key
    )
    return change(item=picked)


def on_click(event: Event) -> None:
    """Light up what was clicked."""
    if event.action == "select" and event.id:
        st.session_state["_map_clicks"] = st.session_state.get("_map_clicks", 0) + 1
        change(item=event.id)


def colouring(items: Sequence[Item], t: Translator) -> Groups:
    """Draw the choice of what hue and shape say, where there is one, and return the groups."""
    if len({item.category for item in items}) < 2:
        return by_nothing(items)
    names = {"category": t("map.by_category"), "nothing": t("map.by_nothing")}
    chosen = st.segmented_control(
        t("map.colour"),
        tuple(names),
        default="category",
        format_func=names.__getitem__,
        required=True,
        key="map_colour",
    )
    return by_category(items) if chosen == "category" else by_nothing(items)


def projection(t: Translator) -> str:
    """Draw the choice of the projection, where there is one."""
    there = projections()
    if len(there) == 1:
        return there[0]
    return str(
        st.segmented_control(
            t("map.projection"),
            there,
            default=there[0],
            format_func=str.upper,
            required=True,
            key="map_projection",
        )
    )
