"""The cards of the About page: layers, worlds, encoders, methods."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import streamlit as st

from components.html import channel_label, esc
from components.i18n import Translator
from components.worlds import label as world_label
from core.engine import MethodCard, WorldCard
from core.types import MODALITIES

LAYERS: int = 5


def prose(text: str) -> str:
    """Return a paragraph of readable width."""
    return f'<p class="tr tr-prose">{esc(text)}</p>'


def layers(t: Translator) -> str:
    """Return the five layers in order."""
    steps = "".join(
        f"<li><b>{esc(t(f'about.layer_{n}'))}</b>{esc(t(f'about.layer_{n}_line'))}</li>"
        for n in range(1, LAYERS + 1)
    )
    return f'<ol class="tr tr-steps">{steps}</ol>'


def _plate(title: str, line: str, facts: Iterable[tuple[str, str]], head: str = "") -> str:
    """Return one card; values of ``facts`` are markup, so the caller escapes them."""
    rows = "".join(f"<dt>{esc(name)}</dt><dd>{value}</dd>" for name, value in facts)
    return (
        f'<article class="tr-plate"><h3>{esc(title)}</h3><p class="tr-small '
        f'tr-muted">{esc(line)}</p>{head}'
        f'<dl class="tr-facts">{rows}</dl></article>'
    )


def world_plates(worlds: Sequence[WorldCard], t: Translator) -> str:
    """Return a card for each world: what it counts, and whether it is rendered and simulated."""
    plates = []
    for w in worlds:
        label = world_label(w, t)
        counts = t(
            "about.counts",
            items=f"{w.items:,}",
            visitors=f"{w.visitors:,}",
            interactions=f"{w.interactions:,}",
        )
        facts = [
            (t.name("channel", str(m)), f"{count:,} / {w.items:,}")
            for m, count in w.modalities.items()
        ]
        line = t("about.world_line", label=label, counts=counts)
        plates.append(_plate(t.name("scenario", w.key), line, facts))
    return f'<div class="tr tr-plates">{"".join(plates)}</div>'


def encoder_plates(encoders: Sequence[MethodCard], t: Translator) -> str:
    """Return a card for each encoder."""
    plates = []
    order = {m: n for n, m in enumerate(MODALITIES)}
    for e in sorted(encoders, key=lambda e: order.get(e.card.get("modality"), len(order))):
        card = e.card
        languages = t("punct.list").join(
            t.word("language", code) for code in card.get("languages") or ()
        )
        facts = [
            (t("about.modality"), channel_label(t, str(card.get("modality", ""))))
            if card.get("modality")
            else ("", ""),
            (t("about.dim"), esc(card.get("dim", ""))),
            (t("about.languages"), esc(languages)),
            (t("about.licence"), esc(card.get("licence", ""))),
        ]
        source = t.word("source", str(card.get("source", "")))
        plates.append(_plate(e.key, source, [f for f in facts if f[1]]))
    return f'<div class="tr tr-plates">{"".join(plates)}</div>'


def method_plates(cards: Sequence[MethodCard], t: Translator, row: int = 3) -> None:
    """Draw the cards of a family of methods, ``row`` beside each other."""
    for first in range(0, len(cards), row):
        cells = st.columns(row, gap="small")
        for card, cell in zip(cards[first : first + row], cells, strict=False):
            with cell:
                method_plate(card, t)


def method_plate(card: MethodCard, t: Translator) -> None:
    """Draw a method: name, plain sentence, formula, source."""
    with st.container(border=True, height="stretch", key=f"plate_{card.family}_{card.key}"):
        st.html(
            f'<div class="tr"><h3 '
            f'style="font-size:1rem;margin:0;padding:0">{esc(t.name(card.family, card.key))}</h3>'
            f'<p class="tr-small tr-muted">{esc(t.line(card.family, card.key))}</p></div>'
        )
        if card.card.get("formula"):
            lines = str(card.card["formula"]).replace(r",\quad", r", \\")
            st.latex(rf"\begin{{gathered}}{lines}\end{{gathered}}")
        if card.card.get("source") not in (None, "", "-"):
            st.caption(t.word("source", str(card.card["source"])).replace("[", r"\["))
