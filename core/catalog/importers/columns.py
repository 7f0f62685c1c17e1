"""Which heading means which column."""

from __future__ import annotations

import re
from typing import Final

_ITEM: Final = {
    "id": "id item_id itemid",
    "file_name": "file_name filename file",
    "image": "image image_file_name picture",
    "audio": "audio audio_file_name sound",
    "title": "title name movie_title",
    "text": "text caption",
    "description": "description",
    "reviews": "reviews review",
    "category": "category categories genre genres class",
    "language": "language lang",
    "licence": "license licence",
    "author": "author creator",
    "source": "source url",
}
_EVENT: Final = {
    "user": "user user_id userid uid visitor visitor_id reviewer_id",
    "item": "item item_id itemid iid product_id song_id movie_id",
    "rating": "rating ratings score",
    "stars": "stars",
    "time": "timestamp time datetime date",
    "part": "x_label part split",
}

FILES: Final = ("image", "audio", "file_name")
TEXTS: Final = ("title", "text", "description", "reviews")


def _by_alias(columns: dict[str, str]) -> dict[str, str]:
    return {alias: name for name, aliases in columns.items() for alias in aliases.split()}


_ITEM_ALIASES: Final = _by_alias(_ITEM)
_EVENT_ALIASES: Final = _by_alias(_EVENT)


def _plain(heading: str) -> str:
    """Return a heading in the form in which headings are compared: ``Item ID`` is ``item_id``."""
    return re.sub(r"[\s\-]+", "_", heading.strip().casefold())


def item_column(heading: str) -> str | None:
    """Return the column of a table of items, or None if it means nothing here.

    Texts may have a language in their heading: ``Name_ZH`` is the column ``title_zh``.
    """
    name = _plain(heading)
    if name in _ITEM_ALIASES:
        return _ITEM_ALIASES[name]
    stem, _, language = name.rpartition("_")
    column = _ITEM_ALIASES.get(stem)
    # text_id is an id more often than it is Indonesian.
    if column in TEXTS and re.fullmatch("[a-z]{2}", language) and language != "id":
        return f"{column}_{language}"
    return None


def event_column(heading: str) -> str | None:
    """Return the column of a table of interactions; ``stars`` are ratings that say their scale, 1 to 5."""
    return _EVENT_ALIASES.get(_plain(heading))
