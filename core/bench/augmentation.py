"""Whether augmented views of the items help: the ranking, and what can be read off the vectors."""

from __future__ import annotations

import argparse
import multiprocessing
import os
import statistics
import sys
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import torch
from numpy.typing import NDArray

from core.augmented import item_views
from core.build import as_worker, train_method
from core.catalog import bundle as bundles
from core.catalog import worlds
from core.catalog.dataset import Dataset
from core.coalitions import MEMBERS, coalition
from core.evaluation.splits import split as split_of
from core.methods import catalog_of, fit_scalers
from core.recommenders.two_tower import Catalog, TwoTower
from core.resources import ASSETS, data_dir
from core.training.evaluate import held_out_ndcg
from core.training.train import TrainConfig
from core.types import MODALITIES, Method, Modality

VIEWS: Final = 4
"""K: views of an item that training draws from, beside the clean one."""

Floats = NDArray[np.float32]
Labels = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Material:
    """A world with its views.

    ``views`` are modality -> (1 + K + 1, I, P): the clean features, K views to train on, and one that no
    training sees. ``labels`` are modality -> (I,), each modality's main factor.
    """

    dataset: Dataset
    catalog: Catalog
    views: dict[str, torch.Tensor]
    labels: dict[str, Labels]


def augmentation(args: argparse.Namespace) -> dict[str, Any]:
    """Train with and without augmented views, over several seeds; NDCG@10, and linear probes.

    Vectors of views are kept in the cache folder, so that a run that was stopped goes on.
    """
    context = multiprocessing.get_context("spawn")
    every = [(k, seed) for k in (0, VIEWS) for seed in range(args.seeds)]
    with ProcessPoolExecutor(os.cpu_count(), context, as_worker) as pool:
        list(pool.map(_views, [args.world] * len(MODALITIES), MODALITIES))
        reached = list(pool.map(_reached, [args.world] * len(every), *zip(*every, strict=True)))
    rows: dict[str, Any] = {}
    for k in (0, VIEWS):
        found = [x for (other, _), x in zip(every, reached, strict=True) if other == k]
        rows[f"training with {k} views"] = {name: _over(found, name) for name in found[0]}
    return rows | _probes(material(args.world))


def material(world: str) -> Material:
    """Return a world and its views, which are read from the cache where they are there."""
    bundle = bundles.Bundle(bundles.find(world, ASSETS, data_dir()))
    dataset, maker, plans = bundle.dataset(), worlds.create(world), bundle.plans()
    scalers = fit_scalers(dataset)
    catalog = catalog_of(dataset, scalers)
    views, labels = {}, {}
    for modality in MODALITIES:
        augmented = [torch.from_numpy(scalers[modality](x)) for x in _views(world, modality)]
        views[str(modality)] = torch.stack([catalog.features[modality], *augmented])
        factor = maker.main(modality).name
        labels[str(modality)] = np.array([plans[i.id].values[factor] for i in dataset.items])
    return Material(dataset, catalog, views, labels)


def _views(world: str, modality: Modality) -> Floats:
    """Return the vectors (K + 1, I, D): one view more than training gets to see."""
    return item_views(world, modality, VIEWS + 1, _say)


def _say(words: str) -> None:
    print(words, file=sys.stderr, flush=True)


def _reached(world: str, k: int, seed: int) -> dict[str, float]:
    """Train from one seed; return what was reached."""
    with_views = material(world)
    dataset, catalog = with_views.dataset, with_views.catalog
    drawn = {m: x[: k + 1] for m, x in with_views.views.items()} if k else None
    model, _ = train_method(dataset, catalog, Method(), TrainConfig(seed=seed), drawn)
    unseen = Catalog({m: x[-1] for m, x in with_views.views.items()}, catalog.present)
    split = split_of(dataset)
    found = {
        "ndcg@10": held_out_ndcg(model.tower, catalog, split),
        "ndcg@10, media only": held_out_ndcg(model.tower, catalog, split, MODALITIES),
        "ndcg@10, items as unseen views": held_out_ndcg(model.tower, unseen, split),
        "probe of fused vectors": _fused_probe(model, with_views.labels),
    }
    print(k, seed, {n: round(x, 4) for n, x in found.items()}, file=sys.stderr, flush=True)
    return found


def _over(found: list[dict[str, float]], name: str) -> str:
    values = [each[name] for each in found]
    spread = f" ± {statistics.stdev(values):.4f}" if len(values) > 1 else ""
    return f"{statistics.mean(values):.4f}{spread}"


@torch.inference_mode()
def _fused_probe(model: TwoTower, labels: dict[str, Labels]) -> float:
    """Return how often the main factors are read off the fused media of items, mean of three."""
    side, catalog = model.tower.offered, model.catalog
    x = side.embed(catalog.features, torch.arange(len(catalog)), catalog.present)
    media = torch.from_numpy(MEMBERS)[[coalition(MODALITIES)]]
    z = side.under(x, catalog.present, media)[0].numpy()
    rows = [
        _probe(z[None, has], z[has], labels[m][has])
        for m, has in _having(model.catalog, labels).items()
    ]
    return statistics.mean(rows)


def _having(catalog: Catalog, labels: dict[str, Labels]) -> dict[str, NDArray[np.bool_]]:
    return {m: catalog.present[:, column].numpy() for column, m in enumerate(labels)}


def _probes(given: Material) -> dict[str, Any]:
    """Probe each modality's features for its main factor, fitted on clean items, and on views too."""
    rows = {}
    for modality, has in _having(given.catalog, given.labels).items():
        x = given.views[modality].numpy()[:, has]
        y = given.labels[modality][has]
        clean, unseen = x[0], x[-1]
        cosine = (_unit(clean) * _unit(unseen)).sum(-1).mean()
        rows[f"{modality}: probe"] = {
            "clean -> clean": round(_probe(x[:1], clean, y), 4),
            "clean + views -> clean": round(_probe(x[:-1], clean, y), 4),
            "clean -> unseen view": round(_probe(x[:1], unseen, y), 4),
            "clean + views -> unseen view": round(_probe(x[:-1], unseen, y), 4),
            "cosine of clean and view": round(float(cosine), 3),
        }
    return rows


def _unit(x: Floats) -> Floats:
    norm = np.maximum(np.linalg.norm(x, axis=-1, keepdims=True), 1e-9)
    return np.asarray(x / norm, dtype=np.float32)


def _probe(learn: Floats, test: Floats, y: Labels, folds: int = 5) -> float:
    """Return the accuracy of logistic regression on items that it has not seen in any view.

    ``learn`` is (V, N, P), views of the N items; ``test`` (N, P); ``y`` (N,).
    """
    from sklearn.linear_model import LogisticRegression
    from sklearn.model_selection import StratifiedKFold
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    right = 0
    for train, held in StratifiedKFold(folds, shuffle=True, random_state=0).split(test, y):
        probe = make_pipeline(StandardScaler(), LogisticRegression(C=0.1, max_iter=500))
        probe.fit(learn[:, train].reshape(-1, learn.shape[-1]), np.tile(y[train], len(learn)))
        right += int((probe.predict(test[held]) == y[held]).sum())
    return right / len(y)
