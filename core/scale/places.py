"""Where a medium lies, as a short string that a worker elsewhere can follow.

``texts:{"en": "..."}`` is the medium itself, ``file:PATH`` a file, ``plan:{...}`` an item of a rendered
world, which the worker draws or plays.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from core.build import item_media
from core.catalog.worlds import Plan, World, create
from core.errors import TriadError
from core.media import decode
from core.types import Clean, Item, ItemText, Media, Modality, Passage


def of_texts(texts: Mapping[str, ItemText]) -> str:
    """Return the place of what is written about an item, language by language."""
    return "texts:" + json.dumps({k: text.whole for k, text in texts.items()}, ensure_ascii=False)


def of_file(path: Path) -> str:
    """Return the place of a file."""
    return f"file:{path}"


def of_plan(world: str, plan: Plan) -> str:
    """Return the place of a medium that a world renders."""
    facts = {"world": world, "id": plan.id, "index": plan.index, "seed": plan.seed}
    shown = {"values": dict(plan.values), "modalities": sorted(plan.modalities)}
    return "plan:" + json.dumps(facts | shown, ensure_ascii=False, sort_keys=True)


def stamp(place: str) -> str:
    """Return what tells a place and its content apart, without reading a file: its size and time count."""
    kind, _, rest = place.partition(":")
    if kind != "file":
        return place
    try:
        stat = Path(rest).stat()
    except OSError:
        return f"{place}\0missing"
    return f"{place}\0{stat.st_size}\0{stat.st_mtime_ns}"


def media(modality: Modality, place: str) -> tuple[Clean, ...]:
    """Return what an encoder gets; a text comes in each language.

    Raises
    ------
    TriadError
        ``file_missing``, and what :func:`core.media.decode` raises
    """
    kind, _, rest = place.partition(":")
    if kind == "texts":
        return tuple(Passage(text, language) for language, text in json.loads(rest).items())
    if kind == "plan":
        facts = json.loads(rest)
        world = _world(facts.pop("world"))
        facts["modalities"] = frozenset(map(Modality, facts["modalities"]))
        return tuple(item_media(world, Plan(**facts), modality))
    try:
        data = Path(rest).read_bytes()
    except OSError:
        raise TriadError("file_missing", path=rest) from None
    return (decode(Media(modality, data, Path(rest).name)),)


@cache
def _world(key: str) -> World:
    return create(key)


def of_item(item: Item, files: Mapping[str, str], folder: Path) -> dict[Modality, str]:
    """Return where the media of an imported item lie; ``files`` maps a modality to a name in ``folder``."""
    found = {Modality(m): of_file(folder / name) for m, name in files.items()}
    if Modality.TEXT in item.modalities:
        found[Modality.TEXT] = of_texts(item.texts)
    return {m: found[m] for m in Modality if m in found}
