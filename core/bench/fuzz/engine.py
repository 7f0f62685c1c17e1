"""A fuzzer in a page: a corpus that grows by what reaches new lines, in a process that may die.

What is fuzzed is Python around codecs in C. Coverage of the Python comes from ``sys.settrace``, restricted to
our own files, so that modules need not be loaded in a special way and the whole runs wherever Python does. A
codec that crashes, hangs or eats memory takes only its process along: the input lies in a file by then.
"""

from __future__ import annotations

import hashlib
import json
import multiprocessing
import os
import random
import resource
import signal
import tempfile
import time
import traceback
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from multiprocessing.sharedctypes import RawArray
from pathlib import Path
from typing import Any, Final

from core.bench.fuzz.cage import (
    HUNG,
    MEGABYTES,
    ROOT,
    Watch,
    alarm,
    grown,
    limit_memory,
    noise,
    redirect,
)
from core.bench.fuzz.mutate import mutated
from core.errors import TriadError
from core.types import LANGUAGES

_DEATHS: Final = 5
_LARGE: Final = 32 * 1024
"""Bytes of a seed that is run as it is only: changed, it would cost much and tell little."""
_KEPT: Final = 400
"""Inputs in the corpus at most; a new one takes the place of an old one then."""


@dataclass(frozen=True)
class Target:
    """What is fuzzed.

    Attributes
    ----------
    seeds : valid inputs and bombs, made when asked for; may prepare the folder that they are run in
    run : takes an input and that folder, and returns False where it refused it; only a :class:`TriadError`
        may come out
    watched : folders and files below the project whose lines guide the search
    warm : called in the process that runs the cases, before the first: what is loaded once is no case's cost
    text : whether an input that is no text is refused at once, so that few of them should be
    """

    name: str
    seeds: Callable[[Path], Sequence[bytes]]
    run: Callable[[bytes, Path], object]
    watched: tuple[str, ...]
    text: bool = False
    warm: Callable[[Path], object] | None = None


@dataclass(frozen=True)
class Finding:
    """An input that broke the promise: what happened, the input's SHA-256, and how it begins."""

    kind: str
    digest: str
    begins: str
    where: str = ""


@dataclass
class Tally:
    """What became of a target's cases; ``slowest`` in seconds of processor time, ``peak`` in megabytes."""

    cases: int = 0
    refused: int = 0
    accepted: int = 0
    slowest: float = 0.0
    peak: float = 0.0
    findings: list[Finding] = field(default_factory=list)


def fuzz_target(target: Target, cases: int, seed: int, folder: Path) -> Tally:
    """Run so many cases of a target, in a forked process each time one has died.

    Parameters
    ----------
    folder : where inputs that break the promise are kept, by target and digest
    """
    if not hasattr(os, "fork"):
        raise TriadError("fuzz_needs_fork")
    folder.mkdir(parents=True, exist_ok=True)
    memory = "/dev/shm" if os.path.isdir("/dev/shm") else None  # noqa: S108  # a disk would set the pace
    with tempfile.TemporaryDirectory(prefix="triad-fuzz-", dir=memory) as scratch:
        return _lives(target, cases, seed, folder, Path(scratch))


def _lives(target: Target, cases: int, seed: int, folder: Path, place: Path) -> Tally:
    tally, kinds = Tally(), set[str]()
    seeds = list(target.seeds(place))
    for life in range(_DEATHS):
        counts = RawArray("d", 5)
        told, current = place / ".findings", place / ".input"
        told.write_text("")
        work = (target, seeds, cases - tally.cases, seed + 7919 * life, counts, folder, place)
        child = multiprocessing.get_context("fork").Process(target=_work, args=work, daemon=True)
        child.start()
        child.join()
        tally.cases += int(counts[0])
        tally.refused += int(counts[1])
        tally.accepted += int(counts[2])
        tally.slowest, tally.peak = max(tally.slowest, counts[3]), max(tally.peak, counts[4])
        found = [Finding(**json.loads(line)) for line in told.read_text().splitlines()]
        if child.exitcode:
            deadly = current.read_bytes()
            seeds = [each for each in seeds if each != deadly]
            found.append(_keep(folder, target.name, deadly, _death(child.exitcode)))
            tally.cases += 1
        tally.findings += [f for f in found if f"{f.kind}{f.where}" not in kinds]
        kinds |= {f"{f.kind}{f.where}" for f in found}
        if not child.exitcode or tally.cases >= cases:
            break
    return tally


def _death(code: int) -> str:
    """Say how a process died, by its exit code."""
    if code > 0:
        return f"exit {code}"
    return "hang" if -code in HUNG else signal.Signals(-code).name


def _work(
    target: Target,
    seeds: list[bytes],
    cases: int,
    seed: int,
    counts: Any,
    folder: Path,
    place: Path,
) -> None:
    """Run cases in this process, which has been forked for it."""
    said = redirect(place / ".said")
    for alarmed in HUNG:
        signal.signal(alarmed, signal.SIG_DFL)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    random.seed(seed)
    if target.warm is not None:
        target.warm(place)
    began = grown()
    limit_memory()
    rng = random.Random(seed)
    seen: set[tuple[str, int]] = set()
    corpus = [seed for seed in seeds if len(seed) <= _LARGE]
    noted: set[str] = set()
    watch = Watch(target.watched)
    told, current = place / ".findings", place / ".input"
    parent = os.getppid()
    for number in range(cases):
        if os.getppid() != parent:  # nobody is left to tell
            return
        data = seeds[number] if number < len(seeds) else mutated(rng, corpus, text=target.text)
        current.write_bytes(data)
        before, started = grown(), time.process_time()
        with watch as fresh, alarm():
            refused, broken, where = run_case(target, data, place)
        took, size = time.process_time() - started, grown()
        if not broken and (loud := noise(said)):
            broken, where = "noise", loud
        if not broken and size - before > MEGABYTES:
            broken, where = "memory", f"{size - before:.0f} MB"
        counts[0] = number + 1
        counts[1 if refused or broken else 2] += 1
        counts[3], counts[4] = max(counts[3], took), max(counts[4], size - began)
        if broken and broken + where not in noted:
            noted.add(broken + where)
            finding = _keep(folder, target.name, data, broken, where)
            with told.open("a") as file:
                file.write(json.dumps(vars(finding)) + "\n")
        if not fresh <= seen:
            seen |= fresh
            if len(corpus) < len(seeds) + _KEPT:
                corpus.append(data)
            else:
                corpus[rng.randrange(len(seeds), len(corpus))] = data


def run_case(target: Target, data: bytes, place: Path) -> tuple[bool, str, str]:
    """Run one case: whether it was refused, what broke the promise ("" for nothing), and where."""
    try:
        return target.run(data, place) is False, "", ""
    except TriadError as error:
        if _out_of_memory(error):
            return True, "memory", "limit"
        for language in LANGUAGES:
            try:
                said = error.say(language)
            except Exception as wrong:  # a sentence that cannot be said is a traceback too
                return True, f"unsaid {error.code}", type(wrong).__name__
            if "Traceback" in said:
                return True, "traceback", error.code
        return True, "", ""
    except BaseException as error:
        frames = traceback.extract_tb(error.__traceback__)
        last = [f for f in frames[:1] + frames if ROOT in f.filename][-1]
        return False, type(error).__name__, f"{Path(last.filename).name}:{last.lineno}"


def _out_of_memory(error: BaseException) -> bool:
    """Say whether an error was made of one that only the limit on memory caused."""
    cause = error.__cause__
    return cause is not None and (type(cause) is MemoryError or _out_of_memory(cause))


def _keep(folder: Path, name: str, data: bytes, kind: str, where: str = "") -> Finding:
    """Write an input down, so that it can be run again."""
    digest = hashlib.sha256(data).hexdigest()
    (folder / f"{name}-{digest[:16]}").write_bytes(data)
    return Finding(kind, digest, data[:24].hex(), where)
