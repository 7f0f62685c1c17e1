"""Other people's code: cornac's BPR and VBPR against ours on the same interactions, by our evaluator."""

from __future__ import annotations

import argparse
import sys
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping
from importlib import import_module
from importlib.util import find_spec
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from core.errors import TriadError
from core.evaluation.loading import load
from core.evaluation.measure import measure
from core.evaluation.partitions import Parts, splitter, usual_split
from core.evaluation.significance import paired_interval
from core.recommenders.base import create_recommender
from core.recommenders.inputs import Inputs, prepare
from core.types import MODALITIES

K: Final = 20
WIDTH: Final = 64
BPR: Final[Mapping[str, Any]] = {"max_iter": 200, "learning_rate": 0.05, "lambda_reg": 0.01}
"""Of cornac: the best by validation on Last.fm-2K of six that were tried (its own defaults give .18)."""
VBPR: Final[Mapping[str, Any]] = {"n_epochs": 10, "learning_rate": 0.001, "lambda_e": 1.0}
"""Of cornac: the best by validation of five; at its own learning rate it overfits from the fifth epoch on."""


class Vectors:
    """What cornac learned, as a recommender: the score is a dot product."""

    def __init__(self, users: NDArray[np.float32], items: NDArray[np.float32]) -> None:
        self.users, self.items = users, items

    def fit(self, *_: Any, **__: Any) -> Vectors:
        """Learn nothing more."""
        return self

    def scores(self, users: NDArray[np.int64], history: csr_array) -> NDArray[np.float32]:
        """Return (B, I)."""
        return np.asarray(self.users[users] @ self.items.T, dtype=np.float32)


def peers(args: argparse.Namespace) -> dict[str, Any]:
    """Cornac's BPR and VBPR against ours: NDCG@20, Recall@20, seconds of processor time.

    ``args.world`` is a world or a folder, as for ``evaluate``. Everything runs on one thread.

    Raises
    ------
    TriadError
        ``no_cornac``
    """
    if find_spec("cornac") is None:
        raise TriadError("no_cornac")
    data = load(args.world)
    parts = splitter(usual_split(data))(data, 0)
    there = [m for m in MODALITIES if m in data.vectors]
    present = data.present[:, [MODALITIES.index(m) for m in there]]
    inputs = prepare(parts.train, {str(m): data.vectors[m] for m in there}, present, parts.valid)

    def ours(key: str) -> Callable[[int], Any]:
        return lambda seed: create_recommender(key, width=WIDTH).fit(
            inputs.train, inputs.features, present, valid=parts.valid, seed=seed
        )

    rivals = {
        "bpr": (lambda seed: cornac_bpr(inputs, seed), ours("bpr")),
        "vbpr": (lambda seed: cornac_vbpr(inputs, seed), ours("vbpr")),
    }
    rows: dict[str, Any] = {}
    for key, (theirs, own) in rivals.items():
        theirs_found = [_asked(theirs, parts, seed) for seed in range(args.seeds)]
        own_found = [_asked(own, parts, seed) for seed in range(args.seeds)]
        gained = np.mean([o[1] for o in own_found], 0) - np.mean([t[1] for t in theirs_found], 0)
        low, high = paired_interval(gained)
        rows[f"{key} of cornac"] = _row(theirs_found)
        rows[f"{key} of ours"] = _row(own_found)
        rows[f"{key}, ours to cornac's"] = {
            "ndcg": f"{gained.mean():+.4f} ({low:+.4f} to {high:+.4f})",
            "seconds": round(_seconds(own_found) / _seconds(theirs_found), 2),
        }
        print(key, rows, file=sys.stderr, flush=True)
    return rows


def _asked(make: Callable[[int], Any], parts: Parts, seed: int) -> tuple[float, Any, float]:
    """Return the processor seconds of training, NDCG@20 (n,) and the mean Recall@20."""
    started = time.process_time()
    model = make(seed)
    seconds = time.process_time() - started
    found = measure(model, parts.train, parts.known, parts.test, K, seed=seed)
    return seconds, found.values[f"ndcg@{K}"], float(found.values[f"recall@{K}"].mean())


def _seconds(found: list[tuple[float, Any, float]]) -> float:
    return float(np.mean([seconds for seconds, _, _ in found]))


def _row(found: list[tuple[float, Any, float]]) -> dict[str, float]:
    return {
        f"recall@{K}": round(float(np.mean([recall for _, _, recall in found])), 4),
        f"ndcg@{K}": round(float(np.mean([ndcg.mean() for _, ndcg, _ in found])), 4),
        "seconds": round(_seconds(found), 1),
    }


def cornac_bpr(inputs: Inputs, seed: int) -> Vectors:
    """Fit cornac's BPR."""
    made = import_module("cornac.models").BPR(k=WIDTH, seed=seed + 1, **BPR)
    model = made.fit(_dataset(inputs))
    one = np.ones((len(model.u_factors), 1), np.float32)
    return Vectors(
        np.hstack([model.u_factors, one]),
        np.hstack([model.i_factors, np.asarray(model.i_biases)[:, None]]),
    )


def cornac_vbpr(inputs: Inputs, seed: int) -> Vectors:
    """Fit cornac's VBPR on the features that ours reads."""
    data = _dataset(inputs)
    shown = import_module("cornac.data").ImageModality(
        features=inputs.stacked(), ids=list(range(inputs.items)), normalized=False
    )
    data.add_modalities(item_image=shown.build(data.iid_map))
    made = import_module("cornac.models").VBPR(
        k=WIDTH, k2=WIDTH, seed=seed + 1, verbose=False, **VBPR
    )
    model = made.fit(data)
    appeal = (np.asarray(model.beta_item) + model.visual_bias)[:, None]
    one = np.ones((len(model.gamma_user), 1), np.float32)
    return Vectors(
        np.hstack([model.gamma_user, model.theta_user, one]),
        np.hstack([model.gamma_item, model.theta_item, appeal]),
    )


def _dataset(inputs: Inputs) -> Any:
    """Return the training interactions as cornac has them, with our rows as its indices."""
    users, items = (axis.tolist() for axis in inputs.train.tocoo().coords)
    return import_module("cornac.data").Dataset.build(
        list(zip(users, items, [1.0] * len(users), strict=True)),
        global_uid_map=OrderedDict((row, row) for row in range(inputs.train.shape[0])),
        global_iid_map=OrderedDict((row, row) for row in range(inputs.items)),
        seed=1,
    )
