"""What an encoder makes of the subject of the page: computed once a session, then drawn."""

from __future__ import annotations

import streamlit as st
from PIL import Image

from components.encoders_ask import Subject
from components.encoders_made import names_html, notes_html, picture_html, sound_html, words_html
from components.html import esc
from components.i18n import Translator
from components.media import address, webp
from components.view import View
from components.why_ask import remembered
from core.encoders import Encoder
from core.encoding import Made, made_of
from core.media import decode, waveform
from core.types import Clean, Passage, Picture, Sound

SIDE = 480


def made(encoder: Encoder, subject: Subject) -> Made:
    """Return what the encoder makes of the subject."""
    card, media = encoder.card, subject.media
    key = ("made", card.id, card.revision, media.modality, media.digest)
    brought = () if subject.item else (media,)
    return remembered(key, lambda: made_of(encoder, decode(media)), brought)


def show(encoder: Encoder, subject: Subject, view: View, t: Translator) -> None:
    """Draw the parts of the subject and what they are called."""
    found, clean = made(encoder, subject), decode(subject.media)
    card = encoder.card
    drawn = _drawn(found, clean, subject, view, t)
    names = names_html(found, card.id, card.modality, t)
    st.html(
        f'<section class="tr tr-enc-made" data-m="{card.modality}">'
        f'<h2>{esc(t("encoders.makes"))}</h2><div class="tr-enc-drawn">{drawn}</div>'
        f"<div>{names}{notes_html(found, t)}</div></section>"
    )


def _drawn(found: Made, clean: Clean, subject: Subject, view: View, t: Translator) -> str:
    match clean:
        case Picture():
            url = address(webp(Image.fromarray(clean.pixels), SIDE), "image/webp")
            return picture_html(found, url, t)
        case Passage():
            spoken = view.language if subject.item else clean.language
            return words_html(found, clean.text, spoken, t)
        case Sound():
            url = address(subject.media.data, "audio/wav")
            return sound_html(found, clean.seconds, waveform(clean, 300).tolist(), url, t)
