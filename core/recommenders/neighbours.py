"""Recommending by likeness alone, for a catalog in which nobody has taken anything yet."""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray

from core.coalitions import COALITIONS, MEMBERS, pack
from core.recommenders.two_tower import Catalog, Entries, Visitor
from core.types import CHANNELS, Channel

_MODALITIES = tuple(c for c in CHANNELS if c is not Channel.BEHAVIOUR)


class Neighbours:
    """An item's score is the sum over modalities of its cosine to what the visitor likes and brought.

    Nothing is trained. The score is a sum, so a modality's contribution is its own cosine.

    Parameters
    ----------
    catalog : the items it recommends
    """

    scores_unseen = True
    parameters = 0

    def __init__(self, catalog: Catalog) -> None:
        self.catalog = catalog
        self._has = pack(catalog.present.numpy())
        self._unit = {str(c): _unit(catalog.features[c]) for c in _MODALITIES}

    def visitor(self, entries: Entries) -> Visitor:
        """Average what a visitor likes and brought, each modality on its own.

        Returns
        -------
        ``vectors`` is (1, sum of the modalities' widths)
        """
        parts = []
        for column, channel in enumerate(CHANNELS):
            if channel is Channel.BEHAVIOUR:
                continue
            there = entries.present[:, column]
            liked = _unit(entries.features[channel])[there]
            mean = liked.mean(0) if len(liked) else torch.zeros(liked.shape[1])
            parts.append(_unit(mean[None])[0])
        channels = int(np.bitwise_or.reduce(pack(entries.present.numpy())))
        return Visitor(torch.cat(parts)[None], channels)

    def scores(self, visitor: Visitor, on: int) -> NDArray[np.float32]:
        """Return the scores (I,) of the whole catalog with the channels of coalition ``on``."""
        heard = MEMBERS[self._has & on & visitor.channels]
        return np.asarray((self._cosines(visitor) * heard).sum(1), dtype=np.float32)

    def values(self, visitor: Visitor, rows: NDArray[np.int64], on: int) -> NDArray[np.float64]:
        """Return v(S) (coalitions, K) of some items; see :meth:`TwoTower.values`."""
        heard = MEMBERS[np.arange(COALITIONS)[:, None] & (self._has[rows] & on & visitor.channels)]
        return np.asarray((self._cosines(visitor)[rows] * heard).sum(2), dtype=np.float64)

    def gates(self, visitor: Visitor, rows: NDArray[np.int64], on: int) -> None:
        """Return None: there are no gates."""

    def _cosines(self, visitor: Visitor) -> NDArray[np.float64]:
        """Return (I, C): every item's cosine to the visitor, 0 for behaviour."""
        out = np.zeros((len(self.catalog), len(CHANNELS)))
        start = 0
        for column, channel in enumerate(CHANNELS):
            if channel is Channel.BEHAVIOUR:
                continue
            unit = self._unit[channel]
            mine = visitor.vectors[0, start : start + unit.shape[1]]
            out[:, column] = (unit @ mine).numpy()
            start += unit.shape[1]
        return out


def _unit(x: torch.Tensor) -> torch.Tensor:
    """Scale the rows of x (B, P) to length 1; rows of zeros stay."""
    return torch.nn.functional.normalize(x, dim=1)
