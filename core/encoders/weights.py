"""Weight files: found where pip put them, and checked before anything reads them."""

from __future__ import annotations

from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path

from core.resources import digest


def installed(module: str) -> Path | None:
    """Return the folder of an installed module without running its code, or None."""
    spec = find_spec(module)
    return Path(spec.origin).parent if spec is not None and spec.origin else None


def changed(path: Path, sha256: str) -> bool:
    """Say whether a file is not the known one. Without a known digest (``""``) any will do."""
    return bool(sha256) and digest(path) != sha256


def all_there(folder: Path, files: Mapping[str, str]) -> bool:
    """Say whether all files are in a folder; nothing is read."""
    return all((folder / name).is_file() for name in files)


def all_sound(folder: Path, files: Mapping[str, str]) -> bool:
    """Say whether all files are in a folder, and are the known ones."""
    return all_there(folder, files) and not any(
        changed(folder / name, sha256) for name, sha256 in files.items()
    )
