"""The whole state of the app as one frozen value, and how the address bar spells it.

The View lives in the session under a key that no widget owns. A page hands its parts to widgets as
``default=`` / ``index=``, takes back what they return, and :func:`write_url` spells the result in
the address after the page has run. A pasted address shows the same thing to anyone.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final
from urllib.parse import urlencode

import streamlit as st
from streamlit.runtime.pages_manager import PagesManager

from components.i18n import LANGUAGE_NAMES
from core.types import CHANNELS, Channel, Method, Query

Params = Mapping[str, Sequence[str]]
"""The query string: every value of every parameter."""

NEWCOMER: Final = "me"
"""The visitor nobody knows: only what is liked counts."""

MIN_COLUMNS, MAX_COLUMNS = 2, 4
MAX_K: Final = 50

ENCODER: Final = re.compile(r"(image|text|audio)\.\w[\w.-]{0,79}(/\w[\w.-]{0,99})?", re.ASCII)
"""How an encoder is spelled: its modality, and its id here or at the hub. Never the path of a folder."""


@dataclass(frozen=True)
class View:
    """What is on screen.

    ``visitor`` is "" for the world's default visitor. ``hidden`` are items that the visitor sent
    away. ``columns`` are the (fusion, attention) pairs that the Compare page sets side by side.
    ``item`` is the one that the Why page explains, "" for the first of the list. ``encoder`` is the
    one that the Encoders page looks through, as MODALITY.ID, "" for the default one of pictures.
    """

    world: str = "shop"
    visitor: str = ""
    likes: tuple[str, ...] = ()
    hidden: tuple[str, ...] = ()
    fusion: str = "gated"
    attention: str = "off"
    head: str = "dot"
    on: tuple[Channel, ...] = CHANNELS
    k: int = 10
    language: str = "en"
    columns: tuple[tuple[str, str], ...] = (("concat", "off"), ("late", "off"), ("gated", "off"))
    present: bool = False
    item: str = ""
    encoder: str = ""

    @property
    def method(self) -> Method:
        """The method that this view asks for."""
        return self.method_of(self.fusion, self.attention)

    def method_of(self, fusion: str, attention: str) -> Method:
        """Return a column's method: its own fusion and attention, everything else shared."""
        off = tuple(c for c in CHANNELS if c not in self.on)
        return Method(fusion=fusion, attention=attention, head=self.head, off=off)

    @property
    def query(self) -> Query:
        """Who asks, without the uploads of the session."""
        visitor = None if self.visitor in ("", NEWCOMER) else self.visitor
        return Query(visitor=visitor, likes=self.likes)


@dataclass(frozen=True)
class Known:
    """What an address may name: taken from the engine's registries, never listed by hand."""

    worlds: tuple[str, ...]
    fusions: tuple[str, ...]
    attentions: tuple[str, ...]
    heads: tuple[str, ...]
    visitors: Callable[[str], Collection[str]]
    items: Callable[[str], Collection[str]]


@dataclass(frozen=True)
class Notice:
    """A part of the address that could not be used: ``key`` of the sentence, and what fills it."""

    key: str
    values: Mapping[str, Any]


def encode(view: View) -> dict[str, list[str]]:
    """Spell a view as query parameters, all of them, so that the link means the same everywhere."""
    params = {
        "lang": [view.language],
        "world": [view.world],
        "visitor": [view.visitor],
        "like": list(view.likes),
        "hide": list(view.hidden),
        "fusion": [view.fusion],
        "attention": [view.attention],
        "head": [view.head],
        "on": [",".join(view.on) or "none"],
        "k": [str(view.k)],
        "col": [f"{fusion}.{attention}" for fusion, attention in view.columns],
        "present": ["1"] if view.present else [],
        "item": [view.item],
        "encoder": [view.encoder],
    }
    return {name: values for name, values in params.items() if values and values != [""]}


def decode(params: Params, known: Known, language: str = "en") -> tuple[View, tuple[Notice, ...]]:
    """Read query parameters. Never raises: what makes no sense becomes the default, with a notice.

    Parameters
    ----------
    language : default language, from the browser's locale
    """
    reader = _Reader(params)
    default = View(language=language)
    world = reader.choice("world", known.worlds, default.world)
    view = View(
        world=world,
        visitor=reader.choice("visitor", ("", NEWCOMER, *known.visitors(world)), "", show=False),
        likes=reader.ids("like", known.items(world)),
        hidden=reader.ids("hide", known.items(world)),
        fusion=reader.choice("fusion", known.fusions, default.fusion),
        attention=reader.choice("attention", known.attentions, default.attention),
        head=reader.choice("head", known.heads, default.head),
        on=reader.channels("on"),
        k=reader.number("k", 1, MAX_K, default.k),
        language=reader.choice("lang", tuple(LANGUAGE_NAMES), language),
        columns=reader.columns("col", known, default.columns),
        present=reader.choice("present", ("0", "1"), "0") == "1",
        item=(reader.ids("item", known.items(world)) or ("",))[-1],
        encoder=reader.spelled("encoder", ENCODER),
    )
    return view, tuple(reader.notices)


class _Reader:
    """Reads one parameter after another and notes what it could not use."""

    def __init__(self, params: Params) -> None:
        self._params = params
        self.notices: list[Notice] = []

    def _note(self, name: str, value: str, known: Sequence[str] = ()) -> None:
        shown = value if len(value) <= 40 else value[:39] + "…"
        if known:
            values = {"name": name, "value": shown, "known": ", ".join(k for k in known if k)}
            self.notices.append(Notice("notice.unknown_value", values))
        else:
            self.notices.append(Notice("notice.unknown_id", {"name": name, "value": shown}))

    def choice(self, name: str, known: Sequence[str], default: str, *, show: bool = True) -> str:
        values = self._params.get(name) or [default]
        if values[-1] in known:
            return values[-1]
        self._note(name, values[-1], known if show else ())
        return default

    def ids(self, name: str, known: Collection[str]) -> tuple[str, ...]:
        kept = dict.fromkeys(v for v in self._params.get(name, ()) if v in known)
        for value in self._params.get(name, ()):
            if value not in known:
                self._note(name, value)
        return tuple(kept)

    def spelled(self, name: str, form: re.Pattern[str]) -> str:
        value = (self._params.get(name) or [""])[-1]
        if not value or form.fullmatch(value):
            return value
        self._note(name, value)
        return ""

    def channels(self, name: str) -> tuple[Channel, ...]:
        value = (self._params.get(name) or [",".join(CHANNELS)])[-1]
        if value == "none":
            return ()
        asked = value.split(",")
        kept = tuple(c for c in CHANNELS if c in asked)
        if not kept:
            self._note(name, value, (*CHANNELS, "none"))
            return CHANNELS
        for part in asked:
            if part not in kept:
                self._note(name, part)
        return kept

    def number(self, name: str, low: int, high: int, default: int) -> int:
        value = (self._params.get(name) or [str(default)])[-1]
        if value.isascii() and value.isdigit() and len(value) < 6 and low <= int(value) <= high:
            return int(value)
        self._note(name, value, (f"{low}-{high}",))
        return default

    def columns(
        self, name: str, known: Known, default: tuple[tuple[str, str], ...]
    ) -> tuple[tuple[str, str], ...]:
        asked = self._params.get(name, ())
        pairs = [tuple(value.rpartition(".")[::2]) for value in asked]
        good = [p for p in pairs if p[0] in known.fusions and p[1] in known.attentions]
        for value, pair in zip(asked, pairs, strict=True):
            if pair not in good:
                self._note(name, value, [f"{f}.{known.attentions[0]}" for f in known.fusions])
        if len(asked) and not MIN_COLUMNS <= len(good) <= MAX_COLUMNS:
            self._note(name, str(len(good)), (f"{MIN_COLUMNS}-{MAX_COLUMNS} × {name}",))
        return tuple(good[:MAX_COLUMNS]) if len(good) >= MIN_COLUMNS else default  # type: ignore[arg-type]


# --- the session
# -------------------------------------------------------------------------------------


def read_url() -> dict[str, list[str]]:
    """Return the address's parameters as this run received them."""
    return {name: st.query_params.get_all(name) for name in st.query_params}


def language_now(default: str) -> str:
    """Return the language to begin a run in, before anything else of the address is read."""
    view, params = st.session_state.get("_view"), read_url()
    asked = (params.get("lang") or [""])[-1]
    if asked in LANGUAGE_NAMES and (view is None or params != st.session_state["_url"]):
        return asked
    return view.language if view is not None else default


def open_view(known: Known, page: str, language: str) -> View:
    """Bring session and address together at the start of a run, and return the view.

    The address wins when the visitor changed it (a pasted link, the Back button); the session
    wins when it did not, and when a click in the navigation emptied it.
    """
    state, params = st.session_state, read_url()
    same_page = state.get("_page") == page
    if "_view" not in state or (params != state["_url"] and (params or same_page)):
        state["_view"], state["_notices"] = decode(params, known, language)
        state["_generation"] = state.get("_generation", 0) + 1
    state["_url"], state["_page"], state["_entered"] = params, page, True
    return current_view()


def current_view() -> View:
    """Return the view of this session."""
    view: View = st.session_state["_view"]
    return view


def page_view() -> View:
    """Return the view, for a page to begin with.

    The first address that a fresh server is asked for may be a page's own. Streamlit then takes our
    ``pages`` folder for its old convention and runs the page without app.py: begin again, with it.
    """
    if not st.session_state.get("_entered"):
        PagesManager.uses_pages_directory = False
        st.rerun()
    return current_view()


def notices() -> tuple[Notice, ...]:
    """Return what could not be used of the address, once."""
    found: tuple[Notice, ...] = st.session_state.pop("_notices", ())
    return found


def change(**parts: Any) -> View:
    """Replace parts of the view and return it. The item that is explained stays in its world."""
    view = current_view()
    if parts.get("world", view.world) != view.world:
        parts = {"item": "", **parts}
    st.session_state["_view"] = replace(view, **parts)
    return current_view()


def widget_key(name: str) -> str:
    """Return a widget's key: stable while a visitor works, new when the address won."""
    return f"{name}_{st.session_state.get('_generation', 0)}"


def write_url(known: Known, language: str) -> None:
    """Spell the view in the address, when the address does not already say the same."""
    view = current_view()
    if decode(read_url(), known, language)[0] != view:
        st.query_params.from_dict(encode(view))
    st.session_state["_url"] = read_url()
    st.session_state["_entered"] = False


def link(view: View, base: str) -> str:
    """Return the full address of a view on the page at ``base``."""
    return f"{base}?{urlencode(encode(view), doseq=True)}"


def react(view: View, action: str, id: str) -> View:
    """Return the view after a click on an item: like, unlike, hide or restore."""
    match action:
        case "like":
            return replace(view, likes=tuple(dict.fromkeys((*view.likes, id))))
        case "unlike":
            return replace(view, likes=tuple(i for i in view.likes if i != id))
        case "hide":
            liked = tuple(i for i in view.likes if i != id)
            return replace(view, likes=liked, hidden=tuple(dict.fromkeys((*view.hidden, id))))
        case "restore":
            return replace(view, hidden=())
    return view
