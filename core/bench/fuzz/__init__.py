"""Hostile input: what strangers can hand to Triad, damaged in every way that we can think of.

A case may be refused or accepted; it may not end in a traceback, a crash or a hang, nor take more memory than
was promised in ``docs/security.md``.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any, Final

from core.bench.fuzz.engine import Tally, fuzz_target
from core.bench.fuzz.targets import TARGETS
from core.resources import cache_dir

CASES: Final = 10_000
QUICK: Final = 300


class Row(dict[str, Any]):
    """A target's figures, which are printed in columns."""

    def __str__(self) -> str:
        return "  ".join(f"{name} {value}" for name, value in self.items())


def fuzz(args: argparse.Namespace) -> dict[str, Any]:
    """Hostile input to every decoder, importer, file, address and argument: 10,000 cases each a seed."""
    rows: dict[str, Any] = {}
    for name in TARGETS:
        for seed in range(args.seeds):
            print(f"{name}, seed {seed}", file=sys.stderr, flush=True)
            tally = fuzz_target(TARGETS[name], QUICK if args.quick else CASES, seed, folder())
            rows[name if args.seeds == 1 else f"{name}, seed {seed}"] = row_of(tally)
    return rows


def folder() -> Path:
    """Return where inputs that broke the promise are kept."""
    return cache_dir() / "fuzz"


def row_of(tally: Tally) -> Row:
    """Return a target's figures: cases, milliseconds of processor time, megabytes, and what was found."""
    found = [f"{f.kind} {f.where} sha256 {f.digest[:16]} begins {f.begins}" for f in tally.findings]
    return Row(
        cases=tally.cases,
        refused=tally.refused,
        accepted=tally.accepted,
        slowest_ms=round(1000 * tally.slowest),
        peak_mb=round(tally.peak),
        findings=found or "none",
    )
