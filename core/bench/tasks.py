"""What further tasks change: likes alone, with ratings, with categories, with both."""

from __future__ import annotations

import argparse
import multiprocessing
import os
import sys
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from typing import Any, Final

import numpy as np
import torch
from numpy.typing import NDArray
from scipy.stats import rankdata

from core.build import as_worker
from core.catalog import bundle as bundles
from core.evaluation.metrics import list_metrics, top_k
from core.evaluation.significance import Figure, compare
from core.evaluation.splits import split as split_of
from core.methods import catalog_of, fit_scalers, new_tower, train_config
from core.resources import ASSETS, data_dir
from core.training.tasks import Labels, Tasks, train_tasks
from core.training.train import TrainConfig, full_scores, train
from core.types import MODALITIES, Method

VARIANTS: Final[dict[str, tuple[str, ...]]] = {
    "likes": (),
    "likes + rating": ("rating",),
    "likes + category": ("category",),
    "likes + rating + category": ("rating", "category"),
}
HELD: Final = 0.2
"""Share of items whose category no head is shown, so that it can be asked of them."""
QUICK_EPOCHS: Final = 10
K: Final = 10

Reached = dict[str, Any]


def tasks(args: argparse.Namespace) -> dict[str, Any]:
    """Train with and without rating and category heads, over several seeds; NDCG@10, paired by visitor."""
    epochs = QUICK_EPOCHS if args.quick else TrainConfig().epochs
    every = [(name, seed) for name in VARIANTS for seed in range(args.seeds)]
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(os.cpu_count(), context, as_worker) as pool:
        jobs = [(args.world, epochs, *each) for each in every]
        found = dict(zip(every, pool.map(_reached, *zip(*jobs, strict=True)), strict=True))
    return summary(args.world, args.seeds, found)


def summary(world: str, seeds: int, found: dict[tuple[str, int], Reached]) -> dict[str, Any]:
    """Return a row for each variant, and for each but the first how far its NDCG@10 is above the first's."""
    plain = next(iter(VARIANTS))
    rows: dict[str, Any] = {}
    for name in VARIANTS:
        own = [found[name, seed] for seed in range(seeds)]
        rows[name] = {key: _figure([each[key] for each in own]) for key in own[0] if key != "ndcg"}
        ndcg = [float(np.nanmean(each["ndcg"])) for each in own]
        rows[name] = {"ndcg@10": _figure(ndcg), **rows[name]}
    values = {name: np.stack([found[name, s]["ndcg"] for s in range(seeds)]) for name in VARIANTS}
    for pair in compare("ndcg@10", values):
        if pair.first == plain:  # the difference is of the first above the second
            rows[f"{pair.second}, above likes"] = {
                "difference": round(-pair.difference, 4),
                "95 %": [round(-pair.high, 4), round(-pair.low, 4)],
                "p, Holm over all pairs": round(pair.p_holm, 4),
                "visitors": pair.users,
            }
    labels = "simulated" if _dataset(world).simulated else "people's"
    return {"ratings": labels, "seeds": seeds, **rows}


def _reached(world: str, epochs: int, name: str, seed: int) -> Reached:
    """Train one variant from one seed; return NDCG@10 (U,) and what the heads say of what is held out."""
    dataset = _dataset(world)
    catalog, split = catalog_of(dataset, fit_scalers(dataset)), split_of(dataset)
    method = Method()
    config = replace(train_config(method, TrainConfig(seed=seed)), epochs=epochs)
    tower = new_tower(method, catalog, seed=seed)
    full = Labels.of(dataset, split.train)
    held = torch.from_numpy(np.random.default_rng([seed, 0xCA7]).random(len(catalog)) < HELD)
    labels = replace(full, category=torch.where(held, -1, full.category))
    on = tuple(task for task in VARIANTS[name] if task in full.tasks())
    heads = Tasks(tower.config.width, labels, on, seed=seed)
    learn = (
        train_tasks(tower, catalog, split.train, split.valid, heads, config)
        if heads.on
        else train(tower, catalog, split.train, split.valid, config)
    )
    for _ in learn:
        pass
    known = torch.from_numpy(split.train + split.valid > 0)
    scores = full_scores(tower, catalog, known).numpy()
    lot = np.random.default_rng(seed).permutation(len(catalog))
    top = top_k(scores, known.numpy(), K, lot)
    rated = np.where(split.test > 0, _ratings(dataset, split.test.shape), 0)
    found: Reached = {
        "ndcg": list_metrics(top, split.test > 0)[f"ndcg@{K}"],
        "ratings in order, by score": in_order(scores, rated),
    }
    if "rating" in heads.on:
        guess = heads.foretold(tower, catalog, known).numpy()
        mean = float(full.rating[full.rating > 0].double().mean())
        found |= {
            "ratings in order, by head": in_order(guess, rated),
            "rating, mean absolute error": float(np.abs(guess - rated)[rated > 0].mean()),
            "the same of the mean rating": float(np.abs(mean - rated)[rated > 0].mean()),
        }
    if "category" in heads.on:
        asked = held & catalog.present[:, : len(MODALITIES)].any(1)
        with torch.no_grad():
            right = heads.category(tower, catalog).argmax(1) == full.category
        found["category of held-out items, right"] = float(right[asked].double().mean())
    found |= {f"weight of {task}": weight for task, weight in heads.weights().items() if heads.on}
    shown = {k: round(v, 3) for k, v in found.items() if k != "ndcg"}
    print(
        name, seed, round(float(np.nanmean(found["ndcg"])), 4), shown, file=sys.stderr, flush=True
    )
    return found


def in_order(scores: NDArray[np.float32], rated: NDArray[np.int64]) -> float:
    """Return how often, of two items that a visitor rated differently, the better one has the higher score.

    ``scores`` and ``rated`` are (U, I), 0 where not rated. Equal scores count half; 0.5 is chance.
    """
    right, pairs = 0.0, 0
    for score, rating in zip(scores, rated, strict=True):
        s, r = score[rating > 0], rating[rating > 0]
        better = r[:, None] > r
        place = rankdata(s)
        right += float(np.where(better, (np.sign(place[:, None] - place) + 1) / 2, 0).sum())
        pairs += int(better.sum())
    return right / max(pairs, 1)


def _ratings(dataset: Any, shape: tuple[int, int]) -> NDArray[np.int64]:
    rating = np.zeros(shape, dtype=np.int64)
    rating[dataset.interactions.user, dataset.interactions.item] = dataset.interactions.rating
    return rating


def _dataset(world: str) -> Any:
    return bundles.Bundle(bundles.find(world, ASSETS, data_dir())).dataset()


def _figure(values: list[float]) -> str:
    figure = Figure.of(values)
    if figure is None:
        return "-"
    return f"{figure.mean:.4f}" + (f" ± {figure.sd:.4f}" if figure.sd is not None else "")
