"""Inside: what happens in the model?"""

from __future__ import annotations

import streamlit as st

from components.chrome import heading, share
from components.columns import source
from components.engine import engine
from components.gallery import request_of
from components.html import esc
from components.i18n import translator
from components.inside_ask import opened_up, summary
from components.inside_layers import opened, show_layers
from components.inside_parts import show_layer
from components.inside_weights import show_weights
from components.methods import channel_switches, fitted, method_menus
from components.view import page_view

view = fitted(page_view())
t = translator(view.language)

links = {"map": (t("nav.map"), ":material/scatter_plot:")}
place = heading(t, "inside", view, links)

if view.present:
    view, query = source(view, t)
    view = channel_switches(view, t, "inside")
else:
    who, listen, how = st.container(key="ask").columns([1.25, 2.2, 2.5], gap="medium")
    with who:
        view, query = source(view, t)
    with listen:
        view = channel_switches(view, t, "inside")
    with how:
        view = method_menus(view, t, "inside")
share(place, view, t)

with st.spinner(t("inside.working")):
    anatomy = opened_up(request_of(view, query))
titles = [engine().item(view.world, id).text(view.language).title for id in anatomy.items]

st.html(f'<div class="tr tr-guide"><p class="tr-lead">{esc(summary(anatomy, t))}</p></div>')
show_layers(anatomy, t)
show_layer(next(layer for layer in anatomy.layers if layer.key == opened()), t)
show_weights(anatomy, titles, view, t)
