"""Names that come from elsewhere: ids, paths and extensions."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Collection
from pathlib import PurePosixPath
from typing import Final

from core.types import Modality

_SAFE: Final = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]{0,63}")
_DRIVE: Final = re.compile(r"[A-Za-z]:")

EXTENSIONS: Final = {
    Modality.IMAGE: frozenset({".jpg", ".jpeg", ".png", ".webp", ".gif", ".bmp"}),
    Modality.AUDIO: frozenset(
        {".wav", ".flac", ".ogg", ".oga", ".opus", ".aiff", ".aif"}
        | {".mp3", ".m4a", ".mp4", ".mov", ".webm", ".mkv", ".aac"}
    ),
}
"""What the media layer decodes, by its usual names."""


def safe_id(raw: str) -> str:
    """Return an id that is safe for URLs and file names: ``raw`` itself where it is one.

    What is replaced is told apart by a digest of the whole, so that ``a/b`` and ``a:b`` stay two ids, and
    the same two in every import.
    """
    if _SAFE.fullmatch(raw):
        return raw
    letters = unicodedata.normalize("NFKD", raw).encode("ascii", "ignore").decode()
    slug = re.sub(r"[^A-Za-z0-9_]+", "-", letters).strip("-")[:48]
    return f"{slug or 'item'}-{hashlib.sha256(raw.encode()).hexdigest()[:10]}"


def unique_id(wanted: str, taken: Collection[str]) -> str:
    """Return ``wanted``, or with ``-2``, ``-3`` ... behind it if it is taken."""
    candidate, number = wanted, 1
    while candidate in taken:
        number += 1
        candidate = f"{wanted[:56]}-{number}"
    return candidate


def inside(path: str) -> str | None:
    """Return a relative path in its plain form, or None if it leads out of its folder.

    A backslash separates as ``/`` does: tables are often written on Windows.
    """
    path = path.replace("\\", "/")
    parts = [part for part in path.split("/") if part not in ("", ".")]
    if path.startswith("/") or _DRIVE.match(path) or ".." in parts or "\0" in path or not parts:
        return None
    return "/".join(parts)


def modality_of(path: str) -> Modality | None:
    """Return what a file is by its extension, or None if it is neither a picture nor a sound."""
    extension = PurePosixPath(path).suffix.lower()
    return next((m for m, known in EXTENSIONS.items() if extension in known), None)


def hidden(part: str) -> bool:
    """Say whether a file or folder is an operating system's own, which no catalog means."""
    return part.startswith(".") or part.lower() in ("__macosx", "thumbs.db", "desktop.ini")
