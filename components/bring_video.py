"""A video as uploads: its frames for the picture, its sound track for the sound."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass

import streamlit as st
from PIL import Image

from components.engine import engine
from components.i18n import Translator
from components.media import webp
from components.uploads import drop, keep, uploads
from core import clips
from core.errors import TriadError
from core.types import Media, Modality

THUMB = 160
"""Longest side of a frame on the page, in pixels."""


@dataclass(frozen=True, eq=False)
class Video:
    """A video of the session: the uploads that it became, its frames small as WebP, its length in seconds."""

    parts: tuple[Media, ...]
    thumbs: tuple[bytes, ...]
    seconds: float | None


def waiting() -> bool:
    """Say whether a video was given and is yet to be read."""
    return "_video_given" in st.session_state


def video() -> Video | None:
    """Return the video whose frames are the picture of now; what nothing is left of is forgotten."""
    found: Video | None = st.session_state.get("_video")
    if found is None:
        return None
    left = [part for part in found.parts if uploads().get(part.modality) == part]
    if not left:
        del st.session_state["_video"]
    return found if found.parts[0] in left else None


def take_video(key: str) -> Callable[[], None]:
    """Return what to do when the uploader changed; reading takes a while and comes later, in its place."""

    def take() -> None:
        given = st.session_state[key]
        drop_video()
        if given is None:
            drop(Modality.IMAGE)  # and what was wrong with a video
        else:
            st.session_state["_video_given"] = (given.getvalue(), given.name)

    return take


def drop_video() -> None:
    """Forget the uploads that a video became."""
    st.session_state.pop("_video_given", None)
    found: Video | None = st.session_state.pop("_video", None)
    for part in found.parts if found else ():
        if uploads().get(part.modality) == part:
            drop(part.modality)


def read_video(reads: Collection[Modality], t: Translator) -> None:
    """Turn the video that was given, if one was, into uploads of the modalities that the world reads."""
    if not waiting():
        return
    data, name = st.session_state.pop("_video_given")
    with st.spinner(t("upload.video_reading")):
        try:
            parts = tuple(part for part in clips.of_video(data, name) if part.modality in reads)
        except TriadError as error:
            keep(Media(Modality.IMAGE, data, name), _raising(error))
            return
        for part in parts:
            keep(part, engine().understand)
    frames = clips.frames_of(parts[0])
    pictures = frames.pictures if frames else ()
    thumbs = tuple(webp(Image.fromarray(each.pixels), THUMB) for each in pictures)
    st.session_state["_video"] = Video(parts, thumbs, clips.length(data))


def _raising(error: TriadError) -> Callable[[Media], None]:
    def refuse(media: Media) -> None:
        raise error

    return refuse
