"""A trained two-tower at work: visitors in, logits and coalition values out."""

from __future__ import annotations

import json
import threading
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from safetensors import safe_open
from safetensors.torch import save
from torch import Tensor

from core.coalitions import COALITIONS, MEMBERS, pack
from core.recommenders.tower import Tower, TowerConfig
from core.types import CHANNELS, Channel

_BEHAVIOUR = CHANNELS.index(Channel.BEHAVIOUR)


@dataclass(frozen=True, eq=False)
class Catalog:
    """What a tower reads of items: features modality -> (I, P_m), and presence (I, C) bool."""

    features: Mapping[str, Tensor]
    present: Tensor

    def __len__(self) -> int:
        return len(self.present)


@dataclass(frozen=True, eq=False)
class Entries:
    """What a visitor is made of: L liked items and uploads.

    ``features`` modality -> (L, P_m); ``rows`` (L,) rows of the catalog, any valid one for an upload;
    ``present`` (L, C) bool, without behaviour for an upload.
    """

    features: Mapping[str, Tensor]
    rows: Tensor
    present: Tensor

    @classmethod
    def liked(cls, catalog: Catalog, rows: NDArray[np.int64]) -> Entries:
        """Return the entries of liked items of the catalog."""
        index = torch.from_numpy(np.asarray(rows, dtype=np.int64))
        return cls(
            {m: x[index] for m, x in catalog.features.items()}, index, catalog.present[index]
        )

    def __add__(self, other: Entries) -> Entries:
        return Entries(
            {m: torch.cat([x, other.features[m]]) for m, x in self.features.items()},
            torch.cat([self.rows, other.rows]),
            torch.cat([self.present, other.present]),
        )

    def __len__(self) -> int:
        return len(self.present)


@dataclass(frozen=True, eq=False)
class Visitor:
    """A visitor under every coalition: ``vectors`` (16, width); ``channels`` is the set he has at all."""

    vectors: Tensor
    channels: int


class TwoTower:
    """Scores items for visitors and evaluates every coalition of channels.

    It can score items never seen in training: their behaviour is absent.

    Parameters
    ----------
    tower : trained
    catalog : the items it recommends
    """

    scores_unseen = True

    def __init__(self, tower: Tower, catalog: Catalog) -> None:
        self.tower = tower.eval()
        self.catalog = catalog
        self._members = torch.from_numpy(MEMBERS)
        self._has = pack(catalog.present.numpy())
        self._making = threading.Lock()
        self._table: Tensor | None = None

    @property
    def parameters(self) -> int:
        """Number of trained numbers."""
        return sum(p.numel() for p in self.tower.parameters())

    @torch.inference_mode()
    def visitor(self, entries: Entries) -> Visitor:
        """Pool what a visitor likes and brought, under every coalition."""
        side = self.tower.liked
        x = side.embed(entries.features, entries.rows, entries.present)
        z = side.under(x, entries.present, self._members)
        everyone = torch.ones(1, len(entries), dtype=torch.bool)
        channels = int(np.bitwise_or.reduce(pack(entries.present.numpy())))
        return Visitor(self.tower.visitor(z, everyone)[:, 0], channels)

    @torch.inference_mode()
    def scores(self, visitor: Visitor, on: int) -> NDArray[np.float32]:
        """Return the logits (I,) of the whole catalog with the channels of coalition ``on``."""
        rows = np.arange(len(self.catalog))
        return self._logits(visitor, rows, self._has & on & visitor.channels)

    @torch.inference_mode()
    def values(self, visitor: Visitor, rows: NDArray[np.int64], on: int) -> NDArray[np.float64]:
        """Return v(S) (coalitions, K) of some items, every S restricted to what is on and there.

        Channels that are off, or that the item or the visitor lacks, are null players.
        """
        codes = np.arange(COALITIONS)[:, None] & (self._has[rows] & on & visitor.channels)
        flat = self._logits(visitor, np.tile(rows, COALITIONS), codes.ravel())
        return flat.reshape(codes.shape).astype(np.float64)

    @torch.inference_mode()
    def gates(
        self, visitor: Visitor, rows: NDArray[np.int64], on: int
    ) -> NDArray[np.float32] | None:
        """Return the fusion's own weights (K, C) for some items, or None where it has none."""
        codes = self._has[rows] & on & visitor.channels
        fused = self._fuse(visitor, rows, codes)
        return None if fused.weights is None else fused.weights.numpy()

    def _fuse(self, visitor: Visitor, rows: NDArray[np.int64], codes: NDArray[np.int64]):  # type: ignore[no-untyped-def]
        index = torch.from_numpy(rows)
        side = self.tower.offered
        features = {m: f[index] for m, f in self.catalog.features.items()}
        shown = self._members[codes]
        x = side.embed(features, index, shown)
        return side.fuse(x, shown, visitor.vectors[codes] if self.tower.asks else None)

    def _logits(
        self, visitor: Visitor, rows: NDArray[np.int64], codes: NDArray[np.int64]
    ) -> NDArray[np.float32]:
        """Return the logits (K,) of pairs of an item and a coalition that it and the visitor have."""
        code, row = torch.from_numpy(codes), torch.from_numpy(rows)
        u = visitor.vectors[code]
        z = self._fuse(visitor, rows, codes).z if self.tower.asks else self._offered()[code, row]
        if self.tower.config.head != "dot":
            return np.asarray(self.tower.judge(u, z).numpy())
        average = self.tower.offered.average().expand(COALITIONS, -1, -1)
        asks = visitor.vectors if self.tower.asks else None
        middle = self.tower.offered.fuse(average, self._members, asks).z
        popular = self.tower.popular(row) * self._members[code, _BEHAVIOUR]
        return np.asarray(((u * (z - middle[code])).sum(-1) + popular).numpy())

    def _offered(self) -> Tensor:
        """Return every item under every coalition (16, I, width), made once."""
        with self._making:
            if self._table is None:
                side = self.tower.offered
                everyone = torch.arange(len(self.catalog))
                x = side.embed(self.catalog.features, everyone, self.catalog.present)
                self._table = torch.cat(
                    [side.under(x, self.catalog.present, m[None]) for m in self._members]
                )
            return self._table

    def save(self, path: Path, **notes: str) -> None:
        """Write the weights at half precision, with the full configuration, as safetensors."""
        config = asdict(self.tower.config)
        state = {k: v.half().contiguous() for k, v in self.tower.state_dict().items()}
        path.write_bytes(save(state, metadata={"config": json.dumps(config), **notes}))

    @classmethod
    def load(cls, path: Path, catalog: Catalog) -> TwoTower:
        """Read what :meth:`save` wrote."""
        with safe_open(path, "pt") as file:
            config = TowerConfig(**json.loads(file.metadata()["config"]))
            tower = Tower(config)
            tower.load_state_dict({k: file.get_tensor(k).float() for k in file.keys()})  # noqa: SIM118
        return cls(tower, catalog)
