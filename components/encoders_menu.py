"""The menu of encoders: those that work here first, then those of the hub, and any other."""

from __future__ import annotations

import streamlit as st

from components.cards import part
from components.encoders_ask import choose, chosen, encoder_name, is_kept
from components.html import esc, plain
from components.i18n import Translator
from components.importing import may_import
from components.live import live_list
from components.view import ENCODER, View
from core.encoders import EncoderCard, cards, fittable
from core.encoders.menu import Entry, entries
from core.encoders.registry import DEFAULTS, ENCODERS
from core.encoders.sources import whereabouts
from core.types import Modality


def menu(view: View, t: Translator) -> None:
    """Draw the list of encoders that read the chosen modality; a click looks through another one."""
    modality, id = chosen(view)
    learned = sorted(fittable(modality), key=lambda card: card.dim)  # first those that only count
    rows = [_here(card, id, t) for card in (*cards(modality), *learned)]
    html = _list(rows, t("encoders.menu"), modality)
    live_list(html, "encoders_menu", lambda event: choose(event.id))
    far = entries(modality)
    with st.expander(
        t("encoders.hub", count=len(far)),
        icon=":material/cloud_download:",
        expanded=id in {entry.id for entry in far},
        key="encoders_hub",
    ):
        allowed = may_import()
        said = t("encoders.hub_line" if allowed else "encoders.hub_elsewhere")
        st.html(f'<p class="tr tr-small tr-muted">{esc(said)}</p>')
        rows = [_far(entry, modality, id, allowed, t) for entry in far]
        html = _list(rows, t("encoders.hub_menu"), modality)
        live_list(html, "encoders_far", lambda event: choose(event.id))
        if allowed:
            _any(modality, t)


def _list(rows: list[str], label: str, modality: Modality) -> str:
    named = f'class="tr-encs of-{modality}" data-c="{modality}" aria-label="{esc(label)}"'
    return f"<ul {named}>{''.join(rows)}</ul>"


def _here(card: EncoderCard, chosen_id: str, t: Translator) -> str:
    needs = None if card.fitted else ENCODERS[card.id].needs
    if not card.fitted and not whereabouts(needs).here and needs is not None:
        tag = t("encoders.fetch", mb=f"{needs.mb:.0f}")
    elif card.id == DEFAULTS[card.modality]:
        tag = t("encoders.default")
    elif card.fitted:
        tag = t("encoders.fitted")
    else:
        tag = "" if needs or card.parameters else t("encoders.untrained")
    words = (encoder_name(card.id, t), tag, t.line("encoder", card.id))
    return _row(f"{card.modality}.{card.id}", *words, chosen=card.id == chosen_id)


def _far(entry: Entry, modality: Modality, chosen_id: str, allowed: bool, t: Translator) -> str:
    here = is_kept(entry.id)
    tag = t("encoders.hub_kept") if here else t("encoders.hub_needs", mb=f"{entry.mb:,}")
    line = t.word("hub_model", entry.id)
    id, usable = f"{modality}.{entry.id}", here or allowed
    mark = entry.id == chosen_id
    return _row(
        id, entry.name, tag, entry.about if line == entry.id else line, mark, not here, usable
    )


def _row(
    id: str,
    name: str,
    tag: str,
    line: str,
    chosen: bool = False,
    far: bool = False,
    usable: bool = True,
) -> str:
    aside = f'<span class="tr-enc-tag">{esc(tag)}</span>' if tag else ""
    button = (
        f'<button type="button" data-action="choose" aria-pressed="{str(chosen).lower()}"'
        f"{'' if usable else ' disabled'}><b>{esc(name)}</b>{aside}"
        f'<span class="tr-enc-line">{esc(line)}</span></button>'
    )
    return f'<li data-id="{esc(id)}"{" data-far" if far else ""}>{part("row", "", button)}</li>'


def _any(modality: Modality, t: Translator) -> None:
    """Draw the field for any other model; a name that cannot be one is told under it."""
    key = f"encoders_any_{modality}"

    def take() -> None:
        typed = str(st.session_state[key]).strip()
        fits = not typed or ENCODER.fullmatch(f"{modality}.{typed}")
        st.session_state["_encoders_bad"] = "" if fits else typed
        if typed and fits:
            choose(f"{modality}.{typed}")

    st.text_input(
        t("encoders.any"),
        placeholder=t("encoders.any_hint"),
        max_chars=180,
        key=key,
        on_change=take,
    )
    bad = st.session_state.get("_encoders_bad")
    if bad:
        st.error(t("encoders.any_bad", id=plain(bad)), icon=":material/error:")
