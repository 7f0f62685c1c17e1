"""Whether contributions say what is true: of the visitors as planted, and of the model as it scores."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import permutations
from typing import Any, Final

import numpy as np
import torch
from numpy.typing import NDArray
from scipy.stats import spearmanr

from core.catalog import bundle as bundles
from core.catalog.dataset import Truth
from core.coalitions import FULL, MEMBERS
from core.engine import Engine
from core.evaluation.splits import split as split_of
from core.explain.leave_out import leave_one_out
from core.explain.scoring import embedded, heard, members
from core.explain.shapley import shapley
from core.methods import new_tower
from core.recommenders.two_tower import Entries, TwoTower, Visitor
from core.resources import ASSETS, data_dir
from core.types import CHANNELS, MODALITIES, Channel, Method

USERS: Final = 250
"""Visitors, the same for every method."""
LIST: Final = 10
LONG: Final = 100
RESAMPLES: Final = 2000
MODES: Final[dict[str, tuple[int, int]]] = {
    "": (FULL, LIST),
    ", behaviour off": (FULL & ~(1 << CHANNELS.index(Channel.BEHAVIOUR)), LIST),
    f", over {LONG} items": (FULL, LONG),
}
"""How the share of a modality is taken: which channels are on, and over how many items of the list."""

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class _List:
    """The first K items of one visitor: values (coalitions, K), and the model's internals (K, C)."""

    rows: NDArray[np.int64]
    values: Floats
    internal: Mapping[str, Floats]


def faithfulness(args: argparse.Namespace) -> dict[str, Any]:
    """Compare contributions with planted weights, with other orders of channels, with an untrained tower."""
    engine = Engine()
    dataset = bundles.Bundle(bundles.find(args.world, ASSETS, data_dir())).dataset()
    truth, parts = dataset.truth, split_of(dataset)
    seen = parts.train + parts.valid
    rng = np.random.default_rng(0)
    able = seen.sum(1) > 0
    if truth is not None:
        able &= ~truth.synergy
    users = np.sort(rng.permutation(np.flatnonzero(able))[:USERS])
    rows: dict[str, Any] = {"visitors": len(users)}
    for method in engine.built(args.world):
        if method.attention != "off" or method.head != "dot":
            continue
        model = engine.model(args.world, method)
        assert isinstance(model, TwoTower)
        rows[method.fusion] = _of_method(model, method, seen, users, truth)
    return rows


def _of_method(
    model: TwoTower,
    method: Method,
    seen: NDArray[np.float32],
    users: NDArray[np.int64],
    truth: Truth | None,
) -> dict[str, Any]:
    found: dict[str, Any] = {}
    visitors = [_visitor(model, seen[user]) for user in users]
    lists = [
        _list(model, who, seen[user], *MODES[""]) for who, user in zip(visitors, users, strict=True)
    ]
    if truth is not None:
        for name, (on, k) in MODES.items():
            games = [
                model.values(who, _first(model, who, seen[user], on, k), on)
                for who, user in zip(visitors, users, strict=True)
            ]
            compared = planted(shares(games), truth.weights[users])
            found |= {f"{key}{name}": value for key, value in compared.items()}
    found |= curves(lists)
    fresh = TwoTower(new_tower(method, model.catalog, seed=1), model.catalog)
    others = [_visitor(fresh, seen[user]) for user in users]
    found["correlation with an untrained tower"] = correlation(
        [each.values for each in lists],
        [fresh.values(who, each.rows, FULL) for who, each in zip(others, lists, strict=True)],
    )
    return found


# The truth of the visitors --------------------------------------------------------------------------------


def shares(games: list[Floats]) -> Floats:
    """Return (U, M): each visitor's mean |phi| of every modality, as a share of the modalities' sum.

    The absolute value is taken item by item: averaged before, signs would cancel.
    """
    size = np.stack([np.abs(shapley(values)[: len(MODALITIES)]).mean(1) for values in games])
    share: Floats = size / np.maximum(size.sum(1, keepdims=True), 1e-12)
    return share


def planted(share: Floats, weights: NDArray[np.float32]) -> dict[str, Any]:
    """Compare shares (U, M) with planted weights (U, M).

    ``spearman`` is over visitors, the mean over modalities; ``one`` is the share of the one modality of
    visitors who give it more than 0.95 of their weight.
    """
    each = [float(spearmanr(share[:, m], weights[:, m]).statistic) for m in range(share.shape[1])]
    single = weights.max(1) > 0.95
    own = share[single, weights[single].argmax(1)]
    return {
        "spearman": round(float(np.mean(each)), 3),
        "one": round(float(own.mean()), 3) if single.any() else None,
    }


# The truth of the model -----------------------------------------------------------------------------------


def deletion(values: Floats, order: NDArray[np.int64]) -> Floats:
    """Return (K,) the mean score while channels are switched off in ``order`` (C, K), in logits."""
    return _along(values, FULL - np.cumsum(1 << order, axis=0), FULL)


def insertion(values: Floats, order: NDArray[np.int64]) -> Floats:
    """Return (K,) the mean score while channels are switched on in ``order`` (C, K), in logits."""
    return _along(values, np.cumsum(1 << order, axis=0), 0)


def _along(values: Floats, codes: NDArray[np.int64], start: int) -> Floats:
    every = np.vstack([np.full((1, codes.shape[1]), start), codes])
    mean: Floats = values[every, np.arange(codes.shape[1])].mean(0)
    return mean


def curves(lists: list[_List]) -> dict[str, Any]:
    """Compare the order of phi with other orders: deletion (lower is better) and insertion (higher is)."""
    names = ["phi", "leave-one-out", *lists[0].internal, "chance"]
    area = {name: np.array([_areas(each, name) for each in lists]) for name in names}
    out: dict[str, Any] = {}
    for column, curve in enumerate(("deletion", "insertion")):
        best = area["phi"][:, column]
        out[f"{curve} phi"] = round(float(best.mean()), 4)
        for name in names[1:]:
            worse = (area[name][:, column] - best) * (1 if curve == "deletion" else -1)
            out[f"{curve} {name}"] = {
                "area": round(float(area[name][:, column].mean()), 4),
                "phi is better by": round(float(worse.mean()), 4),
                **paired(worse),
            }
    return out


def _areas(each: _List, name: str) -> tuple[float, float]:
    """Return the mean areas of a visitor's list when channels go in the order of a criterion."""
    values = each.values
    if name == "chance":
        orders = [np.repeat(np.array(p)[:, None], values.shape[1], 1) for p in _ORDERS]
    else:
        scores = {"phi": shapley, "leave-one-out": leave_one_out}
        worth = scores[name](values) if name in scores else each.internal[name].T
        orders = [np.argsort(-worth, axis=0, kind="stable")]
    return (
        float(np.mean([deletion(values, order) for order in orders])),
        float(np.mean([insertion(values, order) for order in orders])),
    )


_ORDERS: Final = tuple(permutations(range(len(CHANNELS))))


def paired(difference: Floats, seed: int = 0) -> dict[str, Any]:
    """Bootstrap the mean of paired differences (U,) over visitors: 95 % interval, two-sided p."""
    rng = np.random.default_rng(seed)
    drawn = rng.integers(len(difference), size=(RESAMPLES, len(difference)))
    means = difference[drawn].mean(1)
    low, high = np.quantile(means, [0.025, 0.975])
    # With the sample itself counted, p is never 0: Davison & Hinkley, Bootstrap Methods, 1997.
    tail = min((means <= 0).sum(), (means >= 0).sum())
    p = min(1.0, 2 * (1 + int(tail)) / (RESAMPLES + 1))
    return {"interval": [round(float(low), 4), round(float(high), 4)], "p": round(p, 4)}


def correlation(first: list[Floats], second: list[Floats]) -> float:
    """Return the rank correlation of the contributions of two models in the same games.

    Channels that are absent are 0 in both, which would look like agreement: they are left out.
    """
    mine, theirs = (
        np.concatenate([shapley(values).ravel() for values in every]) for every in (first, second)
    )
    there = (mine != 0) & (theirs != 0)
    return round(float(spearmanr(mine[there], theirs[there]).statistic), 3)


# Lists ----------------------------------------------------------------------------------------------------


def _visitor(model: TwoTower, seen: NDArray[np.float32]) -> Visitor:
    return model.visitor(Entries.liked(model.catalog, np.flatnonzero(seen > 0)))


def _first(
    model: TwoTower, visitor: Visitor, seen: NDArray[np.float32], on: int, k: int
) -> NDArray[np.int64]:
    """Return the rows of the first ``k`` items that a visitor has not."""
    scores = np.where(seen > 0, -np.inf, model.scores(visitor, on))
    return np.argsort(-scores, kind="stable")[: min(k, int((seen == 0).sum()))]


def _list(model: TwoTower, visitor: Visitor, seen: NDArray[np.float32], on: int, k: int) -> _List:
    best = _first(model, visitor, seen, on, k)
    return _List(best, model.values(visitor, best, on), _internal(model, visitor, best, on))


@torch.inference_mode()
def _internal(
    model: TwoTower, visitor: Visitor, rows: NDArray[np.int64], on: int
) -> dict[str, Floats]:
    """Return the fusion's gates and attention maps (K, C), where it has them, maps by their columns."""
    codes = torch.from_numpy(heard(model, visitor, rows, on))
    x = embedded(model, torch.from_numpy(rows))
    query = visitor.vectors[codes] if model.tower.asks else None
    fused = model.tower.offered.fuse(x, members(codes), query)
    found = {} if fused.weights is None else {"gates": fused.weights}
    for name, weights in (fused.attention or {}).items():
        found[f"attention {name}"] = weights.mean(1) if weights.ndim == 3 else weights
    absent = ~MEMBERS[codes.numpy()]
    return {name: np.where(absent, -1.0, w.double().numpy()) for name, w in found.items()}
