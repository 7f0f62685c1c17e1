"""A process that has loaded everything once, and forks a child for each task: a start costs milliseconds.

It is asked in JSON lines on its standard input, and answers each with one on its standard output. It is a
process of its own, ``python -m core.bench.faults``, so that no thread of whoever asks is forked along.
"""

from __future__ import annotations

import json
import os
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

from core.resources import ASSETS

LIMIT: Final = 120.0
"""Seconds after which a child is taken to hang."""


@dataclass(frozen=True)
class Task:
    """What a child does.

    Attributes
    ----------
    name : of a function in ``tasks``
    home : its folder, with ``data`` and ``cache`` in it
    words : further arguments
    kill : seconds after which it gets SIGKILL, or None
    most : bytes that a file may have, or None
    env : further environment
    """

    name: str
    home: Path
    words: tuple[Any, ...] = ()
    kill: float | None = None
    most: int | None = None
    env: Mapping[str, str] | None = None


@dataclass(frozen=True)
class Outcome:
    """What became of it.

    ``said`` is the sentence of a TriadError, ``broke`` a traceback, ``value`` what was returned as JSON.
    """

    killed: bool
    seconds: float
    value: Any = None
    said: str = ""
    broke: str = ""

    @property
    def fine(self) -> bool:
        """Whether it came to its end."""
        return not (self.killed or self.said or self.broke)


class Nursery:
    """The process, seen from outside; a context manager.

    Parameters
    ----------
    checkout : whose code it runs
    before : words before its command, such as a program that takes rights away
    """

    def __init__(self, checkout: Path = ASSETS.parent, before: Sequence[str] = ()) -> None:
        self._checkout, self._before = checkout, before

    def __enter__(self) -> Self:
        own = {"OMP_NUM_THREADS": "1", "OMP_WAIT_POLICY": "PASSIVE"}
        self._process = subprocess.Popen(
            [*self._before, sys.executable, "-m", __package__ or ""],
            cwd=self._checkout,
            env={**os.environ, **own, "PYTHONPATH": str(self._checkout)},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        return self

    def __exit__(
        self, _: type[BaseException] | None, __: BaseException | None, ___: TracebackType | None
    ) -> None:
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait(timeout=LIMIT)

    def run(self, *tasks: Task) -> list[Outcome]:
        """Run tasks side by side and wait for all of them."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        asked = [{**vars(task), "home": str(task.home)} for task in tasks]
        self._process.stdin.write(json.dumps(asked) + "\n")
        self._process.stdin.flush()
        return [Outcome(**found) for found in json.loads(self._process.stdout.readline())]

    def one(self, name: str, home: Path, *words: Any, **how: Any) -> Outcome:
        """Run one task."""
        return self.run(Task(name, home, words, **how))[0]


def _fork(task: Mapping[str, Any]) -> tuple[int, int]:
    """Start a child; return its process and where it will write its outcome."""
    reading, writing = os.pipe()
    child = os.fork()
    if child:
        os.close(writing)
        return child, reading
    try:
        told = json.dumps(_child(task))
    except BaseException:
        import traceback

        told = json.dumps({"broke": traceback.format_exc()})
    with open(writing, "w", encoding="utf-8") as file:
        file.write(told)
    os._exit(0)


def _child(task: Mapping[str, Any]) -> Mapping[str, Any]:
    from core.bench.faults import tasks
    from core.errors import TriadError

    home = Path(task["home"])
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    os.environ["TRIAD_DATA_DIR"] = str(home / "data")
    os.environ["TRIAD_CACHE_DIR"] = str(home / "cache")
    os.environ.update(task["env"] or {})
    if task["most"] is not None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (task["most"], task["most"]))
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    try:
        return {"value": getattr(tasks, task["name"])(home, *task["words"])}
    except TriadError as error:
        return {"said": error.say()}


def _wait(task: Mapping[str, Any], child: int, reading: int, started: float) -> Mapping[str, Any]:
    """Kill a child when its moment has come, or read what it has to tell."""
    until = started + (LIMIT if task["kill"] is None else task["kill"])
    pause = 0.0005
    while time.monotonic() < until:
        if os.waitpid(child, os.WNOHANG)[0]:
            break
        time.sleep(min(pause, max(0.0, until - time.monotonic())))
    else:
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        os.close(reading)
        broke = "" if task["kill"] is not None else f"hangs for more than {LIMIT} s"
        return {"killed": True, "seconds": time.monotonic() - started, "broke": broke}
    seconds = time.monotonic() - started
    with open(reading, encoding="utf-8") as file:
        told = file.read()
    found = json.loads(told) if told else {"broke": "it ended without a word"}
    return {"killed": False, "seconds": seconds, **found}


def main() -> None:
    """Load what the tasks need, then fork whenever asked."""
    from core.bench.faults import tasks

    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    tasks.load()
    for line in sys.stdin:
        asked: Sequence[Mapping[str, Any]] = json.loads(line)
        started = time.monotonic()
        children = [_fork(task) for task in asked]
        found = [_wait(t, *c, started) for t, c in zip(asked, children, strict=True)]
        answers.write(json.dumps(found) + "\n")
        answers.flush()
