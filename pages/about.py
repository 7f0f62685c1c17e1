"""About: what is this built of?"""

from __future__ import annotations

import streamlit as st

from components.chrome import heading
from components.engine import cards, engine
from components.i18n import translator
from components.plates import encoder_plates, layers, method_plates, prose, world_plates
from components.view import page_view

view = page_view()
t = translator(view.language)

heading(t, "about", view)

st.subheader(t("about.layers"), anchor=False)
st.html(layers(t))

st.subheader(t("about.worlds"), anchor=False)
st.html(world_plates(engine().worlds(), t))

st.subheader(t("about.encoders"), anchor=False)
st.html(encoder_plates(cards("encoder"), t))

for family, title in (("fusion", "fusions"), ("attention", "attentions"), ("head", "heads")):
    st.subheader(t(f"about.{title}"), anchor=False)
    method_plates(cards(family), t)

for section in ("limits", "privacy", "licences"):
    st.subheader(t(f"about.{section}"), anchor=False)
    st.html(prose(t(f"about.{section}_text")))
