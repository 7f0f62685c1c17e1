"""Which two-towers there are: every fusion under every attention, with either head; and all recommenders."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, replace
from typing import Any, Final

import numpy as np
import torch
from numpy.typing import NDArray

from core.catalog.dataset import Dataset
from core.fusion import ATTENTIONS, FUSIONS
from core.recommenders.features import Scaler
from core.recommenders.tower import HEADS, Tower, TowerConfig
from core.recommenders.two_tower import Catalog
from core.resources import ASSETS
from core.training.train import TrainConfig
from core.types import MODALITIES, Method, Modality, Request

EVERYWHERE = ("concat", "gated", "late", "lowrank", "transformer")
"""Fusions that ship under every attention and with either head in the world that is shown first; in the
others the first two of them do. What else ships, ships as it is, to keep the bundles small together; any
other combination can be trained."""

LARGE = ("gan",)
"""Fusions whose weights are so large that they ship with the first world only."""


def every_method() -> Iterator[Method]:
    """Yield what can be trained: every fusion under every attention, and with the MLP as head."""
    for head in HEADS:
        for fusion in FUSIONS:
            for attention in ATTENTIONS if head == "dot" else ("off",):
                yield Method(fusion, attention, head)


def shipped_methods(world: str) -> Iterator[Method]:
    """Yield the methods that ship with a world."""
    shown_first = world == Request().world
    everywhere = EVERYWHERE if shown_first else EVERYWHERE[:2]
    for method in every_method():
        plain = (method.attention, method.head) == ("off", "dot")
        if method.fusion in everywhere or (plain and (shown_first or method.fusion not in LARGE)):
            yield method


RATES: Final = {"transformer": 1.5e-3, "lowrank": 3e-3, "bottleneck": 3e-3, "mult": 3e-3}
"""Learning rates of fusions that the default is too fast for: attention without warm-up does not learn at
it, and a product of four factors is steep."""


PLAIN: Final = TrainConfig()

PAIRWISE: Final = {"batch": 48, "candidates": 320, "epochs": 20}
"""Where every pair of visitor and item costs a pass of its own, small batches that see the whole catalog
learn more a second than large ones that see a sample of it."""


def train_config(method: Method, config: TrainConfig = PLAIN) -> TrainConfig:
    """Return how a method is trained: ``config`` at the method's own rate and batches."""
    own = replace(config, rate=min(config.rate, RATES.get(method.fusion, config.rate)))
    if method.attention == "user" or method.head != "dot":
        return replace(own, **{k: min(v, getattr(own, k)) for k, v in PAIRWISE.items()})
    return own


def fit_scalers(dataset: Dataset, axes: int = 128) -> dict[Modality, Scaler]:
    """Fit one scaler a modality, on the items that have it."""
    return {
        m: Scaler.fit(dataset.vectors[m][dataset.present[:, column]], axes)
        if m in dataset.vectors and dataset.present[:, column].any()
        else Scaler.nothing()
        for column, m in enumerate(MODALITIES)
    }


def catalog_of(dataset: Dataset, scalers: Mapping[Modality, Scaler]) -> Catalog:
    """Return what a tower reads of a dataset's items."""
    return Catalog(
        {
            str(m): torch.from_numpy(scalers[m](dataset.vectors[m]))
            if m in dataset.vectors
            else torch.zeros(len(dataset.items), scalers[m].width)
            for m in MODALITIES
        },
        torch.from_numpy(dataset.present),
    )


def new_tower(method: Method, catalog: Catalog, *, seed: int, width: int = 64) -> Tower:
    """Return an untrained tower; the same seed gives the same weights."""
    dims = {m: x.shape[1] for m, x in catalog.features.items()}
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        return Tower(
            TowerConfig(
                method.fusion, method.attention, method.head, dims, len(catalog), width=width
            )
        )


def histories(matrix: NDArray[np.float32]) -> torch.Tensor:
    """Return the (U, I) bool tensor of a 0/1 matrix."""
    return torch.from_numpy(matrix > 0)


def recommender_cards(language: str = "en") -> dict[str, dict[str, Any]]:
    """Return key -> card of every recommender of the comparison, with its name and line in a language."""
    from core.recommenders.base import RECOMMENDERS  # their libraries take seconds to import

    text = (ASSETS / "locales" / f"{language}.json").read_text(encoding="utf-8")
    words = json.loads(text)["recommender"]
    return {key: {**asdict(RECOMMENDERS[key].card), **words[key]} for key in RECOMMENDERS}
