"""Where the files that travel with Triad lie, and where it may keep what it can make again."""

from __future__ import annotations

import hashlib
import json
import os
from contextlib import suppress
from pathlib import Path
from typing import Any, Final
from uuid import uuid4

import platformdirs

ASSETS: Final[Path] = Path(__file__).resolve().parent.parent / "assets"


def cache_dir() -> Path:
    """Return the folder for rendered media and other things that can be made again.

    ``TRIAD_CACHE_DIR`` overrides the user's cache folder. The folder may not exist yet.
    """
    chosen = os.environ.get("TRIAD_CACHE_DIR")
    return Path(chosen) if chosen else Path(platformdirs.user_cache_dir("triad", appauthor=False))


def data_dir() -> Path:
    """Return the folder for what people brought and would miss: their imported catalogs.

    ``TRIAD_DATA_DIR`` overrides the user's data folder. The folder may not exist yet.
    """
    chosen = os.environ.get("TRIAD_DATA_DIR")
    return Path(chosen) if chosen else Path(platformdirs.user_data_dir("triad", appauthor=False))


def digest(path: Path) -> str:
    """Return the SHA-256 of a file, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def write_whole(path: Path, content: bytes) -> None:
    """Write a file aside, onto the disk, then move it into place: an older one is whole until then."""
    aside = path.with_name(f".{path.name}-{uuid4().hex}")
    try:
        with aside.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        aside.replace(path)
    finally:
        with suppress(OSError):
            aside.unlink(missing_ok=True)


def write_json(path: Path, value: Any) -> None:
    """Write JSON that people can read and git can compare; an older file is replaced by a whole one."""
    text = json.dumps(value, ensure_ascii=False, indent=1, sort_keys=True)
    write_whole(path, f"{text}\n".encode())
