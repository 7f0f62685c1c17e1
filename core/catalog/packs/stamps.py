"""``tuxpaint-stamps-default``: pictures of things, a phrase in many languages, and some of their sounds."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path, PurePosixPath
from typing import Final

from core.catalog.importers.folder import open_folder
from core.catalog.importers.log import Log
from core.catalog.importers.source import Blob, Credit, Found, Source
from core.catalog.packs.base import SHARE, Pack, PackCard, register
from core.catalog.packs.credits import read_copyright
from core.catalog.packs.drawing import drawn
from core.catalog.packs.formats.phrases import parse_phrases
from core.catalog.packs.ids import make_ids
from core.catalog.packs.tables import read_text
from core.types import ItemText, Modality

LEFT_OUT: Final = frozenset({"symbols"})
"""Folders of letters, digits, coins and other signs."""

_TURNED: Final = re.compile(r"_(?:mirror|flip|mirror_flip)$")
"""How the picture of a turned stamp is called, where it is not the same picture turned."""

_SPOKEN: Final = re.compile(r".*/dreydl-\w+")
"""Stamps whose sound is a spoken word, although it is called as true sounds are."""

_LOCALES: Final = {"en": "en", "zh": "zh_CN"}


@register
class Stamps(Pack):
    """The stamps of Tux Paint. Texts are one phrase, and have no other line."""

    card = PackCard(
        key="stamps",
        package="tuxpaint-stamps-default",
        megabytes=161,
        licence="GPL-2",
        homepage="https://tuxpaint.org/stamps/",
    )

    def installed(self, root: Path = SHARE) -> bool:
        """Say whether there is a folder of stamps."""
        return _folder(root).is_dir()

    def read(self, root: Path = SHARE) -> Source:
        """List the stamps of all folders but those left out; see :meth:`Pack.read`."""
        log = Log()
        rights = read_copyright(self.card, root)
        files = open_folder(_folder(root), log)
        names = _names(files)
        items = []
        for id, name in zip(make_ids(names), names, strict=True):
            if texts := _texts(name, files, log):
                credit = rights.of(f"stamps/{name}")
                credit = Credit(credit.author, credit.licence or self.card.licence, credit.source)
                category = name.partition("/")[0]
                items.append(Found(id, texts, category, _media(name, files, log), credit))
        return Source("pack", tuple(items), problems=log.problems())


def _folder(root: Path) -> Path:
    return root / "tuxpaint" / "stamps"


def _names(files: Mapping[str, Blob]) -> list[str]:
    """Return what has a picture or a phrase, as a path without suffix."""
    paths = [path for path in map(PurePosixPath, files) if path.parts[0] not in LEFT_OUT]
    names = {str(p.with_suffix("")) for p in paths if p.suffix in (".png", ".svg", ".txt")}
    return sorted(name for name in names if _TURNED.sub("", name) not in names - {name})


def _texts(name: str, files: Mapping[str, Blob], log: Log) -> dict[str, ItemText]:
    """Read the phrase; where there is none, the log says so."""
    blob = files.get(f"{name}.txt")
    text = read_text(blob, log) if blob else ""
    if text is None:
        return {}
    phrases = parse_phrases(text)
    texts = {
        language: ItemText(phrases[locale].rstrip(".。 ") or phrases[locale], "")
        for language, locale in _LOCALES.items()
        if locale in phrases
    }
    if not texts:
        log.problem("text_missing", f"{name}.txt")
    return texts


def _media(name: str, files: Mapping[str, Blob], log: Log) -> dict[Modality, Blob]:
    """Return the picture, as pixels if there are some, and the sound of the thing itself."""
    png, svg, sound = (files.get(f"{name}.{suffix}") for suffix in ("png", "svg", "ogg"))
    picture = png or (drawn(svg) if svg else None)
    if picture is None:
        log.problem("media_missing", f"{name}.txt", name=f"{name}.png")
    if _SPOKEN.fullmatch(name):
        sound = None
    media = {Modality.IMAGE: picture, Modality.AUDIO: sound}
    return {modality: blob for modality, blob in media.items() if blob is not None}
