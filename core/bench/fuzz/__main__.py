"""Fuzz some targets, or run one kept input again: ``python -m core.bench.fuzz image --input FILE``."""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

from core.bench.fuzz import CASES, folder, row_of
from core.bench.fuzz.engine import fuzz_target
from core.bench.fuzz.targets import TARGETS


def main() -> None:
    """Run the targets that are named, or all."""
    parser = argparse.ArgumentParser(prog="python -m core.bench.fuzz", description=__doc__)
    parser.add_argument("targets", nargs="*", metavar="TARGET", help=f"of {', '.join(TARGETS)}")
    parser.add_argument("--cases", type=int, default=CASES)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--input", type=Path, metavar="F", help="run this once, in the open")
    args = parser.parse_args()
    for name in args.targets or TARGETS:
        target = TARGETS[name]
        if args.input is None:
            print(
                f"{name:18}{row_of(fuzz_target(target, args.cases, args.seed, folder()))}",
                flush=True,
            )
            continue
        with tempfile.TemporaryDirectory() as place:
            target.seeds(Path(place))
            print(target.run(args.input.read_bytes(), Path(place)))


if __name__ == "__main__":
    main()
