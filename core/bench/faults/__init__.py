"""What kills, full disks, missing rights, a second process and damaged files do to the next start."""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from core.bench.faults import tasks
from core.bench.faults.damage import damage
from core.bench.faults.kills import Tally, kills, whole
from core.bench.faults.nursery import Nursery
from core.bench.faults.places import full_disk, read_only, together

KILLS: Final = 25
"""Of each of the four."""


def faults(args: argparse.Namespace) -> dict[str, Any]:
    """Kill, fill the disk, take rights away, damage files; see that the next start works, what is lost."""
    rows: dict[str, Any] = {}

    def add(name: str, tally: Tally) -> None:
        rows[name] = tally.row() if args.json or args.write else tally.line()
        print(f"{name}: {tally.line()}", file=sys.stderr, flush=True)
        for violated in tally.violated:
            print(f"  {violated}", file=sys.stderr, flush=True)

    count = 2 if args.quick else KILLS
    with home() as ready, Nursery() as nursery:
        prepare(nursery, ready)
        for name, tally in kills(nursery, ready, count, seed=args.seeds):
            add(f"kill -9, {name}", tally)
        for name, tally in full_disk(nursery, ready, quick=args.quick):
            add(f"full disk, {name}", tally)
        for name, tally in read_only(nursery, ready):
            add(f"read-only, {name}", tally)
        for name, tally in together(nursery, ready, times=1 if args.quick else 4):
            add(f"two at once, {name}", tally)
        for name, tally in damage(nursery, ready, seed=args.seeds, quick=args.quick):
            add(f"damaged, {name}", tally)
    return rows


@contextmanager
def home() -> Iterator[Path]:
    """Give a place for everything, gone afterwards."""
    place = Path(tempfile.mkdtemp(prefix="triad-faults-"))
    try:
        place.chmod(0o755)  # another user looks into it, later
        yield place / "ready"
    finally:
        shutil.rmtree(place, ignore_errors=True)


def prepare(nursery: Nursery, ready: Path) -> None:
    """Make what is there before a fault: a built world, a catalog and its import, each of another seed."""
    tasks.catalog(ready, 1)
    whole(nursery.one("build", ready, 1))
    whole(nursery.one("import_", ready))
