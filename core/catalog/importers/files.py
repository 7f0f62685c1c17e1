"""The files of one catalog, found by the names that its tables use."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from pathlib import PurePosixPath
from typing import Final

from core.catalog.importers.log import Log
from core.catalog.importers.names import inside
from core.catalog.importers.source import Blob
from core.errors import TriadError

TABLE_TYPES: Final = (".csv", ".jsonl", ".parquet")
_DOCUMENTS: Final = frozenset({"", ".md", ".txt", ".rst", ".pdf", ".html"})
"""What goes along with data and needs no word if it is not used."""


class Files:
    """The files of the folder, inside a folder or an archive, that holds the catalog's table.

    Parameters
    ----------
    blobs : path -> file
    name : of the whole, for messages

    Raises
    ------
    TriadError
        ``import_unknown``, ``import_several``
    """

    def __init__(self, blobs: Mapping[str, Blob], name: str) -> None:
        self.name = name
        root = _root(blobs, name)
        prefix = "" if root == "." else f"{root}/"
        self._blobs = {
            path.removeprefix(prefix): Blob(path.removeprefix(prefix), blob.size, blob.read)
            for path, blob in blobs.items()
            if path.startswith(prefix)
        }
        self._outside = [path for path in blobs if not path.startswith(prefix)]
        self._taken: set[str] = set()
        self._alike: dict[str, str | None] = {}
        for path in self._blobs:
            key = _folded(path)
            self._alike[key] = None if key in self._alike else path

    def take(self, path: str) -> Blob | None:
        """Return the file of that path, or the only one that differs in case or in composed accents."""
        plain = inside(path)
        if plain is None:
            return None
        found = plain if plain in self._blobs else self._alike.get(_folded(plain))
        if found is None:
            return None
        self._taken.add(found)
        return self._blobs[found]

    def take_table(self, stem: str) -> Blob | None:
        """Return the table ``STEM.csv``, ``.jsonl`` or ``.parquet``, whichever there is, in this order."""
        return next((blob for end in TABLE_TYPES if (blob := self.take(stem + end))), None)

    def ending(self, extension: str) -> list[str]:
        """Return the paths in the catalog's own folder that end so."""
        return [p for p in self._blobs if "/" not in p and p.lower().endswith(extension)]

    def report_rest(self, log: Log) -> None:
        """Report the files that nobody took."""
        for path in (*self._blobs, *self._outside):
            if path not in self._taken and PurePosixPath(path).suffix.lower() not in _DOCUMENTS:
                log.problem("file_not_taken", path)


def load(blob: Blob, limit: int) -> bytes:
    """Return a whole file of at most ``limit`` bytes.

    Raises
    ------
    TriadError
        ``table_too_big``, ``table_unreadable``
    """
    if blob.size > limit:
        raise TriadError("table_too_big", file=blob.name, limit=limit // 2**20)
    try:
        return blob.read()
    except OSError as error:
        raise TriadError("table_unreadable", file=blob.name) from error


def _root(blobs: Mapping[str, Blob], name: str) -> str:
    """Return the topmost folder that holds a catalog's table."""
    roots = {PurePosixPath(path).parent for path in blobs if _marks(path)}
    if not roots:
        raise TriadError("import_unknown", name=name)
    depth = min(len(root.parts) for root in roots)
    topmost = sorted(str(root) for root in roots if len(root.parts) == depth)
    if len(topmost) > 1:
        raise TriadError("import_several", name=name, found=", ".join(topmost[:5]))
    return topmost[0]


def _marks(path: str) -> bool:
    file = PurePosixPath(path.lower())
    return file.suffix == ".inter" or (file.stem == "metadata" and file.suffix in TABLE_TYPES)


def _folded(path: str) -> str:
    return unicodedata.normalize("NFC", path).casefold()
