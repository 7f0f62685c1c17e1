"""When does fusion help? Every fusion, by how far modalities agree and by how much of them is missing.

Worlds are planted (:mod:`core.bench.planted`): **features are drawn from the planted factors, nothing is
rendered or encoded, and visitors are simulated**. Each seed is another draw of the world and of the weights.
Baselines: ``popularity``; ``image``, ``text``, ``audio`` and ``behaviour`` (ID-only), each a tower that hears
this channel alone; ``single``, whichever modality alone is best on validation; ``ensemble``, the summed
z-scores of these four towers, which were never trained together; and the planted ``oracle``.

``--write`` puts this document at ``assets/experiments/fusion.json``, for the Lab page:

- ``labels``: {``features``: "planted factors, not rendered", ``visitors``: "simulated"}
- ``config``: ``world``, ``redundancies``, ``missing``, ``seeds``, ``metric``, and the sizes of the world
- ``baselines``: rows of {``name``, ``redundancy``, ``missing``, ``mean``, ``sd``, ``n``}: NDCG@10 over n
  seeds; ``sd`` is null for one seed. The row ``single`` also says ``which`` modality it is
- ``rows``: the same with ``fusion`` for ``name``, and ``over``: {``single`` | ``behaviour`` | ``ensemble``:
  [difference, low, high, p]}: the paired difference over the visitors of all seeds, its 95 % bootstrap
  interval, and p of the paired t-test, after Holm over the fusions of this cell

A cell is written to a file in the cache folder as soon as it is done, and not computed again: a run that was
stopped goes on, and more seeds are only more cells. Delete the file when the code of a fusion has changed.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import multiprocessing
import os
import sys
import time
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import asdict, dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any, Final

import numpy as np
import torch
from numpy.typing import NDArray

from core.bench.planted import Sizes, planted
from core.bench.verdict import document, lines
from core.build import as_worker
from core.coalitions import coalition
from core.evaluation.metrics import list_metrics, top_k
from core.evaluation.splits import split as split_of
from core.fusion import FUSIONS
from core.methods import catalog_of, fit_scalers, new_tower, train_config
from core.resources import ASSETS, cache_dir, write_whole
from core.training.train import TrainConfig, full_scores, train
from core.types import CHANNELS, Method

GOAL: Final = ASSETS / "experiments" / "fusion.json"

ALONE: Final = "alone"
"""The cell of the baselines; the others are named after their fusion."""
SIZES: Final = Sizes()
PLAIN: Final = "sum"
"""With one channel all that a fusion can do is to project it; this one does only that."""
AXES: Final = 32
"""Features of a modality. Fewer than there are items with it, so that the size and the first weights of a
tower do not depend on how much is missing."""
K: Final = 10
FORMAT: Final = 1
"""Part of the name of the file of cells: raise it when what a cell means has changed."""

Cell = tuple[str, float, float, int]
"""Fusion or ``alone``, redundancy, share of missing modalities, seed."""
Found = Mapping[str, Any]
"""What a cell came to: ``ndcg`` name -> one value a visitor, ``valid`` name -> NDCG@10 on validation."""


@dataclass(frozen=True)
class Grid:
    """What is compared."""

    world: str = "shop"
    fusions: tuple[str, ...] = tuple(FUSIONS)
    redundancies: tuple[float, ...] = (0.0, 0.5, 1.0)
    missing: tuple[float, ...] = (0.0, 0.3, 0.6)
    seeds: int = 2
    sizes: Sizes = SIZES
    epochs: int = 35

    def cells(self) -> Iterator[Cell]:
        """Yield the cells, a whole table for each seed in turn."""
        for seed in range(self.seeds):
            for redundancy in self.redundancies:
                for missing in self.missing:
                    for name in (ALONE, *self.fusions):
                        yield name, redundancy, missing, seed

    def file(self) -> Path:
        """Return where cells are kept: one file for everything that two cells must share to be compared."""
        same = [FORMAT, self.world, asdict(self.sizes), self.epochs]
        digest = hashlib.sha256(json.dumps(same, sort_keys=True).encode()).hexdigest()
        return cache_dir() / "bench" / f"fusion-{digest[:12]}.jsonl"


QUICK: Final = Grid(
    fusions=("sum", "gated", "concat", "gan"),
    redundancies=(0.0, 1.0),
    missing=(0.0, 0.5),
    seeds=1,
    sizes=Sizes(items=100, visitors=200),
    epochs=30,
)


def fusion(args: argparse.Namespace) -> dict[str, Any]:
    """When does fusion help? Every fusion x redundancy x share of missing modalities, planted features."""
    grid = replace(QUICK, world=args.world) if args.quick else Grid(args.world, seeds=args.seeds)
    made = document(grid, reached(grid))
    if args.write:
        write(made, GOAL)
    return made if args.json else lines(made)


def reached(grid: Grid) -> dict[Cell, Found]:
    """Return every cell of the grid: from the file where it is there, else computed and added to it."""
    path = grid.file()
    found = read(path)
    todo = [cell for cell in grid.cells() if cell not in found]
    path.parent.mkdir(parents=True, exist_ok=True)
    print(f"{len(found)} cells in {path}, {len(todo)} to do", file=sys.stderr, flush=True)
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(os.cpu_count(), context, as_worker) as pool:
        running = {pool.submit(partial(compute, grid), cell): cell for cell in todo}
        try:
            for number, done in enumerate(as_completed(running), 1):
                cell = running[done]
                found[cell] = done.result()
                append(path, cell, found[cell])
                print(
                    f"{number} of {len(todo)}: {_line(cell, found[cell])}",
                    file=sys.stderr,
                    flush=True,
                )
        except BaseException:
            pool.shutdown(cancel_futures=True)
            raise
    return found


def compute(grid: Grid, cell: Cell) -> Found:
    """Train what a cell says and rank for everybody: full ranking, train and validation items masked."""
    name, redundancy, missing, seed = cell
    started = time.perf_counter()
    dataset = planted(grid.world, grid.sizes, redundancy=redundancy, missing=missing, seed=seed)
    catalog, split = catalog_of(dataset, fit_scalers(dataset, AXES)), split_of(dataset)
    known = split.train + split.valid
    asked = split.test.any(axis=1)
    towers = (
        {str(c): (PLAIN, (c,)) for c in CHANNELS} if name == ALONE else {name: (name, CHANNELS)}
    )
    scores: dict[str, NDArray[np.float32]] = {}
    valid = {}
    for key, (strategy, channels) in towers.items():
        method = Method(strategy)
        config = train_config(method, TrainConfig(epochs=grid.epochs, channels=channels, seed=seed))
        tower = new_tower(method, catalog, seed=seed)
        epochs = list(train(tower, catalog, split.train, split.valid, config))
        valid[key] = float(np.nanmax([e.ndcg for e in epochs]))
        history = torch.from_numpy(known > 0)
        scores[key] = full_scores(tower, catalog, history, coalition(channels)).numpy()
    if name == ALONE:
        assert dataset.truth is not None, "a planted world knows its truth"
        scores["ensemble"] = np.sum([_standardised(scores[str(c)]) for c in CHANNELS], axis=0)
        scores["popularity"] = np.tile(known.sum(0), (len(known), 1))
        scores["oracle"] = dataset.truth.utility
    lot = np.random.default_rng(seed).permutation(known.shape[1])
    ndcg = {
        key: list_metrics(
            top_k(value[asked].astype(np.float32), known[asked] > 0, K, lot), split.test[asked] > 0
        )[f"ndcg@{K}"]
        for key, value in scores.items()
    }
    return {
        "ndcg": {key: [round(x, 4) for x in value.tolist()] for key, value in ndcg.items()},
        "valid": {key: round(value, 4) for key, value in valid.items()},
        "seconds": round(time.perf_counter() - started, 1),
    }


def _standardised(scores: NDArray[np.float32]) -> NDArray[np.float32]:
    spread = scores.std(axis=1, keepdims=True)
    return np.asarray((scores - scores.mean(axis=1, keepdims=True)) / np.maximum(spread, 1e-9))


def read(path: Path) -> dict[Cell, Found]:
    """Return the cells of a file; lines that are not whole, as where a run was killed, are passed over."""
    found: dict[Cell, Found] = {}
    for line in path.read_text(encoding="utf-8").splitlines() if path.exists() else ():
        try:
            kept = json.loads(line)
            name, redundancy, missing, seed = kept.pop("cell")
            found[name, redundancy, missing, seed] = kept
        except (ValueError, KeyError, TypeError, AttributeError):
            continue
    return found


def append(path: Path, cell: Cell, found: Found) -> None:
    """Add one cell to a file, on a line of its own even after one that was cut short."""
    text = json.dumps({"cell": cell, **found}, separators=(",", ":"))
    with path.open("a+b") as file:
        if file.tell():
            file.seek(-1, os.SEEK_END)
            text = text if file.read(1) == b"\n" else "\n" + text
        file.write((text + "\n").encode())


def write(made: Mapping[str, Any], path: Path) -> None:
    """Write the document compactly, one row a line: small to load, and git can compare it."""

    def rows(values: Iterable[Any]) -> str:
        return ",\n".join(json.dumps(v, separators=(",", ":"), sort_keys=True) for v in values)

    parts = [
        f'"{key}":[\n{rows(value)}\n]' if isinstance(value, list) else f'"{key}":{rows([value])}'
        for key, value in made.items()
    ]
    path.parent.mkdir(parents=True, exist_ok=True)
    write_whole(path, ("{\n" + ",\n".join(parts) + "\n}\n").encode())


def _line(cell: Cell, found: Found) -> str:
    name, redundancy, missing, seed = cell
    means = ", ".join(f"{key} {np.mean(value):.3f}" for key, value in found["ndcg"].items())
    return (
        f"{name}, redundancy {redundancy}, missing {missing}, seed {seed}: {means}"
        f" ({found['seconds']} s)"
    )
