"""Augmented views of media, and their vectors: (K, I, D), for training.

A view is a function of the medium's content and the seed alone, so it is the same in any order of items, in
any batch and on any machine, and its vector can be kept.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Final, TypeVar

import numpy as np
from numpy.typing import NDArray

from core.encoders.base import Encoder
from core.encoders.segment import words
from core.encoders.store import VectorStore
from core.media import augment
from core.media.augment import Seed, sub_seed
from core.media.steps import Value
from core.types import Clean, Modality, Passage, Picture, Sound

VERSION: Final = 1
"""Counts changes of augmentations that no parameter tells of."""

C = TypeVar("C", bound=Clean)


@dataclass(frozen=True)
class Augmentation:
    """One augmentation as it is used here: its function takes the parameters by name."""

    key: str
    function: Callable[..., Any]
    parameters: Mapping[str, Value] = field(default_factory=dict)

    def __call__(self, clean: C, seed: Seed) -> C:
        """Return another medium that means the same."""
        changed: C = self.function(clean, seed, **self.parameters)
        return changed


def cut(text: str) -> list[tuple[int, int]]:
    """Find the words of a text, Chinese ones by dictionary."""
    return [(span.start, span.end) for span in words(text)]


RECIPES: Final[Mapping[Modality, tuple[Augmentation, ...]]] = {
    Modality.IMAGE: (
        Augmentation("crop", augment.cropped, {"least": 0.7, "stretch": 1.15}),
        Augmentation("flip", augment.flipped, {"probability": 0.5}),
        Augmentation("jitter", augment.jittered, {"light": 0.2, "hue": 0.02}),
    ),
    Modality.TEXT: (
        Augmentation("words", partial(augment.without_words, cut=cut), {"probability": 0.15}),
        Augmentation("run", partial(augment.without_run, cut=cut), {"most": 0.2}),
    ),
    Modality.AUDIO: (
        Augmentation("mask", augment.masked, {"bands": 4, "share": 0.1, "masks": 1}),
        Augmentation("noise", augment.noisy, {"lowest": 40.0, "highest": 60.0}),
        Augmentation("gain", augment.amplified, {"most": 6.0}),
    ),
}
"""What is done to a medium, one after the other. Mild: a view must mean what the medium means.

The audio encoder hears 80 dB deep: white noise 30 dB below a sound already makes its vector another
sound's (cosine 0.19 on the shop's items, where two items have 0.06; 0.84 at 40 dB, 0.97 at 50), and two
masks of up to 8 mel bands nearly so (0.58, against 0.95 with one of 4). Gain changes nothing, since the
encoder levels loudness first.
"""


def modality_of(clean: Clean) -> Modality:
    """Return which modality a clean medium is of."""
    kinds = {Picture: Modality.IMAGE, Passage: Modality.TEXT, Sound: Modality.AUDIO}
    return kinds[type(clean)]


def digest_of(clean: Clean) -> str:
    """Return the SHA-256 of a clean medium's content."""
    match clean:
        case Picture():
            parts = (str(clean.pixels.shape).encode(), clean.pixels.tobytes())
        case Passage():
            parts = (clean.language.encode(), clean.text.encode())
        case Sound():
            parts = (str(clean.rate).encode(), clean.samples.tobytes())
    return hashlib.sha256(b"\0".join(parts)).hexdigest()


def view(clean: C, seed: Seed) -> C:
    """Return an augmented view of a clean medium."""
    own = sub_seed(seed, int(digest_of(clean)[:12], 16))
    for number, change in enumerate(RECIPES[modality_of(clean)]):
        clean = change(clean, sub_seed(own, number))
    return clean


def recipe_fingerprint(modality: Modality) -> str:
    """Return the SHA-256 of what :func:`view` does: names, parameters, version."""
    spelled = json.dumps(
        [VERSION, [[each.key, dict(each.parameters)] for each in RECIPES[modality]]],
        sort_keys=True,
    )
    return hashlib.sha256(spelled.encode()).hexdigest()


def encode_views(
    encoder: Encoder,
    items: Sequence[Sequence[Clean]],
    count: int,
    *,
    seed: int = 0,
    store: VectorStore | None = None,
) -> NDArray[np.float32]:
    """Encode augmented views of items.

    Parameters
    ----------
    items : I items, each of any number of media of the encoder's modality (a text in two languages, the
        frames of a video), whose vectors are averaged; none is a zero vector
    count : K, views of each item
    seed : same seed, same views
    store : where vectors are looked for, and kept

    Returns
    -------
    (K, I, D) float32
    """
    out = np.zeros((count, len(items), encoder.card.dim), dtype=np.float32)
    recipe = recipe_fingerprint(encoder.card.modality)
    for row, media in enumerate(items):
        for number in range(count if media else 0):
            vectors = [
                _encoded(encoder, each, (seed, number), f"{recipe}:{seed}:{number}", store)
                for each in media
            ]
            out[number, row] = np.mean(vectors, axis=0)
    return out


def _encoded(
    encoder: Encoder, clean: Clean, seed: Seed, preparation: str, store: VectorStore | None
) -> NDArray[np.float32]:
    """Return the vector (D,) of one view, from the store where it has it."""
    key = VectorStore.key(digest_of(clean), encoder.card, preparation) if store else ""
    kept = store.get(key, encoder.card.dim) if store else None
    if kept is not None:
        return kept
    vector: NDArray[np.float32] = encoder.encode([view(clean, seed)]).pooled[0].numpy()
    if store:
        store.put(key, vector)
    return vector
