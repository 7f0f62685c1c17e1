"""The controls of the method: what to listen to, how to fuse, where to attend, how to score."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from components.engine import built, channels
from components.html import esc
from components.i18n import Translator
from components.icons import MATERIAL
from components.palette import CHANNEL_INK
from components.view import View, change, widget_key
from core.types import CHANNELS, Channel


def channel_switches(view: View, t: Translator, page: str) -> View:
    """Draw a switch for each channel that the world has, its icon in the channel's colour."""

    def label(channel: Channel) -> str:
        return f":{CHANNEL_INK[channel].word}[{MATERIAL[channel]}] {t.name('channel', channel)}"

    there = channels(view.world)
    chosen = st.pills(
        t("bar.listen"),
        there,
        selection_mode="multi",
        default=[c for c in view.on if c in there],
        format_func=label,
        key=widget_key(f"{page}_on_{'_'.join(there)}"),
    )
    kept = set(view.on).difference(there)  # what this world lacks may be in the next one
    return change(on=tuple(c for c in CHANNELS if c in chosen or c in kept))


def menu(
    family: str,
    value: str,
    options: Sequence[str],
    t: Translator,
    key: str,
    *,
    label: str | None = None,
) -> str:
    """Draw the menu of a registered family and return the chosen key, which its help explains."""
    return st.selectbox(
        label or t(f"bar.{family}"),
        options,
        index=options.index(value),
        format_func=lambda option: t.name(family, option),
        help=t.line(family, value) or None,
        key=key,
    )


def fitted(view: View) -> View:
    """Return the view with every method replaced by one that is trained for its world.

    What is not trained gives way in this order: the attention, the head, the fusion.
    """
    trained = {(m.fusion, m.attention, m.head) for m in built(view.world)}
    if not trained:
        return view

    def fit(fusion: str, attention: str, head: str) -> tuple[str, str, str]:
        tries = ((fusion, attention, head), (fusion, "off", head), (fusion, "off", "dot"))
        return next((each for each in tries if each in trained), min(trained))

    fusion, attention, head = fit(view.fusion, view.attention, view.head)
    columns = tuple(fit(f, a, head)[:2] for f, a in view.columns)
    return change(fusion=fusion, attention=attention, head=head, columns=columns)


def method_menus(view: View, t: Translator, page: str) -> View:
    """Draw the three menus beside each other, each with what is trained beside the others.

    A change of fusion or head may leave the attention without a trained model; it is then off.
    """
    trained = [(m.fusion, m.attention, m.head) for m in built(view.world)]
    if not trained:
        st.html(f'<p class="tr tr-small tr-muted">{esc(t("bar.untrained"))}</p>')
        return view
    fusions, attentions, heads = (
        tuple(dict.fromkeys(column)) for column in zip(*trained, strict=True)
    )
    left, middle, right = st.columns(3, wrap=False)
    with left:
        view = change(fusion=menu("fusion", view.fusion, fusions, t, widget_key(f"{page}_fusion")))
    with right:
        view = fitted(change(head=menu("head", view.head, heads, t, widget_key(f"{page}_head"))))
    with middle:
        possible = tuple(a for a in attentions if (view.fusion, a, view.head) in trained)
        key = widget_key(f"{page}_attention_{len(possible)}")
        attention = menu("attention", view.attention, possible, t, key)
    return change(attention=attention)
