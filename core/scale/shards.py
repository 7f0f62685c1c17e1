"""The folder of an embedded catalog.

``manifest.json`` says what it is of. ``items/`` has what is to be embedded and ``shards/`` the vectors, one
Parquet file for some hundred items. A shard carries the digest of what it was made of, so that there is no
moment at which the two can differ, and whoever looks knows which are done.
"""

from __future__ import annotations

import hashlib
import importlib
import json
import os
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any, Final
from uuid import uuid4

import numpy as np
from numpy.typing import NDArray

from core.errors import TriadError
from core.media import fingerprint
from core.resources import write_json
from core.scale.listing import Listing
from core.scale.places import stamp
from core.types import MODALITIES, Modality

Floats = NDArray[np.float32]

FORMAT: Final = 1
ROWS: Final = 100
"""Items in a shard by default: what is lost when a worker dies is less than a minute."""
ABANDONED: Final = 6 * 3600
"""After how many seconds a file that was begun and never finished is deleted."""
_SEAL: Final = b"triad"


@dataclass(frozen=True)
class Shard:
    """A shard as it is planned: its number, what is to be embedded, where to, and the digest of the first."""

    number: int
    items: Path
    goal: Path
    digest: str
    rows: int

    @property
    def done(self) -> bool:
        """Whether it is there, whole, and made of what is to be embedded now."""
        return digest_of(self.goal) == self.digest


def plan(listing: Listing, folder: Path, count: int | None) -> tuple[Shard, ...]:
    """Write what is to be embedded, and the manifest; return the shards, done or not.

    Parameters
    ----------
    count : of shards; by default one for every :data:`ROWS` items

    Raises
    ------
    TriadError
        ``bad_count``; ``scale_other`` where the folder holds another catalog
    """
    if count is not None and count < 1:
        raise TriadError("bad_count", name="--shards", value=count, low=1)
    _check_ours(folder, listing.name)
    total = listing.total
    count = min(count or -(-total // ROWS), max(total, 1)) or 1
    for sub in ("items", "shards"):
        (folder / sub).mkdir(parents=True, exist_ok=True)
    facts = {
        "encoders": {str(m): dict(card) for m, card in listing.cards.items()},
        "preparation": {str(m): fingerprint(m) for m in listing.cards},
    }
    rows, made = listing.items(), []
    for number in range(count):
        start, end = number * total // count, (number + 1) * total // count
        listed = list(islice(rows, end - start))
        lines = [
            {"row": start + n, "id": item.id, **{str(m): p for m, p in item.places.items()}}
            for n, item in enumerate(listed)
        ]
        stamps = [[stamp(p) for p in item.places.values()] for item in listed]
        digest = hashlib.sha256(
            json.dumps([FORMAT, facts, lines, stamps], sort_keys=True).encode()
        ).hexdigest()
        name = f"{number:06d}-of-{count:06d}.parquet"
        shard = Shard(number, folder / "items" / name, folder / "shards" / name, digest, len(lines))
        if digest_of(shard.items) != digest:
            _write_items(shard, lines)
        made.append(shard)
    write_json(
        folder / "manifest.json",
        {"scale": FORMAT, "name": listing.name, "world": listing.world, "items": total}
        | {"encoders": facts["encoders"]}
        | {"shards": [[shard.goal.name, shard.digest] for shard in made]},
    )
    _sweep(folder, {shard.goal.name for shard in made})
    return tuple(made)


def read(folder: Path) -> tuple[Mapping[str, Any], tuple[Path, ...]]:
    """Return the manifest of a folder, and its shards (``scale_not_embedded``, ``scale_incomplete``)."""
    manifest = _manifest(folder)
    if manifest is None:
        raise TriadError("scale_not_embedded", folder=str(folder))
    paths = [(folder / "shards" / name, digest) for name, digest in manifest["shards"]]
    lacking = sum(digest_of(path) != digest for path, digest in paths)
    if lacking:
        raise TriadError("scale_incomplete", folder=str(folder), lacking=lacking, count=len(paths))
    return manifest, tuple(path for path, _ in paths)


def read_items(path: Path) -> Iterator[tuple[int, str, dict[Modality, str]]]:
    """Yield row, id, and where each medium lies."""
    for line in _parquet().read_table(path).to_pylist():
        found = {m: line[m] for m in MODALITIES if line[m] is not None}
        yield line["row"], line["id"], found


def has(modality: str) -> str:
    """Return the column that says whether an item has a vector of a modality; without, it is zeros.

    Null would say the same, but pyarrow does not read lists of fixed size that are null from Parquet.
    """
    return f"has_{modality}"


def write_shard(
    path: Path,
    digest: str,
    lines: Sequence[tuple[int, str, str | None]],
    vectors: Mapping[str, Floats],
    there: Mapping[str, NDArray[np.bool_]],
) -> None:
    """Write vectors in one move.

    Parameters
    ----------
    lines : row, id and error of every item
    vectors, there : modality -> (B, D), and (B,) which items have one
    """
    arrow: Any = importlib.import_module("pyarrow")
    rows, ids, errors = zip(*lines, strict=True) if lines else ((), (), ())
    columns = {
        "row": arrow.array(rows, arrow.int64()),
        "id": arrow.array(ids, arrow.string()),
        "error": arrow.array(errors, arrow.string()),
    }
    for m, x in vectors.items():
        columns[m] = arrow.FixedSizeListArray.from_arrays(arrow.array(x.ravel()), x.shape[1])
        columns[has(m)] = arrow.array(there[m])
    _write(path, digest, arrow.table(columns))


def digest_of(path: Path) -> str | None:
    """Return the digest that a file carries; None where there is no whole file."""
    arrow: Any = importlib.import_module("pyarrow")
    try:
        schema = _parquet().read_schema(path)
    except (OSError, arrow.ArrowInvalid):
        return None
    return str((schema.metadata or {}).get(_SEAL, b"").decode())


def _write_items(shard: Shard, lines: Sequence[Any]) -> None:
    arrow: Any = importlib.import_module("pyarrow")
    places = [(str(m), arrow.string()) for m in MODALITIES]
    schema = arrow.schema([("row", arrow.int64()), ("id", arrow.string()), *places])
    _write(shard.items, shard.digest, arrow.Table.from_pylist(list(lines), schema=schema))


def _write(path: Path, digest: str, table: Any) -> None:
    """Write beside and move into place, so that half a file is never taken for one."""
    sealed = table.replace_schema_metadata({_SEAL: digest.encode()})
    beside = path.with_name(f".{path.name}-{uuid4().hex}")
    try:
        _parquet().write_table(sealed, beside)
        os.replace(beside, path)
    finally:
        beside.unlink(missing_ok=True)


def _parquet() -> Any:
    return importlib.import_module("pyarrow.parquet")


def _manifest(folder: Path) -> Mapping[str, Any] | None:
    with suppress(OSError, ValueError):
        found = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
        if isinstance(found, dict) and found.get("scale") == FORMAT:
            return found
    return None


def _check_ours(folder: Path, name: str) -> None:
    """Refuse a folder with something else in it: files are deleted there."""
    there = folder.exists() and (not folder.is_dir() or any(folder.iterdir()))
    known = _manifest(folder)
    if there and (known is None or known["name"] != name):
        holds = known["name"] if known else "other files"
        raise TriadError("scale_other", folder=str(folder), holds=holds, name=name)


def _sweep(folder: Path, names: set[str]) -> None:
    """Delete shards of another division, and what killed workers left."""
    for path in [*folder.glob("items/*.parquet*"), *folder.glob("shards/*.parquet*")]:
        with suppress(OSError):
            begun = path.name.startswith(".")
            if begun and time.time() - path.stat().st_mtime < ABANDONED:
                continue
            if begun or path.name not in names:
                path.unlink()
