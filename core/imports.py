"""From a catalog as it was found to a scenario: decode, encode, learn, write.

Vectors are kept in the store of :mod:`core.encoders.store`, so an import that was stopped or killed continues
where it was; the scenario itself appears, or is replaced, in one move.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from core import encoders
from core.build import DEFAULT, facts_of, train_method
from core.catalog import bundle, importers
from core.catalog.dataset import Dataset, Interactions, Truth
from core.catalog.importers.source import Blob, Credit, Event, Found, Problem, Source
from core.catalog.packs.simulate import simulate
from core.catalog.stored import StoredMedia
from core.durable import beside
from core.encoders.store import VectorStore
from core.errors import TriadError
from core.media import decode, fingerprint
from core.methods import catalog_of, fit_scalers, train_config
from core.resources import ASSETS, data_dir, write_json
from core.training.train import TrainConfig
from core.types import MODALITIES, Clean, Item, Media, Method, Modality, Passage

NAME: Final = re.compile(r"[a-z0-9][a-z0-9_-]{0,39}")
"""What a scenario may be called: it becomes a folder, a URL parameter and a command-line argument."""
METHODS: Final = tuple(Method(fusion, "off") for fusion in ("gated", "concat", "late"))
"""What is trained for an imported catalog."""
STEPS: Final = 300
"""How many steps a method is trained: a step costs more the larger the catalog, so epochs are no measure."""
FEWEST: Final = 20
"""With fewer visitors who took at least two items there is nothing to learn from."""
PICTURE: Final = 512
"""Pixels at which a rendered picture is exported."""


@dataclass(frozen=True)
class Progress:
    """How far an import is. ``stage`` is ``encode`` | ``learn``; ``done`` of ``total``."""

    stage: str
    done: int
    total: int


@dataclass(frozen=True, eq=False)
class Imported:
    """What became of an import: where it lies, what was taken, and what was not and why."""

    path: Path
    items: int
    interactions: int
    methods: tuple[str, ...]
    problems: tuple[Problem, ...]
    notes: tuple[Problem, ...]


def within(steps: int, config: TrainConfig, visitors: int) -> TrainConfig:
    """Return ``config`` with so few epochs that training takes at most about ``steps`` steps."""
    return replace(config, epochs=max(1, min(config.epochs, steps * config.batch // visitors)))


class ImportStopped(TriadError):  # noqa: N818  it was asked for
    """The import was stopped on request; what was encoded is kept."""

    def __init__(self) -> None:
        super().__init__("import_stopped")


def open_source(path: str) -> Source:
    """Read a folder or archive, or, under its key, the real media of an installed Debian package."""
    from core.catalog.packs import packs

    pack = packs().get(path)
    if pack is None or Path(path).exists():
        return importers.read(Path(path))
    if not pack.installed():
        raise TriadError("pack_missing", key=path, package=pack.card.package)
    return pack.read()


def check_name(name: str) -> None:
    """Refuse a name that cannot be a scenario's (``bad_name``, ``name_taken``)."""
    if not NAME.fullmatch(name):
        raise TriadError("bad_name", name=name[:60])
    if name in bundle.available(ASSETS):
        raise TriadError("name_taken", name=name)


def import_source(
    source: Source,
    name: str,
    *,
    root: Path | None = None,
    simulated: bool = False,
    visitors: int = 400,
    config: TrainConfig = DEFAULT,
    say: Callable[[Progress], None] = lambda _: None,
    stop: Callable[[], bool] = lambda: False,
) -> Imported:
    """Make a scenario of a catalog, replacing one of the same name only when the new one is whole.

    Parameters
    ----------
    source : what a reader found
    name : key of the scenario
    root : folder that holds the scenarios; the user's data folder by default
    simulated : whether to simulate visitors from content clusters where the data has no interactions
    visitors : how many are simulated then
    say : told of progress
    stop : asked between items; True ends the import with :class:`ImportStopped`

    Raises
    ------
    TriadError
        ``bad_name``, ``name_taken``, ``nothing_to_import``, ``unwritable``
    """
    check_name(name)
    goal = bundle.folder(name, root or data_dir())
    with beside(goal) as work:
        (work / bundle.MEDIA).mkdir()
        rows = _Rows(source, work / bundle.MEDIA)
        for done in rows.take(stop):
            say(Progress("encode", done, len(source.items)))
        dataset = rows.dataset(name, visitors if simulated else 0)
        problems = (*source.problems, *rows.problems)
        bundle.write_dataset(work, dataset)
        write_json(work / "media.json", rows.files)
        write_json(work / "credits.json", rows.credits)
        write_json(work / "problems.json", [asdict(p) for p in problems])
        scalers = fit_scalers(dataset)
        bundle.write_scalers(work, scalers)
        quality: dict[str, Any] = {}
        if _can_learn(dataset):
            catalog = catalog_of(dataset, scalers)
            for number, method in enumerate(METHODS):
                say(Progress("learn", number, len(METHODS)))
                if stop():
                    raise ImportStopped
                own = train_config(method, within(STEPS, config, len(dataset.visitors)))
                model, facts = train_method(dataset, catalog, method, own)
                model.save(work / f"{method.name}.safetensors")
                quality[method.name] = facts
        bundle.write_manifest(
            work,
            **facts_of(dataset),
            media=any(item.media for item in source.items),
            credited=any(any(c.values()) for c in rows.credits.values()),
            encoders={m: _encoder_facts(Modality(m)) for m in dataset.encoders},
            training=asdict(config),
            quality=quality,
            made_with={package: version(package) for package in ("torch", "numpy")},
        )
        bundle.put_in_place(work, goal)
    count = len(dataset.interactions)
    return Imported(goal, len(dataset.items), count, tuple(quality), problems, source.notes)


class _Rows:
    """Takes the items of a source one by one; memory holds vectors, never media."""

    def __init__(self, source: Source, media: Path) -> None:
        self._source = source
        self._media = media
        self._store = VectorStore()
        self._items: list[Item] = []
        self._places: list[int] = []
        self._encoded: dict[Modality, list[NDArray[np.float32] | None]] = {
            m: [] for m in MODALITIES
        }
        self.files: dict[str, dict[str, str]] = {}
        self.credits: dict[str, dict[str, str]] = {}
        self.problems: list[Problem] = []

    def take(self, stop: Callable[[], bool]) -> Iterator[int]:
        """Decode, encode and file every item; yields how many are done."""
        for place, found in enumerate(self._source.items):
            if stop():
                raise ImportStopped
            self._take(place, found)
            yield place + 1
        if not self._items:
            raise TriadError("nothing_to_import")

    def _take(self, place: int, found: Found) -> None:
        vectors: dict[Modality, NDArray[np.float32]] = {}
        files: dict[str, str] = {}
        for modality, blob in found.media.items():
            try:
                data = blob.read()
                vectors[modality] = self._vector(Media(modality, data, blob.name))
            except TriadError as error:
                self.problems.append(Problem(blob.name, error.code, values=error.values))
            except OSError:
                self.problems.append(
                    Problem(blob.name, "media_unreadable", values={"id": found.id})
                )
            else:
                files[modality] = f"{found.id}-{modality}{Path(blob.name).suffix.lower()}"
                (self._media / files[modality]).write_bytes(data)
        if not self._source.vectors and not found.wordless:
            vectors[Modality.TEXT] = self._text_vector(found)
        given = {m for m in self._source.vectors if self._source.has(m)[place]}
        modalities = frozenset(given | set(vectors))
        if not modalities:
            self.problems.append(Problem("", "item_left_empty", values={"id": found.id}))
            return
        self._items.append(Item(found.id, found.texts, found.category, modalities))
        self._places.append(place)
        for modality in MODALITIES:
            self._encoded[modality].append(vectors.get(modality))
        if files:
            self.files[found.id] = files
        self.credits[found.id] = asdict(found.credit)

    def _text_vector(self, found: Found) -> NDArray[np.float32]:
        passages = [
            Passage(text.whole, "und" if language == "und" else language)
            for language, text in found.texts.items()
        ]
        digest = hashlib.sha256("\0".join(p.text for p in passages).encode()).hexdigest()
        return self._remembered(Modality.TEXT, digest, lambda: passages)

    def _vector(self, media: Media) -> NDArray[np.float32]:
        return self._remembered(media.modality, media.digest, lambda: [decode(media)])

    def _remembered(
        self, modality: Modality, digest: str, clean: Callable[[], list[Any]]
    ) -> NDArray[np.float32]:
        """Return the mean vector of some media, from the store if it was ever made."""
        encoder = encoders.default(modality)
        key = self._store.key(digest, encoder.card, f"{fingerprint(modality)} mean")
        found = self._store.get(key, encoder.card.dim)
        if found is not None:
            return found
        batch: list[Clean] = clean()
        vector: NDArray[np.float32] = encoder.encode(batch).pooled.mean(0).numpy()
        self._store.put(key, vector)
        return vector

    def dataset(self, name: str, simulated: int) -> Dataset:
        """Return what was taken as a dataset, with so many simulated visitors where it has none."""
        source, places = self._source, np.asarray(self._places)
        vectors: dict[Modality, NDArray[np.float32]] = {}
        for modality in MODALITIES:
            if modality in source.vectors:
                vectors[modality] = source.vectors[modality][places]
            elif any(v is not None for v in self._encoded[modality]):
                dim = encoders.default(modality).card.dim
                nothing = np.zeros(dim, np.float32)
                vectors[modality] = np.stack(
                    [nothing if v is None else v for v in self._encoded[modality]]
                )
        dataset = Dataset(
            name=name,
            kind="real" if source.kind == "pack" else "yours",
            simulated=False,
            items=tuple(self._items),
            visitors=(),
            interactions=_none(),
            vectors=vectors,
            encoders={m: encoders.default(m).card.id for m in vectors if m not in source.vectors},
        )
        if source.events:
            visitors, interactions = self._interactions(dataset.rows)
            return replace(dataset, visitors=visitors, interactions=interactions)
        if not simulated:
            return dataset
        interactions, truth = simulate(
            vectors, dataset.present[:, : len(MODALITIES)], visitors=simulated
        )
        return _with_visitors(dataset, interactions, truth)

    def _interactions(self, rows: Mapping[str, int]) -> tuple[tuple[str, ...], Interactions]:
        """Return visitors and what they took; events of items that were not taken are reported."""
        events: list[Event] = []
        for event in self._source.events:
            if event.item in rows:
                events.append(event)
            else:
                values = {"item": event.item, "user": event.user}
                self.problems.append(Problem("interactions", "item_not_taken", values=values))
        visitors = tuple(dict.fromkeys(event.user for event in events))
        number = {visitor: row for row, visitor in enumerate(visitors)}
        parts = [event.part for event in events]
        return visitors, Interactions(
            np.array([number[e.user] for e in events], dtype=np.int64),
            np.array([rows[e.item] for e in events], dtype=np.int64),
            np.clip(np.rint([e.rating for e in events]), 1, 5).astype(np.int64),
            np.array([e.time for e in events], dtype=np.int64),
            None if None in parts or not parts else np.array(parts, dtype=np.int64),
        )


def source_of(found: bundle.Bundle) -> Source:
    """Return a scenario as a catalog that can be exported, with its media, interactions and features."""
    dataset, media = found.dataset(), found.media()
    credits = found.json("credits.json") if "credits.json" in found else {}
    files = found.json("media.json") if "media.json" in found else {}
    data = dataset.interactions
    parts = [None] * len(data) if data.part is None else data.part.tolist()

    def blobs(item: Item) -> dict[Modality, Blob]:
        if not found.manifest.get("media", True):
            return {}
        if isinstance(media, StoredMedia):
            return {
                Modality(m): _file_blob(found.path / bundle.MEDIA / name, partial(media.raw, name))
                for m, name in files.get(item.id, {}).items()
            }
        makers: dict[Modality, tuple[str, Callable[[], bytes]]] = {
            Modality.IMAGE: (f"{item.id}.webp", lambda: media.picture(item.id, PICTURE)),
            Modality.AUDIO: (f"{item.id}.wav", lambda: media.sound(item.id)),
        }
        return {m: Blob(n, 0, read) for m, (n, read) in makers.items() if m in item.modalities}

    with found.sound("credits.json"):
        return Source(
            kind="folder",
            items=tuple(
                Found(
                    item.id,
                    item.texts,
                    item.category,
                    blobs(item),
                    Credit(**credits.get(item.id, {})),
                )
                for item in dataset.items
            ),
            events=tuple(
                Event(dataset.visitors[u], dataset.items[i].id, float(r), int(t), part)
                for u, i, r, t, part in zip(
                    data.user, data.item, data.rating, data.time, parts, strict=True
                )
            ),
            vectors={m: x for m, x in dataset.vectors.items() if m not in dataset.encoders},
        )


def _file_blob(path: Path, read: Callable[[], bytes]) -> Blob:
    return Blob(path.name, path.stat().st_size if path.exists() else 0, read)


def _none() -> Interactions:
    nothing = np.zeros(0, dtype=np.int64)
    return Interactions(nothing, nothing, nothing, nothing)


def _with_visitors(dataset: Dataset, interactions: Interactions, truth: Truth) -> Dataset:
    visitors = tuple(f"visitor-{u:04d}" for u in range(len(truth.weights)))
    return replace(
        dataset, simulated=True, visitors=visitors, interactions=interactions, truth=truth
    )


def _can_learn(dataset: Dataset) -> bool:
    taken = np.bincount(dataset.interactions.user, minlength=max(len(dataset.visitors), 1))
    return int((taken > 1).sum()) >= FEWEST


def _encoder_facts(modality: Modality) -> dict[str, Any]:
    card = encoders.default(modality).card
    return {"id": card.id, "revision": card.revision, "dim": card.dim}
