"""What if: a channel off, another's picture, other words, less weight; and the list there would be."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

import streamlit as st

from components.engine import engine
from components.html import esc, number, picture, signed
from components.i18n import Translator
from components.icons import MATERIAL
from components.media import thumb_url
from components.palette import CHANNEL_INK
from components.view import View, widget_key
from components.why_ask import remembered
from core.explain.what_if import Off, Outcome, Rewritten, Said, Supposed, Swapped, TurnedDown
from core.media.limits import MAX_CHARACTERS
from core.types import MODALITIES, Channel, Item, Modality, Request, Result

if TYPE_CHECKING:
    from core.explain.report import Explanation

KINDS = ("off", "swap", "edit", "weight")


def smallest_words(found: Explanation, t: Translator) -> str:
    """Say what the smallest change is that takes the item out of the list."""
    change = found.smallest
    if change is None:
        listed = found.rank is not None and found.rank <= found.request.k
        return t("because.drop_none") if listed else t("whatif.not_listed", k=found.request.k)
    names = t("because.and").join(t.name("channel", c) for c in change.off)
    if change.weight > 0:
        return t(
            "because.drop_weight", channels=names, weight=number(change.weight), rank=change.rank
        )
    return t("because.drop_off", channels=names, rank=change.rank)


def supposing(found: Explanation, result: Result, view: View, t: Translator) -> Supposed | None:
    """Draw the choice of what is supposed, and what belongs to it; None while nothing is."""
    here = [c for c, there in found.present.items() if there]
    makes: Mapping[str, Callable[[], Supposed | None]] = {
        "off": lambda: _off(found, here, t),
        "swap": lambda: _swap(found, here, result, view, t),
        "edit": lambda: _edit(found, here, t),
        "weight": lambda: _weight(here, t),
    }
    kind = st.segmented_control(
        t("whatif.kind"),
        KINDS,
        default="off",
        format_func=lambda key: t(f"whatif.{key}"),
        required=True,
        label_visibility="collapsed",
        key=widget_key("if_kind"),
    )
    return makes[str(kind or "off")]() if here else None


def _name(channel: str, t: Translator) -> str:
    ink = CHANNEL_INK[channel].word
    return f":{ink}[{MATERIAL[channel]}] {t.name('channel', channel)}"


def _which(options: Sequence[str], kind: str, t: Translator) -> str:
    return str(
        st.segmented_control(
            t("bar.listen"),
            options,
            default=options[0],
            format_func=lambda c: _name(c, t),
            required=True,
            label_visibility="collapsed",
            key=widget_key(f"if_{kind}_{'_'.join(options)}"),
        )
        or options[0]
    )


def _off(found: Explanation, here: Sequence[Channel], t: Translator) -> Supposed | None:
    if len(here) < 2:
        st.caption(t("whatif.only_one"))
        return None
    strongest = max(here, key=lambda c: abs(found.contributions[c]))
    chosen = st.pills(
        t("whatif.off_which"),
        here,
        selection_mode="multi",
        default=[c for c in here if c is not strongest],
        format_func=lambda c: _name(c, t),
        key=widget_key(f"if_off_{found.item.id}_{'_'.join(here)}"),
    )
    off = tuple(c for c in here if c not in chosen)
    return Off(off) if off else None


def _swap(
    found: Explanation, here: Sequence[Channel], result: Result, view: View, t: Translator
) -> Supposed | None:
    options = [m for m in MODALITIES if Channel(m) in here]
    if not options:
        st.caption(t("whatif.no_modality"))
        return None
    modality = Modality(_which(options, "swap", t))
    donors = _donors(found.item, modality, result, view)
    if not donors:
        st.caption(t("whatif.no_donor"))
        return None
    other = st.selectbox(
        t("whatif.donor"),
        list(donors),
        format_func=lambda id: donors[id],
        key=widget_key(f"if_donor_{modality}"),
    )
    return Swapped(modality, str(other))


def _donors(item: Item, modality: Modality, result: Result, view: View) -> Mapping[str, str]:
    """Return id -> title of what the visitor sees and has, and that has the modality."""
    near = [engine().item(view.world, id) for id in result.likes[::-1][:8]]
    every = [*(r.item for r in result.items), *near]
    return {
        other.id: other.text(view.language).title
        for other in every
        if other.id != item.id and modality in other.modalities
    }


def _edit(found: Explanation, here: Sequence[Channel], t: Translator) -> Supposed | None:
    """Edit what the visitor said, if he said anything; otherwise what is written about the item."""
    said = [m for m in found.request.query.media if m.modality is Modality.TEXT]
    if not said and (Channel.TEXT not in here or t.language not in found.item.texts):
        st.caption(t("whatif.no_words"))
        return None
    before = said[0].data.decode("utf-8", "replace") if said else found.item.text(t.language).whole
    after = st.text_area(
        t("whatif.said" if said else "whatif.written"),
        value=before,
        max_chars=MAX_CHARACTERS,
        height=150,
        key=widget_key(f"if_words_{t.language}_{'said' if said else found.item.id}"),
    )
    st.button(t("whatif.try"), key="if_try", type="secondary")
    if after.strip() == before.strip() or not after.strip():
        st.caption(t("whatif.edit_line"))
        return None
    return Said(after) if said else Rewritten(after, t.language)


def _weight(here: Sequence[Channel], t: Translator) -> Supposed | None:
    channel = Channel(_which(here, "weight", t))
    weight = st.slider(
        t("whatif.weight_of", channel=t.name("channel", channel)),
        0.0,
        1.0,
        1.0,
        0.05,
        key=widget_key(f"if_weight_{channel}"),
        help=t("whatif.weight_line"),
    )
    return TurnedDown(channel, float(weight)) if weight < 1 else None


def outcome_of(request: Request, item: str, supposed: Supposed) -> Outcome:
    """Return what becomes of the item, worked out once a session."""
    key = ("what if", request, item, supposed)
    make = lambda: engine().what_if(request, item, supposed)  # noqa: E731
    return remembered(key, make, request.query.media)


def outcome_html(found: Explanation, result: Result, then: Outcome | None, t: Translator) -> str:
    """Return score and rank before and after, and the list as it would be."""
    before = {r.item.id: r.rank for r in result.items}
    ids = then.ids if then else tuple(before)
    head = _change_html(found, then, t) if then else _idle_html(t)
    world = found.request.world
    rows = []
    for rank, id in enumerate(ids, start=1):
        title = engine().item(world, id).text(t.language).title
        badge = _badge(rank, before.get(id), t) if then else ""
        mark = ' aria-current="true"' if id == found.item.id else ""
        rows.append(
            f"<li{mark}><b>{rank}</b>{picture(thumb_url(world, id), t, short=True)}"
            f'<span class="tr-title" title="{esc(title)}">{esc(title)}</span>{badge}</li>'
        )
    label = esc(t("whatif.list"))
    return f'<div class="tr tr-then">{head}<ol aria-label="{label}">{"".join(rows)}</ol></div>'


def _idle_html(t: Translator) -> str:
    return f'<p class="tr-then-head tr-muted">{esc(t("whatif.nothing"))}</p>'


def _change_html(found: Explanation, then: Outcome, t: Translator) -> str:
    step = then.score - found.score
    ranks = (
        ""
        if found.rank is None or then.rank is None
        else t("whatif.rank", before=found.rank, after=then.rank)
    )
    score = t(
        "whatif.score", before=number(found.score), after=number(then.score), change=signed(step)
    )
    return (
        f'<p class="tr-then-head" role="status"><b>{esc(ranks)}</b> '
        f'<span class="tr-muted">{esc(score)}</span></p>'
    )


def _badge(rank: int, before: int | None, t: Translator) -> str:
    """Return how an item of the list moved against the list as it is."""
    if before == rank:
        return '<span class="tr-move">=</span>'
    if before is None:
        return f'<span class="tr-move" data-move="new">{esc(t("card.new"))}</span>'
    move, arrow = ("up", "▲") if before > rank else ("down", "▼")
    says = esc(t("whatif.was", rank=before))
    return (
        f'<span class="tr-move" data-move="{move}" title="{says}">{arrow} {abs(before - rank)}'
        f'<span class="tr-sr"> {says}</span></span>'
    )
