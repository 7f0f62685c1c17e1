"""The player under a shaded spectrogram; a click on the picture plays from there."""

from __future__ import annotations

import io
import zlib
from pathlib import Path
from typing import Final

import soundfile
import streamlit as st

from components.html import WAITING, esc
from components.i18n import Translator
from core.types import Sound

MOST_BYTES: Final = 300_000
"""Of a sound that is put into a file; about half a minute."""

_SCRIPT: Final = Path(__file__).with_name("why_sound.js").read_text(encoding="utf-8")

_mount = st.components.v2.component(
    "triad_why_sound", html='<div class="tr-mount"></div>', js=_SCRIPT, isolate_styles=False
)


def player_html(url: str | None, t: Translator) -> str:
    """Return the browser's own player, or that the sound is still being made."""
    if not url or url == WAITING:
        return f'<p class="tr-small tr-muted">{esc(t("card.coming"))}</p>' if url else ""
    label = esc(t("parts.player"))
    return f'<audio controls preload="metadata" src="{esc(url)}" aria-label="{label}"></audio>'


def inlined(sound: Sound) -> bytes | None:
    """Return a sound as MP3, which every browser plays, or None where it would be too large."""
    out = io.BytesIO()
    soundfile.write(out, sound.samples, sound.rate, format="MP3")
    return out.getvalue() if out.tell() <= MOST_BYTES else None


def show_sound(html: str, key: str) -> None:
    """Draw a spectrogram with its stretches as buttons, and the player that they start."""
    whole = f'<div class="tr">{html}</div>'
    _mount(key=key, data={"html": whole, "sum": str(zlib.crc32(whole.encode()))})
