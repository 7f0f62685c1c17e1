"""Items on their way into an index."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from core.coalitions import pack
from core.recommenders.tower import Tower
from core.recommenders.two_tower import TwoTower
from core.types import CHANNELS, Channel


@dataclass(frozen=True, eq=False)
class Stock:
    """B items.

    Attributes
    ----------
    ids : (B,) the caller's numbers, from 0 on, each once
    channels : (B, C, width), from :meth:`Side.embed` of the tower's item side
    has : (B,) the coalition of the channels that are there
    popular : (B,) how much more popular than average, in logits; 0 where the head knows no popularity
    categories : B names
    """

    ids: NDArray[np.int64]
    channels: NDArray[np.float32]
    has: NDArray[np.int64]
    popular: NDArray[np.float32]
    categories: Sequence[str]


@torch.inference_mode()
def stocked(
    model: TwoTower, categories: Sequence[str] | None = None, *, block: int = 20_000
) -> Iterator[Stock]:
    """Yield the catalog of a model, some items at a time; an item's id is its row.

    Parameters
    ----------
    categories : of every item; without, they have none
    """
    tower, catalog = model.tower, model.catalog
    for start in range(0, len(catalog), block):
        rows = torch.arange(start, min(start + block, len(catalog)))
        features = {m: x[rows] for m, x in catalog.features.items()}
        present = catalog.present[rows]
        x = tower.offered.embed(features, rows, present)
        knows = tower.config.head == "dot"
        popular = tower.popular(rows) if knows else torch.zeros(len(rows))
        index = rows.numpy()
        names = [""] * len(rows) if categories is None else [categories[int(n)] for n in index]
        yield Stock(index, x.numpy(), pack(present.numpy()), popular.numpy(), names)


@torch.inference_mode()
def newcomers(
    tower: Tower,
    ids: NDArray[np.int64],
    features: Mapping[str, Tensor],
    present: Tensor,
    categories: Sequence[str] | None = None,
) -> Stock:
    """Return items that the tower was not trained with: nobody has met them, so their behaviour is absent.

    Parameters
    ----------
    features : modality -> (B, P_m)
    present : (B, C) bool; what it says of behaviour is not looked at
    """
    there = present.clone()
    there[:, CHANNELS.index(Channel.BEHAVIOUR)] = False
    x = tower.offered.embed(features, torch.zeros(len(ids), dtype=torch.int64), there)
    return Stock(
        np.asarray(ids, dtype=np.int64),
        x.numpy(),
        pack(there.numpy()),
        np.zeros(len(ids), np.float32),
        [""] * len(ids) if categories is None else list(categories),
    )
