"""Where a visitor brings a picture, a review, a sound; and what was understood of each."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence

import streamlit as st
from PIL import Image

from components.bring_speech import forget_written, is_spoken, show_speech, written
from components.bring_video import Video, drop_video, read_video, take_video, video
from components.engine import engine
from components.html import esc, plain
from components.i18n import Translator
from components.icons import icon
from components.media import address, webp
from components.understood import frames_html, picture_html, sound_html, text_html
from components.uploads import drop, keep, problem, upload_round, uploads
from core.media import decode, spectrogram, waveform
from core.types import Media, Modality

IMAGE_TYPES: Sequence[str] = ("jpg", "jpeg", "png", "webp", "gif", "bmp")
AUDIO_TYPES: Sequence[str] = ("wav", "flac", "ogg", "opus", "mp3", "m4a", "webm")
VIDEO_TYPES: Sequence[str] = ("mp4", "webm", "mov", "mkv")


def _title(t: Translator, modality: Modality) -> str:
    return (
        f'<h3 class="tr tr-section" data-c="{modality}" style="margin:0;padding:0">{icon(modality)}'
        f"{esc(t(f'upload.{modality}'))}</h3>"
    )


def _take(key: str, modality: Modality) -> Callable[[], None]:
    """Return what to do when an uploader changed: keep its file, or forget it."""

    def take() -> None:
        given = st.session_state[key]
        if given is None:
            drop(modality)
        else:
            keep(Media(modality, given.getvalue(), given.name), engine().understand)

    return take


def _take_text(key: str) -> Callable[[], None]:
    def take() -> None:
        typed: str = st.session_state[key]
        forget_written()
        if typed.strip():
            keep(
                Media(Modality.TEXT, typed.encode("utf-8", "replace"), "text"), engine().understand
            )
        else:
            drop(Modality.TEXT)

    return take


_SOURCES = {
    "file": (":material/upload_file:", "upload.file"),
    "camera": (":material/photo_camera:", "upload.camera"),
    "microphone": (":material/mic:", "upload.microphone"),
    "video": (":material/movie:", "upload.video"),
}


def _source(t: Translator, modality: Modality, *names: str) -> str:
    """Draw the choice between files and a device; the device is asked for only when chosen."""
    chosen = st.segmented_control(
        t("upload.source"),
        names,
        default=names[0],
        format_func=lambda name: f"{_SOURCES[name][0]} {t(_SOURCES[name][1])}",
        required=True,
        label_visibility="collapsed",
        key=f"source_{modality}",
    )
    return str(chosen)


def _say_problem(modality: Modality, t: Translator) -> None:
    found = problem(modality)
    if found is not None:
        st.error(plain(found.say(t.language)), icon=":material/error:")


def _remove(modality: Modality, t: Translator) -> None:
    """Offer to take away what no uploader on the page holds, such as a sample."""
    whole = modality is Modality.IMAGE and video() is not None

    def remove() -> None:
        if whole:
            drop_video()
        drop(modality)
        st.session_state[f"_renew_{modality}"] = st.session_state.get(f"_renew_{modality}", 0) + 1

    st.button(
        t("upload.remove_video" if whole else "upload.remove"),
        key=f"remove_{modality}",
        type="tertiary",
        icon=":material/close:",
        on_click=remove,
    )


def _key(name: str, modality: Modality) -> str:
    return f"{name}_{modality}_{upload_round()}_{st.session_state.get(f'_renew_{modality}', 0)}"


def _panel(modality: Modality, t: Translator, html: str | None, empty: str = "") -> None:
    if html is None:
        empty = empty or f"empty_{modality}"
        st.html(f'<p class="tr tr-empty">{esc(t(f"upload.{empty}"))}</p>')
        return
    st.html(f'<div class="tr">{html}</div>')
    _remove(modality, t)


def bring_image(t: Translator, reads: Collection[Modality]) -> None:
    """Draw the place for a picture: file, camera or video; then the likeliest names of what is in it.

    ``reads`` are the modalities of the world: of a video, only those are taken.
    """
    modality = Modality.IMAGE
    with st.container(border=True, height="stretch", key="bring_image"):
        with st.container(
            horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"
        ):
            st.html(_title(t, modality), width="content")
            source = _source(t, modality, "file", "camera", "video")
        if source == "file":
            key = _key("file", modality)
            st.file_uploader(
                t("upload.image_file"),
                IMAGE_TYPES,
                key=key,
                on_change=_take(key, modality),
                label_visibility="collapsed",
            )
        elif source == "video":
            key = _key("video", modality)
            st.file_uploader(
                t("upload.video_file"),
                VIDEO_TYPES,
                key=key,
                on_change=take_video(key),
                label_visibility="collapsed",
            )
            read_video(reads, t)
        else:
            key = _key("device", modality)
            st.camera_input(
                t("upload.image_camera"),
                key=key,
                on_change=_take(key, modality),
                label_visibility="collapsed",
            )
        _say_problem(modality, t)
        media, brought = uploads().get(modality), video()
        html = None
        if media is not None:
            html = _frames_html(media, brought, t) if brought else _image_html(media, t)
        _panel(modality, t, html, "empty_video" if source == "video" else f"empty_{modality}")


def _image_html(media: Media, t: Translator) -> str:
    pixels = decode(media).pixels  # type: ignore[union-attr]
    url = address(webp(Image.fromarray(pixels), 480), "image/webp")
    seen = picture_html(engine().understand(media), t)
    shown = f'<img class="tr-upload" src="{esc(url)}" alt="{esc(t("upload.image"))}">'
    return f'<div class="tr-seen">{shown}<div>{seen}</div></div>'


def _frames_html(media: Media, brought: Video, t: Translator) -> str:
    urls = [address(each, "image/webp") for each in brought.thumbs]
    return frames_html(engine().understand(media), urls, brought.seconds, t)


def bring_text(t: Translator, reads: Collection[Modality]) -> None:
    """Draw the place for a review, then its language."""
    modality = Modality.TEXT
    with st.container(border=True, height="stretch", key="bring_text"):
        st.html(_title(t, modality), width="content")
        key, media, mine = _key("text", modality), uploads().get(Modality.TEXT), written()
        st.text_area(
            t("upload.text_label"),
            value=mine.data.decode("utf-8", "replace") if mine else "",
            placeholder=t("upload.text_hint"),
            key=key,
            on_change=_take_text(key),
            height=104,
            label_visibility="collapsed",
        )
        _say_problem(modality, t)
        html = text_html(engine().understand(media), t) if media else None
        if media is not None and is_spoken(media):  # taken away by the switch under the sound
            counts = esc(t("speech.counts_instead" if mine else "speech.counts"))
            st.html(f'<div class="tr">{html}<p class="tr-small">{counts}</p></div>')
        else:
            _panel(modality, t, html)


def bring_audio(t: Translator, reads: Collection[Modality]) -> None:
    """Draw the place for a sound: a file or the microphone, then its outline, spectrogram and words."""
    modality = Modality.AUDIO
    with st.container(border=True, height="stretch", key="bring_audio"):
        with st.container(
            horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"
        ):
            st.html(_title(t, modality), width="content")
            source = _source(t, modality, "file", "microphone")
        if source == "file":
            key = _key("file", modality)
            st.file_uploader(
                t("upload.audio_file"),
                AUDIO_TYPES,
                key=key,
                on_change=_take(key, modality),
                label_visibility="collapsed",
            )
        else:
            key = _key("device", modality)
            st.audio_input(
                t("upload.audio_microphone"),
                key=key,
                on_change=_take(key, modality),
                label_visibility="collapsed",
            )
        _say_problem(modality, t)
        media = uploads().get(modality)
        if media:
            st.audio(media.data)
        show_speech(reads, t)
        _panel(modality, t, _audio_html(media, t) if media else None)


def _audio_html(media: Media, t: Translator) -> str:
    sound = decode(media)
    mel_db, _, hertz = spectrogram(sound)  # type: ignore[arg-type]
    envelope = waveform(sound, 300).tolist()  # type: ignore[arg-type]
    return sound_html(engine().understand(media), envelope, mel_db, float(hertz[-1]), t)
