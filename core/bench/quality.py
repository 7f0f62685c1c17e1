"""Whether fusion beats each modality alone."""

from __future__ import annotations

import argparse
import multiprocessing
import os
import statistics
import sys
from concurrent.futures import ProcessPoolExecutor
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from core.build import as_worker
from core.catalog import bundle as bundles
from core.evaluation.splits import split as split_of
from core.methods import catalog_of, fit_scalers, new_tower
from core.resources import ASSETS, data_dir
from core.training.evaluate import held_out_ndcg
from core.training.train import TrainConfig, ndcg_at, train
from core.types import CHANNELS, MODALITIES, Channel, Method

SETS: dict[str, tuple[Channel, ...]] = {
    "image alone": (Channel.IMAGE,),
    "text alone": (Channel.TEXT,),
    "audio alone": (Channel.AUDIO,),
    "behaviour alone": (Channel.BEHAVIOUR,),
    "image + text + audio": tuple(Channel(m) for m in MODALITIES),
    "everything": CHANNELS,
}


def quality(args: argparse.Namespace) -> dict[str, Any]:
    """Train each set of channels on its own, over several seeds; NDCG@10 on held-out interactions."""
    dataset = bundles.Bundle(bundles.find(args.world, ASSETS, data_dir())).dataset()
    split = split_of(dataset)
    known = split.train + split.valid
    rows: dict[str, Any] = {
        "popularity": {
            "ndcg@10": _fixed(np.tile(known.sum(0), (len(known), 1)), known, split.test)
        },
    }
    if dataset.truth is not None:
        rows["oracle"] = {"ndcg@10": _fixed(dataset.truth.utility, known, split.test)}
    every = [(name, seed) for name in SETS for seed in range(args.seeds)]
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(os.cpu_count(), context, as_worker) as pool:
        reached = list(pool.map(_reached, [args.world] * len(every), *zip(*every, strict=True)))
    for name in SETS:
        found = [x for (other, _), x in zip(every, reached, strict=True) if other == name]
        rows[name] = {
            "ndcg@10": round(statistics.mean(found), 4),
            "sd": round(statistics.stdev(found), 4) if len(found) > 1 else None,
            "seeds": [round(x, 4) for x in found],
        }
    return rows


def _reached(world: str, name: str, seed: int) -> float:
    """Train a set of channels from one seed and return its NDCG@10."""
    dataset = bundles.Bundle(bundles.find(world, ASSETS, data_dir())).dataset()
    catalog, split = catalog_of(dataset, fit_scalers(dataset)), split_of(dataset)
    tower = new_tower(Method(), catalog, seed=seed)
    config = TrainConfig(channels=SETS[name], seed=seed)
    for _ in train(tower, catalog, split.train, split.valid, config):
        pass
    value = held_out_ndcg(tower, catalog, split, SETS[name])
    print(f"{name}, seed {seed}: {value:.4f}", file=sys.stderr, flush=True)
    return value


def _fixed(
    score: NDArray[np.float32], known: NDArray[np.float32], wanted: NDArray[np.float32]
) -> float:
    masked = torch.from_numpy(np.where(known > 0, -np.inf, score).astype(np.float32))
    target = torch.from_numpy(wanted > 0)
    rows = target.any(dim=1)
    return round(float(ndcg_at(masked[rows], target[rows]).mean()), 4)
