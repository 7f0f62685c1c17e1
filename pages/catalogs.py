"""Catalogs: what can be recommended from, and where does it come from?"""

from __future__ import annotations

import pandas as pd
import streamlit as st

from components.chrome import heading
from components.engine import engine
from components.html import plain
from components.i18n import translator
from components.importing import panel
from components.plates import prose, world_plates
from components.view import page_view
from core.errors import TriadError

view = page_view()
t = translator(view.language)

heading(t, "catalogs", view)

st.html(world_plates(engine().worlds(), t))
for error in engine().damaged().values():
    st.error(plain(error.say(view.language)), icon=":material/error:")

st.subheader(t("catalogs.import"), anchor=False)
st.html(prose(t("catalogs.import_line")))
panel(t)

credited = {}
for card in engine().worlds():
    try:
        credited[card.key] = engine().credits(card.key)
    except TriadError as error:  # one that is damaged leaves the others alone
        st.error(plain(error.say(view.language)), icon=":material/error:")
credited = {key: credits for key, credits in credited.items() if credits}
if credited:
    st.subheader(t("catalogs.credits"), anchor=False)
    st.html(prose(t("catalogs.credits_line")))
for key, credits in credited.items():
    with st.expander(t.name("scenario", key)):
        rows = [
            {
                t("catalogs.item"): item.text(view.language).title,
                t("catalogs.author"): credit["author"],
                t("catalogs.licence"): credit["licence"],
                t("catalogs.source"): credit["source"],
            }
            for item, credit in credits
            if any(credit.values())
        ]
        st.dataframe(pd.DataFrame(rows), hide_index=True)
