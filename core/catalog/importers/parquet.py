"""Tables in Parquet."""

from __future__ import annotations

import importlib
import io
import re
from collections.abc import Iterator
from typing import Any, Final

from core.catalog.importers.limits import MAX_TABLE_BYTES
from core.catalog.importers.log import Log
from core.catalog.importers.records import Named, Record, Records
from core.errors import TriadError

_PLAIN: Final = re.compile(
    "string|large_string|u?int|float|double|bool|date|timestamp|dictionary|null"
)
"""Types of columns that are text, numbers or times."""


def read_parquet(data: bytes, file: str, named: Named, limit: int, log: Log) -> Records:
    """Read Parquet by pyarrow, which is imported when it is needed.

    Raises
    ------
    TriadError
        ``parquet_missing``, ``parquet_broken``, ``table_too_big``, ``table_too_long``
    """
    try:
        parquet: Any = importlib.import_module("pyarrow.parquet")
    except ImportError as error:
        raise TriadError("parquet_missing", file=file) from error
    try:
        kinds = {f.name: str(f.type) for f in parquet.ParquetFile(io.BytesIO(data)).schema_arrow}
        # Repeated strings stay shared while they are read: a small file cannot become a large table.
        shared = [name for name, kind in kinds.items() if kind.endswith("string")]
        opened = parquet.ParquetFile(io.BytesIO(data), read_dictionary=shared)
        size = sum(
            opened.metadata.row_group(g).total_byte_size for g in range(opened.num_row_groups)
        )
        rows = opened.metadata.num_rows
    except Exception as error:  # a broken file makes the library raise almost anything
        raise TriadError("parquet_broken", file=file) from error
    if size > MAX_TABLE_BYTES:
        raise TriadError("table_too_big", file=file, limit=MAX_TABLE_BYTES // 2**20)
    if rows > limit:
        raise TriadError("table_too_long", file=file, limit=limit)
    strange = [n for n, kind in kinds.items() if named(n) and not _PLAIN.match(kind)]
    for name in strange:
        log.problem("column_not_plain", file, column=name)
    names = [name for name in kinds if name not in strange]
    return names, _rows(opened, [n for n in names if named(n)], file)


def _rows(opened: Any, columns: list[str], file: str) -> Iterator[Record]:
    number = 1  # as if the headings were row 1, as they are once it is a spreadsheet
    budget = MAX_TABLE_BYTES
    try:
        for batch in opened.iter_batches(batch_size=1024, columns=columns):
            for row in range(batch.num_rows):
                number += 1
                cells = {name: batch.column(name)[row].as_py() for name in columns}
                budget -= sum(len(cell) for cell in cells.values() if isinstance(cell, str))
                if budget < 0:
                    raise TriadError("table_too_big", file=file, limit=MAX_TABLE_BYTES // 2**20)
                yield number, cells
    except TriadError:
        raise
    except Exception as error:  # see read_parquet
        raise TriadError("parquet_broken", file=file) from error
