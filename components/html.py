"""The few helpers from which all static markup is built. Every value is escaped here."""

from __future__ import annotations

import re
from html import escape

from components.i18n import Translator
from components.icons import icon

WAITING = "wait"
"""Stands for the address of something that is still being made."""


def esc(value: object) -> str:
    """Escape for element content and for double-quoted attributes."""
    return escape(str(value), quote=True)


def plain(text: str) -> str:
    """Escape for Markdown: what others wrote is neither a link, nor a picture that a browser fetches."""
    return re.sub(r"([\\`*\[\]<>$])", r"\\\1", text)


def channel_label(t: Translator, channel: str) -> str:
    """Return a channel's icon and word."""
    name = esc(t.name("channel", channel))
    return f'<span class="tr-chan" data-c="{esc(channel)}">{icon(channel)}{name}</span>'


def signed(value: float, digits: int = 2) -> str:
    """Return a number with its sign, a true minus, and no negative zero."""
    text = f"{value:+.{digits}f}"
    return text.replace("-", "−") if float(text) else f"{0:.{digits}f}"


def number(value: float, digits: int = 2) -> str:
    """Return a number with a true minus and no plus."""
    text = f"{value:.{digits}f}"
    return text.replace("-", "−") if float(text) else f"{0:.{digits}f}"


def picture(url: str | None, t: Translator, *, short: bool = False) -> str:
    """Return an image, or a note that there is none. The title beside it says what it is."""
    if url == WAITING:
        return (
            f'<div class="tr-none tr-wait" role="img" aria-label="{esc(t("card.coming"))}"></div>'
        )
    if url:
        return f'<img src="{esc(url)}" alt="">'
    return f'<div class="tr-none">{"–" if short else esc(t("card.no_picture"))}</div>'
