"""What the Why page asked: remembered in the session, so that a click draws and does not compute."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final, TypeVar

import streamlit as st

from components.engine import engine
from components.uploads import uploads
from core.types import Media, Request

if TYPE_CHECKING:
    from core.explain.report import Explanation
    from core.explain.within import PartsReport

T = TypeVar("T")

KEPT: Final = 24
"""How many answers a session remembers."""


def _kept() -> OrderedDict[Hashable, tuple[tuple[Media, ...], Any]]:
    found: OrderedDict[Hashable, tuple[tuple[Media, ...], Any]] = st.session_state.setdefault(
        "_why_kept", OrderedDict()
    )
    return found


def remembered(key: Hashable, make: Callable[[], T], media: tuple[Media, ...] = ()) -> T:
    """Return an answer, made once; ``media`` are the uploads that it is about."""
    kept = _kept()
    if key not in kept:
        kept[key] = (media, make())
        while len(kept) > KEPT:
            kept.popitem(last=False)
    kept.move_to_end(key)
    value: T = kept[key][1]
    return value


def forget() -> None:
    """Forget what is about uploads that were taken away."""
    here, kept = set(uploads().values()), _kept()
    for key in [key for key, (media, _) in kept.items() if not here.issuperset(media)]:
        del kept[key]


def _key(request: Request, item: str, parts_of: str) -> Hashable:
    return ("explain", request, item, parts_of)


def explained(request: Request, item: str) -> Explanation:
    """Explain an item without looking within its modalities, which is quick."""
    return remembered(
        _key(request, item, ""),
        lambda: engine().explain(request, item, parts=False),
        request.query.media,
    )


def explained_within(request: Request, item: str, language: str) -> Explanation:
    """Explain an item down to its patches, words and seconds, which runs the encoders."""
    return remembered(
        _key(request, item, language),
        lambda: engine().explain(request, item, parts=True, language=language),
        request.query.media,
    )


def keep_within(
    found: Explanation, parts: tuple[PartsReport, ...], request: Request, language: str
) -> Explanation:
    """Remember an explanation with more of its parts measured; return it."""
    found = replace(found, parts=parts)
    _kept()[_key(request, found.item.id, language)] = (request.query.media, found)
    return found


def known_already(request: Request, item: str, parts_of: str = "") -> bool:
    """Return whether an explanation is there without waiting."""
    return _key(request, item, parts_of) in _kept()
