"""Which liked item or upload an item resembles most, in each modality."""

from __future__ import annotations

from dataclasses import dataclass

import torch

from core.recommenders.two_tower import Catalog, Entries
from core.types import CHANNELS, MODALITIES, Modality


@dataclass(frozen=True)
class Nearest:
    """The entry of a visitor that is nearest to an item in one modality; ``cosine`` of their features."""

    modality: Modality
    entry: int
    cosine: float


@torch.inference_mode()
def nearest(catalog: Catalog, entries: Entries, row: int) -> tuple[Nearest, ...]:
    """Return the nearest entry for every modality that the item and some entry have.

    The item itself is no evidence for itself: an entry that is the item is passed over.
    """
    found = []
    other = entries.rows != row
    uploads = ~entries.present[:, CHANNELS.index("behaviour")]
    for column, modality in enumerate(MODALITIES):
        there = entries.present[:, column] & (other | uploads)
        if not catalog.present[row, column] or not there.any():
            continue
        mine = catalog.features[modality][row]
        cosines = torch.cosine_similarity(entries.features[modality], mine[None], dim=1)
        best = int(cosines.masked_fill(~there, -torch.inf).argmax())
        found.append(Nearest(modality, best, float(cosines[best])))
    return tuple(found)
