"""The one engine of the process, and the few things about it that every page asks."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from threading import Thread

import streamlit as st

from components.view import Known, current_view
from core.engine import Engine, MethodCard, WorldCard
from core.errors import TriadError
from core.types import CHANNELS, Channel, Method


@st.cache_resource(max_entries=1, show_spinner=False)
def engine() -> Engine:
    """Return the engine; tests put another one in its place."""
    return Engine()


@st.cache_data(max_entries=1, show_spinner=False)
def cards(family: str) -> tuple[MethodCard, ...]:
    """Return the registered methods of a family: encoder, fusion, attention or head."""
    return tuple(card for card in engine().methods() if card.family == family)


def known() -> Known:
    """Return what an address may name, as of now: a catalog may have been imported meanwhile.

    Methods are those that are trained in some world. Asking the registries would import torch first.
    """
    worlds = tuple(card.key for card in engine().worlds())
    trained = [method for world in worlds for method in engine().built(world)]
    return Known(
        worlds=worlds,
        fusions=_ordered(m.fusion for m in trained),
        attentions=_ordered(m.attention for m in trained),
        heads=_ordered(m.head for m in trained),
        visitors=visitors,
        items=items,
    )


def _ordered(keys: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(keys))


def warm() -> None:
    """Have the model that the present view asks for loaded in the background, and torch with it."""
    view = current_view()
    _warmed(view.world, view.method)


@st.cache_resource(max_entries=8, show_spinner=False)
def _warmed(world: str, method: Method) -> Thread:
    def load() -> None:
        with suppress(TriadError):  # whoever asks for the model is told
            source.warm(world, method)

    source = engine()
    thread = Thread(target=load, name="warm", daemon=True)
    thread.start()
    return thread


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


def channels(world: str) -> tuple[Channel, ...]:
    """Return the channels that anything in a world has."""
    card = world_card(world)
    there = {Channel(m) for m, count in card.modalities.items() if count}
    if card.visitors:
        there.add(Channel.BEHAVIOUR)
    return tuple(c for c in CHANNELS if c in there)
