"""Files that are whole or as they were before, whatever happens to the process that writes them.

Three things are kept apart: what must not be lost (:func:`write_whole`, :func:`writing`), what can be made
again (:func:`keep`, :func:`kept`), and folders in which something is made (:func:`beside`).
"""

from __future__ import annotations

import atexit
import hashlib
import logging
import re
import shutil
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from functools import lru_cache
from glob import escape
from pathlib import Path
from tempfile import gettempdir
from typing import Final
from uuid import uuid4

from filelock import FileLock, Timeout

from core.errors import TriadError
from core.resources import write_whole

__all__ = ["beside", "forget_halves", "keep", "kept", "of_process", "write_whole", "writing"]

ABANDONED: Final = 6 * 3600
"""After how many seconds without a change a folder that nobody can lock is taken to be left behind."""
HALF: Final = 600
"""After how many seconds without a change half a file is taken to be left behind."""
_SEAL: Final = 16
_HEX: Final = "[0-9a-f]" * 32
_PATIENCE: Final = 10.0
_log = logging.getLogger(__name__)


@contextmanager
def writing(path: Path, code: str = "unwritable") -> Iterator[None]:
    """Say in one sentence, that of ``code``, that ``path`` or something in it cannot be written."""
    try:
        yield
    except OSError as error:
        reason = error.strerror or str(error)
        raise TriadError(code, path=path, reason=reason) from error


def keep(path: Path, content: bytes) -> None:
    """Keep what can be made again, under a seal; a place that cannot be written is done without."""
    aside = path.with_name(f".{path.name}-{uuid4().hex}")
    with suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            aside.write_bytes(_seal(path.name, content) + content)
            aside.replace(path)
        finally:
            with suppress(OSError):
                aside.unlink(missing_ok=True)


def kept(path: Path) -> bytes | None:
    """Return what was kept at a path, or None where it is not there, cut, changed or another's."""
    try:
        found = path.read_bytes()
    except OSError:
        return None
    content = found[_SEAL:]
    return content if found[:_SEAL] == _seal(path.name, content) else None


def _seal(name: str, content: bytes) -> bytes:
    return hashlib.blake2b(name.encode() + b"\0" + content, digest_size=_SEAL).digest()


def forget_halves(path: Path) -> None:
    """Delete what writers of a file left beside it who were killed, once nobody can still be writing."""
    for half in path.parent.glob(f".{escape(path.name)}-{_HEX}"):
        with suppress(OSError):
            if time.time() - half.stat().st_mtime > HALF:
                half.unlink()


@contextmanager
def beside(goal: Path) -> Iterator[Path]:
    """Give a new folder beside ``goal`` to make it in; it is gone afterwards, unless it was moved away.

    It is locked for as long as this process lives. What killed ones left is therefore known, and deleted by
    whoever makes the same next; what another process is making is not touched.

    Raises
    ------
    TriadError
        ``unwritable`` for every ``OSError`` in the block
    """
    with writing(goal.parent):
        goal.parent.mkdir(parents=True, exist_ok=True)
        _sweep(goal)
        work = goal.with_name(f".{goal.name}-{uuid4().hex}")
        lock = FileLock(_lock_of(work), timeout=_PATIENCE)
        with lock:
            try:
                work.mkdir()
                yield work
            finally:
                shutil.rmtree(work, ignore_errors=True)
                _lock_of(work).unlink(missing_ok=True)


@lru_cache(maxsize=1)
def of_process() -> Path:
    """Return a folder for what must not outlive this process, such as uploads; it goes with it.

    A process that is killed cannot delete it: the next one that asks for its own does.
    """
    stack = ExitStack()
    folder = stack.enter_context(beside(Path(gettempdir()) / "triad"))
    atexit.register(stack.close)
    return folder


def _lock_of(work: Path) -> Path:
    return work.with_name(f"{work.name}.lock")


def _sweep(goal: Path) -> None:
    """Delete what processes that were killed left beside ``goal``."""
    for path in goal.parent.glob(f".{escape(goal.name)}-{_HEX}*"):
        if re.fullmatch(r".*-[0-9a-f]{32}(\.lock)?", path.name):
            work = path.with_name(path.name.removesuffix(".lock"))
            with suppress(OSError, Timeout):
                _sweep_one(work, goal)


def _sweep_one(work: Path, goal: Path) -> None:
    lock = _lock_of(work)
    if not lock.exists():  # of a file system without locks, or of an older version
        if time.time() - work.stat().st_mtime > ABANDONED:
            shutil.rmtree(work, ignore_errors=True)
        return
    with FileLock(lock, timeout=0):
        if work.exists():
            _log.warning(
                "What a process that was killed had made of %s is deleted; nothing else is.",
                goal.name,
            )
        shutil.rmtree(work, ignore_errors=True)
        lock.unlink(missing_ok=True)
