"""``endless-sky-data``: the planets and stations of a space game, each with a photo and a description."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Final

from core.catalog.importers.folder import open_folder
from core.catalog.importers.log import Log
from core.catalog.importers.names import EXTENSIONS
from core.catalog.importers.source import Blob, Credit, Found, Source
from core.catalog.packs.base import SHARE, Pack, PackCard, register
from core.catalog.packs.credits import read_copyright
from core.catalog.packs.formats.copyright import Copyright
from core.catalog.packs.formats.indented import Node, parse_indented
from core.catalog.packs.ids import make_ids
from core.catalog.packs.tables import read_text
from core.types import ItemText, Modality

_NAMED_AFTER_MAKERS: Final = frozenset({"bwerner", "dmottl", "loc", "mfield", "myrabella", "nasa"})
"""Families of photos that are named after who took them, which says nothing of what they show."""

_TEXTS: Final = "data/map.txt"
"""Stands for all texts in the matter of rights."""


@dataclass
class _Place:
    """What all files together say of a planet: its fields, each with the words of its lines."""

    file: str
    row: int
    fields: dict[str, list[str]] = field(default_factory=dict)

    @property
    def landscape(self) -> str:
        """Name of the photo, such as ``land/beach3``."""
        return next(reversed(self.fields.get("landscape", [])), "")

    @property
    def description(self) -> str:
        return "\n".join(line.strip() for line in self.fields.get("description", []))

    @property
    def category(self) -> str:
        """The family of the photo, such as ``beach``; empty where its name does not say."""
        family = re.sub(r"[^a-z].*", "", self.landscape.rpartition("/")[2])
        return "" if family in _NAMED_AFTER_MAKERS else family

    def text(self, name: str) -> ItemText:
        return ItemText(name, ", ".join(self.fields.get("attributes", [])), self.description)


@register
class Places(Pack):
    """The places of Endless Sky. Texts are English only."""

    card = PackCard(
        key="places",
        package="endless-sky-data",
        megabytes=70,
        licence="public domain, CC-BY-SA-3.0, CC-BY-SA-4.0; texts GPL-3+",
        homepage="https://endless-sky.github.io",
    )

    def installed(self, root: Path = SHARE) -> bool:
        """Say whether the game's data and landscapes are there."""
        return all((_folder(root) / part).is_dir() for part in ("data", "images/land"))

    def read(self, root: Path = SHARE) -> Source:
        """List the places that one can land on; see :meth:`Pack.read`."""
        log = Log()
        rights = read_copyright(self.card, root)
        files = open_folder(_folder(root), log)
        places = _places(files, log)
        photos = _photos(files)
        items = []
        for id, (name, place) in zip(make_ids(places), places.items(), strict=True):
            photo = photos.get(place.landscape)
            if photo is None:
                log.problem("media_missing", place.file, place.row, name=place.landscape)
            items.append(
                Found(
                    id,
                    {"en": place.text(name)},
                    place.category,
                    {Modality.IMAGE: photo} if photo else {},
                    _credit(rights, photo, self.card.licence),
                )
            )
        return Source("pack", tuple(items), problems=log.problems())


def _folder(root: Path) -> Path:
    return root / "games" / "endless-sky"


def _places(files: Mapping[str, Blob], log: Log) -> Mapping[str, _Place]:
    """Gather the planets of all files by name; a later file may change a field of an earlier one.

    What has neither landscape nor description is a wormhole, and no place.
    """
    places: dict[str, _Place] = {}
    for path, blob in files.items():
        if not (path.startswith("data/") and path.endswith(".txt")):
            continue
        for node in parse_indented(read_text(blob, log) or ""):
            if node.words[0] == "planet" and len(node.words) > 1:
                place = places.setdefault(node.words[1], _Place(path, node.line))
                place.fields.update(_fields(node))
    return {name: place for name, place in places.items() if place.landscape or place.description}


def _fields(node: Node) -> dict[str, list[str]]:
    fields: dict[str, list[str]] = {}
    for child in node.children:
        name, *words = child.words
        fields.setdefault(name, []).extend(words)
    return fields


def _photos(files: Mapping[str, Blob]) -> dict[str, Blob]:
    """Return the landscapes by the name that the texts use, such as ``land/beach3``."""
    paths = {PurePosixPath(path): blob for path, blob in files.items()}
    return {
        f"land/{path.stem}": blob
        for path, blob in paths.items()
        if path.parent == PurePosixPath("images/land") and path.suffix in EXTENSIONS[Modality.IMAGE]
    }


def _credit(rights: Copyright, photo: Blob | None, otherwise: str) -> Credit:
    """Name who took the photo and who wrote the text, each with the licence."""
    parts = {"text": rights.of(_TEXTS)}
    if photo is not None:
        parts = {"photo": rights.of(photo.name)} | parts
    if not all(credit.licence for credit in parts.values()):
        return Credit(licence=otherwise, source=rights.source)
    return Credit(
        ", ".join(f"{credit.author} ({part})" for part, credit in parts.items()),
        ", ".join(f"{credit.licence} ({part})" for part, credit in parts.items()),
        rights.source,
    )
