"""A world made ready to be searched by sentences: where its pictures, sounds and texts lie."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from core import encoders
from core.catalog.bundle import Bundle
from core.catalog.dataset import Dataset
from core.encoders import bridge, joint
from core.encoders.bridge import LabelBridge, Recognised
from core.encoders.bridge_words import TAGS
from core.encoders.phrases import sentences
from core.engine import Engine
from core.media import decode
from core.resources import digest
from core.types import LANGUAGES, Clean, Item, Media, Modality, Passage

Floats = NDArray[np.float32]
Recognise = Callable[[NDArray[np.int64]], Recognised]

ENOUGH: Final = 20
"""From so many texts on, what they have in common can be told from what each is."""

_AT_ONCE: Final = 2048
_WORDS: Final = 3


@dataclass(frozen=True, eq=False)
class Index:
    """Where one modality of a world's items lies, and by which words it came there.

    Attributes
    ----------
    present : (I,) bool
    places : (I, D) unit vectors, what is common taken off
    recognise : says again what was recognised in the pictures or sounds of the given rows; None for texts
    """

    space: LabelBridge
    items: tuple[Item, ...]
    modality: Modality
    present: NDArray[np.bool_]
    places: Floats
    recognise: Recognise | None

    def cosines(self, where: Floats) -> Floats:
        """Return (I,) cosines to a place (D,), minus infinity where an item lacks the modality."""
        return np.where(self.present, self.places @ where, -np.inf).astype(np.float32)

    def words(self, row: int, where: Floats, language: str) -> tuple[str, ...]:
        """Return what brought an item near a place (D,), best first: labels, or a sentence of its text."""
        if self.recognise is None:
            return self._sentence(self.items[row], where, language)
        named = self.recognise(np.array([row]))
        shares = named.weights[0] * (self.space.words(named.vocabulary) @ where)
        best = np.argsort(-shares, kind="stable")[:_WORDS]
        least = max(0.0, float(shares[best[0]]) / 10)  # whoever brought less did nothing
        return tuple(named.vocabulary.say(int(n), language) for n in best if shares[n] > least)

    def _sentence(self, item: Item, where: Floats, language: str) -> tuple[str, ...]:
        whole = item.text(language if language in LANGUAGES else "en").whole
        said = [whole[span.start : span.end] for span in sentences(whole)]
        return (said[int((self.space.text(said) @ where).argmax())],) if said else ()


def index(engine: Engine, folder: Path, modality: Modality) -> Index | None:
    """Return the index of a world's modality, the same one each time; None where it cannot be searched."""
    return _made(engine, folder, (folder / "manifest.json").stat().st_mtime_ns, modality)


def forget() -> None:
    """Make every index anew when it is next asked for."""
    _made.cache_clear()


@lru_cache(maxsize=12)
def _made(engine: Engine, folder: Path, since: int, modality: Modality) -> Index | None:
    space = joint.joint_space()
    assert isinstance(space, LabelBridge)
    dataset = _dataset(folder, since)
    here = np.array([modality in item.modalities for item in dataset.items])
    vectors = _vectors(engine, folder, dataset, modality) if here.any() else None
    if vectors is None:
        return None
    recognise: Recognise | None
    if modality is Modality.TEXT:
        recognise = None
        texts = joint.unit(vectors)
        common = texts[here].mean(axis=0) if here.sum() >= ENOUGH else np.float32(0)
        places = joint.unit(texts - common)
    else:
        namer = _looker if modality is Modality.IMAGE else _listener
        recognise = namer(space, folder, vectors, here)
        rows = np.arange(len(vectors))
        parts = [rows[n : n + _AT_ONCE] for n in range(0, len(rows), _AT_ONCE)]
        places = np.concatenate([space.placed(recognise(part)) for part in parts])
    return Index(space, dataset.items, modality, here, places, recognise)


@lru_cache(maxsize=4)
def _dataset(folder: Path, _since: int) -> Dataset:
    """Return the world in a folder; ``_since`` is when its manifest was written."""
    return Bundle(folder).dataset()


def _looker(space: LabelBridge, _: Path, looks: Floats, __: NDArray[np.bool_]) -> Recognise:
    return lambda rows: space.seen(looks[rows])


def _listener(
    space: LabelBridge, folder: Path, sounds: Floats, here: NDArray[np.bool_]
) -> Recognise:
    """Take over the tags where musicnn has listened; otherwise, hear sounds among the world's others."""
    tags = bridge.read(tags_at(folder), (len(sounds), len(TAGS.words)))
    if tags is not None:
        return lambda rows: space.tagged(tags[rows])
    among = sounds[here]
    return lambda rows: space.heard(sounds[rows], among)


def _vectors(engine: Engine, folder: Path, dataset: Dataset, modality: Modality) -> Floats | None:
    """Return what the default encoder makes of a modality, (I, D), or None where there is no knowing.

    Mostly it lies in the bundle. Where the vectors there are another's, all media are encoded once, and
    kept under the manifest's digest.
    """
    encoder = encoders.default(modality)
    card = encoder.card
    made = Bundle(folder).manifest["encoders"].get(str(modality), {})
    if (made.get("id"), made.get("revision")) == (card.id, card.revision):
        return dataset.vectors[modality]
    if modality is not Modality.TEXT and not engine.shows(dataset.name):
        return None
    path = bridge.kept_at(f"{_name(folder)}-{card.id}-{card.revision}")
    vectors = bridge.read(path, (len(dataset.items), card.dim))
    if vectors is None:
        vectors = np.zeros((len(dataset.items), card.dim), dtype=np.float32)
        for row, item in enumerate(dataset.items):
            if modality in item.modalities:
                given = media_of(engine, dataset.name, item, modality)
                vectors[row] = encoder.encode(given).pooled.mean(0).numpy()
        bridge.keep(path, vectors)
    return vectors


def media_of(engine: Engine, world: str, item: Item, modality: Modality) -> list[Clean]:
    """Return what an encoder gets of one item; a text comes in each language."""
    if modality is Modality.TEXT:
        return [Passage(text.whole, language) for language, text in item.texts.items()]
    show = engine.picture if modality is Modality.IMAGE else engine.sound
    return [decode(Media(modality, show(world, item.id), item.id))]


def tags_at(folder: Path) -> Path:
    """Return where the tags lie that musicnn heard in a world's sounds, (I, 50)."""
    revision = encoders.MusicnnMillionSong.card.revision
    return bridge.kept_at(f"{_name(folder)}-tags-{revision}")


def _name(folder: Path) -> str:
    """Return what names a bundle: its manifest has the digests of all other files."""
    return digest(folder / "manifest.json")[:32]
