"""MMRec datasets: ``NAME.inter``, and features of which row i belongs to item i."""

from __future__ import annotations

from collections.abc import Mapping

from core.catalog.importers.columns import TEXTS, event_column, item_column
from core.catalog.importers.features import clear_absent, take_features
from core.catalog.importers.files import Files
from core.catalog.importers.interactions import bare_items, read_events
from core.catalog.importers.limits import MAX_EVENTS, MAX_ITEMS
from core.catalog.importers.log import Log
from core.catalog.importers.source import Found, Source
from core.catalog.importers.tables import read_table
from core.catalog.importers.texts import UNSAID, Texts
from core.errors import TriadError
from core.types import ItemText


def read_mmrec(files: Files, log: Log) -> Source:
    """Read an MMRec dataset. A ``metadata`` table with itemID and title gives names to the items.

    Raises
    ------
    TriadError
        ``import_several``, ``columns_missing``, ``no_items``, and what tables and features raise
    """
    names = files.ending(".inter")
    if len(names) > 1:
        raise TriadError("import_several", name=files.name, found=", ".join(names))
    blob = files.take(names[0])
    assert blob is not None, "it was just listed"
    table = read_table(blob, event_column, log, limit=MAX_EVENTS, separator="\t")
    table.require("user", "item")
    vectors = take_features(files)
    if vectors:
        count = len(next(iter(vectors.values())))
        ids = {str(row): str(row) for row in range(count)}
    else:
        ids = bare_items([table], log)
    if not ids:
        raise TriadError("no_items", file=table.file, rows=table.length)
    named = _named(files, ids, log)
    return Source(
        kind="mmrec",
        items=tuple(named.get(i) or Found(i, {UNSAID: ItemText(i, "")}) for i in ids.values()),
        events=read_events([table], ids, log),
        vectors=clear_absent(vectors, list(ids.values()), log),
    )


def _named(files: Files, ids: Mapping[str, str], log: Log) -> dict[str, Found]:
    """Return the items that have a row in the table of titles."""
    blob = files.take_table("metadata")
    if blob is None:
        return {}
    table = read_table(blob, _title_column, log, limit=MAX_ITEMS)
    table.require("id")
    texts = Texts(table, log)
    named: dict[str, Found] = {}
    for row in table.rows:
        raw = table.cell(row, "id")
        item = ids.get(raw)
        if item is None:
            log.problem("item_unknown", table.file, row.number, item=raw)
        elif item in named:
            log.problem("id_twice", table.file, row.number, id=raw)
        elif written := texts.read(row):
            named[item] = Found(item, written, table.cell(row, "category"))
    return named


def _title_column(heading: str) -> str | None:
    column = item_column(heading)
    wanted = column in ("id", "category", "language") or (column or "").partition("_")[0] in TEXTS
    return column if wanted else None
