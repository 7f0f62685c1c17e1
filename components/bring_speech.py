"""What a sound says: written down once a session, and used as the review where there is none."""

from __future__ import annotations

from collections.abc import Collection

import streamlit as st

from components.engine import engine
from components.html import plain
from components.i18n import Translator
from components.understood import speech_html
from components.uploads import drop, keep, problem, uploads
from core.clips import SPOKEN, as_text
from core.encoders.menu import entry
from core.encoders.speech import Transcript, models, only_english
from core.encoders.whisper import SHIPPED
from core.errors import TriadError
from core.types import Media, Modality

KEPT = 16
"""How many transcripts a session remembers."""


def is_spoken(media: Media) -> bool:
    """Say whether a text was said, not written."""
    return media.modality is Modality.TEXT and media.name == SPOKEN


def written() -> Media | None:
    """Return the review that the visitor wrote, even where spoken words stand in for it."""
    media = uploads().get(Modality.TEXT)
    if media is None or not is_spoken(media):
        return media
    found: Media | None = st.session_state.get("_written")
    return found


def forget_written() -> None:
    """Forget the review that spoken words stand in for."""
    st.session_state.pop("_written", None)


def unused_words() -> bool:
    """Say whether the sound says something that does not count, though there is no other text."""
    given = uploads()
    if Modality.AUDIO not in given or Modality.TEXT in given:
        return False
    said = _transcripts().get((given[Modality.AUDIO].digest, _model()))
    return bool(said and said.text)


def show_speech(reads: Collection[Modality], t: Translator) -> None:
    """Draw what the session's sound says, and the switch that makes it the review.

    ``reads`` are the modalities of the world: one without texts has no use for words.
    """
    media = uploads().get(Modality.AUDIO)
    if media is None or Modality.TEXT not in reads:
        _settle(None)
        return
    _choose_model(t)
    model = _model()
    try:
        said = _listened(media, model, t)
    except TriadError as error:
        _settle(None)
        st.error(plain(error.say(t.language)), icon=":material/error:")
        return
    st.html(f'<div class="tr">{speech_html(said, only_english(model), t)}</div>')
    _settle(as_text(said) if said.text and _switch(media, t) else None)


def _switch(media: Media, t: Translator) -> bool:
    """Draw the switch: on where no review was written, until the visitor says otherwise."""
    mine = written() is not None or problem(Modality.TEXT) is not None
    chosen: dict[tuple[str, bool], bool] = st.session_state.setdefault("_use_speech", {})
    place = (media.digest, mine)
    on = st.toggle(
        t("speech.use"),
        value=chosen.get(place, not mine),
        key=f"use_speech_{media.digest[:12]}_{mine}",
    )
    chosen[place] = on
    return on


def _settle(text: Media | None) -> None:
    """Let spoken words be the text, or what was written again."""
    now, mine = uploads().get(Modality.TEXT), written()
    if text is not None:
        if now is None or not (is_spoken(now) and now == text):
            keep(text, engine().understand)
            st.session_state["_written"] = mine
        return
    forget_written()
    if now is not None and is_spoken(now):
        drop(Modality.TEXT)
        if mine is not None:
            keep(mine, engine().understand)


def _transcripts() -> dict[tuple[str, str], Transcript]:
    kept: dict[tuple[str, str], Transcript] = st.session_state.setdefault("_heard", {})
    return kept


def _listened(media: Media, model: str, t: Translator) -> Transcript:
    kept, key = _transcripts(), (media.digest, model)
    if key not in kept:
        with st.spinner(t("speech.listening")):
            kept[key] = engine().transcribe(media, model)
        while len(kept) > KEPT:
            del kept[next(iter(kept))]
    return kept[key]


def _model() -> str:
    return str(st.session_state.get("_speech_model", SHIPPED))


def _choose_model(t: Translator) -> None:
    """Offer the models that are here, where there is a choice."""
    here = models()
    if len(here) == 1:
        st.session_state["_speech_model"] = SHIPPED
        return
    st.session_state["_speech_model"] = st.selectbox(
        t("speech.model"),
        here,
        index=here.index(_model()) if _model() in here else 0,
        format_func=lambda id: t("speech.shipped") if id == SHIPPED else entry(id).name,
        key="speech_model",
    )
