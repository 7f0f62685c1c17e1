"""The benchmarks that ``docs/benchmarks.md`` quotes: ``python -m core bench NAME``."""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable
from typing import Any

from core.bench.augmentation import augmentation
from core.bench.encoders import encoders
from core.bench.faithfulness import faithfulness
from core.bench.interactive import interactive
from core.bench.measure import machine
from core.bench.probes import probes
from core.bench.quality import quality
from core.bench.render import render
from core.bench.screen import screen
from core.bench.search import search
from core.errors import TriadError

BENCHMARKS: dict[str, Callable[[argparse.Namespace], dict[str, Any]]] = {
    "augmentation": augmentation,
    "encoders": encoders,
    "faithfulness": faithfulness,
    "interactive": interactive,
    "probes": probes,
    "quality": quality,
    "render": render,
    "screen": screen,
    "search": search,
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
