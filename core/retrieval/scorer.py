"""A tower at work on items that lie outside of it: their vectors for an index, their exact logits and games.

Under the dot head the logit of an item that is heard by the coalition c is an inner product,

    u_c . (z_c - average_c) + popularity = [u_c; 1] . [z_c - average_c; popularity]

as long as z does not depend on the visitor. That is what makes an index possible at all.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, replace

import numpy as np
import torch
from numpy.typing import NDArray

from core.coalitions import COALITIONS
from core.explain.scoring import BEHAVIOUR, above, logits, members
from core.recommenders.tower import Tower
from core.recommenders.two_tower import Visitor
from core.retrieval.rows import Rows

Floats = NDArray[np.float32]

_LANES = 8
"""Widths are rounded up to a multiple of it: otherwise faiss compares number by number."""
_AT_ONCE = 20_000


class Scorer:
    """The item side of a tower without its tables of items: of those it keeps the averages.

    Parameters
    ----------
    tower : trained
    """

    def __init__(self, tower: Tower) -> None:
        state = dict(tower.state_dict())
        for table in ("liked.behaviour", "offered.behaviour"):
            state[table] = state[table].mean(0, keepdim=True)  # all that an average item needs
        if "popularity" in state:
            state["popularity"] = state["popularity"].mean()[None]
        with torch.random.fork_rng(devices=[]):
            self.tower = Tower(replace(tower.config, items=1)).eval()
        self.tower.load_state_dict(state)
        self.config = tower.config

    @property
    def linear(self) -> bool:
        """Whether logits are inner products with vectors that are the same for every visitor."""
        return self.config.head == "dot" and not self.tower.asks

    @property
    def dim(self) -> int:
        """Numbers in a vector of the index: the tower's width and one for popularity, rounded up."""
        return -(-(self.config.width + 1) // _LANES) * _LANES

    @torch.inference_mode()
    def vectors(self, rows: Rows, codes: NDArray[np.int64]) -> Floats:
        """Return [z - average; popularity; 0 ...] (N, dim) of items, each heard by its coalition (N,)."""
        out = np.zeros((len(rows), self.dim), np.float32)
        for start in range(0, len(rows), _AT_ONCE):
            some = slice(start, start + _AT_ONCE)
            x, code = torch.from_numpy(np.array(rows.channels[some])), torch.from_numpy(codes[some])
            out[some, : self.config.width] = above(self.tower, x[:0, 0], x, code).numpy()
            heard = members(code)[:, BEHAVIOUR].numpy()
            out[some, self.config.width] = rows.popular[some] * heard
        return out

    def queries(self, visitor: Visitor) -> Floats:
        """Return [u; 1; 0 ...] (coalitions, dim): what the vectors are multiplied with."""
        out = np.zeros((COALITIONS, self.dim), np.float32)
        out[:, : self.config.width] = visitor.vectors.numpy()
        out[:, self.config.width] = 1
        return out

    def scores(self, visitor: Visitor, rows: Rows, on: int) -> Floats:
        """Return the logits (N,) of items with the channels of ``on``; see :meth:`TwoTower.scores`."""
        return self._logits(visitor, rows, rows.has.astype(np.int64) & on & visitor.channels)

    def values(self, visitor: Visitor, rows: Rows, on: int) -> NDArray[np.float64]:
        """Return v(S) (coalitions, N) of items; see :meth:`TwoTower.values`."""
        codes = np.arange(COALITIONS)[:, None] & (rows.has.astype(np.int64) & on & visitor.channels)
        every = rows.take(np.tile(np.arange(len(rows)), COALITIONS))
        flat = self._logits(visitor, every, codes.ravel())
        return flat.reshape(codes.shape).astype(np.float64)

    @torch.inference_mode()
    def _logits(self, visitor: Visitor, rows: Rows, codes: NDArray[np.int64]) -> Floats:
        out = np.empty(len(rows), np.float32)
        for start in range(0, len(rows), _AT_ONCE):
            some = slice(start, start + _AT_ONCE)
            x, code = torch.from_numpy(np.array(rows.channels[some])), torch.from_numpy(codes[some])
            popular = torch.from_numpy(np.array(rows.popular[some]))
            if self.config.head != "dot":
                popular = torch.zeros_like(popular)
            out[some] = logits(self.tower, visitor.vectors[code], x, code, popular).numpy()
        return out


def fingerprint(tower: Tower) -> str:
    """Return what tells the item sides of two towers apart, in hexadecimal."""
    seen = hashlib.sha256(json.dumps(asdict(tower.config), sort_keys=True).encode())
    for name, value in sorted(tower.state_dict().items()):
        if not name.startswith(("liked.", "pool.", "mix.")):
            seen.update(name.encode())
            seen.update(np.ascontiguousarray(value.numpy()).data)
    return seen.hexdigest()
