"""The list that a world opens with, as a file of its bundle.

It answers the plain :class:`~core.types.Request` of a world from JSON alone, for as long as the model behind
it is not in memory: nobody waits for torch to be imported to see a first list.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from core.catalog.dataset import Dataset
from core.types import CHANNELS, Channel, Recommendation, Request, Result

FILE: Final = "first.json"


def as_plain(result: Result) -> dict[str, Any]:
    """Return what :func:`result_of` reads, as plain JSON values."""
    return {
        "k": result.request.k,
        "method": result.request.method.name,
        "visitor": result.visitor,
        "likes": result.likes,
        "base": result.base,
        "items": [
            {
                "id": r.item.id,
                "score": r.score,
                "base": r.base,
                "contributions": _listed(r.contributions),
                "present": _listed(r.present),
                "weights": None if r.weights is None else _listed(r.weights),
            }
            for r in result.items
        ],
    }


def result_of(stored: Mapping[str, Any], dataset: Dataset, request: Request) -> Result | None:
    """Return the stored answer to ``request``, or None where another request was stored."""
    method = request.method
    if request != Request(request.world) or (stored["k"], stored["method"]) != (
        request.k,
        method.name,
    ):
        return None
    return Result(
        request=request,
        visitor=stored["visitor"],
        likes=tuple(stored["likes"]),
        understood={},
        base=stored["base"],
        items=tuple(
            Recommendation(
                item=dataset.items[dataset.rows[row["id"]]],
                rank=rank,
                score=row["score"],
                base=row["base"],
                contributions=_by_channel(row["contributions"]),
                present=_by_channel(row["present"]),
                weights=None if row["weights"] is None else _by_channel(row["weights"]),
            )
            for rank, row in enumerate(stored["items"], start=1)
        ),
        timing_ms={},
    )


def _listed(values: Mapping[Channel, Any]) -> list[Any]:
    return [values[c] for c in CHANNELS]


def _by_channel(values: list[Any]) -> dict[Channel, Any]:
    return dict(zip(CHANNELS, values, strict=True))
