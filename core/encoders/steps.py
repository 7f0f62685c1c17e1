"""What the default encoders themselves do to a medium before their first layer, as steps.

These are the functions that the encoders call, looked at one by one. They follow the steps of
:func:`core.media.trace`; what they are is told by the encoder's card, so they have no fingerprint.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from core.encoders.image import CROP, framed, normalised
from core.encoders.phrases import sentences
from core.encoders.text import whole_or
from core.media import decode, loudness, trace
from core.media.level import at_loudness
from core.media.steps import Look, Op, Stage, Step, trace_ops
from core.types import Clean, Media, Passage, Picture, Sound

LOUDNESS: Final = -18.0
"""LUFS to which the audio encoder brings every sound: the default of :func:`at_loudness`."""


def full_trace(media: Media) -> tuple[Step, ...]:
    """Say what happens to an upload from its bytes to an encoder's first layer.

    Raises
    ------
    TriadError
        as :func:`core.media.decode` does
    """
    return (*trace(media), *encoder_trace(decode(media)))


def encoder_trace(clean: Clean) -> tuple[Step, ...]:
    """Say what the default encoder of its modality does to a clean medium before its first layer."""
    match clean:
        case Picture():
            return tuple(trace_ops(clean.pixels, _PICTURE, _look_at_picture))
        case Passage():
            return tuple(trace_ops((clean.text,), _PASSAGE, _look_at_passage))
        case Sound():
            return tuple(trace_ops(clean, _SOUND, look_at_sound))


def _scaled(pixels: NDArray[Any]) -> NDArray[Any]:
    import torch

    return np.asarray(normalised(torch.from_numpy(pixels.copy())[None])[0].permute(1, 2, 0).numpy())


_PICTURE: Final[tuple[Op[NDArray[Any]], ...]] = (
    Op("frame", Stage.ENCODER, framed, {"side": CROP, "filter": "bicubic"}),
    Op("scale", Stage.ENCODER, _scaled, {"low": -1, "high": 1}),
)

_PASSAGE: Final[tuple[Op[tuple[str, ...]], ...]] = (
    Op(
        "sentences",
        Stage.ENCODER,
        lambda texts: tuple(
            text[span.start : span.end] for text in texts for span in whole_or(sentences, text)
        ),
    ),
)

_SOUND: Final[tuple[Op[Sound], ...]] = (
    Op(
        "loudness",
        Stage.ENCODER,
        lambda sound: Sound(at_loudness(sound, LOUDNESS), sound.rate),
        {"loudness": LOUDNESS},
    ),
)


def _look_at_picture(pixels: NDArray[Any]) -> Look:
    return Look(
        pixels,
        {
            "width": pixels.shape[1],
            "height": pixels.shape[0],
            "low": round(float(pixels.min()), 3),
            "high": round(float(pixels.max()), 3),
        },
    )


def _look_at_passage(texts: tuple[str, ...]) -> Look:
    return Look(texts, {"pieces": len(texts), "characters": sum(map(len, texts))})


def look_at_sound(sound: Sound) -> Look:
    """Return what is seen and measured of a clean sound."""
    return Look(
        sound.samples,
        {
            "rate": sound.rate,
            "seconds": round(sound.seconds, 3),
            "peak": round(float(np.abs(sound.samples).max(initial=0.0)), 4),
            "loudness": round(loudness(sound), 1),
        },
    )
