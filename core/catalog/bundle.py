"""Built bundles: a world's items, visitors, vectors and trained weights as files that travel with Triad.

Every file is named in ``manifest.json`` with its SHA-256, and is checked against it before it is read; the
manifest carries a digest of itself. The formats are JSON, npz without pickles, and safetensors.
"""

from __future__ import annotations

import hashlib
import json
import logging
import os
import re
import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final
from uuid import uuid4

import numpy as np
from numpy.typing import NDArray

from core.catalog.dataset import Dataset, Interactions, Truth
from core.catalog.rendering import RenderedMedia
from core.catalog.stored import StoredMedia
from core.catalog.worlds import worlds as rendered
from core.catalog.worlds.base import Plan
from core.errors import TriadError
from core.resources import ASSETS, digest, write_json
from core.types import MODALITIES, Item, ItemText, Method, Modality

FORMAT: Final = 2
MEDIA: Final = "media"
"""Folder of a bundle with the files that its items came with."""
_MANIFEST: Final = "manifest.json"
_TRIES: Final = 50
_log = logging.getLogger(__name__)


def folder(world: str, root: Path = ASSETS) -> Path:
    """Return where the bundle of a world lies."""
    return root / "worlds" / world


def available(*roots: Path) -> tuple[str, ...]:
    """Return the worlds that have a bundle, of one root after the other."""
    for root in roots or (ASSETS,):
        _heal(root / "worlds")
    return tuple(
        dict.fromkeys(
            found.parent.name
            for root in roots or (ASSETS,)
            for found in sorted((root / "worlds").glob("[!.]*/manifest.json"))
        )
    )


def put_in_place(work: Path, goal: Path) -> None:
    """Replace the folder ``goal`` by the finished folder ``work`` beside it.

    There is no moment at which both are lost: a process that dies between the two moves leaves the old folder
    aside, and whoever looks next puts it back. Of several processes that do this at once the last one wins.
    """
    _onto_disk(work)
    left = [old for old in goal.parent.glob(".*-old") if _meant(old) == goal.name]
    gone = left if goal.exists() else []  # else somebody is between his two moves, or died there
    for _ in range(_TRIES):
        aside = goal.with_name(f".{goal.name}-{uuid4().hex}-old")
        gone.append(aside)
        with suppress(FileNotFoundError):
            goal.rename(aside)
        try:
            work.rename(goal)
            break
        except OSError:
            if not goal.exists():
                _heal(goal.parent)
                raise
            # Another process put its own there meanwhile, or healed what it took to be left behind.
    else:
        raise FileExistsError(goal)
    for old in gone:
        shutil.rmtree(old, ignore_errors=True)


def _onto_disk(work: Path) -> None:
    """Have a finished folder's own files on the disk; those below are copies, and named with digests."""
    for path in (*work.iterdir(), work):
        if path.is_file() or path == work:
            handle = os.open(path, os.O_RDONLY)
            try:
                os.fsync(handle)
            finally:
                os.close(handle)


def _meant(aside: Path) -> str:
    """Return the name of the folder that was moved aside."""
    return re.sub(r"(-[0-9a-f]{32})?-old$", "", aside.name[1:])


def _heal(worlds: Path) -> None:
    """Put back what a process that died had moved aside."""
    for aside in worlds.glob(".*-old"):
        goal = aside.with_name(_meant(aside))
        with suppress(OSError):  # somebody else was quicker, or the folder cannot be written
            if not goal.exists():
                aside.rename(goal)
                _log.warning(
                    "%s is as it was before: what was to replace it was cut short.", goal.name
                )


def find(world: str, *roots: Path) -> Path:
    """Return the bundle of a world in the first root that has it (``unknown_world``)."""
    for root in roots:
        if world in available(root):
            return folder(world, root)
    raise TriadError("unknown_world", world=world, known=", ".join(available(*roots)))


class Bundle:
    """A folder of checked files.

    Parameters
    ----------
    path : the folder
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            manifest = json.loads((path / _MANIFEST).read_text(encoding="utf-8"))
        except FileNotFoundError:
            raise TriadError(
                "unknown_world", world=path.name, known=", ".join(available())
            ) from None
        except (OSError, ValueError, RecursionError):
            raise self._damaged(_MANIFEST) from None
        if not _is_whole(manifest):
            raise self._damaged(_MANIFEST)
        self.manifest: dict[str, Any] = manifest
        self._checked: set[str] = set()

    def _damaged(self, name: str) -> TriadError:
        command = "build" if self.path.name in rendered() else "import PATH --name"
        return TriadError(
            "bundle_damaged",
            file=self.path / name,
            command=f"python -m core {command} {self.path.name}",
        )

    def __contains__(self, name: str) -> bool:
        return name in self.manifest["files"]

    def file(self, name: str) -> Path:
        """Return the path of a file whose digest is right."""
        path = self.path / name
        if name not in self._checked:
            try:
                found = digest(path)
            except OSError:  # not there, a folder, or not ours to read
                found = None
            if found is None or self.manifest["files"].get(name) != found:
                raise self._damaged(name)
            self._checked.add(name)
        return path

    def json(self, name: str) -> Any:
        """Return the content of a JSON file."""
        path = self.file(name)
        with self.sound(name):
            return json.loads(path.read_text(encoding="utf-8"))

    @contextmanager
    def sound(self, name: str) -> Iterator[None]:
        """Tell of a file that is as its digest says and yet not what we write, whatever that makes raise."""
        try:
            yield
        except TriadError:
            raise
        except Exception as error:
            raise self._damaged(name) from error

    def arrays(self, name: str) -> dict[str, NDArray[Any]]:
        """Return the arrays of an npz file; half precision is widened to single."""
        path = self.file(name)
        with self.sound(name), np.load(path, allow_pickle=False) as stored:
            return {
                k: stored[k].astype(np.float32) if stored[k].dtype == np.float16 else stored[k]
                for k in stored.files
            }

    def dataset(self) -> Dataset:
        """Return the world as a dataset."""
        rows = self.json("items.json")
        data = self.arrays("interactions.npz")
        with self.sound("interactions.npz"):
            interactions = Interactions(**{k: x.astype(np.int64) for k, x in data.items()})
        truth = self.arrays("truth.npz") if "truth.npz" in self else None
        with self.sound("items.json"):
            return self._dataset(rows, interactions, truth)

    def _dataset(
        self, rows: Any, interactions: Interactions, truth: Mapping[str, NDArray[Any]] | None
    ) -> Dataset:
        return Dataset(
            name=self.manifest["world"],
            kind=self.manifest["kind"],
            simulated=self.manifest["simulated"],
            items=tuple(_item(row) for row in rows),
            visitors=tuple(self.json("visitors.json")),
            interactions=interactions,
            vectors={Modality(m): x for m, x in self.arrays("vectors.npz").items()},
            encoders={Modality(m): e["id"] for m, e in self.manifest["encoders"].items()},
            truth=Truth(truth["weights"], truth["synergy"], truth["utility"]) if truth else None,
        )

    def media(self) -> RenderedMedia | StoredMedia:
        """Return what makes or reads the pictures and sounds of the items."""
        if self.manifest["kind"] == "rendered":
            version = self.manifest["files"]["items.json"]
            return RenderedMedia(self.manifest["world"], self.plans(), version)
        digests = self.manifest["files"]
        sums = {Path(n).name: sum for n, sum in digests.items() if n.startswith(f"{MEDIA}/")}
        files = self.json("media.json")
        with self.sound("media.json"):
            if any(Path(name).name != name for each in files.values() for name in each.values()):
                raise self._damaged("media.json")  # no name leads out of the folder
        return StoredMedia(self.path / MEDIA, files, sums)

    def plans(self) -> dict[str, Plan]:
        """Return the planted factors of a rendered world by item id."""
        return {
            row["id"]: Plan(
                id=row["id"],
                index=index,
                seed=row["seed"],
                values=row["factors"],
                modalities=frozenset(map(Modality, row["modalities"])),
            )
            for index, row in enumerate(self.json("items.json"))
        }


def _item(row: Mapping[str, Any]) -> Item:
    return Item(
        id=row["id"],
        texts={
            k: ItemText(**{**t, "reviews": tuple(t["reviews"])}) for k, t in row["texts"].items()
        },
        category=row["category"],
        modalities=frozenset(map(Modality, row["modalities"])),
    )


def write_dataset(path: Path, dataset: Dataset, plans: Sequence[Plan] = ()) -> None:
    """Write items (with the plans of a rendered world), interactions, truth and vectors.

    The vectors of a rendered world are written at half precision.
    """
    path.mkdir(parents=True, exist_ok=True)
    rows: list[dict[str, Any]] = [
        {
            "id": item.id,
            "category": item.category,
            "modalities": sorted(item.modalities),
            "texts": {k: asdict(t) for k, t in item.texts.items()},
        }
        for item in dataset.items
    ]
    for row, plan in zip(rows, plans, strict=False):
        row |= {"seed": plan.seed, "factors": dict(plan.values)}
    write_json(path / "items.json", rows)
    write_json(path / "visitors.json", dataset.visitors)
    data, truth = dataset.interactions, dataset.truth
    arrays: dict[str, Any] = {
        "user": data.user.astype(np.int32),
        "item": data.item.astype(np.int32),
        "rating": data.rating.astype(np.int8),
        "time": data.time,
    }
    if data.part is not None:
        arrays["part"] = data.part.astype(np.int8)
    np.savez_compressed(path / "interactions.npz", **arrays)
    if truth is not None:
        np.savez_compressed(
            path / "truth.npz",
            weights=truth.weights,
            synergy=truth.synergy,
            utility=truth.utility.astype(np.float16),
        )
    precision = np.float16 if plans else np.float32
    vectors: dict[str, Any] = {str(m): x.astype(precision) for m, x in dataset.vectors.items()}
    np.savez_compressed(path / "vectors.npz", **vectors)


def write_scalers(path: Path, scalers: Mapping[Modality, Any]) -> None:
    """Write the scalers (dataclasses of arrays) of every modality."""
    arrays: dict[str, Any] = {
        f"{m}_{k}": np.asarray(v, dtype=np.float32)
        for m, scaler in scalers.items()
        for k, v in asdict(scaler).items()
    }
    np.savez_compressed(path / "scalers.npz", **arrays)


def write_manifest(path: Path, **facts: Any) -> None:
    """Write ``manifest.json``: the facts, the digest of every other file below the folder, and its own."""
    facts.pop("seal", None)
    files = {
        p.relative_to(path).as_posix(): digest(p)
        for p in sorted(path.rglob("*"))
        if p.is_file() and p.name != _MANIFEST
    }
    manifest = {"format": FORMAT, **facts, "files": files}
    write_json(path / _MANIFEST, {**manifest, "seal": _seal(manifest)})


def _seal(manifest: Mapping[str, Any]) -> str:
    """Return the digest of everything else that a manifest says."""
    text = json.dumps({k: v for k, v in manifest.items() if k != "seal"}, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


def _is_whole(manifest: Any) -> bool:
    """Say whether a manifest is of this format, has what is read of it, and is as it was written.

    Those that were written before there were seals have none.
    """
    try:
        counts = manifest["counts"]
        for numbers in (counts["items"], counts["visitors"], counts["interactions"]):
            int(numbers)
        for modality in MODALITIES:
            int(counts["modalities"][modality])
        for encoder in manifest["encoders"].values():
            str(encoder["id"])
        for name in manifest["quality"]:
            Method(*name.split("-"))
        sound = all(isinstance(manifest[k], dict) for k in ("quality", "files"))
        sound = sound and {"world", "kind", "simulated"} <= manifest.keys()
        return (
            sound
            and manifest["format"] == FORMAT
            and manifest.get("seal") in (None, _seal(manifest))
        )
    except (KeyError, TypeError, ValueError, AttributeError):
        return False
