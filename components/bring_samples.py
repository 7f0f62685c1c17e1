"""Whole items of the world as uploads, one click away."""

from __future__ import annotations

import streamlit as st

from components.bring_video import waiting
from components.engine import engine
from components.html import esc
from components.i18n import Translator
from components.uploads import clear, fill, uploads
from components.view import View
from core.types import MODALITIES, Modality

SAMPLES: int = 3


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
        if uploads() or waiting():
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
