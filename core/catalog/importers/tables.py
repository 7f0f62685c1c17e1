"""Tables of any kind to rows of text, each with the number that a person would give it.

The csv module rather than pandas: a broken row must cost only itself and be told by its number.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import NamedTuple

from core.catalog.importers.characters import decode
from core.catalog.importers.files import load
from core.catalog.importers.json_lines import read_json_lines
from core.catalog.importers.limits import MAX_TABLE_BYTES
from core.catalog.importers.log import Log, Lost
from core.catalog.importers.parquet import read_parquet
from core.catalog.importers.records import Named, plain
from core.catalog.importers.separated import read_separated
from core.catalog.importers.source import Blob
from core.errors import TriadError


class Row(NamedTuple):
    """One row.

    Attributes
    ----------
    number : as a person counts
    position : from 0, among all rows with anything in them, the broken ones included
    cells : in the order of the table's columns
    """

    number: int
    position: int
    cells: tuple[str, ...]


@dataclass(frozen=True)
class Table:
    """The columns of a table that a reader asked for.

    Attributes
    ----------
    file : name, for messages
    columns : name -> place in a row's cells
    rows : the sound ones
    length : how many rows there are, the broken ones included
    """

    file: str
    columns: Mapping[str, int]
    rows: Sequence[Row]
    length: int

    def cell(self, row: Row, column: str) -> str:
        """Return a cell without blanks around it, or nothing if there is no such column."""
        place = self.columns.get(column)
        return "" if place is None else row.cells[place]

    def column(self, column: str) -> list[str]:
        """Return all cells of a column."""
        return [self.cell(row, column) for row in self.rows]

    def require(self, *columns: str) -> None:
        """Raise ``columns_missing`` unless all these columns are there."""
        missing = [column for column in columns if column not in self.columns]
        if missing:
            raise TriadError("columns_missing", file=self.file, missing=", ".join(missing))


def read_table(
    blob: Blob, named: Named, log: Log, *, limit: int, separator: str | None = None
) -> Table:
    """Read a table; its extension says of which kind.

    Parameters
    ----------
    blob : ``.csv``, ``.jsonl`` or ``.parquet``, or anything else separated by ``separator``
    named : which columns to take, and under which name; the first of two with one name is taken
    limit : rows
    separator : between the cells of a table that has no quotation marks; None where there are, as in CSV

    Raises
    ------
    TriadError
        ``table_too_big``, ``table_unreadable``, ``table_encoding``, ``table_empty``, ``table_heading``,
        ``table_not_json``, ``table_too_long``, ``parquet_missing``, ``parquet_broken``
    """
    data = load(blob, MAX_TABLE_BYTES)
    extension = PurePosixPath(blob.name.lower()).suffix
    if extension == ".parquet":
        headings, records = read_parquet(data, blob.name, named, limit, log)
    else:
        text, encoding = decode(data, blob.name)
        if encoding != "utf-8":
            log.note("encoding_guessed", blob.name, encoding=encoding.upper())
        if extension == ".jsonl":
            headings, records = read_json_lines(text, blob.name)
        else:
            headings, records = read_separated(text, blob.name, separator)
    taken = _choose(headings, named, blob.name, log)
    rows: list[Row] = []
    length = 0
    for number, cells in records:
        if length == limit:
            raise TriadError("table_too_long", file=blob.name, limit=limit)
        try:
            if isinstance(cells, Lost):
                raise cells
            values = tuple(plain(cells.get(each), each) for each in taken)
            rows.append(Row(number, length, values))
        except Lost as lost:
            log.problem(lost.code, blob.name, number, **lost.values)
        length += 1
    return Table(blob.name, {name: i for i, name in enumerate(taken.values())}, rows, length)


def _choose(headings: Sequence[str], named: Named, file: str, log: Log) -> dict[str, str]:
    """Return heading -> name of the columns to take."""
    taken: dict[str, str] = {}
    unused: list[str] = []
    for each in headings:
        name = named(each)
        if name is None:
            unused += [each] if each.strip() else []  # pandas writes its row numbers under nothing
        elif name in taken.values():
            log.problem("column_twice", file, column=each, name=name)
        else:
            taken[each] = name
    if unused:
        log.note("columns_not_used", file, columns=", ".join(unused))
    return taken
