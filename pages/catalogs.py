"""Catalogs: what can be recommended from, and where does it come from?"""

from __future__ import annotations

import pandas as pd
import streamlit as st

from components.chrome import heading
from components.engine import engine
from components.i18n import translator
from components.importing import panel
from components.plates import prose, world_plates
from components.view import page_view

view = page_view()
t = translator(view.language)

heading(t, "catalogs", view)

st.html(world_plates(engine().worlds(), t))

st.subheader(t("catalogs.import"), anchor=False)
st.html(prose(t("catalogs.import_line")))
panel(t)

credited = [card for card in engine().worlds() if engine().credits(card.key)]
if credited:
    st.subheader(t("catalogs.credits"), anchor=False)
    st.html(prose(t("catalogs.credits_line")))
for card in credited:
    with st.expander(t.name("scenario", card.key)):
        rows = [
            {
                t("catalogs.item"): item.text(view.language).title,
                t("catalogs.author"): credit["author"],
                t("catalogs.licence"): credit["licence"],
                t("catalogs.source"): credit["source"],
            }
            for item, credit in engine().credits(card.key)
            if any(credit.values())
        ]
        st.dataframe(pd.DataFrame(rows), hide_index=True)
