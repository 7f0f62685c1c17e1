"""People's own data, in the forms in which it usually lies about.

:func:`read` recognises a catalog by its files and returns a :class:`Source`; :func:`write` makes a folder
of it that reads as the same one; :func:`report` says what was taken and what was not.
"""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from core.catalog.importers.archive import open_archive
from core.catalog.importers.catalog import read_catalog
from core.catalog.importers.export import write
from core.catalog.importers.files import Files, load
from core.catalog.importers.folder import open_folder
from core.catalog.importers.limits import MAX_TABLE_BYTES
from core.catalog.importers.log import Log
from core.catalog.importers.mmrec import read_mmrec
from core.catalog.importers.recbole import read_recbole
from core.catalog.importers.report import Summary, report, say, summary
from core.catalog.importers.source import Blob, Credit, Event, Found, Problem, Source
from core.errors import TriadError

__all__ = [
    "Blob",
    "Credit",
    "Event",
    "Found",
    "Problem",
    "Source",
    "Summary",
    "read",
    "report",
    "say",
    "summary",
    "write",
]


def read(path: Path) -> Source:
    """Read a catalog: a folder or a zip archive with a ``metadata`` table, or a RecBole or MMRec dataset.

    Nothing is unpacked or written. Media are read later, one by one, when their ``Blob`` is asked.

    Raises
    ------
    TriadError
        In one sentence, why the whole cannot be taken. What costs only a row is in the source's problems.
    """
    log, name = Log(), path.resolve().name
    if path.is_dir():
        blobs = open_folder(path, log)
    elif not path.exists():
        raise TriadError("file_missing", path=str(path))
    elif path.is_file() and (path.suffix.lower() == ".zip" or zipfile.is_zipfile(path)):
        blobs = open_archive(path)
    else:
        raise TriadError("import_unknown", name=name)
    files = Files(blobs, name)
    source = _reader(files)(files, log)
    files.report_rest(log)
    return replace(source, problems=log.problems(), notes=log.notes())


def _reader(files: Files) -> Callable[[Files, Log], Source]:
    """Choose by shape: only RecBole writes types into its headings."""
    tables = files.ending(".inter")
    if not tables:
        return read_catalog
    blob = files.take(tables[0])
    assert blob is not None, "it was just listed"
    head = load(blob, MAX_TABLE_BYTES).partition(b"\n")[0]
    return read_recbole if b":" in head else read_mmrec
