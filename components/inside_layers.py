"""The five layers as one picture: what goes in, what comes out, how many numbers, how long."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Final

import streamlit as st

from components.cards import part
from components.html import channel_label, esc, number
from components.i18n import Translator
from components.live import Event, live_list

if TYPE_CHECKING:
    from core.inside import Anatomy, Layer, Part, Shape

_OPEN: Final = "_inside_open"

_DRAWN: Final = ("fusion", "pool", "cosines", "head", "top")
"""Parts that belong to no channel and are in the picture; the others are only in the list of parts."""


def opened() -> str:
    """Return the layer that is explained: the one that was opened last."""
    return str(st.session_state.get(_OPEN, "fuse"))


def _on_event(event: Event) -> None:
    if event.action == "open":
        st.session_state[_OPEN] = event.id


def show_layers(anatomy: Anatomy, t: Translator) -> None:
    """Draw the layers; a click opens one."""
    live_list(layers_html(anatomy, opened(), t), "inside_layers", _on_event)


def layers_html(anatomy: Anatomy, chosen: str, t: Translator) -> str:
    """Return the layers as a list of buttons, the chosen one pressed."""
    longest = max(1e-9, *(sum(layer.milliseconds.values()) for layer in anatomy.layers))
    inner = []
    for place, layer in enumerate(anatomy.layers, 1):
        spent = sum(layer.milliseconds.values())
        face = (
            f'<button type="button" data-action="open" '
            f'aria-pressed="{str(layer.key == chosen).lower()}">'
            f"<b><i>{place}</i> {esc(t(f'inside.layer.{layer.key}.name'))}</b>"
            f'<span class="tr-layer-line">{esc(t(f"inside.layer.{layer.key}.line"))}</span>'
            f'<span class="tr-layer-flow">{"".join(flow(layer, t))}</span>'
            f'<span class="tr-layer-facts"><span>{esc(learned(layer, t))}</span>'
            f"<span>{esc(took(layer, t))}</span></span>"
            f'<span class="tr-layer-bar"><i style="width:{100 * spent / longest:.0f}%"></i></span>'
            "</button>"
        )
        inner.append(f'<li class="tr-layer" data-id="{layer.key}">{part("face", "", face)}</li>')
    return f'<ol class="tr-layers" aria-label="{esc(t("inside.layers"))}">{"".join(inner)}</ol>'


def learned(layer: Layer, t: Translator) -> str:
    """Say how many numbers of a layer were learned."""
    if layer.key == "train":
        return ""
    if not layer.parameters:
        return t("inside.nothing_learned")
    if layer.key == "extract":  # of some encoders the number is not known
        return t("inside.frozen", count=number(layer.parameters / 1e6, 1))
    return t("inside.learned", count=f"{layer.parameters:,}")


def took(layer: Layer, t: Translator) -> str:
    """Say how long a layer took for this request."""
    spent = sum(layer.milliseconds.values())
    if not layer.milliseconds:
        return t("inside.before")
    return t("inside.ms", ms=number(spent, 1)) if spent else t("inside.idle")


def flow(layer: Layer, t: Translator) -> Iterable[str]:
    """Yield a line a channel, or a side: the shapes that follow each other."""
    if layer.key == "train":
        facts = layer.parts[0].facts if layer.parts else {}
        for name in ("epochs", "seconds", "ndcg@10"):
            if name in facts:
                yield _line(esc(t(f"inside.fact.{name}")), esc(fact(name, facts[name])), "")
        return
    lines: dict[str, list[Part]] = {}
    for each in layer.parts:
        if layer.key in ("preprocess", "extract") or each.kind in _DRAWN:
            lines.setdefault(each.channel or each.side, []).append(each)
    for name, parts in lines.items():
        said = (
            channel_label(t, name)
            if parts[0].channel
            else esc(t(f"inside.side.{name}" if name else "inside.scores"))
        )
        stops = [parts[0].takes, *(p.gives for p in parts)]
        whole = names_of(stops, t)
        short = whole if layer.key == "preprocess" else " → ".join(sizes(s) for s in stops if s)
        yield _line(said, esc(short), whole)


def _line(label: str, value: str, title: str) -> str:
    more = f' title="{esc(title)}"' if title else ""
    return f"<span{more}><span>{label}</span><span>{value}</span></span>"


def sizes(shape: Shape) -> str:
    """Return a shape as its numbers: ``320 × 4 × 64``."""
    return " × ".join(f"{length:,}" for length in shape.values())


def named(shape: Shape, t: Translator) -> str:
    """Return a shape with the names of its axes: ``320 items × 4 channels × 64 wide``."""
    return " × ".join(t(f"inside.axis.{axis}", n=f"{n:,}") for axis, n in shape.items())


def names_of(shapes: Sequence[Shape], t: Translator) -> str:
    """Return shapes that follow each other, with the names of their axes."""
    return " → ".join(named(shape, t) for shape in shapes if shape)


def fact(name: str, value: str | int | float) -> str:
    """Return a fact's value: whole numbers in groups of three, scores with four digits."""
    if isinstance(value, str):
        return value
    if float(value).is_integer():
        return f"{int(value):,}"
    return number(value, 4 if "@" in name else 1)
