"""Tables with a JSON object a line."""

from __future__ import annotations

import json

from core.catalog.importers.log import Lost
from core.catalog.importers.records import Record, Records
from core.errors import TriadError


def read_json_lines(text: str, file: str) -> Records:
    """Read JSON lines; the headings are all keys, in the order in which they are met.

    Raises
    ------
    TriadError
        ``table_empty``, ``table_not_json``
    """
    records: list[Record] = []
    headings: dict[str, None] = {}
    for number, line in enumerate(text.split("\n"), start=1):
        if not line.strip():
            continue
        try:
            value = json.loads(line)
        except (ValueError, RecursionError):
            value = None
        if isinstance(value, dict):
            headings |= dict.fromkeys(value)
            records.append((number, value))
        else:
            records.append((number, Lost("row_not_json")))
    if not headings:
        raise TriadError("table_not_json" if records else "table_empty", file=file)
    return list(headings), iter(records)
