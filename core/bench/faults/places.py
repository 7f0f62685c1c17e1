"""Full disks, places that may only be read, and two processes in one place."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from core.bench.faults import tasks
from core.bench.faults.kills import Tally, acknowledged, whole
from core.bench.faults.nursery import Nursery, Outcome, Task
from core.resources import ASSETS

_SIZE: Final = 64
"""Megabytes of the disk that is filled."""
FREE: Final = (0, 20, 200)
"""Kilobytes that are left on it."""
QUICK: Final = (20,)

_WRITERS: Final[Sequence[tuple[str, tuple[object, ...]]]] = (
    ("build", ()),
    ("import_", ()),
    ("train", ("old.safetensors",)),
    ("vote", ()),
    ("command", ("export", tasks.NAME, "HOME/exported")),
    ("find", ()),
)

_PARTS: Final = ("core", "components", "pages", "assets", "app.py", ".streamlit")
_COMMANDS: Final[Sequence[tuple[tuple[str, ...], bool]]] = (
    (("worlds",), True),
    (("recommend", "--text", "a red lamp"), True),
    (("recommend", "--world", tasks.NAME, "--fusion", "late"), True),
    (("explain", "--world", tasks.NAME, "--item", "item-3"), True),
    (("search", "a red lamp", "--world", tasks.NAME), True),
    (("build", tasks.WORLD, "--items", "10", "--visitors", "40", "--fusion", "gated"), False),
    (("import", "HOME/source", "--name", "another"), False),
    (("train", "--world", tasks.NAME, "--preset", "quick", "--epochs", "2"), False),
    (("export", tasks.NAME, "HOME/exported"), False),
    (("show",), True),
    (("page",), True),
    (("open_room",), False),
)
"""What is run where nothing may be written, and whether it only reads."""


def full_disk(nursery: Nursery, ready: Path, *, quick: bool) -> Iterator[tuple[str, Tally]]:
    """Yield a tally for each writer: what was there stays whole, one sentence says so, later it works."""
    for name, words in _WRITERS:
        tally = Tally()
        for free in QUICK if quick else FREE:
            with _disk(ready) as (home, mounted):
                if name == "import_":
                    tasks.catalog(home, 2)
                if name == "train":
                    shutil.copy(_checkpoint(nursery, ready), home / "old.safetensors")
                if name == "vote":
                    whole(nursery.one("vote", home, 6))
                before = {part: tasks.tree(home, part) for part in ("assets", "data", "source")}
                filled = _fill(home, free) if mounted else None
                most = None if mounted else free * 1024
                tally.faults += 1
                found = nursery.one(name, home, *words, most=most)
                _judge(tally, f"{name}, {free} KB free", found)
                if filled is not None:
                    filled.unlink()
                if found.said:
                    for part, were in before.items():
                        now = tasks.tree(home, part)
                        tally.check(now == were, f"{part} changed by {name}, {free} KB free")
                if name == "vote":
                    kept = nursery.one("votes", home).value or {}
                    told = acknowledged(home)
                    lost = [s for s, choice in told.items() if kept.get(s) != choice]
                    tally.check(len(lost) <= 1, f"votes lost: {lost}")
                shutil.rmtree(home / "exported", ignore_errors=True)
                again = nursery.one(name, home, *words)
                tally.check(again.fine, f"afterwards, {name}: {again}")
                tally.worked += again.fine
        yield name.rstrip("_") if name != "command" else "export", tally


def _judge(tally: Tally, where: str, found: Outcome) -> None:
    """Note whether something worked, or said why not in one line."""
    tally.check(not found.broke and "\n" not in found.said, f"{where}: {found}")
    reason = found.said.partition(": ")[2].partition(".")[0] if found.said else "nothing"
    tally.lost[reason or "told in a sentence"] += 1


def _checkpoint(nursery: Nursery, ready: Path) -> Path:
    """Return a checkpoint of a run that was killed half-way: made once."""
    path = ready / "run.safetensors"
    if not path.exists():
        whole(nursery.one("start", ready))
    return path


@contextmanager
def _disk(ready: Path) -> Iterator[tuple[Path, bool]]:
    """Give a copy of a home on a small disk of its own, or, where none can be had, without one."""
    place = ready.with_name("disk")
    place.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", f"size={_SIZE}m", "tmpfs", str(place)]
    mounted = (
        shutil.which("mount") is not None
        and subprocess.run(command, capture_output=True, check=False).returncode == 0
    )
    try:
        home = place / "home"
        shutil.copytree(ready, home)
        yield home, mounted
    finally:
        if mounted:
            subprocess.run(["umount", "-l", str(place)], check=True)  # noqa: S607
        shutil.rmtree(place, ignore_errors=True)


def _fill(home: Path, free: int) -> Path:
    """Fill the disk of a home but for some kilobytes."""
    path = home / "filling"
    with path.open("wb", buffering=0) as file:
        left = shutil.disk_usage(home).free - free * 1024
        while left > 0:
            left -= file.write(bytes(min(left, 1 << 20)))
    return path


def read_only(nursery: Nursery, ready: Path) -> Iterator[tuple[str, Tally]]:
    """Yield a tally for a checkout and data that may only be read, with a cache folder and without one."""
    right = _without_rights()
    if right is None:
        return
    checkout = ready.with_name("checkout")
    checkout.mkdir()
    for part in _PARTS:
        place = ASSETS.parent / part
        copy = shutil.copytree if place.is_dir() else shutil.copy
        copy(place, checkout / part)
    with _locked(checkout), Nursery(checkout, right) as visitor:
        for cache in (True, False):
            home = ready.with_name(f"locked-{cache}")
            shutil.copytree(ready, home)
            shutil.rmtree(home / "cache", ignore_errors=True)
            env = {"TRIAD_CACHE_DIR": str(ready.with_name("open"))} if cache else {}
            before = tasks.tree(home, ".")
            tally = Tally()
            with _locked(home):
                for words, reads in _COMMANDS:
                    tally.faults += 1
                    found = visitor.one(*_task(words, home), env=env)
                    _judge(tally, " ".join(words), found)
                    tally.worked += found.fine or bool(found.said)
                    works = reads or (cache and words[0] == "open_room")
                    tally.check(found.fine == works, f"{' '.join(words)}: {found}")
            tally.check(tasks.tree(home, ".") == before, "something was written")
            yield f"{'with' if cache else 'without'} a cache folder", tally


def _task(words: Sequence[str], home: Path) -> tuple[Any, ...]:
    own = words[0] in ("show", "page", "open_room")
    return (words[0], home) if own else ("command", home, *words)


def _without_rights() -> Sequence[str] | None:
    """Return what to put before a command so that modes hold for it; None where root cannot be held."""
    if os.geteuid() != 0:
        return ()
    program = shutil.which("setpriv")
    return None if program is None else (program, "--bounding-set=-all", "--inh-caps=-all")


@contextmanager
def _locked(place: Path) -> Iterator[None]:
    """Take the right to write away from a folder and all below it."""
    modes = {path: path.stat().st_mode for path in (place, *place.rglob("*"))}
    for path, mode in modes.items():
        path.chmod(mode & ~0o222)
    try:
        yield
    finally:
        for path, mode in modes.items():
            path.chmod(mode)


def together(nursery: Nursery, ready: Path, *, times: int) -> Iterator[tuple[str, Tally]]:
    """Yield a tally for two processes that do the same in one place, while a third looks."""
    for name, below, world in (
        ("build", "assets", tasks.WORLD),
        ("import_", "data", tasks.NAME),
        ("train", ".", ""),
        ("find", "cache", ""),
        ("vote", "cache", ""),
    ):
        tally = Tally()
        for n in range(times):
            home = ready.with_name(f"both-{name}{n}")
            shutil.copytree(ready, home)
            (home / "run.safetensors").unlink(missing_ok=True)
            if name == "import_":
                tasks.catalog(home, 2)
            if name == "vote":
                whole(nursery.one("vote", home, 4, "first"))
            words = [(60, "a"), (60, "b")] if name == "vote" else [(), ()]
            jobs = [Task(name, home, each) for each in words]
            if world:
                jobs.append(Task("stare", home, (world,)))
            tally.faults += 1
            found = nursery.run(*jobs)
            tally.check(all(f.fine for f in found), f"{name}: {found}")
            tally.worked += all(f.fine for f in found)
            if name == "vote":
                kept = nursery.one("votes", home).value
                told = acknowledged(home)
                tally.check(kept == told, "votes of two servers")
            else:
                results = [
                    f.value["digest"] if name == "train" and f.fine else f.value for f in found[:2]
                ]
                tally.check(results[0] == results[1], f"{name}: two results")
            if world:
                seen = nursery.one("look", home, world)
                tally.check(seen.fine, f"{name}: {seen}")
            left = tasks.tidy(home, below)
            tally.check(not left, f"{name}: left behind {left}")
            tally.lost["nothing"] += 1
            shutil.rmtree(home)
        yield name.rstrip("_"), tally
