"""Map: what does each modality think is close?"""

from __future__ import annotations

import streamlit as st

from components.chrome import heading, share
from components.engine import engine
from components.html import esc
from components.i18n import translator
from components.map_ask import colouring, item_picker, on_click, projection
from components.map_item import around, item_head, panels, table
from components.map_marks import legend_html
from components.map_plot import maps
from components.map_points import drawn, points
from components.media import address
from components.methods import channel_switches, fitted, method_menus
from components.view import page_view
from core.atlas import atlas

view = fitted(page_view())
t = translator(view.language)
items = engine().items(view.world)

place = heading(t, "map", view)

if view.present:
    which, colour = st.columns([1, 1], gap="medium")
else:
    which, colour, listen, how = st.container(key="ask").columns([1.2, 1.35, 2, 2.2], gap="medium")
    with listen:
        view = channel_switches(view, t, "map")
    with how:
        view = method_menus(view, t, "map")
with which:
    view = item_picker(view, items, t)
with colour:
    groups = colouring(items, t)
    way = projection(t)
share(place, view, t)

with st.spinner(t("map.working")):
    spaces = atlas(engine(), view.world, view.method, way)
row = next(n for n, item in enumerate(items) if item.id == view.item)
near = around(spaces, row)

st.html(f'<div class="tr tr-guide"><p class="tr-lead">{esc(t("map.guide"))}</p></div>')
item_head(items[row], near, view, t)
shown = drawn(len(items), {row, *(n.row for found in near.values() for n in found)})
source = address(points(items, spaces, groups.of, shown, view.language), "application/json")
maps(source, panels(spaces, near, items, view, t), groups.marks, view.item, t, "maps", on_click)
if len(shown) < len(items):
    st.caption(t("map.some", shown=len(shown), count=len(items)))
st.html(f'<div class="tr">{legend_html(groups, t)}</div>')
table(spaces, near, items, row, t)
st.html(f'<p class="tr tr-prose tr-small tr-muted">{esc(t("map.how"))}</p>')
