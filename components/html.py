"""The few helpers from which all static markup is built. Every value is escaped here."""

from __future__ import annotations

from html import escape

from components.i18n import Translator
from components.icons import icon


def esc(value: object) -> str:
    """Escape for element content and for double-quoted attributes."""
    return escape(str(value), quote=True)


def channel_label(t: Translator, channel: str) -> str:
    """Return a channel's icon and word."""
    return f'<span class="tr-chan" data-c="{esc(channel)}">{icon(channel)}{esc(t.name("channel", channel))}</span>'


def signed(value: float, digits: int = 2) -> str:
    """Return a number with its sign, a true minus, and no negative zero."""
    text = f"{value:+.{digits}f}"
    return text.replace("-", "−") if float(text) else f"{0:.{digits}f}"


def number(value: float, digits: int = 2) -> str:
    """Return a number with a true minus and no plus."""
    text = f"{value:.{digits}f}"
    return text.replace("-", "−") if float(text) else f"{0:.{digits}f}"


def picture(url: str | None, t: Translator, *, short: bool = False) -> str:
    """Return an image, or a plain note that the item has none. The title beside it is its text alternative."""
    if url:
        return f'<img src="{esc(url)}" alt="">'
    return f'<div class="tr-none">{"–" if short else esc(t("card.no_picture"))}</div>'
