"""Tables and texts of a package, read whole."""

from __future__ import annotations

from core.catalog.importers.files import load
from core.catalog.importers.limits import MAX_TABLE_BYTES
from core.catalog.importers.log import Log
from core.catalog.importers.source import Blob
from core.errors import TriadError


def read_text(blob: Blob, log: Log, encoding: str = "utf-8-sig") -> str | None:
    """Return a file's text; None, and a problem in the log, where it can't be read."""
    try:
        return load(blob, MAX_TABLE_BYTES).decode(encoding)
    except (TriadError, UnicodeError):
        log.problem("table_unreadable", blob.name)
        return None
