"""Discover: what do I get, and why?"""

from __future__ import annotations

import streamlit as st

from components.bars import legend
from components.cards import summary
from components.chrome import heading, share
from components.engine import channels, engine
from components.finder import finder
from components.gallery import gallery, request_of, show_gallery
from components.html import esc
from components.i18n import translator
from components.methods import channel_switches, fitted, method_menus
from components.view import page_view
from components.visitor import liked_strip, visitor_picker
from core.types import Channel

# The switches that are proposed to a visitor, the first that there is.
TO_TRY = (Channel.AUDIO, Channel.TEXT, Channel.IMAGE)

view = fitted(page_view())
t = translator(view.language)

links = {
    "compare": (t("discover.compare"), ":material/compare_arrows:"),
    "upload": (t("discover.upload"), ":material/add_photo_alternate:"),
}
place = heading(t, "discover", view, links)
if not view.present:
    finder(place, view, t)
    view = page_view()

if view.present:
    view = channel_switches(view, t, "discover")
else:
    who, listen, how = st.container(key="ask").columns([1.25, 2.2, 2.5], gap="medium")
    with who:
        view = visitor_picker(view, t, "discover")
    with listen:
        view = channel_switches(view, t, "discover")
    with how:
        view = method_menus(view, t, "discover")
    liked_strip(view, t)
share(place, view, t)

with st.spinner(t("discover.working")):
    result = engine().recommend(request_of(view, view.query))
    cards = gallery(result, view, t, "discover")

heard = (c for c in TO_TRY if c in view.on and c in channels(view.world))
silenced = next(heard, None)
hint = (
    t("discover.guide", channel=t.name("channel", silenced))
    if silenced
    else t("discover.guide_other")
)
lead = summary(cards, t) if any(c.compared for c in cards) else hint
st.html(
    f'<div class="tr tr-guide"><p class="tr-lead" '
    f'role="status">{esc(lead)}</p>{legend(channels(view.world), t)}</div>'
)
show_gallery(cards, result, view, t, "discover")
