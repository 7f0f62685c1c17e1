"""How well a sentence finds what it names."""

from __future__ import annotations

import argparse
import json
from typing import Any

from core.catalog.worlds import worlds
from core.engine import Engine
from core.resources import ASSETS
from core.search import search as find
from core.types import LANGUAGES, MODALITIES, Modality

K = 10


def search(args: argparse.Namespace) -> dict[str, Any]:
    """Search the worlds for each of their categories, by its word in each language: mean precision@10."""
    engine = Engine()
    rows: dict[str, Any] = {}
    for world in worlds():
        items = engine.items(world)
        kinds = sorted({item.category for item in items})
        rows[f"{world}, chance"] = round(1 / len(kinds), 3)
        for modalities in (*((m,) for m in MODALITIES), MODALITIES):
            found = [
                round(_precision(engine, world, kinds, language, modalities), 3)
                for language in LANGUAGES
            ]
            name = modalities[0] if len(modalities) == 1 else "all three"
            rows[f"{world}, {name}, {' / '.join(LANGUAGES)}"] = found
    return rows


def _precision(
    engine: Engine, world: str, kinds: list[str], language: str, modalities: tuple[Modality, ...]
) -> float:
    text = (ASSETS / "locales" / f"{language}.json").read_text(encoding="utf-8")
    words = json.loads(text)["category"]
    hits = 0
    for kind in kinds:
        found = find(engine, world, words[kind], modalities=modalities, k=K)
        hits += sum(each.item.category == kind for each in found)
    return hits / (K * len(kinds))
