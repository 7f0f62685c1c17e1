"""A catalog of a million items: how fast, how right and how large its index is."""

from __future__ import annotations

import argparse
import resource
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Final

import faiss
import numpy as np
import torch
from numpy.typing import NDArray

from core.catalog import bundle as bundles
from core.catalog.dataset import Dataset
from core.coalitions import FULL, coalition, pack
from core.errors import TriadError
from core.evaluation.splits import split as split_of
from core.explain.shapley import shapley
from core.library import read_scalers
from core.methods import catalog_of
from core.recommenders.two_tower import Catalog, Entries, TwoTower, Visitor
from core.resources import ASSETS, data_dir
from core.retrieval import ItemIndex, Stock, newcomers
from core.types import CHANNELS, Channel, Method, Modality

ITEMS: Final = 1_000_000
QUICK: Final = 60_000
ASKED: Final = 50
"""Visitors whose lists are compared with the exact ones; four times as many are timed."""
TOP: Final = 20
BLOCK: Final = 20_000
CHANGED: Final = 1_000
OFF: Final = (("behaviour",), ("image", "text", "behaviour"))
"""What is switched off, beside nothing."""
RARE: Final = "one in a thousand"

_COMPONENTS: Final = 24
_BEHAVIOUR: Final = CHANNELS.index(Channel.BEHAVIOUR)


@dataclass(frozen=True, eq=False)
class Drawer:
    """Draws items like a world's: from a mixture of Gaussians over all that its complete items show.

    Attributes
    ----------
    weights, means, spreads : (J,), (J, P), (J, P); P numbers are those of every modality, then the behaviour
        vector, then the popularity
    kinds : (J, categories) how often the items of each component are of each category
    """

    model: TwoTower
    names: tuple[str, ...]
    weights: NDArray[np.float64]
    means: NDArray[np.float64]
    spreads: NDArray[np.float64]
    kinds: NDArray[np.float64]

    @classmethod
    def fit(cls, model: TwoTower, dataset: Dataset) -> Drawer:
        """Fit the mixture to the items that have every channel."""
        from sklearn.mixture import GaussianMixture

        whole = np.asarray(dataset.present.all(axis=1))
        everyone = torch.arange(len(dataset.items))
        with torch.inference_mode():
            parts = [*model.catalog.features.values(), model.tower.offered.behaviour]
            shown = torch.cat([*parts, model.tower.popular(everyone)[:, None]], dim=1)
        x = shown.numpy()[whole].astype(np.float64)
        count = min(_COMPONENTS, len(x))
        fitted = GaussianMixture(count, covariance_type="diag", reg_covar=1e-4, random_state=0)
        fitted.fit(x)
        names = sorted({item.category for item in dataset.items})
        own = [item.category for item, there in zip(dataset.items, whole, strict=True) if there]
        is_of = np.array([[name == category for name in names] for category in own])
        kinds = fitted.predict_proba(x).T @ is_of
        kinds /= kinds.sum(axis=1, keepdims=True)
        spreads = np.sqrt(fitted.covariances_)
        return cls(model, tuple(names), fitted.weights_, fitted.means_, spreads, kinds)

    def catalog(
        self, count: int, rng: np.random.Generator
    ) -> tuple[Catalog, NDArray[Any], list[str]]:
        """Draw features, presence as often as in the world, the (count, width + 1) rest, and categories."""
        component = rng.choice(len(self.weights), size=count, p=self.weights)
        noise = rng.standard_normal((count, self.means.shape[1]), dtype=np.float32)
        x = (self.means[component] + noise * self.spreads[component]).astype(np.float32)
        widths = [f.shape[1] for f in self.model.catalog.features.values()]
        parts = np.split(x, np.cumsum(widths), axis=1)
        features = {
            m: torch.from_numpy(np.ascontiguousarray(part))
            for m, part in zip(self.model.catalog.features, parts, strict=False)
        }
        known = self.model.catalog.present
        present = known[torch.from_numpy(rng.integers(len(known), size=count))]
        chance = rng.random(count)[:, None]
        kind = (
            (chance > self.kinds.cumsum(axis=1)[component])
            .sum(axis=1)
            .clip(max=len(self.names) - 1)
        )
        rare = rng.random(count) < 0.001
        names = [RARE if r else self.names[k] for r, k in zip(rare, kind, strict=True)]
        return Catalog(features, present), parts[-1], names

    @torch.inference_mode()
    def stocks(self, items: int, *, seed: int = 0) -> Iterator[Stock]:
        """Draw items, some at a time, and embed them by the real tower."""
        rng = np.random.default_rng(seed)
        for start in range(0, items, BLOCK):
            count = min(BLOCK, items - start)
            catalog, rest, names = self.catalog(count, rng)
            without = catalog.present.clone()
            without[:, _BEHAVIOUR] = False
            rows = torch.zeros(count, dtype=torch.int64)
            x = self.model.tower.offered.embed(catalog.features, rows, without)
            there = catalog.present[:, _BEHAVIOUR, None]
            x[:, _BEHAVIOUR] = torch.where(there, torch.from_numpy(rest[:, :-1].copy()), 0.0)
            ids = np.arange(start, start + count)
            has = pack(catalog.present.numpy())
            yield Stock(ids, x.numpy(), has, rest[:, -1], names)

    def newcomers(self, first: int, count: int, *, seed: int = 1) -> Stock:
        """Draw items that nobody has met."""
        catalog, _, _ = self.catalog(count, np.random.default_rng(seed))
        ids = np.arange(first, first + count)
        return newcomers(self.model.tower, ids, catalog.features, catalog.present, ["new"] * count)


def large(args: argparse.Namespace) -> dict[str, Any]:
    """Index a million items, drawn like a world's and fused by its real model, and ask it."""
    items = args.items or (QUICK if args.quick else ITEMS)
    if not 1 <= items <= 100_000_000:
        raise TriadError("bad_size", size=items)
    bundle = bundles.Bundle(bundles.find(args.world, ASSETS, data_dir()))
    dataset = bundle.dataset()
    catalog, method = catalog_of(dataset, read_scalers(bundle)), Method()
    model = TwoTower.load(bundle.file(f"{method.name}.safetensors"), catalog)
    drawer, known = Drawer.fit(model, dataset), split_of(dataset)
    taken = (known.train + known.valid) > 0
    likes = [np.flatnonzero(row) for row in taken[taken.any(axis=1)][: 4 * ASKED]]
    with tempfile.TemporaryDirectory() as folder:
        return _measured(Path(folder) / "index", drawer, likes, items)


def _measured(
    folder: Path, drawer: Drawer, likes: Sequence[NDArray[np.int64]], items: int
) -> dict[str, Any]:
    model, rows = drawer.model, dict[str, Any](items=items)
    index, seconds = _timed(
        lambda: ItemIndex.build(folder, model.tower, drawer.stocks(items)), "built"
    )
    rows["build, s"] = round(seconds, 1)
    rows["peak memory of the build, MB"] = _peak()
    rows["files, MB"] = {
        path.name: round(path.stat().st_size / 1e6, 1)
        for path in sorted(folder.iterdir())
        if path.stat().st_size > 1e6
    }
    _, seconds = _timed(lambda: ItemIndex(folder, model.tower), "opened, all files checked")
    rows["open, all files checked, s"] = round(seconds, 2)
    opening = partial(ItemIndex, folder, model.tower, check=False)
    index, seconds = _timed(opening, "opened")
    rows["open, unchecked, s"] = round(seconds, 2)
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    faiss.omp_set_num_threads(1)
    who = [model.visitor(Entries.liked(model.catalog, each)) for each in likes[:ASKED]]
    rows["a list, ms"] = _whole(index, model, likes)
    rows["nothing filtered"] = _asked(index, who)
    kind = drawer.names[0]
    for name, filters in (
        ("with a sound", {"having": (Modality.AUDIO,)}),
        (f"of the category {kind}", {"categories": (kind,)}),
        (
            "of two categories, with a sound",
            {"having": (Modality.AUDIO,), "categories": drawer.names[:2]},
        ),
        (RARE, {"categories": (RARE,)}),
    ):
        rows[name] = _asked(index, who, **filters)
    for off in OFF:
        on = FULL & ~coalition(off)
        faiss.omp_set_num_threads(threads)
        _, seconds = _timed(partial(index.prepare, on), f"without {off}")
        faiss.omp_set_num_threads(1)
        rows[f"without {', '.join(off)}"] = {
            "prepared, s": round(seconds, 1),
            **_asked(index, who, on=on),
            "recall of 1,000 found with all channels on": _overfetched(index, who, on),
        }
    rows |= _changed(index, drawer, who, items)
    rows["all files, MB"] = round(index.size / 1e6)
    rows["peak memory, MB"] = _peak()
    return rows


def _whole(index: ItemIndex, model: TwoTower, likes: Sequence[NDArray[np.int64]]) -> dict[str, str]:
    """Time what a visitor waits for, from his likes to an explained list."""
    stages = ("visitor", "search", "contributions")
    spent = []
    for each in (*likes[:5], *likes):
        marks = [_clocks()]
        visitor = model.visitor(Entries.liked(model.catalog, each))
        marks.append(_clocks())
        found = index.search(visitor, k=TOP)
        marks.append(_clocks())
        shapley(index.values(visitor, found.ids))
        marks.append(_clocks())
        spent.append(np.diff(marks, axis=0))
    ms = np.array(spent)[5:]  # the first read files
    return {
        **{name: _quantiles(ms[:, n]) for n, name in enumerate(stages)},
        "all": _quantiles(ms.sum(axis=1)),
    }


def _asked(
    index: ItemIndex, who: Sequence[Visitor], on: int = FULL, **filters: Any
) -> dict[str, Any]:
    """Return recall@20 against the exact search, and how long each takes."""

    def every(effort: float) -> tuple[list[NDArray[np.int64]], NDArray[np.float64]]:
        found, ms = [], []
        usual, index.effort = index.effort, effort
        for visitor in (who[0], *who):
            started = _clocks()
            found.append(index.search(visitor, on, TOP, **filters).ids)
            ms.append(_clocks() - started)
        index.effort = usual
        return found[1:], np.array(ms)[1:]

    found, ms = every(index.effort)
    exact, slow = every(1.0)
    right = [np.isin(b, a).mean() for a, b in zip(found, exact, strict=True)]
    said = {
        "recall@20": round(float(np.mean(right)), 4),
        "least": round(float(min(right)), 2),
        "ms": _quantiles(ms),
        "exact, ms": _quantiles(slow),
    }
    print(said, file=sys.stderr, flush=True)
    return said


def _overfetched(index: ItemIndex, who: Sequence[Visitor], on: int) -> float:
    """Return how many of the best under ``on`` are among the 1,000 best with all channels on."""
    usual, index.effort = index.effort, 1.0
    right = [
        np.isin(index.search(v, on, TOP).ids, index.search(v, FULL, 1000).ids).mean()
        for v in who[:20]
    ]
    index.effort = usual
    return round(float(np.mean(right)), 3)


def _changed(
    index: ItemIndex, drawer: Drawer, who: Sequence[Visitor], items: int
) -> dict[str, Any]:
    """Add and remove items, and merge."""
    rows: dict[str, Any] = {}
    stock = drawer.newcomers(items, CHANGED)
    _, seconds = _timed(lambda: index.add(stock), "added")
    rows[f"{CHANGED} items added, s"] = round(seconds, 2)
    gone = np.arange(0, items, max(1, items // CHANGED))[:CHANGED]
    _, seconds = _timed(lambda: index.remove(gone.tolist()), "removed")
    rows[f"{CHANGED} items removed, s"] = round(seconds, 2)
    rows["after both"] = _asked(index, who)
    _, seconds = _timed(index.merge, "merged")
    rows["merged into the files, s"] = round(seconds, 1)
    rows["after the merge"] = _asked(index, who)
    return rows


def _timed(run: Callable[[], Any], what: str) -> tuple[Any, float]:
    started = time.perf_counter()
    made = run()
    seconds = time.perf_counter() - started
    print(f"{what}: {seconds:.1f} s", file=sys.stderr, flush=True)
    return made, seconds


def _clocks() -> NDArray[np.float64]:
    """Return milliseconds on the wall, and of this thread on a processor: others may use the machine."""
    return 1000 * np.array([time.perf_counter(), time.thread_time()])


def _quantiles(ms: NDArray[np.float64]) -> str:
    """Say the median and the 95th percentile of (N, 2) times, in brackets those on a processor."""
    half, most = np.quantile(ms, (0.5, 0.95), axis=0)
    return f"p50 {half[0]:.1f} ({half[1]:.1f}), p95 {most[0]:.1f} ({most[1]:.1f})"


def _peak() -> int:
    """Return the most memory that this process has had, mapped files included."""
    kib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return round(kib * 1024 / 1e6)
