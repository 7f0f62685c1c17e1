"""The one engine of the process, and the few things about it that every page asks."""

from __future__ import annotations

import streamlit as st

from components.view import Known
from core.engine import Engine, MethodCard, WorldCard
from core.types import Method


@st.cache_resource(max_entries=1, show_spinner=False)
def engine() -> Engine:
    """Return the engine; tests put another one in its place."""
    return Engine()


@st.cache_data(max_entries=4, show_spinner=False)
def cards(family: str) -> tuple[MethodCard, ...]:
    """Return the registered methods of a family: encoder, fusion, attention or head."""
    return tuple(card for card in engine().methods() if card.family == family)


def keys(family: str) -> tuple[str, ...]:
    """Return the keys of a family, in menu order."""
    return tuple(card.key for card in cards(family))


def known() -> Known:
    """Return what an address may name, as of now: a catalog may have been imported meanwhile."""
    return Known(
        worlds=tuple(card.key for card in engine().worlds()),
        fusions=keys("fusion"),
        attentions=keys("attention"),
        heads=keys("head"),
        visitors=visitors,
        items=items,
    )


def visitors(world: str) -> tuple[str, ...]:
    """Return the ids of a world's visitors."""
    return tuple(engine().visitors(world))


def items(world: str) -> frozenset[str]:
    """Return the ids of a world's items."""
    return frozenset(item.id for item in engine().items(world))


def world_card(world: str) -> WorldCard:
    """Return the card of a world."""
    return next(card for card in engine().worlds() if card.key == world)


def built(world: str) -> tuple[Method, ...]:
    """Return the methods that can be chosen in a world; see :meth:`Engine.built`."""
    return engine().built(world)
