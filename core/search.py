"""Search by a sentence: which pictures, sounds and texts of a world it is about.

Texts are compared as the sentence encoder reads them; pictures and sounds by the *label bridge*
(:mod:`core.encoders.bridge`). All lie in one space, so an item is found by whichever of its modalities
comes nearest. What all items of a modality have in common is taken off first: otherwise the modality
whose vectors are near to every sentence would win.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from core.catalog import bundle
from core.encoders import bridge
from core.encoders.bridge_words import TAGS
from core.engine import MAX_K, Engine
from core.errors import TriadError
from core.media import decode
from core.media.limits import MAX_BYTES, MAX_CHARACTERS
from core.resources import ASSETS, data_dir
from core.search_index import forget, index, media_of, tags_at
from core.types import MODALITIES, Item, Media, Modality, Passage


@dataclass(frozen=True)
class Found:
    """An item that a sentence found.

    Attributes
    ----------
    modality : the one by which it was found: of those that were searched, the nearest
    cosine : between the sentence and that modality; of the label bridge for pictures and sounds
    words : what in it matched, best first, in Chinese if the sentence is Chinese and else in English:
        labels that were recognised in a picture or sound, or the nearest sentence of a text
    """

    item: Item
    modality: Modality
    cosine: float
    words: tuple[str, ...]


def search(
    engine: Engine,
    world: str,
    sentence: str,
    *,
    modalities: Sequence[Modality] = MODALITIES,
    k: int = 10,
    roots: Sequence[Path] = (),
) -> tuple[Found, ...]:
    """Return the ``k`` items that are nearest to a sentence, the nearest first.

    Parameters
    ----------
    engine : shows the pictures and sounds that have to be looked at
    world : key of a scenario
    sentence : in any language of the sentence encoder; labels are in English and Chinese
    modalities : by what items may be found
    k : 1 to ``MAX_K``
    roots : where the engine's worlds lie, if not where they lie by default

    Raises
    ------
    TriadError
        ``text_no_words``, ``text_too_long``, ``text_not_utf8``, ``bad_k``, ``unknown_world``,
        ``search_nothing`` (no item can be found by these modalities)
    """
    asked = _clean(sentence)
    if not 1 <= k <= MAX_K:
        raise TriadError("bad_k", k=k, limit=MAX_K)
    folder = _folder(world, roots)
    searched = [
        there for m in MODALITIES if m in modalities and (there := index(engine, folder, m))
    ]
    if not searched:
        raise _nothing(world, modalities)
    where = searched[0].space.text([asked.text])[0]
    cosines = np.stack([there.cosines(where) for there in searched])
    nearest, best = cosines.argmax(axis=0), cosines.max(axis=0)
    found = []
    for row in np.argsort(-best, kind="stable")[:k].tolist():
        if np.isfinite(best[row]):
            there = searched[nearest[row]]
            words = there.words(row, where, asked.language)
            found.append(Found(there.items[row], there.modality, float(best[row]), words))
    return tuple(found)


def listen(
    engine: Engine,
    world: str,
    *,
    roots: Sequence[Path] = (),
    say: Callable[[int, int], None] = lambda done, total: None,
) -> None:
    """Let musicnn hear every sound of a world: searches then go by its tags, which are about music.

    It takes about a second a sound, once: the tags are kept in the cache folder.

    Parameters
    ----------
    say : told how many sounds of how many were heard

    Raises
    ------
    TriadError
        ``wheel_missing``, ``unknown_world``, ``search_nothing``
    """
    folder = _folder(world, roots)
    items = engine.items(world)
    rows = [row for row, item in enumerate(items) if Modality.AUDIO in item.modalities]
    if not rows or not engine.shows(world):
        raise _nothing(world, (Modality.AUDIO,))
    tags = np.zeros((len(items), len(TAGS.words)), dtype=np.float32)
    for done, row in enumerate(rows, 1):
        tags[row] = bridge.tag(media_of(engine, world, items[row], Modality.AUDIO))[0]
        say(done, len(rows))
    bridge.keep(tags_at(folder), tags)
    forget()


def _folder(world: str, roots: Sequence[Path]) -> Path:
    return bundle.find(world, *(roots or (ASSETS, data_dir())))


def _nothing(world: str, modalities: Sequence[Modality]) -> TriadError:
    return TriadError("search_nothing", world=world, modalities=", ".join(modalities) or "-")


def _clean(sentence: str) -> Passage:
    """Return the sentence as the media layer cleans it, or say what is wrong with it."""
    if not sentence.strip():
        raise TriadError("text_no_words")
    # What was not UTF-8 on a command line comes as lone surrogates: those are told, not crashed upon.
    data = sentence.encode("utf-8", "surrogatepass")
    if len(data) > MAX_BYTES:
        raise TriadError("text_too_long", count=len(sentence), limit=MAX_CHARACTERS)
    passage = decode(Media(Modality.TEXT, data, "sentence"))
    assert isinstance(passage, Passage)
    return passage
