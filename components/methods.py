"""The controls of the method: what to listen to, how to fuse, where to attend, how to score."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from components.engine import keys
from components.i18n import Translator
from components.icons import MATERIAL
from components.palette import CHANNEL_INK
from components.view import View, change, widget_key
from core.types import CHANNELS, Channel


def channel_switches(view: View, t: Translator, page: str) -> View:
    """Draw a switch for each channel, its icon in the channel's colour."""

    def label(channel: Channel) -> str:
        return f":{CHANNEL_INK[channel].word}[{MATERIAL[channel]}] {t.name('channel', channel)}"

    chosen = st.pills(
        t("bar.listen"),
        CHANNELS,
        selection_mode="multi",
        default=list(view.on),
        format_func=label,
        key=widget_key(f"{page}_on"),
    )
    return change(on=tuple(c for c in CHANNELS if c in chosen))


def menu(family: str, value: str, t: Translator, key: str, *, label: str | None = None) -> str:
    """Draw the menu of a registered family and return the chosen key, which its help explains."""
    options: Sequence[str] = keys(family)
    return st.selectbox(
        label or t(f"bar.{family}"),
        options,
        index=options.index(value),
        format_func=lambda option: t.name(family, option),
        help=t.line(family, value) or None,
        key=key,
    )


def method_menus(view: View, t: Translator, page: str) -> View:
    """Draw the three menus beside each other."""
    for family, cell in zip(
        ("fusion", "attention", "head"), st.columns(3, wrap=False), strict=True
    ):
        with cell:
            chosen = menu(family, getattr(view, family), t, widget_key(f"{page}_{family}"))
            view = change(**{family: chosen})
    return view
