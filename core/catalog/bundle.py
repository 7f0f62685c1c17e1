"""Built bundles: a world's items, visitors, vectors and trained weights as files that travel with Triad.

Every file is named in ``manifest.json`` with its SHA-256, and is checked against it before it is read. The
formats are JSON, npz without pickles, and safetensors.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from core.catalog.dataset import Dataset, Interactions, Truth
from core.catalog.worlds.base import Plan
from core.errors import TriadError
from core.resources import ASSETS, digest
from core.types import Item, ItemText, Modality

FORMAT: Final = 1


def folder(world: str, root: Path = ASSETS) -> Path:
    """Return where the bundle of a world lies."""
    return root / "worlds" / world


def available(root: Path = ASSETS) -> tuple[str, ...]:
    """Return the worlds that have a bundle."""
    return tuple(sorted(p.parent.name for p in (root / "worlds").glob("*/manifest.json")))


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
        data, truth = self.arrays("interactions.npz"), self.arrays("truth.npz")
        vectors = {Modality(m): x for m, x in self.arrays("vectors.npz").items()}
        return Dataset(
            name=self.manifest["world"],
            kind="rendered",
            simulated=True,
            items=tuple(_item(row) for row in rows),
            visitors=tuple(f"visitor-{u:04d}" for u in range(len(truth["weights"]))),
            interactions=Interactions(
                *(data[k].astype(np.int64) for k in ("user", "item", "rating", "time"))
            ),
            vectors=vectors,
            encoders={Modality(m): e["id"] for m, e in self.manifest["encoders"].items()},
            truth=Truth(truth["weights"], truth["synergy"], truth["utility"]),
        )

    def plans(self) -> dict[str, Plan]:
        """Return the planted factors by item id."""
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


def write_dataset(path: Path, dataset: Dataset, plans: tuple[Plan, ...]) -> None:
    """Write items, interactions, truth and vectors (the vectors at half precision)."""
    path.mkdir(parents=True, exist_ok=True)
    rows = [
        {
            "id": item.id,
            "category": item.category,
            "modalities": sorted(item.modalities),
            "seed": plan.seed,
            "factors": dict(plan.values),
            "texts": {k: asdict(t) for k, t in item.texts.items()},
        }
        for item, plan in zip(dataset.items, plans, strict=True)
    ]
    write_json(path / "items.json", rows)
    data, truth = dataset.interactions, dataset.truth
    assert truth is not None
    np.savez_compressed(
        path / "interactions.npz",
        user=data.user.astype(np.int32),
        item=data.item.astype(np.int32),
        rating=data.rating.astype(np.int8),
        time=data.time,
    )
    np.savez_compressed(
        path / "truth.npz",
        weights=truth.weights,
        synergy=truth.synergy,
        utility=truth.utility.astype(np.float16),
    )
    vectors: dict[str, Any] = {str(m): x.astype(np.float16) for m, x in dataset.vectors.items()}
    np.savez_compressed(path / "vectors.npz", **vectors)


def write_json(path: Path, value: Any) -> None:
    """Write JSON that people can read and git can compare."""
    text = json.dumps(value, ensure_ascii=False, indent=1, sort_keys=True)
    path.write_text(text + "\n", encoding="utf-8")


def write_manifest(path: Path, **facts: Any) -> None:
    """Write ``manifest.json``: the facts, and the digest of every other file of the folder."""
    files = {p.name: digest(p) for p in sorted(path.iterdir()) if p.name != "manifest.json"}
    write_json(path / "manifest.json", {"format": FORMAT, **facts, "files": files})
