"""The whole state of the app as one frozen value."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from core.types import CHANNELS, Channel, Method, Query

NEWCOMER: Final = "me"
"""The visitor nobody knows: only what is liked counts."""

MIN_COLUMNS, MAX_COLUMNS = 2, 4
MAX_K: Final = 50
MAX_LESSON: Final = 99
"""Largest number of a lesson, and of a step, that an address may name; the page knows which there are."""

ENCODER: Final = re.compile(r"(image|text|audio)\.\w[\w.-]{0,79}(/\w[\w.-]{0,99})?", re.ASCII)
"""How an encoder is spelled: its modality, and its id here or at the hub. Never the path of a folder."""

ROOM: Final = re.compile(r"[A-Z0-9]{0,8}", re.ASCII)
"""How the code of a classroom is spelled."""


@dataclass(frozen=True)
class View:
    """What is on screen.

    ``visitor`` is "" for the world's default visitor. ``hidden`` are items that the visitor sent
    away. ``columns`` are the (fusion, attention) pairs that the Compare page sets side by side.
    ``item`` is the one that the Why page explains, "" for the first of the list. ``encoder`` is the
    one that the Encoders page looks through, as MODALITY.ID, "" for the default one of pictures.
    ``lesson`` and ``step`` are where the Lessons page is, 0 for the table of contents. ``room`` is the
    code of a classroom, "" for none.
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
    lesson: int = 0
    step: int = 1
    room: str = ""

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
