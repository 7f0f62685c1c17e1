"""The benchmarks that ``docs/benchmarks.md`` quotes: ``python -m core bench NAME``."""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable
from typing import Any

from core.bench.augmentation import augmentation
from core.bench.compression import compression
from core.bench.encoders import encoders
from core.bench.faithfulness import faithfulness
from core.bench.faults import faults
from core.bench.fusion import fusion
from core.bench.fuzz import fuzz
from core.bench.gan import gan
from core.bench.interactive import interactive
from core.bench.large import large
from core.bench.measure import machine
from core.bench.peers import peers
from core.bench.pointing import pointing
from core.bench.probes import probes
from core.bench.quality import quality
from core.bench.render import render
from core.bench.room import room
from core.bench.screen import screen
from core.bench.search import search
from core.bench.tasks import tasks
from core.bench.training import training
from core.durable import writing
from core.errors import TriadError
from core.resources import ASSETS, write_json

BENCHMARKS: dict[str, Callable[[argparse.Namespace], dict[str, Any]]] = {
    "augmentation": augmentation,
    "compression": compression,
    "encoders": encoders,
    "faithfulness": faithfulness,
    "faults": faults,
    "fusion": fusion,
    "fuzz": fuzz,
    "gan": gan,
    "interactive": interactive,
    "large": large,
    "peers": peers,
    "pointing": pointing,
    "probes": probes,
    "quality": quality,
    "render": render,
    "room": room,
    "screen": screen,
    "search": search,
    "tasks": tasks,
    "training": training,
}

SEEDS: dict[str, int] = {"fusion": 2, "fuzz": 1}
"""Of the benchmarks that are not run from 5 seeds by default."""

WRITES: tuple[str, ...] = ("fusion",)
"""Those that write what the app shows of them in a form of their own."""


def run(args: argparse.Namespace) -> None:
    """Run one benchmark, or list them."""
    if args.name is None:
        for name, function in BENCHMARKS.items():
            print(f"{name:12} {(function.__doc__ or '').splitlines()[0]}")
        return
    if args.name not in BENCHMARKS:
        raise TriadError("unknown_benchmark", key=args.name, known=", ".join(BENCHMARKS))
    if args.seeds is None:
        args.seeds = SEEDS.get(args.name, 5)
    rows = BENCHMARKS[args.name](args)
    if args.write and args.name not in WRITES:
        goal = ASSETS / "experiments" / f"{args.name}-{args.world}.json"
        with writing(goal):
            write_json(goal, rows)
    if args.json:
        print(json.dumps({"machine": machine(), "figures": rows}, indent=2))
        return
    print(machine())
    for name, value in rows.items():
        print(f"{name:44} {value}")
