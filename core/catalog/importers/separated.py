"""Tables whose cells stand between commas, semicolons or tabs."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator
from typing import Any

from core.catalog.importers.log import Lost
from core.catalog.importers.records import Record, Records
from core.cells import unsafe
from core.errors import TriadError


def read_separated(text: str, file: str, separator: str | None) -> Records:
    """Read CSV in any of its usual dialects; or with a given separator, a table without quotation marks.

    Raises
    ------
    TriadError
        ``table_empty``, ``table_encoding``, ``table_heading``
    """
    first = text.lstrip().split("\n", 1)[0]
    if not first.strip():
        raise TriadError("table_empty", file=file)
    if "\0" in first:  # UTF-16, or no text at all
        raise TriadError("table_encoding", file=file)
    reader = csv.reader(
        io.StringIO(text, newline=""),
        delimiter=separator or max(",;\t", key=first.count),
        quoting=csv.QUOTE_MINIMAL if separator is None else csv.QUOTE_NONE,
        strict=True,
    )
    rows = _numbered(reader)
    number, head = next(rows)
    if isinstance(head, Lost):
        raise TriadError("table_heading", file=file, row=number)
    return head, _fitted(rows, head, unsafe if separator is None else str)


def _numbered(reader: Any) -> Iterator[tuple[int, list[str] | Lost]]:
    """Number the rows as a spreadsheet does, empty ones included, and leave out those."""
    number = 0
    while True:
        number += 1
        line = reader.line_num
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error:  # the reader goes on with the next line
            yield number, Lost("row_broken", lines=reader.line_num - line)
            continue
        if any(cell.strip() for cell in cells):
            yield number, cells


def _fitted(
    rows: Iterator[tuple[int, list[str] | Lost]], head: list[str], read: Callable[[str], str]
) -> Iterator[Record]:
    """Lay the cells under the headings; spreadsheets may add empty ones at the end."""
    for number, cells in rows:
        if isinstance(cells, Lost):
            yield number, cells
        elif any("\0" in cell for cell in cells):
            yield number, Lost("row_nul")
        elif len(cells) < len(head) or any(cell.strip() for cell in cells[len(head) :]):
            yield number, Lost("row_ragged", found=len(cells), expected=len(head))
        else:
            # Of two equal headings the first one counts.
            plain = map(read, reversed(cells[: len(head)]))
            yield number, dict(zip(reversed(head), plain, strict=True))
