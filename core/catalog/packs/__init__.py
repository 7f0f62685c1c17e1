"""Real media that a Debian package brings along: one pack a file, found through the registry."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

from core.catalog.packs.base import PACKS, SHARE, Pack, PackCard

# Adding a pack is adding one file: every module of this folder registers what it defines.
for _file in sorted(Path(__file__).parent.glob("[a-z]*.py")):
    import_module(f"{__name__}.{_file.stem}")


def packs() -> dict[str, Pack]:
    """Return all packs by key, installed or not."""
    return {key: PACKS[key]() for key in PACKS}


__all__ = ["SHARE", "Pack", "PackCard", "packs"]
