"""Tables of who took what."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from core.catalog.importers.log import Log, Lost
from core.catalog.importers.names import safe_id
from core.catalog.importers.ratings import Ratings
from core.catalog.importers.source import Event
from core.catalog.importers.tables import Row, Table
from core.catalog.importers.times import Times

_PARTS: Final = {
    **dict.fromkeys(("0", "train"), 0),
    **dict.fromkeys(("1", "valid", "validation", "val"), 1),
    **dict.fromkeys(("2", "test"), 2),
}


def read_events(
    tables: Sequence[Table],
    ids: Mapping[str, str],
    log: Log,
    parts: Mapping[str, int] | None = None,
) -> tuple[Event, ...]:
    """Return the interactions of some tables with one scale and one unit of time.

    Parameters
    ----------
    tables : with the columns of :func:`event_column`
    ids : item as the tables name it -> id of a known item
    log : is told of every row that is lost
    parts : table -> the part that all its rows belong to

    Raises
    ------
    TriadError
        ``columns_missing``
    """
    for table in tables:
        table.require("user", "item")
    file = tables[0].file
    stars = any("stars" in table.columns for table in tables)
    rating = "stars" if stars else "rating"
    ratings = Ratings([c for t in tables for c in t.column(rating)], file, log, stars=stars)
    times = Times([c for t in tables for c in t.column("time")], file, log)
    events = []
    for table in tables:
        part = (parts or {}).get(table.file)
        for row in table.rows:
            try:
                user, item = _pair(table, row, ids)
                value = ratings.read(table.cell(row, rating))
            except Lost as lost:
                log.problem(lost.code, table.file, row.number, **lost.values)
                continue
            time = times.read(when := table.cell(row, "time"))
            if time is None:
                log.problem("time_unreadable", table.file, row.number, time=when)
            own = _part(table, row, log) if part is None else part
            events.append(Event(user, item, value, time or 0, own))
    return tuple(events)


def _pair(table: Table, row: Row, ids: Mapping[str, str]) -> tuple[str, str]:
    user, item = table.cell(row, "user"), table.cell(row, "item")
    if not user:
        raise Lost("user_missing")
    # A column of whole numbers with one gap is written as 1.0, 2.0 ... by pandas.
    known = ids.get(item) or ids.get(item.removesuffix(".0"))
    if known is None:
        raise Lost("item_unknown", item=item)
    return user, known


def _part(table: Table, row: Row, log: Log) -> int | None:
    cell = table.cell(row, "part")
    part = _PARTS.get(cell.lower().removesuffix(".0"))
    if cell and part is None:
        log.problem("part_unknown", table.file, row.number, part=cell)
    return part


def bare_items(tables: Sequence[Table], log: Log) -> dict[str, str]:
    """Return the items of which only the interactions know, as they are named there -> id; in that order."""
    ids: dict[str, str] = {}
    for table in tables:
        table.require("user", "item")
        for row in table.rows:
            raw = table.cell(row, "item")
            if not raw or raw in ids:
                continue
            ids[raw] = safe_id(raw)
            if ids[raw] != raw:
                log.note("id_made_safe", table.file, row.number, raw=raw, id=ids[raw])
    return ids
