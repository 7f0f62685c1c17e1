"""The ``copyright`` file that every Debian package installs."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from core.catalog.packs.base import PackCard
from core.catalog.packs.formats.copyright import Copyright, parse_copyright


def read_copyright(card: PackCard, root: Path) -> Copyright:
    """Read it for a pack; without it (some containers drop documentation) it is empty."""
    path = root / "doc" / card.package / "copyright"
    try:
        found = parse_copyright(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeError):
        found = Copyright()
    return replace(found, source=found.source or card.homepage)
