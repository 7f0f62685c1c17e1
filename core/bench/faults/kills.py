"""``kill -9`` at random moments of a build, an import, a training and a vote, and the start after each."""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from core.bench.faults import tasks
from core.bench.faults.nursery import Nursery, Outcome


@dataclass
class Tally:
    """What became of some faults: ``lost`` counts by what it is, ``violated`` says what should not be."""

    faults: int = 0
    worked: int = 0
    lost: Counter[str] = field(default_factory=Counter)
    violated: list[str] = field(default_factory=list)

    def row(self) -> dict[str, Any]:
        """Return the tally as plain values."""
        return {
            "faults": self.faults,
            "next start worked": self.worked,
            "lost": dict(self.lost),
            "violated": self.violated,
        }

    def line(self) -> str:
        """Return the tally as a line."""
        lost = ", ".join(f"{what} ({n})" for what, n in self.lost.most_common())
        violated = len(self.violated)
        return (
            f"{self.worked} of {self.faults} next starts worked; lost: {lost}; violated: {violated}"
        )

    def check(self, holds: bool, what: str) -> None:
        """Note what does not hold."""
        if not holds:
            self.violated.append(what)


Trial = Callable[[Nursery, Path, float, Tally], None]
"""Takes a home that is as before, and a moment as a share of the usual duration."""


def kills(nursery: Nursery, ready: Path, count: int, seed: int) -> Iterator[tuple[str, Tally]]:
    """Yield a tally for each of the four; ``ready`` has a built world, a catalog, and its import.

    Parameters
    ----------
    count : kills of each, spread over the usual duration: one at a random moment in every n-th part of it
    """
    rng = np.random.default_rng(seed)
    for name, trial in _trials(nursery, ready).items():
        tally = Tally()
        for n, at in enumerate((np.arange(count) + rng.random(count)) / count):
            home = ready.with_name(f"{name}-{n}")
            shutil.copytree(ready, home, symlinks=True)
            tally.faults += 1
            trial(nursery, home, float(at), tally)
            shutil.rmtree(home)
        yield name, tally


def _trials(nursery: Nursery, ready: Path) -> dict[str, Trial]:
    """Run each once undisturbed, to know how long it takes and what it comes to."""

    def usual(name: str) -> tuple[Outcome, Path]:
        home = ready.with_name(f"usual-{name}")
        shutil.copytree(ready, home, symlinks=True)
        if name == "import_":
            tasks.catalog(home, 2)
        return whole(nursery.one(name, home)), home

    built, home = usual("build")
    new_world = nursery.one("look", home, tasks.WORLD).value
    imported, home = usual("import_")
    new_catalog = nursery.one("look", home).value
    trained, _ = usual("train")
    voted, _ = usual("vote")
    old_world = nursery.one("look", ready, tasks.WORLD).value
    old_catalog = nursery.one("look", ready).value

    def build(nursery: Nursery, home: Path, at: float, tally: Tally) -> None:
        before = tasks.tree(home, "data")
        _kill(nursery, "build", home, at * built.seconds)
        seen = nursery.one("look", home, tasks.WORLD)
        tally.check(seen.value in (old_world, new_world), f"the world at {at:.3f}: {seen}")
        tally.lost["the unfinished build" if seen.value == old_world else "nothing"] += 1
        again = nursery.one("build", home)
        tally.check(again.value == built.value, f"the next build at {at:.3f}: {again}")
        _nothing_else(home, "assets", tally, at)
        tally.check(tasks.tree(home, "data") == before, f"data at {at:.3f}")
        tally.worked += seen.fine and again.fine

    def import_(nursery: Nursery, home: Path, at: float, tally: Tally) -> None:
        tasks.catalog(home, 2)
        before = [tasks.tree(home, part) for part in ("source", "assets")]
        _kill(nursery, "import_", home, at * imported.seconds)
        seen = nursery.one("look", home)
        tally.check(seen.value in (old_catalog, new_catalog), f"the catalog at {at:.3f}: {seen}")
        tally.lost["the unfinished import" if seen.value == old_catalog else "nothing"] += 1
        again = nursery.one("import_", home)
        tally.check(again.value == imported.value, f"the next import at {at:.3f}: {again}")
        _nothing_else(home, "data", tally, at)
        after = [tasks.tree(home, part) for part in ("source", "assets")]
        tally.check(after == before, f"sources and worlds at {at:.3f}")
        tally.worked += seen.fine and again.fine

    def train(nursery: Nursery, home: Path, at: float, tally: Tally) -> None:
        _kill(nursery, "train", home, at * trained.seconds)
        if (home / "run.safetensors").exists():
            kept = nursery.one("state", home)
            tally.check(kept.fine, f"the checkpoint at {at:.3f}: {kept}")
            tally.lost["the epoch it was in"] += 1
        else:
            tally.lost["a run without a checkpoint yet"] += 1
        again = nursery.one("train", home)
        same = again.fine and again.value["digest"] == trained.value["digest"]
        tally.check(same, f"not bit by bit at {at:.3f}: {again}")
        tally.worked += again.fine

    def vote(nursery: Nursery, home: Path, at: float, tally: Tally) -> None:
        _kill(nursery, "vote", home, at * voted.seconds)
        told = acknowledged(home)
        seen = nursery.one("votes", home)
        found: dict[str, str] = seen.value or {}
        wrong = [s for s, choice in told.items() if found.get(s) != choice]
        # At most one vote was on its way: that one may be there, or in place of an older one.
        tally.check(len(wrong) <= 1 and len(found) >= len(told), f"votes at {at:.3f}: {wrong}")
        if wrong:
            tally.check(wrong[0] in found, f"an acknowledged vote is gone at {at:.3f}")
        tally.lost["nothing acknowledged"] += 1
        again = nursery.one("vote", home, 4, "b")
        tally.check(again.fine, f"the next votes at {at:.3f}: {again}")
        tally.worked += seen.fine and again.fine

    return {"build": build, "import": import_, "train": train, "vote": vote}


def acknowledged(home: Path) -> dict[str, str]:
    """Return every student's last choice that was acknowledged."""
    path = home / "acks"
    lines = path.read_text().split("\n")[:-1] if path.exists() else []
    return dict(line.split() for line in lines)


def whole(outcome: Outcome) -> Outcome:
    """Return an outcome that must be a good one."""
    if not outcome.fine:
        raise RuntimeError(f"undisturbed, and yet: {outcome}")
    return outcome


def _kill(nursery: Nursery, name: str, home: Path, after: float) -> None:
    nursery.one(name, home, kill=after)


def _nothing_else(home: Path, below: str, tally: Tally, at: float) -> None:
    left = tasks.tidy(home, below)
    tally.check(not left, f"left behind at {at:.3f}: {left}")
