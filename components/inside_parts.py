"""One layer explained: in plain words, by its formulas, and part by part."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import streamlit as st

from components.html import channel_label, esc
from components.i18n import Translator
from components.inside_layers import fact, names_of

if TYPE_CHECKING:
    from core.inside import Layer, Part


def show_layer(layer: Layer, t: Translator) -> None:
    """Draw the explanation of a layer: words and formulas on the left, its parts on the right."""
    with st.container(border=True, key="inside_layer"):
        words, parts = st.columns([1, 1.75], gap="large")
        with words:
            title, text = (esc(t(f"inside.layer.{layer.key}.{x}")) for x in ("name", "text"))
            st.html(f'<div class="tr"><h2 class="tr-inside-title">{title}</h2><p>{text}</p></div>')
            for kind, channel, formula in formulas(layer.parts):
                name = esc(t(f"inside.part.{kind}"))
                label = channel_label(t, channel) if channel else ""
                st.html(
                    f'<p class="tr tr-small tr-muted tr-formula">{label}<span>{name}</span></p>'
                )
                st.latex(stacked(formula))
        with parts:
            st.html(parts_html(layer, t))


def formulas(parts: Sequence[Part]) -> list[tuple[str, str, str]]:
    """Return (kind, channel, formula) of the parts that have one, each formula once.

    The channel is "" where several share a formula.
    """
    found: dict[str, tuple[str, set[str]]] = {}
    for part in parts:
        if part.formula:
            found.setdefault(part.formula, (part.kind, set()))[1].add(part.channel)
    return [
        (kind, "".join(channels) if len(channels) == 1 else "", formula)
        for formula, (kind, channels) in found.items()
    ]


def stacked(formula: str) -> str:
    """Return a formula with one statement a line, so that it fits a narrow column."""
    lines = formula.replace(r",\quad", r", \\")
    return rf"\begin{{gathered}}{lines}\end{{gathered}}"


def parts_html(layer: Layer, t: Translator) -> str:
    """Return the parts of a layer, those of each side of the tower together."""
    if not layer.parts:
        return f'<p class="tr tr-empty">{esc(t("inside.untrained"))}</p>'
    sides: dict[str, list[str]] = {}
    for part in layer.parts:
        sides.setdefault(part.side, []).append(_part(part, t))
    html = []
    for side, rows in sides.items():
        title = t(f"inside.side_title.{side}") if side else t("inside.parts")
        html.append(
            f'<section><h3 class="tr-section">{esc(title)}</h3>'
            f'<ul class="tr-parts">{"".join(rows)}</ul></section>'
        )
    return f'<div class="tr tr-part-sides">{"".join(html)}</div>'


def _part(part: Part, t: Translator) -> str:
    kind = t(f"inside.part.{part.kind}")
    name = t.name(part.kind, part.name) if part.name else ""
    said = kind if name in ("", kind) else f"{kind} · {name}"
    label = channel_label(t, part.channel) if part.channel else ""
    shapes = names_of((part.takes, part.gives), t)
    known = "inside.known" if part.kind == "encoder" else "inside.learned"
    count = t(known, count=f"{part.parameters:,}") if part.parameters else ""
    facts = "".join(
        f"<dt>{esc(t(f'inside.fact.{key}'))}</dt><dd>{esc(t.word('source', fact(key, value)))}</dd>"
        for key, value in part.facts.items()
        if t.word("inside.fact", key) != key
    )
    return (
        f'<li><span class="tr-part-name">{label}<b>{esc(said)}</b></span>'
        f'<span class="tr-part-count">{esc(count)}</span>'
        f'<span class="tr-part-shape">{esc(shapes)}</span>'
        + (f'<dl class="tr-facts">{facts}</dl>' if facts else "")
        + "</li>"
    )
