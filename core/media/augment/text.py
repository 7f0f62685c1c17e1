"""Texts that say the same in fewer words.

References
----------
Wei & Zou, EDA: Easy data augmentation techniques for text classification, 2019 (random deletion).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np

from core.media.augment.seeds import Seed
from core.media.text import collapse_whitespace
from core.types import Passage

Cut = Callable[[str], Sequence[tuple[int, int]]]
"""Finds the words of a text, as (start, end), in reading order and without overlap.

Chinese has no blanks, so finding its words takes a dictionary: see :mod:`core.encoders.segment`.
"""


def without_words(passage: Passage, seed: Seed, cut: Cut, *, probability: float = 0.15) -> Passage:
    """Drop each word with a probability, but never the last one."""
    spans = cut(passage.text)
    if len(spans) < 2:
        return passage
    draw = np.random.default_rng(seed).random(len(spans))
    drop = draw < min(probability, float(draw.max()))
    return _without(passage, [span for span, gone in zip(spans, drop, strict=True) if gone])


def without_run(passage: Passage, seed: Seed, cut: Cut, *, most: float = 0.2) -> Passage:
    """Delete one run of neighbouring words: at least one, at most the share ``most``, never all.

    A text of so few words that the share is less than one keeps them all.
    """
    spans = cut(passage.text)
    longest = min(int(most * len(spans)), len(spans) - 1)
    if longest < 1:
        return passage
    rng = np.random.default_rng(seed)
    length = int(rng.integers(1, longest + 1))
    start = int(rng.integers(0, len(spans) - length + 1))
    return _without(passage, spans[start : start + length])


def _without(passage: Passage, gone: Sequence[tuple[int, int]]) -> Passage:
    """Take stretches out, and the blanks that then are too many."""
    text = passage.text
    starts = [0, *(end for _, end in gone)]
    ends = [*(start for start, _ in gone), len(text)]
    kept = "".join(text[a:b] for a, b in zip(starts, ends, strict=True))
    return replace(passage, text=collapse_whitespace(kept))
