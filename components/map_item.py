"""The item that is lit up on the map: who it is, and what lies near it in every space."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd
import streamlit as st

from components.cards import part, tool
from components.html import WAITING, channel_label, esc, number, picture, plain
from components.i18n import Translator
from components.live import live_list
from components.map_plot import Panel, space_name
from components.media import picture_url, sound_url, thumb_url
from components.view import View
from core.atlas import FUSED, Near, Space, neighbours
from core.types import MODALITIES, Item

NEAR = 6
"""How many neighbours are shown in every space."""

Neighbourhoods = Mapping[str, Sequence[Near]]
"""Space -> the nearest items there; empty where the item is not in the space."""


def around(spaces: Mapping[str, Space], row: int) -> Neighbourhoods:
    """Return what is near an item in every space."""
    return {name: neighbours(space, row, NEAR) for name, space in spaces.items()}


def panels(
    spaces: Mapping[str, Space],
    near: Neighbourhoods,
    items: Sequence[Item],
    view: View,
    t: Translator,
) -> list[Panel]:
    """Return the maps with what is near in each."""
    found = []
    for name, space in spaces.items():
        note = t("map.count", count=f"{len(space.rows):,}")
        if space.kept is not None:
            note += f" · {t('map.kept', share=round(100 * space.kept))}"
        ids = [items[n.row].id for n in near[name]]
        found.append(Panel(name, note, ids, near_html(name, near[name], items, view, t)))
    return found


def near_html(
    space: str, near: Sequence[Near], items: Sequence[Item], view: View, t: Translator
) -> str:
    """Return the neighbours in one space as a list of buttons, each with its cosine."""
    if not near:
        words = (
            t("map.nothing_fused")
            if space == FUSED
            else t("map.lacks", channel=space_name(space, t))
        )
        return f'<p class="tr-empty">{esc(words)}</p>'
    rows = []
    for each in near:
        item = items[each.row]
        title = item.text(view.language).title
        face = picture(thumb_url(view.world, item.id), t, short=True)
        width = max(0.0, min(1.0, each.cosine)) * 100
        rows.append(
            f'<li><button type="button" data-id="{esc(item.id)}" title="{esc(title)}">{face}'
            f'<span class="tr-near-name">{esc(title)}</span>'
            f'<span class="tr-near-cos">{number(each.cosine)}</span>'
            f'<span class="tr-near-bar"><i style="width:{width:.0f}%"></i></span></button></li>'
        )
    label = esc(t("map.nearest_in", space=space_name(space, t)))
    channel = "" if space == FUSED else f' data-c="{esc(space)}"'
    return f'<ol class="tr-nears" aria-label="{label}"{channel}>{"".join(rows)}</ol>'


def item_head(item: Item, near: Neighbourhoods, view: View, t: Translator) -> None:
    """Draw who the item is, with its sound, and how far the spaces agree about it."""
    text = item.text(view.language)
    sound = sound_url(view.world, item.id)
    if sound in (None, WAITING):
        said = t("card.no_sound" if sound is None else "card.coming")
        play = tool("none", "play", said, more=" disabled")
    else:
        source = f' data-src="{esc(sound)}"'
        play = tool("play", "play", t("card.play", title=text.title), pressed=False, more=source)
    has = "".join(channel_label(t, m) for m in MODALITIES if m in item.modalities)
    category = t.word("category", item.category)
    words = (
        f'<p class="tr-title">{esc(text.title)}</p>'
        f'<p class="tr-small tr-muted">{esc(" · ".join(x for x in (category, text.line) if x))}</p>'
        f'<p class="tr-small tr-map-has">{has}</p>'
    )
    html = (
        f'<ul class="tr-map-item" aria-label="{esc(t("map.selected"))}"><li data-id="{esc(item.id)}">'
        + part("face", "tr-map-pic", picture(picture_url(view.world, item.id), t, short=True))
        + part("name", "tr-map-name", words)
        + part("tools", "", play)
        + part("agree", "tr-map-agree", agreement_html(near, t))
        + "</li></ul>"
    )
    live_list(html, "map_item", lambda event: None)


def agreement_html(near: Neighbourhoods, t: Translator) -> str:
    """Say how many of the fused neighbours each modality would have named as well."""
    fused = {n.row for n in near.get(FUSED, ())}
    if not fused:
        return ""
    said = "".join(
        f"<li>{channel_label(t, name)} <b>{len(fused & {n.row for n in found})}</b></li>"
        for name, found in near.items()
        if name != FUSED and found
    )
    words = esc(t("map.agree", count=len(fused)))
    return f'<p class="tr-small tr-muted">{words}</p><ul class="tr-small">{said}</ul>'


def table(
    spaces: Mapping[str, Space],
    near: Neighbourhoods,
    items: Sequence[Item],
    row: int,
    t: Translator,
) -> None:
    """Draw, once it is opened, what the maps show as tables: the neighbours, and where everything lies."""
    place = st.expander(t("map.table"), icon=":material/table:", key="map_table", on_change="rerun")
    if not place.open:
        return

    def title(n: int) -> str:
        return items[n].text(t.language).title

    names = {name: space_name(name, t) for name in spaces}
    listed = pd.DataFrame(
        {
            names[name]: pd.Series(
                [f"{title(n.row)} ({number(n.cosine)})" for n in found], dtype=object
            )
            for name, found in near.items()
        }
    )
    listed.index += 1
    columns: dict[str, pd.Series] = {
        t("map.item"): pd.Series([title(n) for n in range(len(items))]),
        t("map.category"): pd.Series([t.word("category", item.category) for item in items]),
    }
    for name, space in spaces.items():
        for axis, letter in enumerate("xy"):
            columns[f"{names[name]} {letter}"] = pd.Series(space.places[:, axis], space.rows)
    with place:
        st.caption(t("map.table_near", title=plain(title(row))))
        st.dataframe(listed, width="stretch", height="content")
        st.caption(t("map.table_all"))
        st.dataframe(pd.DataFrame(columns).round(3), width="stretch", hide_index=True)
