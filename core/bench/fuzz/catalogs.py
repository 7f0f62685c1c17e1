"""Catalogs of strangers: tables, archives and features, one damaged among sound ones; and built worlds."""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

import numpy as np

from core.bench.fuzz import bombs, seeds
from core.bench.fuzz.engine import Target
from core.catalog import bundle, importers
from core.catalog.importers import Source
from core.encoders.bag_of_words import BagOfWords
from core.encoders.registry import load_fitted
from core.errors import TriadError
from core.imports import import_source, source_of
from core.library import Library
from core.recommenders.tower import Tower, TowerConfig
from core.recommenders.two_tower import TwoTower
from core.types import LANGUAGES

_IMPORTERS: Final = ("core/catalog/importers", "core/imports.py")
_FEATURES: Final = {
    name: seeds.npy(np.eye(2, 3, dtype=np.float32)) for name in ("image_feat.npy", "text_feat.npy")
}


def _check(source: Source, place: Path) -> None:
    """Do with a catalog what an import does short of encoding; written down, it has to read the same."""
    for language in LANGUAGES:
        importers.report(source, language)
    for item in source.items:
        for blob in item.media.values():
            with suppress(OSError):
                blob.read()
    out = place / "out"
    shutil.rmtree(out, ignore_errors=True)
    try:
        importers.write(source, out)
    except TriadError as error:
        if error.code != "media_unreadable":  # damage that only reading shows
            raise
        return
    again = importers.read(out)
    assert [(i.id, i.texts, i.category, i.credit) for i in again.items] == [
        (i.id, i.texts, i.category, i.credit) for i in source.items
    ], "what was written reads otherwise"
    assert len(again.events) == len(source.events), "events were lost"


def _table(name: str, made: Sequence[bytes], others: Mapping[str, bytes]) -> Target:
    """Return a target that damages one file of a folder."""

    def prepare(place: Path) -> Sequence[bytes]:
        for other, data in others.items():
            (place / "data").mkdir(exist_ok=True)
            (place / "data" / other).write_bytes(data)
        return made

    def run(data: bytes, place: Path) -> None:
        (place / "data" / name).write_bytes(data)
        source = importers.read(place / "data")
        _check(source, place)
        if source.vectors:  # nothing to encode: the whole import can be run
            import_source(source, "fuzzed", root=place / "root")
            Library(place / "root").shelf("fuzzed")

    return Target(name, prepare, run, _IMPORTERS, text=not name.endswith((".npy", ".parquet")))


def _zip(data: bytes, place: Path) -> None:
    path = place / "data.zip"
    path.write_bytes(data)
    _check(importers.read(path), place)


def _archives(_: Path) -> list[bytes]:
    files = {"metadata.csv": seeds.METADATA, "interactions.csv": seeds.INTERACTIONS, **_MEDIA}
    deep = {f"x/y/{name}": data for name, data in files.items()}
    return [seeds.zipped(files), seeds.zipped(deep, 0), *bombs.archives()]


_WORLD: Final = "fuzzed"
_PARTS: Final = (
    *("manifest.json", "items.json", "visitors.json", "media.json", "credits.json"),
    *("interactions.npz", "vectors.npz", "scalers.npz", "gated-off-dot.safetensors"),
)


def _world(place: Path) -> list[bytes]:
    """Import a small catalog and give it a model; inputs are a name, a line feed and the file."""
    (place / "data").mkdir()
    for name, data in {"a.inter": seeds.MMREC, **_FEATURES}.items():
        (place / "data" / name).write_bytes(data)
    whole = import_source(importers.read(place / "data"), _WORLD, root=place).path
    learned = Library(place).learned(_WORLD)
    dims = {str(m): x.shape[1] for m, x in learned.catalog.features.items()}
    tower = Tower(TowerConfig("gated", "off", "dot", dims, len(learned.catalog), 16))
    TwoTower(tower, learned.catalog).save(whole / _PARTS[-1])
    for packed in whole.glob("*.npz"):
        with np.load(packed, allow_pickle=False) as arrays:
            np.savez(packed, **arrays)  # as they are: damage reaches the arrays
    _sign(whole, quality={"gated-off-dot": {"ndcg@10": 0.1}})
    manifest = json.loads((whole / "manifest.json").read_text())
    (whole / "manifest.json").write_text(
        json.dumps({k: v for k, v in manifest.items() if k != "seal"})
    )
    shutil.copytree(whole, place / "sound")
    deep = [
        b"items.json\n" + seeds.nested("[", 100_000),
        b"manifest.json\n" + seeds.nested("[", 100_000),
    ]
    return [name.encode() + b"\n" + (whole / name).read_bytes() for name in _PARTS] + deep


def _sign(folder: Path, **facts: object) -> None:
    """Write the manifest anew, so that what lies there is what it says."""
    manifest = json.loads((folder / "manifest.json").read_text())
    kept = {k: v for k, v in manifest.items() if k not in ("files", "format", "seal")}
    bundle.write_manifest(folder, **{**kept, **facts})


def _bundle(data: bytes, place: Path) -> None:
    """Read a world of which one file is another's, with a digest that says it is meant."""
    folder = bundle.folder(_WORLD, place)
    shutil.rmtree(folder)
    shutil.copytree(place / "sound", folder)
    head, _, content = data.partition(b"\n")
    name = head.decode("ascii", "replace")
    name = name if name in _PARTS else _PARTS[0]
    (folder / name).write_bytes(content)
    if name != "manifest.json":
        _sign(folder)
    library = Library(place)
    library.card(_WORLD)
    methods = library.quality(_WORLD)
    importers.report(source_of(library.shelf(_WORLD).bundle))
    library.learned(_WORLD)
    for method in methods:
        library.model(_WORLD, method)


def _fitted_seeds(place: Path) -> list[bytes]:
    path = place / "fitted.npz"
    BagOfWords.fit(["a bright lamp", "很亮的灯", "lamps and lights"]).save(path)
    packed = path.read_bytes()
    with np.load(path, allow_pickle=False) as arrays:
        np.savez(path, **arrays)
    return [packed, path.read_bytes()]


def _fitted(data: bytes, place: Path) -> None:
    (place / "fitted.npz").write_bytes(data)
    load_fitted(place / "fitted.npz")


_MEDIA: Final = {"a.png": seeds.pictures()[3], "b.png": b"no picture", "a.wav": seeds.sounds()[0]}
_OWN: Final = {"metadata.csv": seeds.METADATA, **_MEDIA}
_KINDS: Final = [np.eye(2, 3).astype(kind) for kind in ("f4", "f2", ">f8", "i8", "u1", "f4")]
_KINDS[-1] = np.asfortranarray(np.full((2, 3), np.inf, np.float32))
_LINES: Final = [
    seeds.JSON_LINES,
    seeds.nested("[", 50_000),
    b'{"id": 1e999, "title": ' + b"9" * 5000 + b"}",
]
_COLUMNS: Final[dict[str, list[Any]]] = {
    "id": ["a", "b"],
    "title": ["A lamp", None],
    "image": ["a.png", "../b.png"],
}
_PARQUET: Final = [
    made
    for columns in (_COLUMNS, {**_COLUMNS, "text": [1.5, 2]})
    if (made := seeds.parquet(columns))
]

TARGETS: Final[tuple[Target, ...]] = (
    _table("metadata.csv", [seeds.METADATA, seeds.METADATA.replace(b",", b";")], _MEDIA),
    _table("metadata.jsonl", _LINES, _MEDIA),
    *([_table("metadata.parquet", _PARQUET, _MEDIA)] if _PARQUET else []),
    _table("interactions.csv", [seeds.INTERACTIONS], _OWN),
    _table("recbole.inter", [seeds.INTER], {"recbole.item": seeds.ITEM}),
    _table("recbole.item", [seeds.ITEM], {"recbole.inter": seeds.INTER}),
    _table("mmrec.inter", [seeds.MMREC], _FEATURES),
    _table(
        "image_feat.npy", [*map(seeds.npy, _KINDS), *bombs.matrices()], {"a.inter": seeds.MMREC}
    ),
    Target("zip", _archives, _zip, _IMPORTERS),
    Target("bundle", _world, _bundle, ("core/catalog", "core/library.py", "core/imports.py")),
    Target(
        "fitted",
        _fitted_seeds,
        _fitted,
        ("core/encoders/fitted.py", "core/encoders/bag_of_words.py"),
    ),
)
"""Every kind of file that a catalog or a built world is made of."""
