"""The parts of an item and of what a visitor brought, each with what it did to its modality's phi."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from core import clips, encoders
from core.encoders.base import Encoder, Stretch, TokenLabel
from core.explain.door import Door, Pair
from core.media import decode
from core.types import CHANNELS, MODALITIES, Clean, Item, Media, Modality, Passage

if TYPE_CHECKING:
    from torch import Tensor

    from core.explain.channel_phi import Phi
    from core.explain.parts import Parts
    from core.recommenders.features import Scaler


@dataclass(frozen=True)
class Part:
    """A patch, phrase or stretch of seconds.

    Attributes
    ----------
    occlusion : what phi loses without it among the encoder's tokens, in logits
    gradient : its integrated gradient, in logits
    masked : what phi loses when it is taken out of the medium itself and the rest is encoded anew, in
        logits; None until that is measured, see ``core.explain.masked``
    frame : in which picture of a video it is, otherwise None
    """

    label: TokenLabel
    occlusion: float
    gradient: float
    masked: float | None = None
    frame: int | None = None


@dataclass(frozen=True)
class PartsReport:
    """What one modality of the item, or of the visitor's upload, consists of.

    Attributes
    ----------
    of : ``item`` or ``upload``
    phi : the contribution that the parts share
    baseline : phi when every part is the average item's: gradients sum to ``phi - baseline``
    occlusion_missing, gradient_missing, masked_missing : by how much the values do not sum to what they
        should; the last is None until all parts are measured
    gap : how far the pooled parts are from the encoder's own vector, relative to its length; where it is
        large, the encoder does more than take a mean and the values are about a stand-in
    text : the text that spans point into, otherwise empty
    frames : which seconds each picture of a video stands for, otherwise empty
    """

    modality: Modality
    of: str
    phi: float
    baseline: float
    occlusion_missing: float
    gradient_missing: float
    gap: float
    parts: tuple[Part, ...]
    text: str = ""
    frames: tuple[Stretch, ...] = ()
    masked_missing: float | None = None


@dataclass(frozen=True, eq=False)
class Look:
    """One modality of an item or upload, about to be looked into.

    Attributes
    ----------
    media : C cleaned media, one but for a video, which has a picture a frame
    weights : (C,) of the mean of their vectors, summing to 1
    share : how much of the explained vector they make: 1 / number of languages, for a text in one
    phi : of the modality, as a function of its features
    features : (P,) that the model has of the modality
    of : ``item`` or ``upload``
    """

    encoder: Encoder
    media: tuple[Clean, ...]
    phi: Phi
    scaler: Scaler
    features: Tensor
    of: str
    share: float = 1.0
    weights: tuple[float, ...] = (1.0,)
    frames: tuple[Stretch, ...] = ()


def within(engine: Door, pair: Pair, language: str) -> tuple[PartsReport, ...]:
    """Look within every modality that counts for this pair; nothing where likeness alone recommends."""
    return tuple(map(report_of, looks(engine, pair, language)))


def looks(engine: Door, pair: Pair, language: str) -> Iterator[Look]:
    """Yield every modality that there is to look into, of the item and of the uploads."""
    from core.explain.channel_phi import of_item, of_upload
    from core.recommenders.two_tower import TwoTower

    model, entries, row, on = pair.model, pair.entries, pair.row, pair.on
    if not isinstance(model, TwoTower):
        return
    world = pair.request.world
    known, scalers = engine.encoders(world), engine.scalers(world)
    fitted = {
        card.id for card in encoders.fittable()
    }  # these lie in the world; no door leads there
    uploads = {media.modality: media for media in pair.request.query.media}
    for column, modality in enumerate(MODALITIES):
        bit = 1 << CHANNELS.index(modality)
        heard = on & pair.visitor.channels & bit and bool(model.catalog.present[row, column])
        if not heard or modality not in known or known[modality] in fitted:
            continue
        encoder, scaler = encoders.named(known[modality], modality), scalers[modality]
        mine = model.catalog.features[modality][row]
        phi = of_item(model, pair.visitor, row, on, modality)
        for clean, share in _of_item(engine, world, pair.item, modality, language):
            yield Look(encoder, (clean,), phi, scaler, mine, "item", share)
        if modality in uploads:
            last = len(entries) - 1
            phi = of_upload(model, entries, last, row, on, modality)
            theirs, media = entries.features[modality][last], uploads[modality]
            frames = clips.frames_of(media)
            if frames is None:
                yield Look(encoder, (decode(media),), phi, scaler, theirs, "upload")
            else:
                weights, seconds = tuple(frames.weights.tolist()), frames.stretches
                pictures = frames.pictures
                yield Look(encoder, pictures, phi, scaler, theirs, "upload", 1.0, weights, seconds)


def _of_item(
    engine: Door, world: str, item: Item, modality: Modality, language: str
) -> Iterator[tuple[Clean, float]]:
    """Yield what the encoder got of an item, if it is there to show, and its share of the vector.

    An item's text vector is the mean over its languages.
    """
    if modality is Modality.TEXT:
        text = item.text(language).whole if item.texts else ""
        if text:
            yield Passage(text, language), 1 / len(item.texts)
    elif engine.shows(world):
        read = engine.picture if modality is Modality.IMAGE else engine.sound
        yield decode(Media(modality, read(world, item.id), item.id)), 1.0


def report_of(look: Look) -> PartsReport:
    """Measure the parts by the encoder's tokens: occlusion and integrated gradients."""
    from core.explain.attribution import integrated_gradients, occlusion

    parts, frame = _parts(look)
    without = occlusion(look.phi, parts, look.scaler, look.features)
    slopes = integrated_gradients(look.phi, parts, look.scaler, look.features)
    first = look.media[0]
    return PartsReport(
        modality=look.encoder.card.modality,
        of=look.of,
        phi=without.phi,
        baseline=slopes.baseline,
        occlusion_missing=without.missing,
        gradient_missing=slopes.missing,
        gap=without.gap,
        parts=tuple(
            Part(label, float(a), float(b), frame=at)
            for label, a, b, at in zip(
                parts.labels, without.values, slopes.values, frame, strict=True
            )
        ),
        text=first.text if isinstance(first, Passage) else "",
        frames=look.frames,
    )


def _parts(look: Look) -> tuple[Parts, list[int | None]]:
    """Return the parts of what is looked at, and in which frame each is."""
    from core.explain.parts import joined, mean_of, parts_of

    encoded = look.encoder.encode(look.media, tokens=True)
    if not look.frames:
        parts = parts_of(encoded, share=look.share)
        return parts, [None] * len(parts)
    frame: list[int | None] = [n for n, labels in enumerate(encoded.labels) for _ in labels]
    return joined(encoded, look.weights, mean_of(encoded.pooled, look.weights)), frame
