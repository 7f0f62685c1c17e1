"""How the address bar spells the view: what is written is read back, and nothing that is read fails."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from components.i18n import LANGUAGE_NAMES
from components.view_state import (
    ENCODER,
    MAX_COLUMNS,
    MAX_K,
    MAX_LESSON,
    MIN_COLUMNS,
    NEWCOMER,
    ROOM,
    View,
)
from core.types import CHANNELS, Channel

Params = Mapping[str, Sequence[str]]
"""The query string: every value of every parameter."""


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
        "lesson": [str(view.lesson)] if view.lesson else [],
        "step": [str(view.step)] if view.lesson or view.step != 1 else [],
        "room": [view.room],
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
        lesson=reader.number("lesson", 0, MAX_LESSON, default.lesson),
        step=reader.number("step", 1, MAX_LESSON, default.step),
        room=reader.spelled("room", ROOM),
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
