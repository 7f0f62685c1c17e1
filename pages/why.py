"""Why: what moved this one item, down to patches, words and seconds, and what would change it."""

from __future__ import annotations

from functools import partial

import streamlit as st

from components.chrome import heading, share
from components.engine import engine
from components.gallery import forget_asked, request_of
from components.guard import guard
from components.i18n import translator
from components.live import live_list
from components.media import picture_url, sound_url
from components.methods import channel_switches, fitted, method_menus
from components.view import page_view
from components.why_ask import explained, explained_within, forget, known_already
from components.why_if import outcome_html, outcome_of, smallest_words, supposing
from components.why_internal import weights_html
from components.why_look import choose_look, skeleton
from components.why_mask import covered_up
from components.why_media import face, show_parts
from components.why_pick import asked_item, item_strip, listed, same_source, source
from components.why_report import take_away
from components.why_sum import (
    disagreement_html,
    evidence_html,
    head_html,
    heading_html,
    otherwise_html,
    pairs_html,
    sum_html,
)

view = fitted(page_view())
t = translator(view.language)
forget()
forget_asked()

links = {
    "discover": (t("why.back"), ":material/explore:"),
    "compare": (t("discover.compare"), ":material/compare_arrows:"),
}
place = heading(t, "why", view, links)

if view.present:
    query = same_source(view)
    view = channel_switches(view, t, "why")
else:
    who, listen, how = st.container(key="ask").columns([1.25, 2.2, 2.5], gap="medium")
    with who:
        view, query = source(view, t)
    with listen:
        view = channel_switches(view, t, "why")
    with how:
        view = method_menus(view, t, "why")
share(place, view, t)

request = request_of(view, query)
with st.spinner(t("discover.working")):
    result = engine().recommend(request)
item = asked_item(view, result)
item_strip(result, item, view, t)

# What the list knows of the item is there at once; the rest follows.
with st.spinner(t("why.working")):
    told = listed(result, item) or explained(request, item)
st.html(head_html(told, request.k, picture_url(view.world, item), t))
sums, beside = st.columns([1.15, 1], gap="large")
with sums:
    st.html(heading_html(t("why.sum")))
    st.html(sum_html(told, t))
rest = beside.empty()
if not known_already(request, item):
    rest.html(skeleton(t("why.working")))
with st.spinner(t("why.working")):
    found = explained(request, item)
with rest.container():
    st.html(heading_html(t("why.evidence"), t("why.cosine")))
    near = evidence_html(
        found,
        partial(engine().item, view.world),
        partial(face, view.world),
        partial(sound_url, view.world),
        t,
    )
    live_list(near, "why_near", lambda event: None)
    st.html(heading_html(t("why.pairs")))
    st.html(pairs_html(found, t))
with sums:
    st.html(disagreement_html(found, t) or "<span></span>")
    with st.expander(t("why.otherwise"), icon=":material/balance:"):
        st.html(otherwise_html(found, t))

st.html(heading_html(t("parts.title"), t("parts.line")))
measure, words_in = choose_look(found.item, t)
within = st.empty()

st.html(heading_html(t("whatif.title"), smallest_words(found, t)))
suppose, then = st.columns([1, 1.6], gap="large")
with suppose, guard(t):
    supposed = supposing(found, result, view, t)
with then, guard(t):
    with st.spinner(t("why.working")):
        outcome = outcome_of(request, item, supposed) if supposed else None
    st.html(outcome_html(found, result, outcome, t))

internal, take = st.columns([1, 1.6], gap="large")
with internal:
    st.html(heading_html(t("why.gates")))
    st.html(weights_html(found, t))
with take:
    st.html(heading_html(t("why.take")))
    saved = st.container()

# Looking within runs the encoders: everything else stands by now.
if not known_already(request, item, words_in):
    within.html(skeleton(t("parts.working"), places=3))
with st.spinner(t("parts.working")), guard(t):
    found = explained_within(request, item, words_in)
with within.container():
    with guard(t):
        if measure == "masked":
            found = covered_up(found, request, words_in, t)
    show_parts(found.parts, measure, view.world, item, words_in, t)
with saved:
    take_away(found, measure, words_in, t)
