"""``sweethome3d-furniture``: furniture and household things, each with a rendered icon and its name."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from core.catalog.importers.archive import open_archive
from core.catalog.importers.folder import open_folder
from core.catalog.importers.log import Log
from core.catalog.importers.source import Blob, Credit, Found, Source
from core.catalog.packs.base import SHARE, Pack, PackCard, register
from core.catalog.packs.credits import read_copyright
from core.catalog.packs.formats.copyright import Copyright
from core.catalog.packs.formats.properties import parse_properties
from core.catalog.packs.ids import make_ids
from core.catalog.packs.tables import read_text
from core.errors import TriadError
from core.types import ItemText, Modality

LEFT_OUT: Final = frozenset({"Characters", "Doors and windows", "Staircases"})
"""Categories that are people, or parts of the house."""

_COLLECTIONS: Final = frozenset({"Blend Swap", "SCPTS"})
"""Tags that say where a model is from, not what it is."""

_ENGLISH: Final = "PluginFurnitureCatalog.properties"
_CHINESE: Final = "PluginFurnitureCatalog_zh_CN.properties"
_NUMBERED: Final = re.compile(r"[A-Za-z]+#([0-9]{1,6})")


@dataclass(frozen=True)
class _Library:
    """One ``.sh3f`` archive: its files, and its table in two languages."""

    name: str
    files: Mapping[str, Blob]
    english: Mapping[str, str]
    chinese: Mapping[str, str]

    def rows(self) -> Iterator[_Row]:
        """Return the entries by number, without the categories that are left out."""
        numbers = {int(m[1]) for m in map(_NUMBERED.fullmatch, self.english) if m}
        rows = (_Row(self, number) for number in sorted(numbers))
        return (row for row in rows if row.category not in LEFT_OUT)


@dataclass(frozen=True)
class _Row:
    """One entry of a library's table."""

    library: _Library
    number: int

    def __getitem__(self, field: str) -> str:
        return self.library.english.get(f"{field}#{self.number}", "").strip()

    def chinese(self, field: str) -> str:
        """Return the Chinese value: where the table repeats the English one, there is none."""
        value = self.library.chinese.get(f"{field}#{self.number}", "").strip()
        return value if re.search(r"[\u4e00-\u9fff]", value) else ""

    @property
    def name(self) -> str:
        """What the table itself calls it; the same in the next version of the package."""
        return self["id"] or f"{self.library.name}#{self.number}"

    @property
    def category(self) -> str:
        return self["category"]

    def texts(self) -> dict[str, ItemText]:
        """Write the name, and the category and tags in one line."""
        tags = [tag for tag in _listed(self["tags"]) if tag not in _COLLECTIONS]
        texts = {"en": ItemText(self["name"], ", ".join(filter(None, [self.category, *tags])))}
        if title := self.chinese("name"):
            parts = [self.chinese("category"), *_listed(self.chinese("tags"))]
            texts["zh"] = ItemText(title, "、".join(filter(None, parts)))
        return texts

    def media(self, log: Log) -> dict[Modality, Blob]:
        """Return the icon."""
        picture = self.library.files.get(self["icon"].lstrip("/"))
        if picture is None:
            log.problem("media_missing", self.library.name, self.number, name=self["icon"])
            return {}
        return {Modality.IMAGE: picture}

    def credit(self, rights: Copyright, otherwise: str) -> Credit:
        """Name the model's maker; the licence is the model's own, or the one of its library."""
        library = rights.of(f"{self.library.name.removesuffix('.sh3f')}/{self['icon']}")
        licence = self["license"] or library.licence or self.library.english.get("license", "")
        return Credit(self["creator"] or library.author, licence or otherwise, library.source)


@register
class Furniture(Pack):
    """The free 3D models of Sweet Home 3D. Texts are the name, the category and the tags."""

    card = PackCard(
        key="furniture",
        package="sweethome3d-furniture",
        megabytes=120,
        licence="CC0, CC-BY-3.0",
        homepage="https://www.sweethome3d.com",
    )

    def installed(self, root: Path = SHARE) -> bool:
        """Say whether there is a library of furniture."""
        return any(_folder(root).glob("*.sh3f"))

    def read(self, root: Path = SHARE) -> Source:
        """List the furniture of all libraries; see :meth:`Pack.read`."""
        log = Log()
        rights = read_copyright(self.card, root)
        rows: dict[str, _Row] = {}
        for library in _libraries(_folder(root), log):
            for row in library.rows():
                if not row["name"]:
                    log.problem("text_missing", library.name, row.number)
                elif row.name in rows:
                    log.problem("id_twice", library.name, row.number, id=row.name)
                else:
                    rows[row.name] = row
        items = [
            Found(
                id, row.texts(), row.category, row.media(log), row.credit(rights, self.card.licence)
            )
            for id, row in zip(make_ids(rows), rows.values(), strict=True)
        ]
        return Source("pack", tuple(items), problems=log.problems())


def _folder(root: Path) -> Path:
    return root / "sweethome3d" / "furniture"


def _libraries(folder: Path, log: Log) -> Iterator[_Library]:
    """Open the archives whose table can be read; the Chinese one may be missing."""
    for name in open_folder(folder, log):
        if not name.endswith(".sh3f"):
            continue
        try:
            files = open_archive(folder / name)
        except TriadError:
            log.problem("archive_unreadable", name)
            continue
        if _ENGLISH not in files:
            log.problem("archive_unreadable", name)
            continue
        english, chinese = (
            parse_properties(read_text(files[table], log, "latin-1") or "")
            if table in files
            else {}
            for table in (_ENGLISH, _CHINESE)
        )
        yield _Library(name, files, english, chinese)


def _listed(tags: str) -> list[str]:
    return [tag for part in tags.split(",") if (tag := part.strip())]
