"""Every kind of file that is read: cut, emptied, one byte changed, a folder in its place.

Locales, lessons, world code and figures ship with the code, and are as whole as the checkout is.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np

from core.bench.faults import tasks
from core.bench.faults.kills import Tally, whole
from core.bench.faults.nursery import Nursery

Chance = np.random.Generator


def cut(path: Path, rng: Chance) -> None:
    """Cut a file at a random place."""
    content = path.read_bytes()
    path.write_bytes(content[: int(rng.integers(1, len(content)))])


def empty(path: Path, _: Chance) -> None:
    """Empty a file."""
    path.write_bytes(b"")


def flip(path: Path, rng: Chance) -> None:
    """Change one byte of a file."""
    content = bytearray(path.read_bytes())
    content[int(rng.integers(len(content)))] ^= int(rng.integers(1, 256))
    path.write_bytes(content)


def folder(path: Path, _: Chance) -> None:
    """Put a folder in the place of a file."""
    path.unlink()
    path.mkdir()


DAMAGES: Final[Mapping[str, Callable[[Path, Chance], None]]] = {
    "cut": cut,
    "emptied": empty,
    "one byte changed": flip,
    "a folder": folder,
}


@dataclass(frozen=True)
class Kind:
    """A kind of file.

    Attributes
    ----------
    name : what it is called in the table
    where : pattern below a home; the first match is damaged
    use : task that reads it
    words : further arguments of the task
    derived : whether it can be made again, so that nothing may be lost
    says : what the sentence has to name, by default the file
    cut_shows : whether a file that was cut or emptied can be told from one that was not finished
    """

    name: str
    where: str
    use: str
    words: tuple[Any, ...] = ()
    derived: bool = False
    says: str = ""
    cut_shows: bool = True


_PARTS: Final = ("manifest.json", "items.json", "visitors.json", "interactions.npz")
_ARRAYS: Final = ("truth.npz", "vectors.npz", "scalers.npz")
_BUILT: Final = ("gated-off-dot.safetensors", "first.json")
_IMPORTED: Final = ("late-off-dot.safetensors", "media.json", "credits.json")

KINDS: Final[tuple[Kind, ...]] = (
    *(
        Kind("a built world", f"assets/worlds/{tasks.WORLD}/{part}", "look", (tasks.WORLD,))
        for part in (*_PARTS, *_ARRAYS, *_BUILT)
    ),
    *(
        Kind("an import", f"data/worlds/{tasks.NAME}/{part}", "look")
        for part in (*_PARTS, *_ARRAYS, *_IMPORTED)
    ),
    Kind("imported media", f"data/worlds/{tasks.NAME}/media/item-0-image.png", "look"),
    Kind("imported media", f"data/worlds/{tasks.NAME}/media/item-0-audio.wav", "look"),
    Kind("a checkpoint", "run.safetensors", "train"),
    Kind("votes", "cache/class-1.sqlite", "votes"),
    Kind("votes", "cache/class-1.sqlite-wal", "votes", says="class-1.sqlite", cut_shows=False),
    Kind("kept vectors", "cache/vectors/*/*", "import_", derived=True),
    Kind("kept pictures", "cache/media/shop/*", "render", derived=True),
    Kind("the search's arrays", "cache/bridge/array.npy", "keep_array", derived=True),
)


def damage(nursery: Nursery, ready: Path, *, seed: int, quick: bool) -> Iterator[tuple[str, Tally]]:
    """Yield a tally for each kind of file: damaged, it works as before or one sentence names it."""
    whole_home = _with_everything(nursery, ready)
    rng = np.random.default_rng(seed)
    tallies: dict[str, Tally] = {}
    usual: dict[tuple[Any, ...], Any] = {}
    for kind in KINDS:
        tally = tallies.setdefault(kind.name, Tally())
        use = (kind.use, *kind.words)
        if use not in usual:
            usual[use] = _used(nursery, whole_home, kind).value
        for name in ("one byte changed",) if quick else DAMAGES:
            _try(nursery, whole_home, kind, name, rng, tally, usual[use])
    yield from tallies.items()


def _with_everything(nursery: Nursery, ready: Path) -> Path:
    """Return a home that has a file of every kind."""
    home = ready.with_name("everything")
    shutil.copytree(ready, home)
    (home / "run.safetensors").unlink(missing_ok=True)
    for task in ("start", "vote", "render", "keep_array"):
        whole(nursery.one(task, home))
    return home


def _used(nursery: Nursery, home: Path, kind: Kind) -> Any:
    copy = home.with_name("usual")
    shutil.copytree(home, copy)
    found = whole(nursery.one(kind.use, copy, *kind.words))
    shutil.rmtree(copy)
    return found


def _try(
    nursery: Nursery,
    ready: Path,
    kind: Kind,
    how: str,
    rng: Chance,
    tally: Tally,
    usual: Any,
) -> None:
    home = ready.with_name("hurt")
    shutil.copytree(ready, home)
    path = sorted(p for p in home.glob(kind.where) if p.is_file())[0]
    DAMAGES[how](path, rng)
    left = path.read_bytes() if path.is_file() else None
    where = f"{path.name}, {how}"
    found = nursery.one(kind.use, home, *kind.words)
    tally.faults += 1
    if found.said:
        named = (kind.says or path.name) in found.said and "\n" not in found.said
        tally.check(named and not kind.derived, f"{where}: {found.said}")
        kept = path.is_dir() if left is None else path.is_file() and path.read_bytes() == left
        tally.check(kept, f"{where}: the file itself was changed")
        tally.lost["told, with the file's name"] += 1
        tally.worked += named
    elif found.fine and found.value == usual:
        tally.lost["nothing"] += 1
        tally.worked += 1
    elif found.fine and how in ("cut", "emptied") and not kind.cut_shows:
        tally.lost["what was written last, untold"] += 1
        tally.worked += found.value.items() <= usual.items()
        tally.check(found.value.items() <= usual.items(), f"{where}: {found.value}")
    else:
        tally.violated.append(f"{where}: {found}")
    if kind.name in ("an import", "imported media"):
        other = nursery.one("look", home, tasks.WORLD)
        tally.check(other.fine, f"{where}, the other world: {other}")
    shutil.rmtree(home)
