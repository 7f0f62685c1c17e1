"""The benchmarks that ``docs/benchmarks.md`` quotes: ``python -m core bench NAME``."""

from __future__ import annotations

import argparse
import io
import itertools
import json
import os
import platform
import statistics
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image

from core.catalog import bundle as bundles
from core.catalog.rendering import rasterise, wav
from core.engine import Engine
from core.errors import TriadError
from core.evaluation.splits import by_time
from core.methods import catalog_of, every_method, fit_scalers, method_name, new_tower
from core.training.evaluate import held_out_ndcg
from core.training.train import TrainConfig, ndcg_at, train
from core.types import CHANNELS, MODALITIES, Channel, Media, Method, Modality, Query, Request, Sound


def machine() -> str:
    """Name the machine, for the reader of a figure."""
    try:
        with open("/proc/cpuinfo", encoding="utf-8") as file:
            cpu = next(line.split(":")[1].strip() for line in file if "model name" in line)
    except (OSError, StopIteration):
        cpu = platform.processor() or platform.machine()
    return f"{cpu}, {os.cpu_count()} cores, torch {torch.__version__}"


def median_ms(run: Callable[[], Any], times: int) -> float:
    """Return the median time of ``times`` runs after one that is not counted, in milliseconds."""
    run()
    seen = []
    for _ in range(times):
        started = time.perf_counter()
        run()
        seen.append((time.perf_counter() - started) * 1000)
    return statistics.median(seen)


def interactive(args: argparse.Namespace) -> dict[str, Any]:
    """Time three uploads to an explained list, and a switch, warm."""
    engine = Engine()
    world = args.world
    items = [i for i in engine.items(world) if len(i.modalities) == len(MODALITIES)]

    def uploads(number: int) -> tuple[Media, ...]:
        """Make three uploads that no cache has seen."""
        item = items[number % len(items)]
        text = f"{item.text('zh').line}，第 {number} 条评价"
        return (
            Media(Modality.IMAGE, _photo(number)),
            Media(Modality.TEXT, text.encode()),
            Media(Modality.AUDIO, _clip(number)),
        )

    drawn = [uploads(n) for n in range(21)]
    queries = iter([Query(media=media) for media in drawn])
    cold = median_ms(lambda: engine.recommend(Request(world, next(queries))), 20)
    visitor = Query(media=drawn[0])
    rows: dict[str, Any] = {"three new uploads to explained list, ms": round(cold, 1)}
    for method in every_method():
        rows[f"a switch, {method_name(method)}, ms"] = round(
            median_ms(_switches(engine, Request(world, visitor, method)), 40), 1
        )
    return rows


def _switches(engine: Engine, request: Request) -> Callable[[], Any]:
    """Return a function that answers with another channel off at every call."""
    offs = itertools.cycle([(c,) for c in CHANNELS])
    return lambda: engine.recommend(
        replace(request, method=replace(request.method, off=next(offs)))
    )


def _photo(number: int) -> bytes:
    """Return a 12-megapixel JPEG, as from a phone: smooth shapes under a little noise."""
    rng = np.random.default_rng(number)
    small = rng.integers(0, 255, size=(12, 16, 3), dtype=np.uint8)
    out = io.BytesIO()
    Image.fromarray(small).resize((4000, 3000), Image.Resampling.BICUBIC).save(out, "JPEG")
    return out.getvalue()


def _clip(number: int) -> bytes:
    """Return ten seconds of a decaying chord as WAV."""
    t = np.arange(32000 * 10) / 32000
    notes = 220 * 2 ** (np.array([0, 4, 7]) / 12 + number / 24)
    wave = sum(np.sin(2 * np.pi * f * t) for f in notes) * np.exp(-t) / 4
    return wav(Sound(np.asarray(wave, dtype=np.float32), 32000))


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
    dataset = bundles.Bundle(bundles.folder(args.world)).dataset()
    catalog, split = catalog_of(dataset, fit_scalers(dataset)), by_time(dataset)
    known = split.train + split.valid
    assert dataset.truth is not None
    rows: dict[str, Any] = {
        "popularity": {
            "ndcg@10": _fixed(np.tile(known.sum(0), (len(known), 1)), known, split.test)
        },
        "oracle": {"ndcg@10": _fixed(dataset.truth.utility, known, split.test)},
    }
    for name, channels in SETS.items():
        found = []
        for seed in range(args.seeds):
            tower = new_tower(Method(), catalog, seed=seed)
            config = TrainConfig(channels=channels, seed=seed)
            for _ in train(tower, catalog, split.train, split.valid, config):
                pass
            found.append(held_out_ndcg(tower, catalog, split, channels))
        rows[name] = {
            "ndcg@10": round(statistics.mean(found), 4),
            "sd": round(statistics.stdev(found), 4) if len(found) > 1 else None,
            "seeds": [round(x, 4) for x in found],
        }
        print(name, rows[name], file=sys.stderr, flush=True)
    return rows


def _fixed(
    score: NDArray[np.float32], known: NDArray[np.float32], wanted: NDArray[np.float32]
) -> float:
    masked = torch.from_numpy(np.where(known > 0, -np.inf, score).astype(np.float32))
    target = torch.from_numpy(wanted > 0)
    rows = target.any(dim=1)
    return round(float(ndcg_at(masked[rows], target[rows]).mean()), 4)


def render(args: argparse.Namespace) -> dict[str, Any]:
    """Time drawing and synthesising one item."""
    from core.catalog import worlds

    world = worlds.create(args.world)
    plans = iter(list(bundles.Bundle(bundles.folder(args.world)).plans().values()) * 2)
    return {
        "picture, 256 px, ms": round(
            median_ms(lambda: rasterise(world.picture(next(plans)), 256), 40), 1
        ),
        "sound, ms": round(median_ms(lambda: world.sound(next(plans)), 40), 1),
    }


BENCHMARKS: dict[str, Callable[[argparse.Namespace], dict[str, Any]]] = {
    "interactive": interactive,
    "quality": quality,
    "render": render,
}


def run(args: argparse.Namespace) -> None:
    """Run one benchmark, or list them."""
    if args.name is None:
        for name, function in BENCHMARKS.items():
            print(f"{name:12} {(function.__doc__ or '').splitlines()[0]}")
        return
    if args.name not in BENCHMARKS:
        raise TriadError("unknown_benchmark", key=args.name, known=", ".join(BENCHMARKS))
    rows = BENCHMARKS[args.name](args)
    if args.json:
        print(json.dumps({"machine": machine(), "figures": rows}, indent=2))
        return
    print(machine())
    for name, value in rows.items():
        print(f"{name:44} {value}")
