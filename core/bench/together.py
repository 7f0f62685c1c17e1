"""Media put together from several, so that it is known where in the whole each of them is."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
from PIL import Image

from core.encoders.base import Box, Span, Stretch, TokenLabel
from core.types import Clean, Passage, Picture, Sound

SIDE: Final = 448
"""Pixels along each side of a picture that is put together."""


def together(media: Sequence[Clean]) -> tuple[Clean, tuple[TokenLabel, ...]]:
    """Put two or four media of a modality together; return the whole, and the place of each."""
    if all(isinstance(each, Picture) for each in media):
        return _mosaic([each for each in media if isinstance(each, Picture)])
    if all(isinstance(each, Passage) for each in media):
        texts = [each.text for each in media if isinstance(each, Passage)]
        starts = np.cumsum([0, *(len(text) + 1 for text in texts[:-1])]).tolist()
        spans = tuple(Span(a, a + len(text)) for a, text in zip(starts, texts, strict=True))
        return Passage("\n".join(texts), "en"), spans
    sounds = [each for each in media if isinstance(each, Sound)]
    ends = np.cumsum([each.seconds for each in sounds]).tolist()
    stretches = tuple(Stretch(a, b) for a, b in zip([0.0, *ends], ends, strict=False))
    return Sound(np.concatenate([each.samples for each in sounds]), sounds[0].rate), stretches


def _mosaic(pictures: Sequence[Picture]) -> tuple[Picture, tuple[Box, ...]]:
    """Put the middles of two pictures side by side, or four whole pictures in a square."""
    down = 1 if len(pictures) == 2 else 2
    tall, wide = SIDE // down, SIDE // 2
    canvas = np.zeros((SIDE, SIDE, 3), dtype=np.uint8)
    places = []
    for n, picture in enumerate(pictures):
        tile = Image.fromarray(picture.pixels).resize((tall, tall), Image.Resampling.BICUBIC)
        left = (tall - wide) // 2
        y, x = divmod(n, 2)
        canvas[y * tall : (y + 1) * tall, x * wide : (x + 1) * wide] = np.asarray(
            tile.crop((left, 0, left + wide, tall))
        )
        places.append(Box(x / 2, y / down, (x + 1) / 2, (y + 1) / down))
    return Picture(canvas), tuple(places)


def inside(part: TokenLabel, region: TokenLabel) -> float:
    """Return which share of a part lies in a region."""
    if isinstance(part, Box) and isinstance(region, Box):
        wide = _overlap(part.x0, part.x1, region.x0, region.x1)
        return wide * _overlap(part.y0, part.y1, region.y0, region.y1)
    assert not isinstance(part, Box)
    assert not isinstance(region, Box)
    return _overlap(part.start, part.end, region.start, region.end)


def _overlap(start: float, end: float, low: float, high: float) -> float:
    return max(0.0, min(end, high) - max(start, low)) / max(end - start, 1e-9)
