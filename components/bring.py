"""Where a visitor brings a picture, a review, a sound; and what was understood of each."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import streamlit as st
from PIL import Image

from components.engine import engine
from components.html import esc
from components.i18n import Translator
from components.icons import icon
from components.media import address, webp
from components.understood import picture_html, sound_html, text_html
from components.uploads import clear, drop, fill, keep, problem, upload_round, uploads
from components.view import View
from core.media import decode, spectrogram, waveform
from core.types import MODALITIES, Media, Modality

IMAGE_TYPES: Sequence[str] = ("jpg", "jpeg", "png", "webp", "gif", "bmp")
AUDIO_TYPES: Sequence[str] = ("wav", "flac", "ogg", "opus", "mp3", "m4a", "webm")
SAMPLES: int = 3


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
        if typed.strip():
            keep(
                Media(Modality.TEXT, typed.encode("utf-8", "replace"), "text"), engine().understand
            )
        else:
            drop(Modality.TEXT)

    return take


def _source(t: Translator, modality: Modality, other: str) -> str:
    """Draw the choice between a file and a device; the device is asked for only when chosen."""
    names = {
        "file": (":material/upload_file:", "file"),
        "device": (other, {"image": "camera"}.get(modality, "microphone")),
    }
    chosen = st.segmented_control(
        t("upload.source"),
        ("file", "device"),
        default="file",
        format_func=lambda s: f"{names[s][0]} {t(f'upload.{names[s][1]}')}",
        required=True,
        label_visibility="collapsed",
        key=f"source_{modality}",
    )
    return str(chosen)


def _say_problem(modality: Modality, t: Translator) -> None:
    found = problem(modality)
    if found is not None:
        st.error(found.say(t.language), icon=":material/error:")


def _remove(modality: Modality, t: Translator) -> None:
    """Offer to take away what no uploader on the page holds, such as a sample."""

    def remove() -> None:
        drop(modality)
        st.session_state[f"_renew_{modality}"] = st.session_state.get(f"_renew_{modality}", 0) + 1

    st.button(
        t("upload.remove"),
        key=f"remove_{modality}",
        type="tertiary",
        icon=":material/close:",
        on_click=remove,
    )


def _key(name: str, modality: Modality) -> str:
    return f"{name}_{modality}_{upload_round()}_{st.session_state.get(f'_renew_{modality}', 0)}"


def _panel(modality: Modality, t: Translator, html: str | None) -> None:
    if html is None:
        st.html(f'<p class="tr tr-empty">{esc(t(f"upload.empty_{modality}"))}</p>')
        return
    st.html(f'<div class="tr">{html}</div>')
    _remove(modality, t)


def bring_image(t: Translator) -> None:
    """Draw the place for a picture, file or camera, then the likeliest names of what is in it."""
    modality = Modality.IMAGE
    with st.container(border=True, height="stretch", key="bring_image"):
        with st.container(
            horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"
        ):
            st.html(_title(t, modality), width="content")
            source = _source(t, modality, ":material/photo_camera:")
        if source == "file":
            key = _key("file", modality)
            st.file_uploader(
                t("upload.image_file"),
                IMAGE_TYPES,
                key=key,
                on_change=_take(key, modality),
                label_visibility="collapsed",
            )
        else:
            key = _key("device", modality)
            st.camera_input(
                t("upload.image_camera"),
                key=key,
                on_change=_take(key, modality),
                label_visibility="collapsed",
            )
        _say_problem(modality, t)
        media = uploads().get(modality)
        _panel(modality, t, _image_html(media, t) if media else None)


def _image_html(media: Media, t: Translator) -> str:
    pixels = decode(media).pixels  # type: ignore[union-attr]
    url = address(webp(Image.fromarray(pixels), 480), "image/webp")
    seen = picture_html(engine().understand(media), t)
    shown = f'<img class="tr-upload" src="{esc(url)}" alt="{esc(t("upload.image"))}">'
    return f'<div class="tr-seen">{shown}<div>{seen}</div></div>'


def bring_text(t: Translator) -> None:
    """Draw the place for a review, then its language."""
    modality = Modality.TEXT
    with st.container(border=True, height="stretch", key="bring_text"):
        st.html(_title(t, modality), width="content")
        key, media = _key("text", modality), uploads().get(Modality.TEXT)
        st.text_area(
            t("upload.text_label"),
            value=media.data.decode("utf-8", "replace") if media else "",
            placeholder=t("upload.text_hint"),
            key=key,
            on_change=_take_text(key),
            height=104,
            label_visibility="collapsed",
        )
        _say_problem(modality, t)
        _panel(modality, t, text_html(engine().understand(media), t) if media else None)


def bring_audio(t: Translator) -> None:
    """Draw the place for a sound: a file or the microphone, then its outline and spectrogram."""
    modality = Modality.AUDIO
    with st.container(border=True, height="stretch", key="bring_audio"):
        with st.container(
            horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"
        ):
            st.html(_title(t, modality), width="content")
            source = _source(t, modality, ":material/mic:")
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
        _panel(modality, t, _audio_html(media, t) if media else None)


def _audio_html(media: Media, t: Translator) -> str:
    sound = decode(media)
    mel_db, _, hertz = spectrogram(sound)  # type: ignore[arg-type]
    envelope = waveform(sound, 300).tolist()  # type: ignore[arg-type]
    return sound_html(engine().understand(media), envelope, mel_db, float(hertz[-1]), t)


def _sample_ids(world: str) -> tuple[str, ...]:
    """Return items of different kinds that have everything, spread over the world."""
    if not engine().shows(world):
        return ()
    whole = [i for i in engine().items(world) if set(MODALITIES) <= set(i.modalities)]
    kinds = {item.category: item.id for item in reversed(whole)}
    ids = list(kinds.values())
    return tuple(ids[:: max(1, len(ids) // SAMPLES)][:SAMPLES])


def samples(view: View, t: Translator) -> None:
    """Offer three whole items one click away, and a clean table."""

    def take(id: str) -> None:
        item = engine().item(view.world, id)
        text = item.text(view.language)
        given = {
            Modality.IMAGE: engine().picture(view.world, id, 320),
            Modality.TEXT: (text.reviews[0] if text.reviews else text.line).encode(),
            Modality.AUDIO: engine().sound(view.world, id),
        }
        fill(given, id, engine().understand)

    ids = _sample_ids(view.world)
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="samples"):
        if ids:
            st.html(f'<span class="tr tr-muted">{esc(t("upload.samples"))}</span>', width="content")
        for id in ids:
            item = engine().item(view.world, id)
            kind = t.word("category", item.category) or item.text(view.language).title[:24]
            st.button(kind, key=f"sample_{id}", on_click=take, args=(id,))
        if uploads():
            st.button(
                t("upload.clear"),
                key="clear",
                type="tertiary",
                icon=":material/close:",
                on_click=clear,
            )
        st.html(
            f'<span class="tr tr-small tr-muted">{esc(t("upload.private"))}</span>', width="content"
        )
