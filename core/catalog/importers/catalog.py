"""A catalog of one's own: ``metadata.csv``, and the pictures and sounds that it names.

The convention is that of the image and audio folders of the ``datasets`` library.
"""

from __future__ import annotations

from pathlib import PurePosixPath

from core.catalog.importers.columns import FILES, TEXTS, event_column, item_column
from core.catalog.importers.features import clear_absent, take_features
from core.catalog.importers.files import Files
from core.catalog.importers.interactions import read_events
from core.catalog.importers.limits import MAX_EVENTS, MAX_ITEMS
from core.catalog.importers.log import Log, Lost
from core.catalog.importers.names import inside, modality_of, safe_id, unique_id
from core.catalog.importers.source import Blob, Credit, Event, Found, Source
from core.catalog.importers.tables import Row, Table, read_table
from core.catalog.importers.texts import UNSAID, Texts
from core.errors import TriadError
from core.media.limits import MAX_BYTES
from core.types import ItemText, Modality


def read_catalog(files: Files, log: Log) -> Source:
    """Read a catalog by its ``metadata`` table, with ``interactions`` and features where there are some.

    Raises
    ------
    TriadError
        ``columns_missing``, ``features_rows``, ``no_items``, and what tables and features raise
    """
    blob = files.take_table("metadata")
    assert blob is not None, "by this file a catalog is recognised"
    table = read_table(blob, item_column, log, limit=MAX_ITEMS)
    if not any(c in FILES or c.partition("_")[0] in TEXTS for c in table.columns):
        raise TriadError("columns_missing", file=table.file, missing="image / audio / text / title")
    vectors = take_features(files)
    for matrix in vectors.values():
        if len(matrix) != table.length:
            rows = {"rows": len(matrix), "expected": table.length}
            raise TriadError("features_rows", file=table.file, **rows)
    items = _Items(table, files, log, bare=bool(vectors))
    for row in table.rows:
        try:
            items.add(row)
        except Lost as lost:
            log.problem(lost.code, table.file, row.number, **lost.values)
    if not items.found:
        raise TriadError("no_items", file=table.file, rows=table.length)
    if items.made:
        log.note("ids_made", table.file, count=items.made)
    return Source(
        kind="folder",
        items=tuple(items.found),
        events=_events(files, items.names, log),
        vectors=clear_absent(
            {m: matrix[items.positions] for m, matrix in vectors.items()},
            [item.id for item in items.found],
            log,
        ),
    )


def _events(files: Files, names: dict[str, str], log: Log) -> tuple[Event, ...]:
    blob = files.take_table("interactions")
    if blob is None:
        return ()
    return read_events([read_table(blob, event_column, log, limit=MAX_EVENTS)], names, log)


class _Items:
    """Makes items of rows.

    Attributes
    ----------
    found : the items so far
    positions : of their rows in the table
    names : what interactions may call an item -> its id
    made : how many ids there were none for
    """

    def __init__(self, table: Table, files: Files, log: Log, *, bare: bool) -> None:
        self._table = table
        self._files = files
        self._log = log
        self._bare = bare  # items may have features only
        self._texts = Texts(table, log)
        self._given = {safe_id(cell) for cell in table.column("id") if cell}
        self._ids: set[str] = set()
        self.found: list[Found] = []
        self.positions: list[int] = []
        self.names: dict[str, str] = {}
        self.made = 0

    def add(self, row: Row) -> None:
        """Add the item of a row.

        Raises
        ------
        Lost
            ``id_twice``, ``item_empty``
        """
        raw = self._table.cell(row, "id")
        if raw and safe_id(raw) in self._ids:
            raise Lost("id_twice", id=raw)
        media, texts = self._media(row), self._texts.read(row)
        if not (media or texts or self._bare):
            raise Lost("item_empty")
        item_id = self._given_id(row, raw) if raw else self._made_id(row)
        self._ids.add(item_id)
        self.positions.append(row.position)
        self.found.append(
            Found(
                id=item_id,
                texts=texts or {UNSAID: ItemText(item_id, "")},
                category=self._table.cell(row, "category"),
                media=media,
                credit=Credit(
                    *(self._table.cell(row, name) for name in ("author", "licence", "source"))
                ),
            )
        )

    def _given_id(self, row: Row, raw: str) -> str:
        item_id = safe_id(raw)
        if item_id != raw:
            self._log.note("id_made_safe", self._table.file, row.number, raw=raw, id=item_id)
        self.names[raw] = item_id
        return item_id

    def _made_id(self, row: Row) -> str:
        """Return an id by the first file that the row names, or else by its number."""
        path = next((cell for name in FILES if (cell := self._table.cell(row, name))), "")
        stem = PurePosixPath(inside(path) or "").stem
        item_id = unique_id(safe_id(stem or f"row-{row.number}"), self._ids | self._given)
        for name in filter(None, (item_id, path, stem)):
            self.names.setdefault(name, item_id)
        self.made += 1
        return item_id

    def _media(self, row: Row) -> dict[Modality, Blob]:
        media: dict[Modality, Blob] = {}
        for column in FILES:
            path = self._table.cell(row, column)
            modality = modality_of(path)
            if not path or modality in media:
                continue
            try:
                if modality is None or column not in (modality, "file_name"):
                    raise Lost("media_extension", name=path)
                media[modality] = self._medium(path)
            except Lost as lost:
                self._log.problem(lost.code, self._table.file, row.number, **lost.values)
        return {modality: media[modality] for modality in Modality if modality in media}

    def _medium(self, path: str) -> Blob:
        if "://" in path:
            raise Lost("media_address", name=path)
        if inside(path) is None:
            raise Lost("media_outside", name=path)
        blob = self._files.take(path)
        if blob is None:
            raise Lost("media_missing", name=path)
        if not blob.size:
            raise Lost("media_empty", name=path)
        if blob.size > MAX_BYTES:
            raise Lost("media_too_big", name=path, limit=MAX_BYTES // 2**20)
        return blob
