"""Parts measured on the media themselves: taken out of the picture, the text or the sound.

Occlusion of tokens leaves a token out of a mean. That is quick, and exact where an encoder takes that mean,
but it is about what the encoder made of the parts. Here the encoder sees the medium without the part: a cell
of the picture is blurred with its surroundings, words are deleted, seconds are silent. That takes a run of
the encoder for each part and holds for any encoder. It promises no sum either: what parts say together is
lost with any of them.

References
----------
Zeiler & Fergus, Visualizing and Understanding Convolutional Networks, 2014;
Li, Monroe & Jurafsky, Understanding Neural Networks through Representation Erasure, 2016;
Fong & Vedaldi, Interpretable Explanations of Black Boxes by Meaningful Perturbation, 2017 (blur).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

import numpy as np

from core.encoders.base import Box, Span, Stretch, TokenLabel
from core.encoders.phrases import phrases
from core.explain.door import Door, pair_of
from core.explain.within import Look, Part, PartsReport, looks
from core.media.audio import is_silent
from core.types import Clean, Passage, Picture, Request, Sound

if TYPE_CHECKING:
    from torch import Tensor

AT_ONCE: Final = 7
"""Media that are encoded together: between two batches one can stop."""

AROUND: Final = 1.0
"""By how much of its size a cell is enlarged on every side before it is blurred. A network fills in what a
small hole hides; ``python -m core bench pointing`` was the judge of how small is too small."""

RAMP: Final = 0.005
"""Seconds over which a sound falls silent, so that it does not click."""


@dataclass(frozen=True, eq=False)
class Masking:
    """How far it is. ``reports`` are as given, with what is measured of their parts by now."""

    done: int
    total: int
    reports: tuple[PartsReport, ...]


def masking(
    engine: Door, request: Request, item_id: str, reports: Sequence[PartsReport], language: str
) -> Iterator[Masking]:
    """Measure parts by masking, batch by batch; whoever stops iterating has stopped it.

    Parameters
    ----------
    reports : of :func:`core.explain.report.explain`, for the same request, item and language. What is
        measured in them already is not measured again, so it can go on from where it was stopped

    Yields
    ------
    Masking, first as it was, last with everything measured
    """
    found, total = list(reports), sum(len(report.parts) for report in reports)

    def state() -> Masking:
        done = sum(part.masked is not None for report in found for part in report.parts)
        return Masking(done, total, tuple(found))

    yield state()
    if not found:
        return
    every = looks(engine, pair_of(engine, request, item_id), language)
    for place, look in enumerate(every):
        for report in measured(look, found[place]):
            found[place] = report
            yield state()


def measured(look: Look, report: PartsReport) -> Iterator[PartsReport]:
    """Yield a report with ever more parts measured; nothing where all are."""
    missing = [n for n, part in enumerate(report.parts) if part.masked is None]
    if not missing:
        return
    lost = _Lost(look)
    for first in range(0, len(missing), AT_ONCE):
        some = missing[first : first + AT_ONCE]
        parts = list(report.parts)
        for n, value in zip(some, lost([parts[n] for n in some]), strict=True):
            parts[n] = replace(parts[n], masked=value)
        report = replace(report, parts=tuple(parts))
        values = [part.masked for part in parts if part.masked is not None]
        if len(values) == len(parts):
            report = replace(report, masked_missing=report.phi - sum(values))
        yield report


class _Lost:
    """What phi loses, in logits, when parts are taken out of the media."""

    def __init__(self, look: Look) -> None:
        import torch

        self.look = look
        self.without = [eraser(clean) for clean in look.media]
        self.vectors = look.encoder.encode(look.media).pooled.clone()
        with torch.no_grad():
            self.whole = self._features(self.vectors[None])
            self.phi = float(look.phi(look.features[None])[0])

    def __call__(self, parts: Sequence[Part]) -> list[float]:
        """Return a value a part."""
        import torch

        left = [self.without[part.frame or 0](part.label) for part in parts]
        there = [n for n, clean in enumerate(left) if clean is not None]
        lost = [self.phi] * len(parts)  # without anything left, the modality is absent
        if there:
            vectors = self.look.encoder.encode([c for c in left if c is not None]).pooled
            each = self.vectors.expand(len(there), -1, -1).clone()
            for place, n in enumerate(there):
                each[place, parts[n].frame or 0] = vectors[place]
            with torch.no_grad():
                moved = self.look.share * (self._features(each) - self.whole)
                after = self.look.phi(self.look.features + moved)
            for n, value in zip(there, after.tolist(), strict=True):
                lost[n] = self.phi - value
        return lost

    def _features(self, vectors: Tensor) -> Tensor:
        """Return features (N, P) of the vectors (N, C, D) of N variants."""
        from core.explain.parts import mean_of, scaled

        return scaled(self.look.scaler, mean_of(vectors, self.look.weights))


# Taking a part out ----------------------------------------------------------------------------------------


def eraser(clean: Clean) -> Callable[[TokenLabel], Clean | None]:
    """Return what takes a part out of a medium; it returns None where nothing would be left."""
    if isinstance(clean, Picture):
        return _blurring(clean)
    if isinstance(clean, Passage):
        return lambda label: _shortened(clean, label)
    return lambda label: _silenced(clean, label)


def _blurring(picture: Picture) -> Callable[[TokenLabel], Clean | None]:
    """Blur cells and what is around them: what is in them goes, and no edge comes that was not there."""
    from PIL import Image, ImageFilter

    height, width = picture.pixels.shape[:2]
    radius = max(height, width) / 8
    blurred = np.asarray(
        Image.fromarray(picture.pixels).filter(ImageFilter.GaussianBlur(radius)), dtype=np.uint8
    )

    def without(label: TokenLabel) -> Picture:
        assert isinstance(label, Box)
        rows = _slice(label.y0, label.y1, height)
        columns = _slice(label.x0, label.x1, width)
        pixels = picture.pixels.copy()
        pixels[rows, columns] = blurred[rows, columns]
        return Picture(pixels)

    return without


def _slice(start: float, end: float, length: int) -> slice:
    more = AROUND * (end - start)
    return slice(max(0, round((start - more) * length)), max(1, round((end + more) * length)))


def _shortened(passage: Passage, label: TokenLabel) -> Passage | None:
    """Delete words; a text without any is none."""
    assert isinstance(label, Span)
    text = passage.text[: label.start] + passage.text[label.end :]
    return replace(passage, text=text) if phrases(text) else None


def _silenced(sound: Sound, label: TokenLabel) -> Sound | None:
    """Silence a stretch; a sound that is silent is none."""
    assert isinstance(label, Stretch)
    seconds = np.arange(len(sound.samples)) / sound.rate
    outside = np.maximum(label.start - seconds, seconds - label.end)
    samples = (sound.samples * np.clip(outside / RAMP, 0, 1)).astype(np.float32)
    return None if is_silent(samples) else Sound(samples, sound.rate)
