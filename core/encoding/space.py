"""A world as one encoder has it: the encoder opened, and every item encoded once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from core import encoders
from core.catalog import bundle
from core.encoders.base import Encoder
from core.encoders.fitted import Fitted
from core.encoders.store import VectorStore
from core.engine import Engine
from core.errors import TriadError
from core.library import Recent
from core.media import decode, fingerprint
from core.resources import ASSETS, data_dir
from core.types import Item, Media, Modality

Floats = NDArray[np.float32]
Say = Callable[[int, int], None]
"""Told how many items of how many are done. What it raises ends the work; what was encoded is kept."""


@dataclass(frozen=True, eq=False)
class Space:
    """A world as one encoder has it.

    Attributes
    ----------
    rows : (N,) rows of the items that have the modality and could be read, ascending
    vectors : (N, D) as the encoder gave them
    """

    rows: NDArray[np.int64]
    vectors: Floats


_SPACES: Final[Recent[tuple[Any, ...], Space]] = Recent(12)


def opened(engine: Engine, world: str, id: str, modality: Modality) -> Encoder:
    """Return an encoder by its id, the same instance each time; one that must be is fitted on the world.

    Raises
    ------
    TriadError
        ``unknown_encoder``, ``needs_hub``, ``unknown_model``, ``model_unusable``; ``text_no_words`` where
        there is nothing to fit on
    """
    kinds = [card.id for card in encoders.fittable(modality)]
    if id in kinds:
        return _fitted(id, tuple(text.whole for item in engine.items(world) for text in _of(item)))
    try:
        return encoders.named(id, modality)
    except TriadError as error:
        if error.code != "unknown_encoder":
            raise
        known = ", ".join((error.values["known"], *kinds))
        raise TriadError("unknown_encoder", key=id, known=known) from error


def _of(item: Item) -> Sequence[Any]:
    return tuple(item.texts.values()) if Modality.TEXT in item.modalities else ()


@lru_cache(maxsize=8)
def _fitted(id: str, texts: tuple[str, ...]) -> Fitted:
    return encoders.fit(id, texts)


def space(
    engine: Engine,
    world: str,
    encoder: Encoder,
    *,
    roots: Sequence[Path] = (),
    store: VectorStore | None = None,
    only: Sequence[int] | None = None,
    say: Say = lambda done, total: None,
) -> Space:
    """Return a world as an encoder has it, encoding what is not in the store.

    An item of several texts is the mean of their vectors. Where the encoder is the one that the world was
    built by, the vectors are the world's own.

    Parameters
    ----------
    roots : where the engine's worlds lie, if not where they lie by default
    store : where vectors are looked for and kept, by default in the cache folder
    only : rows of the items to encode; by default all

    Raises
    ------
    TriadError
        what the encoder raises. An item whose medium cannot be read is left out
    """
    folder = _folder(world, roots)
    since = (folder / "manifest.json").stat().st_mtime_ns if folder else 0
    # A model of the hub may be opened by two ids: the card says which vectors they are.
    key = (engine, world, since, encoder.card, None if only is None else tuple(only))

    def make() -> Space:
        return _shipped(engine, folder, encoder, only) or _encoded(
            engine, world, encoder, store or VectorStore(), only, say
        )

    if key in _SPACES:
        return _SPACES.get(key, make)
    made = make()  # outside of the memory's lock, for it may take minutes
    return _SPACES.get(key, lambda: made)


def _folder(world: str, roots: Sequence[Path]) -> Path | None:
    try:
        return bundle.find(world, *(roots or (ASSETS, data_dir())))
    except TriadError:  # an engine may have its worlds from elsewhere
        return None


def _shipped(
    engine: Engine, folder: Path | None, encoder: Encoder, only: Sequence[int] | None
) -> Space | None:
    """Return the vectors that the world came with, if they are this encoder's."""
    if folder is None:
        return None
    card, found = encoder.card, bundle.Bundle(folder)
    made = found.manifest["encoders"].get(str(card.modality), {})
    if (made.get("id"), made.get("revision")) != (card.id, card.revision):
        return None
    if engine.encoders(folder.name).get(card.modality) != card.id:
        return None
    dataset = found.dataset()
    rows = np.array([n for n, i in enumerate(dataset.items) if card.modality in i.modalities])
    rows = rows if only is None else np.intersect1d(rows, only)
    return Space(rows.astype(np.int64), dataset.vectors[card.modality][rows])


def _encoded(
    engine: Engine,
    world: str,
    encoder: Encoder,
    store: VectorStore,
    only: Sequence[int] | None,
    say: Say,
) -> Space:
    items, modality = engine.items(world), encoder.card.modality
    wanted = range(len(items)) if only is None else sorted(set(only))
    there = [row for row in wanted if modality in items[row].modalities]
    rows, vectors = [], []
    for done, row in enumerate(there, 1):
        vector = _item(engine, world, items[row], encoder, store)
        if vector is not None:
            rows.append(row)
            vectors.append(vector)
        say(done, len(there))
    empty = np.zeros((0, encoder.card.dim), np.float32)
    return Space(np.array(rows, dtype=np.int64), np.stack(vectors) if vectors else empty)


def _item(
    engine: Engine, world: str, item: Item, encoder: Encoder, store: VectorStore
) -> Floats | None:
    """Return the vector (D,) of one item, from the store if it was ever made; None if it is unreadable."""
    card = encoder.card
    try:
        media = sources(engine, world, item, card.modality)
        digest = "+".join(each.digest for each in media)
        key = store.key(digest, card, f"{fingerprint(card.modality)} mean")
        kept = store.get(key, card.dim)
        if kept is not None:
            return kept
        clean = [decode(each) for each in media]
    except TriadError:
        return None
    vector: Floats = encoder.encode(clean).pooled.mean(0).numpy()
    store.put(key, vector)
    return vector


def sources(engine: Engine, world: str, item: Item, modality: Modality) -> tuple[Media, ...]:
    """Return what an encoder gets of one item, undecoded; a text comes in each of its languages."""
    if modality is Modality.TEXT:
        return tuple(
            Media(modality, text.whole.encode(), f"{item.id}.{language}")
            for language, text in item.texts.items()
        )
    show = engine.picture if modality is Modality.IMAGE else engine.sound
    return (Media(modality, show(world, item.id), item.id),)
