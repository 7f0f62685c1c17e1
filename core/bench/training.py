"""How long one waits for a training that one watches."""

from __future__ import annotations

import argparse
import sys
from typing import Any, Final

from core.fusion import FUSIONS
from core.training.presets import preset
from core.training.run import Done, Run

QUICK: Final = ("sum", "gated")


def training(args: argparse.Namespace) -> dict[str, Any]:
    """Train every fusion with the quick settings: seconds, NDCG@10 on validation and on what was held out."""
    rows: dict[str, Any] = {}
    for key in QUICK if args.quick else FUSIONS:
        run = Run.of_world(args.world, preset("quick", fusion=key))
        *_, last = run.events()
        assert isinstance(last, Done), "a stream ends with Done"
        rows[key] = {
            "seconds": round(last.seconds, 1),
            "validation": round(last.best, 3),
            "held out": round(run.test().ndcg, 3),
        }
        print(key, rows[key], file=sys.stderr, flush=True)
    return rows
