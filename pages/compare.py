"""Compare: what does the fusion strategy change?"""

from __future__ import annotations

import streamlit as st

from components.bars import common_scale, legend
from components.cards import cards_of
from components.chrome import heading, share
from components.columns import column_count, column_menus, how_many, source
from components.engine import engine
from components.html import esc
from components.i18n import translator
from components.lists import Facts, changes_html, column_html, facts_html
from components.media import thumb_url
from components.methods import channel_switches, fitted
from components.view import page_view
from core.types import CHANNELS

view = fitted(page_view())
t = translator(view.language)

place = heading(t, "compare", view)

if view.present:
    view, query = source(view, t)
    view = channel_switches(view, t, "compare")
else:
    with st.container(horizontal=True, gap="medium", key="shared"):
        with st.container(width=270, key="who"):
            view, query = source(view, t)
        view = channel_switches(view, t, "compare")
        view = how_many(view, t)
        view = column_count(view, t)

cells = st.container(key=f"cells_{len(view.columns)}").columns(len(view.columns), gap="large")
for number, cell in enumerate(cells):
    with cell:
        view = column_menus(view, t, number)

share(place, view, t)

methods = [view.method_of(*pair) for pair in view.columns]
with st.spinner(t("compare.working")):
    results = engine().compare(view.world, query, methods, view.k)
    columns = [
        cards_of(
            result, language=view.language, k=view.k, picture=lambda id: thumb_url(view.world, id)
        )
        for result in results
    ]
    quality = [engine().quality(view.world, method) for method in methods]

scale = common_scale(card.contributions for cards in columns for card in cards)
for number, (cell, cards) in enumerate(zip(cells, columns, strict=True)):
    with cell:
        left = columns[number - 1] if number else None
        st.html(column_html(cards, left, scale, t, number=number + 1))
        facts = Facts(
            milliseconds=results[number].timing_ms.get("total"),
            parameters=quality[number].get("parameters"),
            ndcg=quality[number].get("ndcg@10"),
        )
        st.html(facts_html(cards, columns[0] if number else None, facts, t))

st.html(f'<div class="tr">{legend(CHANNELS, t)}</div>')
st.html(f'<h2 class="tr" style="font-size:1.2rem">{esc(t("compare.changed"))}</h2>')
names = [
    f"{n}. {t.name('fusion', f)}" + (f" · {t.name('attention', a)}" if a != "off" else "")
    for n, (f, a) in enumerate(view.columns, 1)
]
st.html(changes_html(columns, names, t))
