"""What the Encoders page is about: an encoder, and what it looks at."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import streamlit as st

from components.engine import engine
from components.html import esc
from components.i18n import Translator
from components.importing import may_import
from components.live import Event
from components.map_ask import first_lit
from components.uploads import uploads
from components.view import ENCODER, View, change, widget_key
from components.why_ask import remembered
from core.encoders import Encoder, EncoderCard, cards, fittable
from core.encoders.menu import MENU
from core.encoders.registry import DEFAULTS
from core.encoders.sources import hub_here
from core.encoding import Cost, cost, opened, sources
from core.errors import TriadError
from core.media import decode
from core.types import MODALITIES, Item, Media, Modality

TIMED: Final = 3
"""How many items of the world an encoder is timed on."""


@dataclass(frozen=True)
class Subject:
    """What is looked at.

    ``media`` is shown; ``all`` are what the item has, a text in each language, and are compared.
    ``item`` is None for what the visitor brought.
    """

    media: Media
    all: tuple[Media, ...]
    item: Item | None


def chosen(view: View) -> tuple[Modality, str]:
    """Return the modality and the id of the encoder that the view names."""
    modality, _, id = view.encoder.partition(".")
    return (Modality(modality), id) if id else (Modality.IMAGE, DEFAULTS[Modality.IMAGE])


def choose(encoder: str) -> None:
    """Look through another encoder, spelled as in the view."""
    if ENCODER.fullmatch(encoder):
        change(encoder=encoder)


def modality_switch(view: View, t: Translator) -> View:
    """Draw the choice of what is read; another one begins with its default encoder."""
    now = chosen(view)[0]
    picked = st.segmented_control(
        t("encoders.reads"),
        MODALITIES,
        default=now,
        format_func=lambda m: t.name("channel", m),
        required=True,
        label_visibility="collapsed",
        key=widget_key("encoders_modality"),
    )
    return view if picked == now else change(encoder=f"{picked}.{DEFAULTS[Modality(picked)]}")


def subject(view: View, t: Translator) -> Subject | None:
    """Draw the choice of what is looked at: what the visitor brought, or an item of the world."""
    modality = chosen(view)[0]
    brought = uploads().get(modality)
    shown = modality is Modality.TEXT or engine().shows(view.world)
    items = [i for i in engine().items(view.world) if shown and modality in i.modalities]
    of = "upload" if brought else "item"
    with st.container(horizontal=True, vertical_alignment="bottom", key="encoders_of"):
        if brought and items:
            of = st.segmented_control(
                t("encoders.of"),
                ("upload", "item"),
                default=st.session_state.get("_encoders_of", "upload"),
                format_func=lambda key: t(f"encoders.{key}"),
                required=True,
                key=widget_key(f"encoders_of_{modality}_{_clicks()}"),
            )
        if of == "item" and items:
            view = _item_menu(view, items, t)
        if not view.present:
            st.page_link("pages/upload.py", label=t("encoders.bring"), icon=":material/upload:")
    if of == "upload" and brought:
        return Subject(brought, (brought,), None)
    if not items:
        st.html(f'<p class="tr tr-empty">{esc(t("encoders.nothing"))}</p>')
        return None
    item = next(i for i in items if i.id == view.item)
    every = sources(engine(), view.world, item, modality)
    return Subject(_shown(view, item, every), every, item)


def _item_menu(view: View, items: list[Item], t: Translator) -> View:
    titles = {item.id: item.text(view.language).title for item in items}
    ids = list(titles)
    now = view.item if view.item in titles else first_lit(items)
    picked = st.selectbox(
        t("encoders.which"),
        ids,
        index=ids.index(now),
        format_func=titles.__getitem__,
        key=widget_key(f"encoders_item_{chosen(view)[0]}_{_clicks()}"),
    )
    return change(item=picked)


def _shown(view: View, item: Item, every: tuple[Media, ...]) -> Media:
    """Return the one in the reader's language, if it is a text, or in whichever language there is."""
    languages = list(item.texts)
    spoken = view.language in languages and len(every) == len(languages)
    return every[languages.index(view.language) if spoken else 0]


def _clicks() -> int:
    """Count clicks on neighbours: what was clicked begins new menus, old ones would not follow."""
    return int(st.session_state.get("_encoders_clicks", 0))


def go_on(event: Event) -> None:
    """Look at the item that was clicked."""
    if event.action == "select" and event.id:
        st.session_state["_encoders_clicks"] = _clicks() + 1
        st.session_state["_encoders_of"] = "item"
        change(item=event.id)


def open_encoder(view: View) -> Encoder:
    """Open the encoder of the view, fitted on the world where it must be (``TriadError``)."""
    modality, id = chosen(view)
    if is_far(id) and not may_fetch(id):
        raise TriadError("hub_elsewhere", id=id)
    return opened(engine(), view.world, id, modality)


def is_far(id: str) -> bool:
    """Return whether an encoder is neither registered nor fitted here."""
    return id not in {card.id for card in (*cards(), *fittable())}


def may_fetch(id: str) -> bool:
    """Return whether this visitor may have a model: one that stays on the disk of somebody's server not."""
    return may_import() or is_kept(id)


def is_kept(id: str) -> bool:
    """Return whether a model of the menu was downloaded before."""
    found = next((entry for entry in MENU if entry.id == id), None)
    return found is not None and bool(hub_here(id, patterns=found.files, revision=found.revision))


def cost_of(view: View, encoder: Encoder, media: Media) -> Cost:
    """Weigh and time an encoder on some items of the world, once a session."""

    def make() -> Cost:
        modality = encoder.card.modality
        items = [i for i in engine().items(view.world) if modality in i.modalities]
        given = [m for i in items[:TIMED] for m in sources(engine(), view.world, i, modality)[:1]]
        return cost(encoder, [decode(each) for each in (given or [media])])

    card: EncoderCard = encoder.card
    return remembered(("cost", view.world, card.id, card.revision), make)


def encoder_name(id: str, t: Translator) -> str:
    """Return what people call an encoder."""
    far = {entry.id: entry.name for entry in MENU}
    return far.get(id) or t.name("encoder", id)
