"""How the parts of an item are looked at: whose words, and by which way of asking; and their place."""

from __future__ import annotations

import streamlit as st

from components.html import esc
from components.i18n import LANGUAGE_NAMES, Translator
from components.view import widget_key
from components.why_parts import MEASURES, key_html
from core.types import Item


def choose_look(item: Item, t: Translator) -> tuple[str, str]:
    """Draw the choices, and return the measure and the language of the item's text."""
    languages = [code for code in LANGUAGE_NAMES if code in item.texts]
    with st.container(horizontal=True, vertical_alignment="center", gap="medium", key="why_look"):
        measure = st.segmented_control(
            t("parts.measure"),
            MEASURES,
            default=MEASURES[0],
            format_func=lambda key: t(f"parts.{key}"),
            required=True,
            label_visibility="collapsed",
            key=widget_key("parts_measure"),
        )
        language = t.language
        if len(languages) > 1:
            language = st.segmented_control(
                t("parts.language"),
                languages,
                default=t.language,
                format_func=lambda code: t("parts.words_in", language=LANGUAGE_NAMES[code]),
                required=True,
                label_visibility="collapsed",
                key=widget_key(f"parts_language_{t.language}"),
            )
        st.html(key_html(t), width="content")
    st.html(f'<p class="tr tr-small tr-muted">{esc(t(f"parts.{measure}_line"))}</p>')
    return str(measure or MEASURES[0]), str(language or t.language)


def skeleton(words: str, places: int = 1) -> str:
    """Return grey places of about the size of what is to come, and what is being done."""
    blocks = '<span class="tr-ghost"></span>' * places
    return (
        f'<div class="tr tr-ghosts" role="status"><p class="tr-small tr-muted">{esc(words)}</p>'
        f"<div>{blocks}</div></div>"
    )
