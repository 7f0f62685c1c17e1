"""The data of an evaluation: a world, or a folder of features and interactions as it lies."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from core.catalog import bundle, importers
from core.catalog.dataset import Dataset, Interactions
from core.catalog.importers.source import Source
from core.errors import TriadError
from core.resources import ASSETS, data_dir
from core.types import Item


def load(name: str) -> Dataset:
    """Return a world by its key, or else read a RecBole or MMRec folder or archive.

    Nothing is encoded or kept; a catalog of media has to be imported first.

    Raises
    ------
    TriadError
        ``unknown_data``, ``import_first``, and what the importers raise
    """
    known = bundle.available(ASSETS, data_dir())
    if name in known:
        return bundle.Bundle(bundle.find(name, ASSETS, data_dir())).dataset()
    path = Path(name)
    if not path.exists():
        raise TriadError("unknown_data", data=name, known=", ".join(known))
    source = importers.read(path)
    if source.kind not in ("recbole", "mmrec"):
        raise TriadError("import_first", path=name)
    return dataset_of(source, path.resolve().stem)


def dataset_of(source: Source, name: str) -> Dataset:
    """Return a source as a dataset with the features that came with it, if any."""
    has = {modality: source.has(modality) for modality in source.vectors}
    items = tuple(
        Item(
            found.id,
            found.texts,
            found.category,
            frozenset(m for m, there in has.items() if there[row]),
        )
        for row, found in enumerate(source.items)
    )
    rows = {item.id: row for row, item in enumerate(items)}
    visitors = {user: row for row, user in enumerate(dict.fromkeys(e.user for e in source.events))}
    parts = [event.part for event in source.events]
    interactions = Interactions(
        np.array([visitors[e.user] for e in source.events], dtype=np.int64),
        np.array([rows[e.item] for e in source.events], dtype=np.int64),
        np.clip(np.rint([e.rating for e in source.events]), 1, 5).astype(np.int64),
        np.array([e.time for e in source.events], dtype=np.int64),
        None if None in parts or not parts else np.array(parts, dtype=np.int64),
    )
    return Dataset(
        name=name,
        kind="yours",
        simulated=False,
        items=items,
        visitors=tuple(visitors),
        interactions=interactions,
        vectors=source.vectors,
    )
