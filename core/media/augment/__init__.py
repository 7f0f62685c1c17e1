"""Clean media to other clean media that mean the same: the same seed gives the same medium.

Every function takes a medium and a seed. What all of them keep: the size of a picture, the length of a
sound, at least one word of a text.
"""

from __future__ import annotations

from core.media.augment.audio import amplified, masked, noisy
from core.media.augment.image import cropped, flipped, jittered
from core.media.augment.seeds import Seed, sub_seed
from core.media.augment.text import Cut, without_run, without_words

__all__ = [
    "Cut",
    "Seed",
    "amplified",
    "cropped",
    "flipped",
    "jittered",
    "masked",
    "noisy",
    "sub_seed",
    "without_run",
    "without_words",
]
