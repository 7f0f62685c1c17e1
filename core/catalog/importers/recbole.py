"""RecBole's atomic files: ``NAME.inter``, and ``NAME.item`` where there is one, with typed headings."""

from __future__ import annotations

import re
from collections import Counter
from typing import Final

import numpy as np

from core.catalog.importers.columns import FILES, event_column, item_column
from core.catalog.importers.features import Matrix
from core.catalog.importers.files import Files
from core.catalog.importers.interactions import bare_items, read_events
from core.catalog.importers.limits import MAX_EVENTS, MAX_ITEMS
from core.catalog.importers.log import Log
from core.catalog.importers.names import safe_id
from core.catalog.importers.source import Found, Source
from core.catalog.importers.tables import Row, Table, read_table
from core.catalog.importers.texts import UNSAID, Texts
from core.errors import TriadError
from core.types import ItemText, Modality

_NAME: Final = re.compile(r"(.+?)(?:\.(train|valid|test))?\.inter", re.IGNORECASE | re.DOTALL)
_PARTS: Final = {"train": 0, "valid": 1, "test": 2}
_SIGNS: Final = {
    Modality.IMAGE: "image img visual pixel picture",
    Modality.TEXT: "text title description review bert",
    Modality.AUDIO: "audio sound music acoustic",
}
"""Words in the name of a column of features that say of which modality it is."""


def read_recbole(files: Files, log: Log) -> Source:
    """Read RecBole's atomic files.

    Columns of type ``float_seq`` become features if their names say of which modality. Where there is no
    ``NAME.item``, the items are those of the interactions. ``NAME.train.inter``, ``.valid.inter`` and
    ``.test.inter`` are the authors' own split.

    Raises
    ------
    TriadError
        ``import_several``, ``columns_missing``, ``no_items``, and what tables raise
    """
    name, parts = _parts(files)
    tables = [
        read_table(blob, _event_column, log, limit=MAX_EVENTS, separator="\t")
        for path in parts
        if (blob := files.take(path))
    ]
    split = {path: part for path, part in parts.items() if part is not None}
    blob = files.take(f"{name}.item")
    if blob is None:
        ids = bare_items(tables, log)
        items = [Found(i, {UNSAID: ItemText(i, "")}) for i in ids.values()]
        vectors: dict[Modality, Matrix] = {}
    else:
        table = read_table(blob, _item_column, log, limit=MAX_ITEMS, separator="\t")
        table.require("id")
        ids, items, rows = _items(table, log)
        vectors = {
            modality: _features(table, modality, rows, log)
            for modality in Modality
            if _feature(modality) in table.columns
        }
    if not items:
        raise TriadError("no_items", file=blob.name if blob else tables[0].file, rows=0)
    events = read_events(tables, ids, log, split)
    return Source("recbole", tuple(items), events, vectors)


def _parts(files: Files) -> tuple[str, dict[str, int | None]]:
    """Return the dataset's name, and its tables of interactions with their parts."""
    found: dict[str, dict[str, int | None]] = {}
    for path in files.ending(".inter"):
        match = _NAME.fullmatch(path)
        assert match is not None, "the paths end in .inter"
        found.setdefault(match[1], {})[path] = _PARTS.get((match[2] or "").lower())
    if len(found) > 1:
        raise TriadError("import_several", name=files.name, found=", ".join(sorted(found)))
    name, parts = next(iter(found.items()))
    if f"{name}.inter" in parts:
        parts = {f"{name}.inter": None}
    return name, dict(sorted(parts.items(), key=lambda pair: pair[1] or 0))


def _event_column(heading: str) -> str | None:
    return event_column(heading.partition(":")[0])


def _item_column(heading: str) -> str | None:
    name, _, kind = heading.partition(":")
    if kind == "float_seq":
        lower = name.casefold()
        return next(
            (_feature(m) for m, signs in _SIGNS.items() if any(s in lower for s in signs.split())),
            None,
        )
    column = item_column(name)
    return None if column in FILES else column


def _feature(modality: Modality) -> str:
    return f"features:{modality}"


def _items(table: Table, log: Log) -> tuple[dict[str, str], list[Found], list[Row]]:
    """Return the ids by what the tables call them, the items and their rows."""
    ids: dict[str, str] = {}
    items: list[Found] = []
    rows: list[Row] = []
    texts = Texts(table, log)
    for row in table.rows:
        raw = table.cell(row, "id")
        if not raw or raw in ids:
            code = "id_twice" if raw else "id_missing"
            log.problem(code, table.file, row.number, id=raw)
            continue
        ids[raw] = item = safe_id(raw)
        if item != raw:
            log.note("id_made_safe", table.file, row.number, raw=raw, id=item)
        written = texts.read(row) or {UNSAID: ItemText(item, "")}
        items.append(Found(item, written, table.cell(row, "category")))
        rows.append(row)
    return ids, items, rows


def _features(table: Table, modality: Modality, rows: list[Row], log: Log) -> Matrix:
    """Return a column of features, zeros in the rows that have none."""
    cells = [_numbers(table.cell(row, _feature(modality))) for row in rows]
    lengths = Counter(len(numbers) for numbers in cells if len(numbers))
    width = max(lengths, key=lambda length: lengths[length], default=1)
    matrix = np.zeros((len(rows), width), dtype=np.float32)
    for place, (row, numbers) in enumerate(zip(rows, cells, strict=True)):
        if len(numbers) == width and np.isfinite(numbers).all() and numbers.any():
            matrix[place] = numbers
        else:
            log.problem("features_unusable", table.file, row.number, modality=modality, width=width)
    return matrix


def _numbers(cell: str) -> Matrix:
    """Return the numbers of a ``float_seq``, or none if one of them is no number."""
    try:
        return np.array(cell.split(), dtype=np.float32)
    except ValueError:
        return np.zeros(0, dtype=np.float32)
