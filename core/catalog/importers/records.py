"""What the readers of the different kinds of tables have in common: records, and cells as text."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime
from typing import Any

from core.catalog.importers.log import Lost

Named = Callable[[str], str | None]
"""From a heading to the name that the reader gives the column, or None if it does not use it."""

Record = tuple[int, Mapping[str, Any] | Lost]
"""A row's number as a person counts, and its cells by heading or what is wrong with it."""

Records = tuple[list[str], Iterator[Record]]
"""The headings, and the records one by one."""


def plain(value: Any, column: str) -> str:
    """Return a cell as text: nothing for no value, whole numbers without a point, a list of texts as JSON.

    Raises
    ------
    Lost
        ``cell_not_plain``, ``row_nul``
    """
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, date | datetime):
        return value.isoformat()
    if isinstance(value, list) and all(isinstance(each, str) for each in value):
        value = json.dumps(value, ensure_ascii=False)
    if not isinstance(value, str | int | float):
        raise Lost("cell_not_plain", column=column)
    # JSON can spell half a character, which no file could hold.
    text = str(value).strip().encode("utf-8", "replace").decode()
    if "\0" in text:
        raise Lost("row_nul")
    return text
