"""Built bundles: a world's items, visitors, vectors and trained weights as files that travel with Triad.

Every file is named in ``manifest.json`` with its SHA-256, and is checked against it before it is read. The
formats are JSON, npz without pickles, and safetensors.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from core.catalog.dataset import Dataset, Interactions, Truth
from core.catalog.rendering import RenderedMedia
from core.catalog.stored import StoredMedia
from core.catalog.worlds.base import Plan
from core.errors import TriadError
from core.resources import ASSETS, digest, write_json
from core.types import Item, ItemText, Modality

FORMAT: Final = 2


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
    aside, and whoever looks next puts it back.
    """
    aside = _aside(goal)
    shutil.rmtree(aside, ignore_errors=True)
    if goal.exists():
        goal.rename(aside)
    work.rename(goal)
    shutil.rmtree(aside, ignore_errors=True)


def _aside(goal: Path) -> Path:
    return goal.with_name(f".{goal.name}-old")


def _heal(worlds: Path) -> None:
    """Put back what a process that died had moved aside."""
    for aside in worlds.glob(".*-old"):
        goal = aside.with_name(aside.name[1:].removesuffix("-old"))
        with suppress(OSError):  # somebody else was quicker, or the folder cannot be written
            if not goal.exists():
                aside.rename(goal)


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
        self._command = f"python -m core build {path.name}"
        try:
            self.manifest: dict[str, Any] = json.loads(
                (path / "manifest.json").read_text(encoding="utf-8")
            )
        except FileNotFoundError:
            raise TriadError(
                "unknown_world", world=path.name, known=", ".join(available())
            ) from None
        except ValueError:
            raise self._damaged("manifest.json") from None
        self._checked: set[str] = set()

    def _damaged(self, name: str) -> TriadError:
        return TriadError("bundle_damaged", file=name, command=self._command)

    def __contains__(self, name: str) -> bool:
        return name in self.manifest["files"]

    def file(self, name: str) -> Path:
        """Return the path of a file whose digest is right."""
        path = self.path / name
        if name not in self._checked:
            expected = self.manifest["files"].get(name)
            if not path.is_file() or expected != digest(path):
                raise self._damaged(name)
            self._checked.add(name)
        return path

    def json(self, name: str) -> Any:
        """Return the content of a JSON file."""
        return json.loads(self.file(name).read_text(encoding="utf-8"))

    def arrays(self, name: str) -> dict[str, NDArray[Any]]:
        """Return the arrays of an npz file; half precision is widened to single."""
        with np.load(self.file(name), allow_pickle=False) as stored:
            return {
                k: stored[k].astype(np.float32) if stored[k].dtype == np.float16 else stored[k]
                for k in stored.files
            }

    def dataset(self) -> Dataset:
        """Return the world as a dataset."""
        rows = self.json("items.json")
        data = self.arrays("interactions.npz")
        interactions = Interactions(**{k: x.astype(np.int64) for k, x in data.items()})
        truth = self.arrays("truth.npz") if "truth.npz" in self else None
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
        return StoredMedia(self.path / "media", self.json("media.json"))

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
    """Write ``manifest.json``: the facts, and the digest of every other file of the folder."""
    files = {
        p.name: digest(p)
        for p in sorted(path.iterdir())
        if p.is_file() and p.name != "manifest.json"
    }
    write_json(path / "manifest.json", {"format": FORMAT, **facts, "files": files})
