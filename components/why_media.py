"""The media under the shading: an item's or an upload's picture, and the spectrogram of its sound."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import streamlit as st
from PIL import Image

from components.engine import engine
from components.html import esc
from components.i18n import Translator
from components.media import THUMB_PIXELS, address, picture_url, sound_url, thumb_url, webp
from components.understood import spectrogram_png
from components.uploads import uploads
from components.why_ask import remembered
from components.why_parts import (
    notes_html,
    picture_html,
    sound_html,
    strip_html,
    title_html,
    words_html,
)
from components.why_sound import player_html, show_sound
from core.clips import frames_of
from core.media import decode, spectrogram
from core.types import Media, Modality, Picture, Sound

if TYPE_CHECKING:
    from collections.abc import Sequence

    from core.explain.within import PartsReport

COLUMNS = 3
FRAME = 240
"""Longest side of a video's frame in pixels."""


@dataclass(frozen=True)
class Heard:
    """A sound's length in seconds and its spectrogram as PNG."""

    seconds: float
    png: bytes


def heard(world: str, item: str, of: str) -> Heard:
    """Return what is drawn of a sound, made once a session."""
    media = uploads()[Modality.AUDIO] if of == "upload" else None
    brought = (media,) if media else ()

    def make() -> Heard:
        sound = sound_of(world, item, of)
        return Heard(sound.seconds, spectrogram_png(spectrogram(sound)[0]))

    return remembered(("heard", media or (world, item)), make, brought)


def sound_of(world: str, item: str, of: str) -> Sound:
    """Return an item's or the upload's sound, as the encoder got it."""
    media = (
        uploads()[Modality.AUDIO]
        if of == "upload"
        else Media(Modality.AUDIO, engine().sound(world, item), item)
    )
    sound = decode(media)
    assert isinstance(sound, Sound)
    return sound


def seen(world: str, item: str, of: str, side: int = 480) -> bytes:
    """Return a picture as the encoder got it, small, as WebP."""
    if of == "item":
        return engine().picture(world, item, side)
    clean = decode(uploads()[Modality.IMAGE])
    assert isinstance(clean, Picture)
    return webp(Image.fromarray(clean.pixels), side)


def frames(side: int = FRAME) -> tuple[bytes, ...]:
    """Return the frames of the video that was brought, small, as WebP."""
    media = uploads()[Modality.IMAGE]

    def make() -> tuple[bytes, ...]:
        found = frames_of(media)
        shown = found.pictures if found else ()
        return tuple(webp(Image.fromarray(picture.pixels), side) for picture in shown)

    return remembered(("frames", media, side), make, (media,))


def face(world: str, id: str) -> str | None:
    """Return the address of an item's thumbnail, or for "" of the upload's."""
    if id:
        return thumb_url(world, id)
    return address(seen(world, "", "upload", THUMB_PIXELS), "image/webp")


def show_parts(
    reports: Sequence[PartsReport],
    measure: str,
    world: str,
    item: str,
    language: str,
    t: Translator,
) -> None:
    """Draw the parts of the item's modalities and of the uploads', three beside each other."""
    if not reports:
        st.html(f'<p class="tr tr-small tr-muted">{esc(t("parts.none"))}</p>')
        return
    for of in ("item", "upload"):
        for report in reports:
            if report.of == of and report.frames:
                st.html(f'<div class="tr">{_film(report, measure, t)}</div>')
        mine = [report for report in reports if report.of == of and not report.frames]
        cells = st.columns(COLUMNS, gap="large") if mine else ()
        for report, cell in zip(mine, cells, strict=False):
            with cell:
                _show(report, measure, world, item, language, t)


def _film(report: PartsReport, measure: str, t: Translator) -> str:
    urls = [address(frame, "image/webp") for frame in frames()]
    drawn = strip_html(report, measure, urls, t)
    return f"{title_html(report, t)}{drawn}{notes_html(report, measure, t)}"


def _show(
    report: PartsReport, measure: str, world: str, item: str, language: str, t: Translator
) -> None:
    title, notes = title_html(report, t), notes_html(report, measure, t)
    if report.modality is Modality.AUDIO:
        sound = heard(world, item, report.of)
        html = sound_html(report, measure, sound.seconds, sound.png, t, plays=True)
        url = _sound_address(world, item, report.of)
        player = player_html(url, t)
        show_sound(f"{title}{html}{player}{notes}", f"sound_{report.of}")
        return
    if report.modality is Modality.IMAGE:
        url = (
            picture_url(world, item)
            if report.of == "item"
            else address(seen(world, item, report.of), "image/webp")
        )
        drawn = picture_html(report, measure, url, t)
    else:
        spoken = language if report.of == "item" else "und"
        drawn = words_html(report, measure, spoken, t)
    st.html(f'<div class="tr">{title}{drawn}{notes}</div>')


def _sound_address(world: str, item: str, of: str) -> str | None:
    if of == "item":
        return sound_url(world, item)
    media = uploads()[Modality.AUDIO]
    return address(media.data, "audio/wav")
