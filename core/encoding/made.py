"""What an encoder makes of one medium: its parts, and names where it gives any."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from core import encoders
from core.encoders.base import Encoder, TokenLabel
from core.encoders.image import EfficientNetLite
from core.encoders.musicnn import MusicnnMagna, MusicnnMillionSong
from core.encoders.whisper import WhisperSound
from core.encoding.near import unit
from core.types import Clean, Sound


@dataclass(frozen=True)
class Made:
    """What an encoder makes of one medium.

    Attributes
    ----------
    dim : width of the vector
    parts : where each token is, and its cosine to the whole; None for a word that it does not know
    names : the likeliest classes or tags, where it has a head that names, as ``classify`` returns them
    said : what was said in a sound, where the encoder belongs to a model that writes speech down
    """

    dim: int
    parts: tuple[tuple[TokenLabel, float | None], ...]
    names: tuple[Mapping[str, Any], ...] = ()
    said: str | None = None


def made_of(encoder: Encoder, clean: Clean) -> Made:
    """Return what an encoder makes of one medium: its parts, and names where it gives any."""
    found = encoder.encode([clean], tokens=True)
    whole = unit(found.pooled.numpy())[0]
    parts: list[tuple[TokenLabel, float | None]] = []
    if found.tokens is not None and found.tokens.shape[2] == len(whole):
        tokens = found.tokens[0].numpy()[: len(found.labels[0])]
        known = np.abs(tokens).max(axis=1) > 0
        cosines = unit(tokens) @ whole
        parts = [
            (label, float(cosine) if there else None)
            for label, cosine, there in zip(found.labels[0], cosines, known, strict=True)
        ]
    names: Sequence[Mapping[str, Any]] = ()
    said = None
    if isinstance(encoder, EfficientNetLite):
        names = encoder.classify([clean])[0]
    elif isinstance(encoder, MusicnnMagna | MusicnnMillionSong):
        names = encoder.name_tags([clean])[0]
    elif isinstance(encoder, WhisperSound) and isinstance(clean, Sound):
        said = encoders.transcribe(clean).text
    return Made(len(whole), tuple(parts), tuple(names), said)
