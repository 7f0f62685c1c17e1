"""The fusion's own weights: its gates over the list, and who attends to whom. Not contributions."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from typing import TYPE_CHECKING

import streamlit as st

from components.html import channel_label, esc, number, picture
from components.i18n import Translator
from components.media import thumb_url
from components.view import View
from core.types import CHANNELS

if TYPE_CHECKING:
    from core.inside import Anatomy, AttentionMap, Cell, Grid


def show_weights(anatomy: Anatomy, titles: Sequence[str], view: View, t: Translator) -> None:
    """Draw gates and attention beside each other, whichever there are, under what they are not."""
    line = t("inside.weights_line")
    st.html(
        f'<div class="tr"><h2 class="tr-inside-title">{esc(t("why.gates"))}</h2>'
        f'<p class="tr-small tr-muted tr-prose">{esc(line)}</p></div>'
    )
    if anatomy.gates is None and not anatomy.maps:
        name = t.name("fusion", anatomy.fusion)
        st.html(f'<p class="tr tr-empty">{esc(t("inside.no_weights", fusion=name))}</p>')
        return
    both = anatomy.gates is not None and bool(anatomy.maps)
    places = st.columns(2 if both else [2, 1], gap="large")
    if anatomy.gates is not None:
        with places[0]:
            faces = [thumb_url(view.world, id) for id in anatomy.items]
            st.html(gates_html(anatomy.gates, titles, faces, t))
    if anatomy.maps:
        with places[1 if anatomy.gates is not None else 0]:
            which = _which(titles, t)
            for map in anatomy.maps:
                grid = map.mean() if which is None else map.weights[which]
                st.html(map_html(map, grid, t))


def _which(titles: Sequence[str], t: Translator) -> int | None:
    """Draw the choice of the item whose attention is shown; None is the average of the list."""
    options = (-1, *range(len(titles)))
    chosen = st.selectbox(
        t("inside.which"),
        options,
        format_func=lambda n: t("inside.mean") if n < 0 else f"{n + 1}. {titles[n]}",
        key="inside_which",
    )
    return None if chosen < 0 else chosen


def gates_html(
    gates: Grid, titles: Sequence[str], faces: Sequence[str | None], t: Translator
) -> str:
    """Return a table: a row an item, a column a channel, each weight printed and drawn."""
    head = "".join(f'<th scope="col">{channel_label(t, c)}</th>' for c in CHANNELS)
    rows = []
    for n, (row, title, face) in enumerate(zip(gates, titles, faces, strict=True), 1):
        cells = "".join(_gate(c, v, t) for c, v in zip(CHANNELS, row, strict=True))
        name = f'<span class="tr-gate-item"><span>{n}</span>{picture(face, t, short=True)}'
        name += f"<span>{esc(title)}</span></span>"
        rows.append(f'<tr><th scope="row">{name}</th>{cells}</tr>')
    return (
        f'<div class="tr"><table class="tr-table tr-gates"><caption>{esc(t("inside.gates"))}</caption>'
        f'<thead><tr><th scope="col">{esc(t("inside.item"))}</th>{head}</tr></thead>'
        f"<tbody>{''.join(rows)}</tbody></table></div>"
    )


def _gate(channel: str, value: Cell, t: Translator) -> str:
    if value is None:
        return f'<td class="tr-muted" title="{esc(t("card.absent"))}">–</td>'
    return (
        f'<td data-c="{esc(channel)}">{number(value)}<span class="tr-meter">'
        f'<i style="width:{100 * value:.0f}%"></i></span></td>'
    )


def map_html(map: AttentionMap, grid: Grid, t: Translator) -> str:
    """Return a map of attention as a table whose cells are the darker the more is read."""
    most = max((v for row in grid for v in row if v is not None), default=0.0) or 1.0
    tight = len(map.sources) > 6
    rows = "".join(
        f'<tr><th scope="row">{_node(name, t, short=False)}</th>{_cells(row, most, tight)}</tr>'
        for name, row in zip(map.readers, grid, strict=True)
    )
    name, line = t.name("inside.map", map.key), t.line("inside.map", map.key)
    corner = f'<th scope="col" class="tr-sr">{esc(t("inside.reader"))}</th>'
    return (
        f'<div class="tr"><table class="tr-attend{" tight" if tight else ""}"><caption>'
        f"<b>{esc(name)}</b> {esc(line)}</caption><thead>{_head(map.sources, corner, t)}</thead>"
        f"<tbody>{rows}</tbody></table></div>"
    )


def _head(sources: Sequence[str], corner: str, t: Translator) -> str:
    """Return the columns' names; parts of one channel stand under its name."""
    groups = [
        (head, len(list(names))) for head, names in groupby(sources, lambda s: s.split(".")[0])
    ]
    if len(groups) == len(sources):
        return f"<tr>{corner}{''.join(_column(s, t) for s in sources)}</tr>"
    first = "".join(
        f'<th scope="colgroup" colspan="{count}">{_node(head, t)}</th>' for head, count in groups
    )
    second = "".join(f'<th scope="col">{esc(s.partition(".")[2] or "1")}</th>' for s in sources)
    return f"<tr><td></td>{first}</tr><tr>{corner}{second}</tr>"


def _column(name: str, t: Translator) -> str:
    return f'<th scope="col">{_node(name, t)}</th>'


def _node(name: str, t: Translator, *, short: bool = True) -> str:
    """Return what a row or column is: a channel, a numbered part of one, or something else."""
    head, _, place = name.partition(".")
    if head in CHANNELS:
        label = channel_label(t, head)
        return f'<span class="tr-node">{label}{place}</span>' if place and not short else label
    return esc(f"{t.word('inside.node', head)} {'' if short else place}".strip())


def _cells(row: Sequence[Cell], most: float, tight: bool) -> str:
    return "".join(
        '<td class="none">–</td>'
        if value is None
        else f'<td style="--v:{100 * value / most:.0f}%">{_weight(value, tight)}</td>'
        for value in row
    )


def _weight(value: float, tight: bool) -> str:
    """Return a weight with two digits; in a narrow cell without the leading zero."""
    text = number(value)
    return text.removeprefix("0") if tight and value < 0.995 else text
