"""Names to ids: as a person would shorten them where that is safe, else with a digest."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from core.catalog.importers.names import safe_id, unique_id

_PLAIN: Final = str.maketrans({" ": "-", "/": ".", "#": ".", "'": None})


def make_ids(names: Iterable[str]) -> list[str]:
    """Return one id a name, such as ``animals.birds.crow`` for ``animals/birds/crow``; none twice."""
    ids: dict[str, None] = {}
    for name in names:
        ids[unique_id(safe_id(name.translate(_PLAIN)), ids)] = None
    return list(ids)
