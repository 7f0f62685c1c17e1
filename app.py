"""Triad's entry: page configuration, navigation, language. The pages are in ``pages/``."""

from __future__ import annotations

import os

import streamlit as st

from components.after import do_afterwards
from components.chrome import language_switch, show_notices, style
from components.engine import known, warm
from components.guard import guard
from components.i18n import language_of, translator
from components.media import arriving, redraw_when_arrived
from components.view import current_view, language_now, open_view, write_url

# Idle threads of torch that spin would starve the other sessions; read when torch is first imported.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")

PAGES = {
    "discover": ":material/explore:",
    "upload": ":material/add_photo_alternate:",
    "encoders": ":material/visibility:",
    "compare": ":material/compare_arrows:",
    "why": ":material/help_center:",
    "inside": ":material/account_tree:",
    "map": ":material/scatter_plot:",
    "catalogs": ":material/category:",
    "lab": ":material/experiment:",
    "lessons": ":material/school:",
    "class": ":material/groups:",
    "about": ":material/info:",
}

browser_language = language_of(st.context.locale)
t = translator(language_now(browser_language))

st.set_page_config(page_title=t("app.title"), page_icon="assets/icon.svg", layout="wide")
first, *others = (
    st.Page(
        f"pages/{name}.py",
        title=t(f"nav.{name}"),
        icon=icon,
        url_path=name if n else "start",
        default=not n,
    )
    for n, (name, icon) in enumerate(PAGES.items())
)
# Streamlit serves the default page at the root only; this gives it an address of its own as well.
discover = st.Page(
    "pages/discover.py", title=t("nav.discover"), url_path="discover", visibility="hidden"
)
page = st.navigation([first, *others, discover], position="top")
style(t)

with guard(t):
    with st.spinner(t("app.waking"), show_time=False):
        may_name = known()
    open_view(may_name, page.url_path, browser_language)
    language_switch()
    t = translator(current_view().language)
    show_notices(t)
    with guard(t), arriving():
        page.run()
    write_url(may_name, browser_language)
    redraw_when_arrived()  # the media first: they are what a visitor is looking at
    warm()
    do_afterwards()
