"""See, read, hear: what does an encoder make of a picture, a text, a sound?"""

from __future__ import annotations

import streamlit as st

from components.chrome import heading, share
from components.encoders_ask import (
    chosen,
    cost_of,
    encoder_name,
    modality_switch,
    open_encoder,
    subject,
)
from components.encoders_card import card_html
from components.encoders_look import made, show
from components.encoders_menu import menu
from components.encoders_near import neighbours
from components.guard import guard
from components.html import esc
from components.i18n import translator
from components.view import page_view

view = page_view()
t = translator(view.language)

place = heading(t, "encoders", view)
left, right = st.columns([1, 2.7], gap="large")
with left:
    view = modality_switch(view, t)
    menu(view, t)
modality, id = chosen(view)
name = encoder_name(id, t)
with right:
    asked = subject(view, t)
    about, makes = st.container(key="encoders_pair").columns([1, 1.25], gap="large")
share(place, view, t)

if asked is not None:
    with right, guard(t):
        with st.spinner(t("encoders.opening", name=name)):
            encoder = open_encoder(view)
            made(encoder, asked)
            cost = cost_of(view, encoder, asked.media)
        about.html(card_html(encoder.card, cost, name, t.line("encoder", id), t))
        with makes:
            show(encoder, asked, view, t)
        neighbours(view, id, asked, t)
        thing = t(f"encoders.thing.{modality}")
        how = esc(t("encoders.how", thing=thing))
        st.html(f'<p class="tr tr-prose tr-small tr-muted">{how}</p>')
