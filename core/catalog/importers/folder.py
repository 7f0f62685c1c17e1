"""The files of a folder, and nothing outside of it."""

from __future__ import annotations

import os
from functools import partial
from pathlib import Path

from core.catalog.importers.limits import MAX_FILES
from core.catalog.importers.log import Log
from core.catalog.importers.names import hidden
from core.catalog.importers.source import Blob
from core.errors import TriadError


def open_folder(path: Path, log: Log) -> dict[str, Blob]:
    """List a folder without reading it.

    A link counts where it leads to a file inside the folder; every other link is reported and not followed.

    Returns
    -------
    path inside the folder, with ``/`` -> its file; sorted

    Raises
    ------
    TriadError
        ``too_many_files``
    """
    base = path.resolve()
    blobs: dict[str, Blob] = {}

    def unreadable(error: OSError) -> None:
        log.problem("folder_unreadable", _name(Path(error.filename), base))

    for parent, folders, files in os.walk(base, onerror=unreadable):
        here = Path(parent)
        for folder in folders:
            if (here / folder).is_symlink():  # os.walk does not go there
                log.problem("link_not_followed", _name(here / folder, base))
        folders[:] = sorted(folder for folder in folders if not hidden(folder))
        for file in sorted(files):
            if hidden(file):
                continue
            name, target = _name(here / file, base), (here / file).resolve()
            if not target.is_relative_to(base) or not target.is_file():
                log.problem("link_not_followed", name)
                continue
            size = target.stat().st_size
            blobs[name] = Blob(name, size, partial(_read, target, size))
            if len(blobs) > MAX_FILES:
                raise TriadError("too_many_files", name=path.name, limit=MAX_FILES)
    return dict(sorted(blobs.items()))


def _name(path: Path, base: Path) -> str:
    """Return the path inside; bytes that are no text in the file system's encoding are replaced."""
    return path.relative_to(base).as_posix().encode("utf-8", "replace").decode()


def _read(path: Path, size: int) -> bytes:
    with path.open("rb") as file:
        data = file.read(size + 1)
    if len(data) != size:
        raise OSError(f"{path.name} has changed")
    return data
