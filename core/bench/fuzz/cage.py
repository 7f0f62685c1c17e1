"""What a process that runs cases is held to, and how it is watched."""

from __future__ import annotations

import os
import resource
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import CodeType, FrameType
from typing import Any, Final

SECONDS: Final = 5.0
"""Of processor time that a case may take; time on the wall says more of the machine's other work."""
MEGABYTES: Final = 1024.0
"""By which a case may let the process grow."""
ROOT: Final = str(Path(__file__).resolve().parents[3])
HUNG: Final = (signal.SIGPROF, signal.SIGALRM)
"""What ends a process whose case takes too long."""


def grown() -> float:
    """Return the most memory that this process ever held, in megabytes."""
    most = resource.getrusage(
        resource.RUSAGE_SELF
    ).ru_maxrss  # in bytes on macOS, else in kilobytes
    return most / (2**20 if sys.platform == "darwin" else 1024)


def redirect(said: Path) -> int:
    """Silence this process, and keep what it writes to its error output; returns where that is read."""
    nothing = os.open(os.devnull, os.O_RDWR)
    kept = os.open(said, os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND, 0o600)
    for stream, to in ((0, nothing), (1, nothing), (2, kept)):
        os.dup2(to, stream)
    sys.stdout = open(os.devnull, "w")  # noqa: SIM115  # as long as the process
    sys.stderr = os.fdopen(2, "w", buffering=1, errors="backslashreplace")
    return os.open(said, os.O_RDONLY)


def noise(said: int) -> str:
    """Return what was written to the error output since the last case, if an exception was."""
    new = os.read(said, 1 << 20).decode(errors="replace")
    loud = "Traceback" in new or "Exception ignored" in new
    return new.strip().splitlines()[-1][:120] if loud else ""


def limit_memory() -> None:
    """Keep a bomb from taking the machine along: what is beyond the promise by far is refused."""
    held = Path("/proc/self/statm")
    if held.exists():
        pages = int(held.read_text().split()[0])
        most = pages * resource.getpagesize() + int(4 * MEGABYTES * 2**20)
        resource.setrlimit(resource.RLIMIT_AS, (most, most))


@contextmanager
def alarm() -> Iterator[None]:
    """Let the system end the process where a case takes too long: Python cannot interrupt a codec."""
    signal.setitimer(signal.ITIMER_PROF, SECONDS)
    signal.setitimer(signal.ITIMER_REAL, 12 * SECONDS)  # waits for something
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.setitimer(signal.ITIMER_REAL, 0)


class Watch:
    """Notes the lines that are reached in some files.

    Parameters
    ----------
    parts : folders and files below the project
    """

    def __init__(self, parts: tuple[str, ...]) -> None:
        self._begins = tuple(os.path.join(ROOT, part) for part in parts)
        self._ours: dict[CodeType, bool] = {}  # asked for at every call of anything
        self.lines: set[tuple[str, int]] = set()

    def __enter__(self) -> set[tuple[str, int]]:
        self.lines = set()
        sys.settrace(self._call)
        return self.lines

    def __exit__(self, *_: object) -> None:
        sys.settrace(None)

    def _call(self, frame: FrameType, event: str, _: object) -> Any:
        code = frame.f_code
        if code not in self._ours:
            self._ours[code] = code.co_filename.startswith(self._begins)
        return self._line if self._ours[code] else None

    def _line(self, frame: FrameType, event: str, _: object) -> Any:
        if event == "line":
            self.lines.add((frame.f_code.co_filename, frame.f_lineno))
        return self._line
