"""The scenario picker: what each world is made of, and who its visitors are."""

from __future__ import annotations

import streamlit as st
from streamlit.delta_generator import DeltaGenerator as Place

from components.engine import world_card
from components.i18n import Translator
from components.view import View, change, current_view, widget_key
from core.engine import WorldCard
from core.types import MODALITIES


def label(card: WorldCard, t: Translator) -> str:
    """Say what a world is: rendered, real media or yours; simulated or real visitors, or none."""
    who = "nobody" if not card.visitors else "simulated" if card.simulated else "people"
    return t("punct.list").join((t(f"world.{card.kind}"), t(f"world.{who}")))


def caption(card: WorldCard, t: Translator) -> str:
    """Say what is in a world: what it is about, its label, counts, and how many items carry what."""
    counts = t(
        "world.counts", items=card.items, visitors=card.visitors, interactions=card.interactions
    )
    carried = t("punct.list").join(
        f"{t.name('channel', m)} {card.modalities[m]}" for m in MODALITIES if card.modalities[m]
    )
    parts = (t.line("scenario", card.key), label(card, t), f"{counts} ({carried})")
    return " · ".join(part for part in parts if part)


def world_picker(place: Place, view: View, t: Translator, worlds: tuple[str, ...]) -> None:
    """Draw the button that opens the choice of worlds.

    Likes, hidden items and the visitor belong to a world, so another world begins without them.
    """
    key = widget_key("world")

    def choose() -> None:
        chosen = st.session_state[key]
        if chosen != current_view().world:
            change(world=chosen, visitor="", likes=(), hidden=())

    with place.popover(t.name("scenario", view.world), icon=":material/public:", type="tertiary"):
        st.radio(
            t("world.choose"),
            worlds,
            index=worlds.index(view.world),
            format_func=lambda world: t.name("scenario", world),
            captions=[caption(world_card(world), t) for world in worlds],
            on_change=choose,
            key=key,
        )
