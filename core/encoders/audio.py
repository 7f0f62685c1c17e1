"""Sounds to vectors: statistics of what is heard, without a trained network."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from core.encoders.base import Encoded, Encoder, EncoderCard, Stretch
from core.encoders.registry import register
from core.encoders.sound_features import DIM, sound_features
from core.media.level import at_loudness
from core.types import Clean, Modality, Sound

SEGMENT: Final = 0.5
"""Seconds in a token; neighbours overlap by half."""


@register
class SoundStatistics(Encoder):
    """How timbre, harmony, rhythm and envelope behave over time: see ``sound_features.py``.

    Sounds are first brought to the same loudness, so that a recording's level says nothing. Tokens
    are segments of half a second, described in the same way.
    """

    card = EncoderCard(
        id="sound-statistics",
        modality=Modality.AUDIO,
        dim=DIM,
        source="Own; after Davis & Mermelstein 1980, Jiang et al. 2002, Ellis 2007",
        revision="1",
        licence="MIT",
    )

    def _encode(self, batch: Sequence[Clean], tokens: bool) -> Encoded:
        import torch

        sounds = [_sound(each) for each in batch]
        levelled = [at_loudness(each) for each in sounds]
        pooled = torch.from_numpy(
            np.concatenate(
                [sound_features(x[None], s.rate) for x, s in zip(levelled, sounds, strict=True)]
            )
        )
        if not tokens:
            return Encoded(pooled, None, ((),) * len(batch))
        labels = tuple(stretches(each.seconds) for each in sounds)
        padded = torch.nn.utils.rnn.pad_sequence(
            [
                torch.from_numpy(sound_features(_parts(x, s.rate, of), s.rate))
                for x, s, of in zip(levelled, sounds, labels, strict=True)
            ],
            batch_first=True,
        )
        return Encoded(pooled, padded, labels)


def stretches(seconds: float) -> tuple[Stretch, ...]:
    """Return overlapping segments that cover a sound; a shorter sound is one segment."""
    if seconds <= SEGMENT:
        return (Stretch(0.0, seconds),)
    starts = np.arange(0.0, seconds - SEGMENT + 1e-6, SEGMENT / 2).tolist()
    return tuple(Stretch(start, start + SEGMENT) for start in starts)


def _parts(samples: NDArray[np.float32], rate: int, of: Sequence[Stretch]) -> NDArray[np.float32]:
    """Cut (T,) into (N, segment)."""
    length = min(round(SEGMENT * rate), len(samples))
    starts = [round(stretch.start * rate) for stretch in of]
    return np.stack([samples[start : start + length] for start in starts])


def _sound(clean: Clean) -> Sound:
    if not isinstance(clean, Sound):
        raise TypeError(f"an audio encoder takes sounds, not {type(clean).__name__}")
    return clean
