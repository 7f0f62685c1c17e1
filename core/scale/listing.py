"""What is to be embedded: the items of a world or a folder, where their media lie, and the encoders."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

from core import encoders
from core.catalog import importers
from core.catalog.importers.source import Found
from core.encoders.base import Encoder
from core.errors import TriadError
from core.library import Library
from core.resources import ASSETS, data_dir
from core.scale import places
from core.types import MODALITIES, Modality

NOTHING: Final[Mapping[Modality, str]] = MappingProxyType({})


@dataclass(frozen=True)
class Listed:
    """One item: its id, and where each of its media lies."""

    id: str
    places: Mapping[Modality, str]


@dataclass(frozen=True, eq=False)
class Listing:
    """A catalog that is to be embedded.

    Attributes
    ----------
    name : of the world or folder
    world : key, where it is one
    encoders : modality -> id, or the file of an encoder that was fitted on the world's texts
    cards : modality -> id, revision and width, for the manifest
    total : how many items
    items : yields them, in the catalog's order
    said : what the reader of a folder reports
    """

    name: str
    world: str | None
    encoders: Mapping[Modality, str]
    cards: Mapping[Modality, Mapping[str, Any]]
    total: int
    items: Callable[[], Iterator[Listed]]
    said: tuple[str, ...] = field(default=())


def list_world(key: str, by: Mapping[Modality, str] = NOTHING, *roots: Path) -> Listing:
    """List a world, with the encoders that made its vectors.

    Parameters
    ----------
    by : encoders to use instead
    roots : where worlds lie, if not where they lie by default

    Raises
    ------
    TriadError
        ``unknown_world``, ``unknown_encoder``; ``scale_nothing`` for one that came with features alone
    """
    library = Library(*(roots or (ASSETS, data_dir())))
    shelf = library.shelf(key)
    dataset, bundle = shelf.dataset, shelf.bundle
    made: dict[Modality, Encoder] = {}
    ids: dict[Modality, str] = {}
    for modality in MODALITIES:
        if modality not in dataset.encoders:
            continue
        own = f"encoder-{modality}.npz"
        if modality not in by and own in bundle:
            ids[modality] = str(bundle.file(own).resolve())
            made[modality] = library.encoder(key, modality)
        else:
            made[modality] = encoders.named(by.get(modality, dataset.encoders[modality]), modality)
            ids[modality] = made[modality].card.id
    if not made:
        raise TriadError("scale_nothing", name=key)

    def items() -> Iterator[Listed]:
        if bundle.manifest["kind"] == "rendered":
            for plan in bundle.plans().values():
                lie = places.of_plan(dataset.name, plan)
                yield Listed(plan.id, {m: lie for m in made if m in plan.modalities})
            return
        files = bundle.json("media.json")
        for item in dataset.items:
            found = places.of_item(item, files.get(item.id, {}), bundle.path.resolve() / "media")
            yield Listed(item.id, {m: place for m, place in found.items() if m in made})

    return Listing(key, key, ids, _cards(made), len(dataset.items), items)


def list_folder(path: Path, by: Mapping[Modality, str] = NOTHING, language: str = "en") -> Listing:
    """List a folder that could be imported, with the default encoders; ``by`` names others.

    Raises
    ------
    TriadError
        ``scale_packed`` for an archive, ``scale_nothing`` for features alone, ``unknown_encoder``; what
        :func:`core.catalog.importers.read` raises
    """
    if path.is_file():
        raise TriadError("scale_packed", name=path.name)
    source = importers.read(path)
    if source.vectors:
        raise TriadError("scale_nothing", name=path.name)
    made = {m: encoders.named(by[m], m) if m in by else encoders.default(m) for m in MODALITIES}

    def items() -> Iterator[Listed]:
        for found in source.items:
            yield Listed(found.id, _places(found, path.resolve()))

    ids = {m: encoder.card.id for m, encoder in made.items()}
    said = tuple(importers.say(problem, language) for problem in source.problems)
    return Listing(path.resolve().name, None, ids, _cards(made), len(source.items), items, said)


def _places(found: Found, folder: Path) -> dict[Modality, str]:
    lie = {m: places.of_file(folder / blob.name) for m, blob in found.media.items()}
    if not found.wordless:
        lie[Modality.TEXT] = places.of_texts(found.texts)
    return {m: lie[m] for m in MODALITIES if m in lie}


def _cards(made: Mapping[Modality, Encoder]) -> dict[Modality, Mapping[str, Any]]:
    return {
        m: {"id": e.card.id, "revision": e.card.revision, "dim": e.card.dim}
        for m, e in made.items()
    }
