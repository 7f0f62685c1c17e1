"""What was made of an upload, in words and numbers that a visitor can check."""

from __future__ import annotations

from typing import Any

from core.encoders.image import EfficientNetLite
from core.encoders.phrases import phrases
from core.encoders.registry import default
from core.media import loudness, onsets, picture_size
from core.types import Clean, Media, Modality, Passage, Picture, Sound


def describe(media: Media, clean: Clean) -> dict[str, Any]:
    """Describe one upload by plain JSON values.

    Returns
    -------
    of a picture ``width``, ``height`` (pixels, upright, as uploaded) and ``labels`` (the five
    likeliest ImageNet classes); of a text ``language``, ``characters``, ``tokens`` (its phrases);
    of a sound ``seconds``, ``loudness_lufs``, ``onsets_per_second`` and ``silent``
    """
    match clean:
        case Picture():
            return _describe_picture(media, clean)
        case Passage():
            return _describe_passage(clean)
        case Sound():
            return _describe_sound(clean)


def _describe_picture(media: Media, picture: Picture) -> dict[str, Any]:
    width, height = picture_size(media)
    namer = default(Modality.IMAGE)
    assert isinstance(namer, EfficientNetLite)
    return {"width": width, "height": height, "labels": namer.classify([picture])[0]}


def _describe_passage(passage: Passage) -> dict[str, Any]:
    text = passage.text
    return {
        "language": passage.language,
        "characters": len(text),
        "tokens": [text[span.start : span.end] for span in phrases(text)],
    }


def _describe_sound(sound: Sound) -> dict[str, Any]:
    return {
        "seconds": round(sound.seconds, 3),
        "loudness_lufs": round(loudness(sound), 1),
        "onsets_per_second": round(len(onsets(sound)) / sound.seconds, 2),
        "silent": False,
    }
