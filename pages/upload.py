"""Your item: what if I bring my own picture, review, sound?"""

from __future__ import annotations

import streamlit as st

from components.bars import legend
from components.bring import bring_audio, bring_image, bring_text
from components.bring_samples import samples
from components.bring_speech import unused_words
from components.chrome import heading, share
from components.command import command_line
from components.engine import engine
from components.gallery import gallery, request_of, show_gallery
from components.html import esc
from components.i18n import translator
from components.methods import channel_switches, fitted, method_menus
from components.steps import steps_section
from components.uploads import uploads
from components.view import page_view
from components.visitor import visitor_name
from core.types import CHANNELS, Query

view = fitted(page_view())
t = translator(view.language)

links = {"compare": (t("discover.compare"), ":material/compare_arrows:")}
place = heading(t, "upload", view, links)

samples(view, t)
reads = engine().encoders(view.world)
image, text, audio = st.columns(3, gap="small")
# A video brings a sound, and a sound may bring words: the review is drawn last.
for cell, bring in ((image, bring_image), (audio, bring_audio), (text, bring_text)):
    with cell:
        bring(t, reads)
steps_section(view.language)

if view.present:
    view = channel_switches(view, t, "upload")
else:
    listen, how = st.container(key="ask").columns([2.2, 2.5], gap="medium")
    with listen:
        view = channel_switches(view, t, "upload")
    with how:
        view = method_menus(view, t, "upload")
share(place, view, t)

query = Query(media=tuple(uploads().values()))
with st.spinner(t("upload.reading")):
    result = engine().recommend(request_of(view, query))
    cards = gallery(result, view, t, "upload")

lead = t("upload.list") if query.media else t("upload.nothing", visitor=visitor_name(view, t))
st.html(f'<div class="tr tr-guide"><p class="tr-lead">{esc(lead)}</p>{legend(CHANNELS, t)}</div>')
show_gallery(cards, result, view, t, "upload")

with st.expander(t("upload.command"), icon=":material/terminal:"):
    quiet = " --no-transcribe" if unused_words() else ""
    st.code(command_line(result.request) + quiet, language="bash", wrap_lines=True)
    timing = {name: f"{value:.0f}" for name, value in result.timing_ms.items()}
    st.caption(t("upload.timing", **timing))
