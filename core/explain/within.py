"""The parts of an item and of what a visitor brought, each with what it did to its modality's phi."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from core import encoders
from core.encoders.base import TokenLabel
from core.media import decode
from core.types import CHANNELS, MODALITIES, Clean, Item, Media, Modality, Passage, Request

if TYPE_CHECKING:
    from torch import Tensor

    from core.explain.channel_phi import Phi
    from core.recommenders.features import Scaler
    from core.recommenders.neighbours import Neighbours
    from core.recommenders.two_tower import Entries, TwoTower, Visitor


class MediaDoor(Protocol):
    """Where media, encoders and scalers come from; see :class:`core.explain.report.Door`."""

    def scalers(self, world: str) -> Mapping[Modality, Scaler]:
        """Return what turns encoder vectors into features."""

    def encoders(self, world: str) -> Mapping[Modality, str]:
        """Return the ids of the encoders."""

    def shows(self, world: str) -> bool:
        """Return whether items have media."""

    def picture(self, world: str, id: str) -> bytes:
        """Return an item's picture."""

    def sound(self, world: str, id: str) -> bytes:
        """Return an item's sound."""


@dataclass(frozen=True)
class Part:
    """A patch, phrase or stretch of seconds.

    ``occlusion`` is what phi loses without it, ``gradient`` its integrated gradient; both in logits.
    """

    label: TokenLabel
    occlusion: float
    gradient: float


@dataclass(frozen=True)
class PartsReport:
    """What one modality of the item, or of the visitor's upload, consists of.

    Attributes
    ----------
    of : ``item`` or ``upload``
    phi : the contribution that the parts share
    baseline : phi when every part is the average item's: gradients sum to ``phi - baseline``
    occlusion_missing, gradient_missing : by how much the values do not sum to what they should
    gap : how far the pooled parts are from the encoder's own vector, relative to its length; where it is
        large, the encoder does more than take a mean and the values are about a stand-in
    text : the text that spans point into, otherwise empty
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


def within(
    engine: MediaDoor,
    request: Request,
    model: TwoTower | Neighbours,
    entries: Entries,
    visitor: Visitor,
    item: Item,
    row: int,
    on: int,
    language: str,
) -> tuple[PartsReport, ...]:
    """Look within every modality that counts for this pair; nothing where likeness alone recommends."""
    from core.explain.channel_phi import of_item, of_upload
    from core.recommenders.two_tower import TwoTower

    if not isinstance(model, TwoTower):
        return ()
    known, scalers = engine.encoders(request.world), engine.scalers(request.world)
    uploads = {media.modality: media for media in request.query.media}
    out = []
    for column, modality in enumerate(MODALITIES):
        bit = 1 << CHANNELS.index(modality)
        heard = on & visitor.channels & bit and bool(model.catalog.present[row, column])
        if not heard or modality not in known:
            continue
        encoder = encoders.get(known[modality])
        mine = model.catalog.features[modality][row]
        phi = of_item(model, visitor, row, on, modality)
        for clean, share in _of_item(engine, request.world, item, modality, language):
            out.append(_look(encoder, clean, share, phi, scalers[modality], mine, "item"))
        if modality in uploads:
            last = len(entries) - 1
            theirs = entries.features[modality][last]
            phi = of_upload(model, entries, last, row, on, modality)
            clean = decode(uploads[modality])
            out.append(_look(encoder, clean, 1.0, phi, scalers[modality], theirs, "upload"))
    return tuple(out)


def _of_item(
    engine: MediaDoor, world: str, item: Item, modality: Modality, language: str
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


def _look(
    encoder: encoders.Encoder,
    clean: Clean,
    share: float,
    phi: Phi,
    scaler: Scaler,
    features: Tensor,
    of: str,
) -> PartsReport:
    from core.explain.attribution import integrated_gradients, occlusion
    from core.explain.parts import parts_of

    parts = parts_of(encoder.encode([clean], tokens=True), share=share)
    without = occlusion(phi, parts, scaler, features)
    slopes = integrated_gradients(phi, parts, scaler, features)
    return PartsReport(
        modality=encoder.card.modality,
        of=of,
        phi=without.phi,
        baseline=slopes.baseline,
        occlusion_missing=without.missing,
        gradient_missing=slopes.missing,
        gap=without.gap,
        parts=tuple(
            Part(label, float(a), float(b))
            for label, a, b in zip(parts.labels, without.values, slopes.values, strict=True)
        ),
        text=clean.text if isinstance(clean, Passage) else "",
    )
