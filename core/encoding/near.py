"""What lies near a medium in a world, as one encoder sees both."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from core.encoders.store import VectorStore
from core.encoding.space import Floats, Say, opened, space
from core.engine import MAX_K, Engine
from core.errors import TriadError
from core.media import decode
from core.types import Item, Media


@dataclass(frozen=True)
class Near:
    """An item, and its cosine to the medium that was asked about."""

    item: Item
    cosine: float


def nearest(
    engine: Engine,
    world: str,
    encoder_id: str,
    media: Media | Sequence[Media],
    k: int = 6,
    *,
    without: Sequence[str] = (),
    roots: Sequence[Path] = (),
    store: VectorStore | None = None,
    say: Say = lambda done, total: None,
) -> tuple[Near, ...]:
    """Return the ``k`` items of a world that are nearest to a medium, as one encoder sees them.

    Nearness is the cosine between how the medium and how an item differ from the world's average: most
    encoders give all vectors a large part in common, which says nothing.

    Parameters
    ----------
    encoder_id : of any encoder of the medium's modality; see :func:`opened`
    media : one medium, or several of one modality that are averaged, such as a text in two languages
    k : 1 to ``MAX_K``
    without : ids of items that are left out, such as the one that the medium comes from
    roots, store, say : see :func:`space`

    Raises
    ------
    TriadError
        ``bad_k``, ``unknown_world``; what :func:`opened`, :func:`core.media.decode` and the encoder raise
    """
    if not 1 <= k <= MAX_K:
        raise TriadError("bad_k", k=k, limit=MAX_K)
    given = (media,) if isinstance(media, Media) else tuple(media)
    clean, items = [decode(each) for each in given], engine.items(world)
    encoder = opened(engine, world, encoder_id, given[0].modality)
    asked: Floats = encoder.encode(clean).pooled.mean(0).numpy()
    there = space(engine, world, encoder, roots=roots, store=store, say=say)
    if not len(there.rows):
        return ()
    cosines = closeness(there.vectors, asked)
    best = (int(n) for n in np.argsort(-cosines, kind="stable"))
    found = (Near(items[there.rows[n]], float(cosines[n])) for n in best)
    return tuple(near for near in found if near.item.id not in without)[:k]


def closeness(vectors: Floats, asked: Floats) -> Floats:
    """Return the cosines (N,) of (N, D) vectors to one (D,), all as they differ from the mean of the N.

    A vector that does not differ has the cosine 0.
    """
    common = vectors.mean(axis=0)
    found: Floats = unit(vectors - common) @ unit((asked - common)[None])[0]
    return found


def unit(x: Floats) -> Floats:
    """Return (N, D) vectors scaled to length 1; those of no length stay zero."""
    lengths = np.linalg.norm(x, axis=1, keepdims=True)
    scaled: Floats = np.divide(x, lengths, out=np.zeros_like(x), where=lengths > 1e-8)
    return scaled
