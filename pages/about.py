"""About: what is this built of?"""

from __future__ import annotations

import streamlit as st

from components.chrome import heading
from components.engine import cards, engine
from components.i18n import translator
from components.plates import encoder_plates, layers, method_plates, prose, world_plates
from components.view import page_view
from core.classroom.rooms import IDLE

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

# Some hosts switch it on, whatever our own settings say.
counted = st.get_option("browser.gatherUsageStats")
PROSE = {
    "limits": (t("about.limits_text"),),
    "privacy": (
        t("about.privacy_text"),
        t("about.privacy_votes", hours=round(IDLE / 3600)),
        t("about.privacy_counted") if counted else t("about.privacy_quiet"),
    ),
    "licences": (t("about.licences_text"),),
}
for section, paragraphs in PROSE.items():
    st.subheader(t(f"about.{section}"), anchor=False)
    st.html("".join(map(prose, paragraphs)))
