"""Fitting any recommender of the registry on a dataset, split as the towers see it."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import numpy as np
from scipy.sparse import csr_array

from core.catalog.dataset import Dataset
from core.errors import TriadError
from core.evaluation.metrics import list_metrics, top_k
from core.evaluation.splits import split as split_of
from core.recommenders.base import RECOMMENDERS, Recommender
from core.training.evaluate import HeldOut
from core.types import CHANNELS, Channel


def chosen(key: str, settings: Mapping[str, Any]) -> Callable[[], Recommender]:
    """Return what makes a recommender with some settings of its constructor; ``seed`` is not one of them.

    Raises
    ------
    TriadError
        ``unknown_recommender``, ``unknown_setting``
    """
    kind = RECOMMENDERS[key]
    own = {name: value for name, value in settings.items() if name != "seed"}
    known = [name for name in inspect.signature(kind).parameters if name != "channels"]
    for name in own:
        if name not in known:
            raise TriadError("unknown_setting", key=name, known=", ".join([*known, "seed"]))
    return partial(kind, **own)


def fit(dataset: Dataset, make: Callable[[], Recommender], seed: int, k: int = 10) -> HeldOut:
    """Fit a recommender by its own means and measure it on what was held out.

    Raises
    ------
    TriadError
        What ``Recommender.fit`` raises
    """
    split = split_of(dataset)
    features = {str(m): x for m, x in dataset.vectors.items()}
    columns = [CHANNELS.index(Channel(m)) for m in features]
    model = make().fit(
        csr_array(split.train),
        features,
        dataset.present[:, columns],
        valid=csr_array(split.valid),
        seed=seed,
    )
    history = split.train + split.valid > 0
    users = np.flatnonzero((split.test > 0).any(axis=1) & history.any(axis=1))
    scores = model.scores(users, csr_array(history[users].astype(np.float32)))
    k = min(k, len(dataset.items))
    lot = np.random.default_rng(seed).permutation(len(dataset.items))
    found = list_metrics(top_k(scores, history[users], k, lot), split.test[users] > 0)
    ndcg, recall = (float(np.mean(found[f"{name}@{k}"])) for name in ("ndcg", "recall"))
    return HeldOut(ndcg, recall, len(users), k)
