"""What the engine reads from disk: worlds and their trained models, each once, the oldest forgotten.

What can be said of a world from its files alone (:class:`Shelf`) is kept apart from what needs torch
(:class:`Learned`), so that a page can name items and visitors before torch is imported.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Generic, TypeVar

import numpy as np

from core.catalog import bundle as bundles
from core.catalog.dataset import Dataset
from core.errors import TriadError
from core.evaluation.splits import split
from core.types import MODALITIES, Method, Modality

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from core.catalog.rendering import RenderedMedia
    from core.catalog.stored import StoredMedia
    from core.encoders.base import Encoder
    from core.recommenders.features import Scaler
    from core.recommenders.neighbours import Neighbours
    from core.recommenders.two_tower import Catalog, TwoTower

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


class Recent(Generic[K, V]):
    """A bounded memory of values that are costly to make; each is made once, the oldest forgotten."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._values: OrderedDict[K, V] = OrderedDict()
        self._turn = threading.RLock()

    def get(self, key: K, make: Callable[[], V]) -> V:
        """Return the value of ``key``, making it if it is not there."""
        with self._turn:
            if key not in self._values:
                self._values[key] = make()
                while len(self._values) > self._size:
                    self._values.popitem(last=False)
            self._values.move_to_end(key)
            return self._values[key]

    def __contains__(self, key: object) -> bool:
        return key in self._values


@dataclass(frozen=True)
class WorldCard:
    """What the scenario picker shows.

    ``kind`` is rendered | real | yours; ``modalities`` counts the items that carry each.
    """

    key: str
    kind: str
    simulated: bool
    items: int
    visitors: int
    interactions: int
    modalities: Mapping[Modality, int]


@dataclass(frozen=True, eq=False)
class Shelf:
    """A bundle as it lies: ``seen`` (U, I) is 1 where the visitor took the item and it is not for testing."""

    bundle: bundles.Bundle
    dataset: Dataset
    media: RenderedMedia | StoredMedia
    seen: NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class Learned:
    """What all models of a world share."""

    scalers: Mapping[Modality, Scaler]
    catalog: Catalog


class Library:
    """Worlds by key, of one root after the other. Thread-safe; loads nothing until asked.

    Parameters
    ----------
    roots : assets folders
    """

    def __init__(self, *roots: Path) -> None:
        self._roots = roots
        # Keys carry the manifest's time, so that a world that was built or imported anew is read anew.
        self._manifests: Recent[tuple[Path, int], Mapping[str, Any]] = Recent(64)
        self._shelves: Recent[tuple[Path, int], Shelf] = Recent(4)
        self._learned: Recent[tuple[Path, int], Learned] = Recent(4)
        self._fitted: Recent[tuple[Path, int, str], Encoder] = Recent(4)
        self._models: Recent[tuple[Path, int, str], TwoTower | Neighbours] = Recent(64)

    def worlds(self) -> tuple[str, ...]:
        """Return the keys of all worlds."""
        return bundles.available(*self._roots)

    def _place(self, key: str) -> tuple[Path, int]:
        """Return where a world lies, and since when."""
        for _ in range(2):  # a world that is just being replaced is not there for a moment
            folder = bundles.find(key, *self._roots)
            with suppress(FileNotFoundError):
                return folder, (folder / "manifest.json").stat().st_mtime_ns
        raise TriadError("unknown_world", world=key, known=", ".join(self.worlds()))

    def since(self, key: str) -> int | None:
        """Return when a world was written, in nanoseconds; None where there is none, or just now none."""
        with suppress(TriadError):
            return self._place(key)[1]
        return None

    def _manifest(self, key: str) -> Mapping[str, Any]:
        place = self._place(key)
        return self._manifests.get(place, lambda: bundles.Bundle(place[0]).manifest)

    def card(self, key: str) -> WorldCard:
        """Return the card of a world, from its manifest alone."""
        manifest = self._manifest(key)
        counts = manifest["counts"]
        return WorldCard(
            key,
            kind=manifest["kind"],
            simulated=manifest["simulated"],
            items=counts["items"],
            visitors=counts["visitors"],
            interactions=counts["interactions"],
            modalities={m: int(counts["modalities"][m]) for m in MODALITIES},
        )

    def quality(self, key: str) -> Mapping[Method, Mapping[str, float]]:
        """Return what each trained method reached on held-out interactions, from the manifest alone.

        The order is that of the registries.
        """
        reached = self._manifest(key)["quality"]
        return {Method(*name.split("-")): reached[name] for name in sorted(reached)}

    def shelf(self, key: str) -> Shelf:
        """Return a world as it lies (``unknown_world``)."""
        place = self._place(key)

        def read() -> Shelf:
            bundle = bundles.Bundle(place[0])
            dataset = bundle.dataset()
            with bundle.sound("interactions.npz"):
                parts = split(dataset)
            with bundle.sound("media.json"):
                return Shelf(bundle, dataset, bundle.media(), parts.train + parts.valid)

        return self._shelves.get(place, read)

    def learned(self, key: str) -> Learned:
        """Return what all models of a world share."""

        def read() -> Learned:
            from core.methods import catalog_of

            shelf = self.shelf(key)
            with shelf.bundle.sound("scalers.npz"):
                scalers = read_scalers(shelf.bundle)
                return Learned(scalers, catalog_of(shelf.dataset, scalers))

        return self._learned.get(self._place(key), read)

    def encoder(self, key: str, modality: Modality) -> Encoder:
        """Return what made the world's vectors of a modality; one that was fitted lies in the bundle."""
        from core import encoders

        bundle = self.shelf(key).bundle
        fitted = f"encoder-{modality}.npz"
        if fitted in bundle:
            place = (*self._place(key), fitted)
            return self._fitted.get(place, lambda: encoders.load_fitted(bundle.file(fitted)))
        return encoders.named(bundle.manifest["encoders"][str(modality)]["id"], modality)

    def has_model(self, key: str, method: Method) -> bool:
        """Return whether a model is in memory already."""
        return (*self._place(key), method.name) in self._models

    def model(self, key: str, method: Method) -> TwoTower | Neighbours:
        """Return the trained model of a method (``not_built`` where there is none).

        Where nothing is trained, since nobody took anything yet, it is likeness alone.
        """
        from core.recommenders.neighbours import Neighbours
        from core.recommenders.two_tower import TwoTower

        shelf, place, file = self.shelf(key), self._place(key), f"{method.name}.safetensors"
        if not self.quality(key):
            return self._models.get((*place, ""), lambda: Neighbours(self.learned(key).catalog))
        if file not in shelf.bundle:
            command = f"python -m core build {key} --fusion {method.fusion}"
            raise TriadError("not_built", world=key, method=method.name, command=command)

        def read() -> TwoTower:
            catalog = self.learned(key).catalog
            with shelf.bundle.sound(file):
                return TwoTower.load(shelf.bundle.file(file), catalog)

        return self._models.get((*place, method.name), read)


def read_scalers(bundle: bundles.Bundle) -> dict[Modality, Scaler]:
    """Return what turns a bundle's encoder vectors into features, by modality."""
    from core.recommenders.features import Scaler

    stored = bundle.arrays("scalers.npz")
    return {
        m: Scaler(
            stored[f"{m}_mean"],
            stored[f"{m}_scale"],
            stored[f"{m}_axes"],
            float(stored[f"{m}_cap"]),
        )
        for m in MODALITIES
    }
