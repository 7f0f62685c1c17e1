"""A source to a folder in the convention of :mod:`~core.catalog.importers.catalog`."""

from __future__ import annotations

import csv
import json
import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path, PurePosixPath
from typing import Final

import numpy as np

from core.catalog.importers.columns import TEXTS, item_column
from core.catalog.importers.features import FILES
from core.catalog.importers.source import Event, Found, Source
from core.catalog.importers.texts import UNSAID
from core.cells import safe
from core.errors import TriadError
from core.types import ItemText

_PARTS: Final = {None: "", 0: "train", 1: "valid", 2: "test"}


def write(source: Source, folder: Path) -> None:
    """Write a source so that reading the folder gives the same items, media, events and features.

    It is written beside its place and moved there when it is complete.

    Parameters
    ----------
    source : as it was read
    folder : does not exist yet, or is empty; the folder above it exists

    Raises
    ------
    TriadError
        ``export_exists``, ``export_failed``, ``media_unreadable``
    """
    if folder.is_symlink() or (folder.exists() and not _is_empty(folder)):
        raise TriadError("export_exists", path=str(folder))
    try:
        with tempfile.TemporaryDirectory(prefix=".triad-", dir=folder.parent) as beside:
            written = Path(beside) / "catalog"
            written.mkdir()
            _fill(written, source)
            if folder.exists():  # and is empty: Windows moves to free places only
                folder.rmdir()
            written.replace(folder)
    except OSError as error:
        raise TriadError("export_failed", path=str(folder)) from error


def _is_empty(folder: Path) -> bool:
    return folder.is_dir() and not any(folder.iterdir())


def _fill(folder: Path, source: Source) -> None:
    # Ids that differ in case only would be one file on some systems, so the files are numbered.
    digits = len(str(len(source.items)))
    rows = [
        _fields(item) | _write_media(folder, item, f"{number:0{digits}}")
        for number, item in enumerate(source.items, start=1)
    ]
    _write_table(folder / "metadata.csv", rows)
    for modality, matrix in source.vectors.items():
        np.save(folder / FILES[modality], matrix, allow_pickle=False)
    if source.events:
        _write_table(folder / "interactions.csv", _events(source.events))


def _write_table(path: Path, rows: Iterable[Mapping[str, str]]) -> None:
    """Write rows, with the columns in which at least one of them has something, and no formulas."""
    rows = list(rows)
    columns = dict.fromkeys(name for row in rows for name, cell in row.items() if cell)
    with path.open("w", encoding="utf-8", newline="") as file:
        table = csv.DictWriter(file, list(columns), restval="", extrasaction="ignore")
        table.writeheader()
        table.writerows({name: safe(cell) for name, cell in row.items()} for row in rows)


def _fields(item: Found) -> dict[str, str]:
    """Return the cells of an item but those of its files."""
    cells = {"id": item.id}
    codes = sorted(item.texts, key=_fits_heading)
    for place, code in enumerate(codes):
        suffix = f"_{code}" if place else ""
        cells |= {f"{k}{suffix}": v for k, v in _text_fields(item.texts[code]).items()}
    cells["language"] = "" if codes[0] == UNSAID else codes[0]
    cells["category"] = item.category
    cells["author"] = item.credit.author
    cells["license"] = item.credit.licence
    cells["source"] = item.credit.source
    return cells


def _fits_heading(code: str) -> int:
    """Return what sorts the languages that no heading can name to the front."""
    return 0 if code == UNSAID else int(item_column(f"title_{code}") == f"title_{code}") + 1


def _text_fields(text: ItemText) -> dict[str, str]:
    reviews = json.dumps(text.reviews, ensure_ascii=False) if text.reviews else ""
    return dict(zip(TEXTS, (text.title, text.line, text.description, reviews), strict=True))


def _write_media(folder: Path, item: Found, number: str) -> dict[str, str]:
    """Write an item's files and return their cells."""
    cells = {}
    for modality, blob in item.media.items():
        name = f"{modality}/{number}-{item.id}{PurePosixPath(blob.name).suffix.lower()}"
        try:
            data = blob.read()
        except OSError as error:
            raise TriadError("media_unreadable", name=blob.name) from error
        (folder / modality).mkdir(exist_ok=True)
        (folder / name).write_bytes(data)
        cells[str(modality)] = name
    return cells


def _events(events: Iterable[Event]) -> list[dict[str, str]]:
    events = list(events)
    # A column of nothing but 1 is usually no rating; under this heading it is one.
    rating = "stars" if all(event.rating == 1 for event in events) else "rating"
    return [
        {
            "user": event.user,
            "item": event.item,
            rating: f"{event.rating:.17g}",
            "timestamp": str(event.time),
            "part": _PARTS[event.part],
        }
        for event in events
    ]
