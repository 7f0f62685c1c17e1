"""From a result to cards on the page: media, likes, badges, and the answer to "why this?"."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial

import streamlit as st

from components.bars import equation, waterfall
from components.cards import Card, cards_of, show_cards
from components.html import channel_label, esc, number, picture
from components.i18n import Translator
from components.live import Event
from components.media import picture_url, sound_url
from components.view import View, change, current_view, encode, react
from components.why_pick import remember_source
from core.types import Query, Recommendation, Request, Result


def request_of(view: View, query: Query) -> Request:
    """Return the request behind a list: as many more as the visitor sent away."""
    return Request(view.world, query, view.method, view.k + len(view.hidden))


def ranks_before(slot: str, request: Request, ranks: Mapping[str, int]) -> Mapping[str, int] | None:
    """Return the ranks in this place of the page before the last change; remember the present ones.

    None as long as nothing changed, and when another visitor or world came: then nothing is
    comparable.
    """
    last, shown, before = st.session_state.get(f"_ranks_{slot}", (None, {}, None))
    if request != last:
        comparable = last is not None and last.world == request.world
        same_visitor = comparable and last.query.visitor == request.query.visitor
        before = shown if same_visitor and last.query.media == request.query.media else None
    st.session_state[f"_ranks_{slot}"] = (request, ranks, before)
    return before


def gallery(result: Result, view: View, t: Translator, slot: str) -> list[Card]:
    """Return the cards of a result, with badges against the list before."""
    make = partial(
        cards_of,
        result,
        language=view.language,
        k=view.k,
        hidden=view.hidden,
        likes=view.likes,
        picture=partial(picture_url, view.world),
        sound=partial(sound_url, view.world),
    )
    cards = make()
    before = ranks_before(slot, result.request, {c.id: c.rank for c in cards})
    return [replace(c, before=(before or {}).get(c.id), compared=before is not None) for c in cards]


def show_gallery(
    cards: Sequence[Card], result: Result, view: View, t: Translator, slot: str
) -> None:
    """Draw the cards, and the explanation of the one that was asked about."""
    show_cards(cards, t, f"cards_{slot}", _on_event, controls=True)
    asked = st.session_state.get("_why")
    found = next((r for r in result.items if r.item.id == asked), None)
    if found is not None:
        remember_source(result.request.query)
        # It stays until it is closed: the page may be drawn again, as pictures arrive.
        st.dialog(t("why.title"), width="medium", on_dismiss=forget_asked)(explain)(found, view, t)


def forget_asked() -> None:
    """Close the explanation of an item."""
    st.session_state.pop("_why", None)


def _on_event(event: Event) -> None:
    if event.action == "why":
        st.session_state["_why"] = event.id
    else:
        after = react(current_view(), event.action, event.id)
        change(likes=after.likes, hidden=after.hidden)


def explain(found: Recommendation, view: View, t: Translator) -> None:
    """Draw one item's waterfall from base to score, the printed sum, and apart the gates."""
    text = found.item.text(view.language)
    contributions = {str(c): v for c, v in found.contributions.items()}
    present = {str(c): v for c, v in found.present.items()}
    url = picture_url(view.world, found.item.id)
    category = t.word("category", found.item.category)
    st.html(
        f'<div class="tr tr-why-head">{picture(url, t, short=True)}<div><p '
        f'class="tr-title">{esc(text.title)}</p>'
        f'<p class="tr-small tr-muted">{esc(category)} · {esc(text.line)}</p></div></div>'
    )
    table = waterfall(found.base, contributions, present, found.score, t)
    st.html(
        f'<div class="tr">{table}<p class="tr-small tr-muted" style="margin:.7rem 0 '
        f'.3rem">{esc(t("why.adds"))}</p>'
        f'<p class="tr-equation">{esc(equation(found.base, contributions, found.score))}</p>'
        f'<p class="tr-small tr-muted" style="margin-top:.7rem">{esc(t("why.method"))}</p></div>'
    )
    st.page_link(
        "pages/why.py",
        label=t("why.all"),
        icon=":material/arrow_forward:",
        query_params=encode(replace(view, item=found.item.id)),
    )
    if found.weights:
        with st.expander(t("why.gates")):
            st.html(gates_html({str(c): v for c, v in found.weights.items()}, t))


def gates_html(weights: Mapping[str, float], t: Translator) -> str:
    """Return the fusion's own weights as a plain table, with what they are not."""
    rows = "".join(
        f'<tr><th scope="row">{channel_label(t, c)}</th><td class="num">{number(v)}</td></tr>'
        for c, v in weights.items()
    )
    return (
        f'<div class="tr"><p class="tr-small tr-muted">{esc(t("why.gates_line"))}</p><table '
        f'class="tr-table"><thead><tr>'
        f'<th scope="col">{esc(t("bar.listen"))}</th><th scope="col" '
        f'class="num">{esc(t("why.weight"))}</th>'
        f"</tr></thead><tbody>{rows}</tbody></table></div>"
    )
