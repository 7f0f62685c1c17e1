"""What can be read off the vectors of each encoder: the factor that a world planted in that modality."""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from core import encoders
from core.catalog import bundle as bundles
from core.catalog import worlds
from core.encoders.sources import works
from core.encoding import opened, space
from core.engine import Engine
from core.types import MODALITIES, Modality

FOLDS: Final = 5
SEED: Final = 0

SLOW: Final = ("whisper-tiny-en",)
MOST: Final = 120
"""Items of a world that a slow encoder gets, spread evenly."""

SAME: Final = ("efficientnet-lite0-torch", "minilm-l6-v2-onnx")
"""The networks of others by other ways, with the same vectors; what is int8 differs, and is probed."""


def probes(args: argparse.Namespace) -> dict[str, Any]:
    """Probe every encoder that works offline, on every world, for the factor of its modality.

    Logistic regression on standardised vectors, five folds of items. Vectors are kept in the cache folder,
    so that a run that was stopped goes on. ``args.worlds`` and ``args.encoders`` may name some only.
    """
    engine = Engine()
    keys = getattr(args, "worlds", None) or bundles.available()
    rows: dict[str, Any] = {}
    for modality in MODALITIES:
        for id in getattr(args, "encoders", None) or offline(modality):
            if id not in offline(modality):
                continue
            for key in keys:
                name, row = _row(engine, key, modality, id)
                rows[name] = row
                print(name, row, file=sys.stderr, flush=True)
    return rows


def offline(modality: Modality) -> tuple[str, ...]:
    """Return the ids of what works without a network and differs: registered, then fitted on the world."""
    fitted = (card.id for card in encoders.fittable(modality))
    return tuple(id for id in (*works(modality), *fitted) if id not in SAME)


def _row(engine: Engine, key: str, modality: Modality, id: str) -> tuple[str, dict[str, Any]]:
    world, plans = worlds.create(key), bundles.Bundle(bundles.folder(key)).plans()
    items = engine.items(key)
    has = [row for row, item in enumerate(items) if modality in item.modalities]
    few = id in SLOW and len(has) > MOST
    only = [has[n * len(has) // MOST] for n in range(MOST)] if few else None
    there = space(engine, key, opened(engine, key, id, modality), only=only)
    factor = world.main(modality)
    y = np.array([plans[items[row].id].values[factor.name] for row in there.rows])
    name = f"{key}: {factor.name} by {id}" + (f", {len(y)} items" if few else "")
    return name, {
        "probe": round(accuracy(there.vectors, y), 3),
        "majority": round(max(Counter(y.tolist()).values()) / len(y), 3),
        "items": len(y),
    }


def accuracy(x: NDArray[np.float32], y: NDArray[np.int64]) -> float:
    """Return how often logistic regression names the class of items that it was not fitted on.

    Parameters
    ----------
    x : (N, D) vectors, one an item
    y : (N,) classes, each of at least :data:`FOLDS` items
    """
    from sklearn.linear_model import LogisticRegression
    from sklearn.model_selection import StratifiedKFold, cross_val_score
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    probe = make_pipeline(StandardScaler(), LogisticRegression(C=0.1, max_iter=500))
    folds = StratifiedKFold(FOLDS, shuffle=True, random_state=SEED)
    return float(cross_val_score(probe, x, y, cv=folds).mean())
