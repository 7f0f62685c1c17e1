"""A queue of commands, each run in a process of its own, whose output is read line by line.

A page that trains must stay quick, and so must everybody else's: the work is done by ``python -m core``
with a lower priority, and what it prints as JSON lines is all that comes back.
"""

from __future__ import annotations

import atexit
import json
import os
import signal
import subprocess
import sys
import threading
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Final

from core.errors import TriadError

MAX_EVENTS: Final = 2000
"""How many lines of a job are kept, the latest."""

MAX_WAITING: Final = 20
NICE: Final = 10


class State(StrEnum):
    """Where a job stands."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    STOPPED = "stopped"
    FAILED = "failed"


OVER: Final = (State.DONE, State.STOPPED, State.FAILED)


@dataclass(eq=False)
class Job:
    """One command in the queue.

    Attributes
    ----------
    arguments : of ``python -m core``
    events : what it printed, each a JSON object
    said : the last lines that it wrote to its error output, for when it fails
    """

    arguments: tuple[str, ...]
    state: State = State.WAITING
    events: deque[Mapping[str, Any]] = field(default_factory=lambda: deque(maxlen=MAX_EVENTS))
    said: deque[str] = field(default_factory=lambda: deque(maxlen=5))
    process: subprocess.Popen[str] | None = None

    @property
    def over(self) -> bool:
        """Whether it will print nothing more."""
        return self.state in OVER


def command(arguments: Sequence[str]) -> list[str]:
    """Return the whole command line of a job."""
    return [sys.executable, "-m", "core", *arguments]


class Queue:
    """Runs jobs in the order they came, a few at a time.

    Parameters
    ----------
    workers : how many run at once
    command : arguments of a job -> command line
    """

    def __init__(
        self, workers: int = 1, command: Callable[[Sequence[str]], list[str]] = command
    ) -> None:
        self._turn = threading.Condition()
        self._waiting: list[Job] = []
        self._command = command
        self._running: set[Job] = set()
        atexit.register(self.close)
        for n in range(workers):
            threading.Thread(target=self._work, name=f"lab-{n}", daemon=True).start()

    def submit(self, arguments: Sequence[str]) -> Job:
        """Put a command at the end of the queue."""
        job = Job(tuple(arguments))
        with self._turn:
            if len(self._waiting) >= MAX_WAITING:
                raise TriadError("lab_full", count=MAX_WAITING)
            self._waiting.append(job)
            self._turn.notify()
        return job

    def ahead(self, job: Job) -> int:
        """Return how many jobs wait in front of this one."""
        with self._turn:
            return self._waiting.index(job) if job in self._waiting else 0

    def stop(self, job: Job) -> None:
        """Take a job out of the queue, or ask it to save what it has and end."""
        with self._turn:
            if job in self._waiting:
                self._waiting.remove(job)
                job.state = State.STOPPED
            elif job.process is not None and not job.over:
                job.state = State.STOPPED
                job.process.send_signal(signal.SIGINT)

    def close(self) -> None:
        """End everything; for the end of the process."""
        with self._turn:
            self._waiting.clear()
            for job in self._running:
                if job.process is not None:
                    job.process.kill()

    def _work(self) -> None:
        while True:
            with self._turn:
                while not self._waiting:
                    self._turn.wait()
                job = self._waiting.pop(0)
                try:
                    job.process = self._start(job)
                except (
                    OSError
                ) as error:  # no memory, no more processes: the next may have more luck
                    job.said.append(str(error))
                    job.state = State.FAILED
                    continue
                job.state = State.RUNNING
                self._running.add(job)
            self._follow(job, job.process)

    def _start(self, job: Job) -> subprocess.Popen[str]:
        return subprocess.Popen(  # noqa: S603  # the arguments are ours; nothing goes through a shell
            self._command(job.arguments),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            stdin=subprocess.DEVNULL,
            text=True,
            encoding="utf-8",
            errors="replace",
            env={**os.environ, "OMP_NUM_THREADS": "1", "PYTHONUNBUFFERED": "1"},
            preexec_fn=lambda: os.nice(NICE) and None,
        )

    def _follow(self, job: Job, process: subprocess.Popen[str]) -> None:
        """Read a job's output to its end."""
        assert process.stdout is not None
        assert process.stderr is not None
        errors = threading.Thread(target=_read_into, args=(process.stderr, job.said), daemon=True)
        errors.start()
        for line in process.stdout:
            try:
                event = json.loads(line)
            except ValueError:
                continue
            if isinstance(event, dict):
                job.events.append(event)
        code = process.wait()
        errors.join()
        with self._turn:
            self._running.discard(job)
            if job.state is State.RUNNING:
                job.state = State.FAILED if code else State.DONE


def _read_into(lines: Any, kept: deque[str]) -> None:
    for line in lines:
        kept.append(line.rstrip())
