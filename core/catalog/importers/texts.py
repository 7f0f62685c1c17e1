"""What is written about an item, from the cells of its row."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from itertools import accumulate, takewhile
from typing import Final

from core.catalog.importers.columns import TEXTS
from core.catalog.importers.limits import MAX_LINE, MAX_TITLE
from core.catalog.importers.log import Log
from core.catalog.importers.tables import Row, Table
from core.media.limits import MAX_CHARACTERS
from core.types import ItemText

UNSAID: Final = "und"
"""Language code of a text that does not say its language, as in BCP 47."""

_NAMES: Final = {"english": "en", "chinese": "zh", "中文": "zh", "英文": "en", "英语": "en"}


def language_code(cell: str) -> str | None:
    """Return the code of a language that a table names, such as ``zh-CN``; None if there is no telling."""
    if not cell:
        return UNSAID
    plain = cell.lower()
    code = _NAMES.get(plain, re.split(r"[-_]", plain)[0])
    return code if re.fullmatch(r"[a-z]{2,3}", code) else None


class Texts:
    """Reads what is written in the rows of one table.

    Parameters
    ----------
    table : with the columns of :func:`item_column`
    log : is told of texts that are cut, and of languages that nobody knows
    """

    def __init__(self, table: Table, log: Log) -> None:
        self._table = table
        self._log = log
        parts = (name.partition("_") for name in table.columns)
        self._languages = list(
            dict.fromkeys(code for name, _, code in parts if name in TEXTS and code)
        )

    def read(self, row: Row) -> dict[str, ItemText]:
        """Return the texts of a row by language; none where nothing is written."""
        base = self._text(row, "")
        texts = {code: self._text(row, f"_{code}") for code in self._languages}
        texts = {code: text for code, text in texts.items() if text.whole}
        if base.whole:
            language = self._language(row)
            # What a heading says of its column is surer than what a cell says of its row.
            texts = {UNSAID if language in texts else language: base, **texts}
        return {code: self._fitting(text, base.title, row) for code, text in texts.items()}

    def _fitting(self, text: ItemText, title: str, row: Row) -> ItemText:
        fitting, cuts = _fit(replace(text, title=text.title or title or _beginning(text)))
        for cut in cuts:
            self._log.problem(cut, self._table.file, row.number)
        return fitting

    def _language(self, row: Row) -> str:
        cell = self._table.cell(row, "language")
        code = language_code(cell)
        if code is None:
            self._log.problem("language_unknown", self._table.file, row.number, language=cell)
        return code or UNSAID

    def _text(self, row: Row, suffix: str) -> ItemText:
        title, line, description, reviews = (
            self._table.cell(row, column + suffix) for column in TEXTS
        )
        if len(line) > MAX_LINE or len(line.splitlines()) > 1:  # no line for a card
            line, description = "", "\n".join(filter(None, (line, description)))
        return ItemText(" ".join(title.split()), line, description, _reviews(reviews))


def _reviews(cell: str) -> tuple[str, ...]:
    """Return the texts of a JSON list, or the cell as one review."""
    try:
        value = json.loads(cell)
    except (ValueError, RecursionError):
        value = None
    if isinstance(value, list) and all(isinstance(each, str) for each in value):
        return tuple(filter(None, map(str.strip, value)))
    return (cell,) if cell else ()


def _beginning(text: ItemText) -> str:
    """Return a title for a text that has none."""
    return shortened(" ".join((text.line or text.description or text.reviews[0]).split()), 60)


def shortened(text: str, length: int) -> str:
    """Return the beginning of a text, with an ellipsis if that is not all."""
    return text if len(text) <= length else text[: length - 1].rstrip() + "…"


def _fit(text: ItemText) -> tuple[ItemText, list[str]]:
    """Cut a text to the limits of an upload, the last reviews first, and say what was cut."""
    titled = replace(text, title=shortened(text.title, MAX_TITLE))
    cuts = ["title_cut"] if titled != text else []
    if len(titled.whole) <= MAX_CHARACTERS:
        return titled, cuts
    cut = replace(titled, reviews=())
    room = MAX_CHARACTERS - len(cut.whole)
    if room < 0:  # title and line are short, so it is the description
        kept = len(cut.description) + room
        return replace(cut, description=shortened(cut.description, kept)), [*cuts, "text_cut"]
    ends = accumulate(len(review) + 1 for review in text.reviews)
    fitting = sum(1 for _ in takewhile(lambda end: end <= room, ends))
    return replace(cut, reviews=text.reviews[:fitting]), [*cuts, "text_cut"]
