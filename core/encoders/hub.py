"""Files of the hub: from the cache first, then over the network, and quickly told where there is none."""

from __future__ import annotations

import errno
from collections.abc import Callable, Sequence
from fnmatch import fnmatch
from pathlib import Path
from queue import Empty, SimpleQueue
from threading import Lock, Thread
from typing import Any, Final

from core.errors import TriadError

Progress = Callable[[int, int], None]
"""Told how many bytes have come of how many; the latter is 0 where nobody knows. Called from any thread."""

PATIENCE: Final = 4.0
"""Seconds in which the hub must have answered at all, or there is taken to be no network."""

_NOT_UNASKED: Final = (
    *("*.bin", "*.pt", "*.pth", "*.ckpt", "*.pkl", "*.pickle", "*.h5", "*.msgpack", "*.py"),
    *("onnx/*", "openvino/*", "coreml/*"),
)
"""Pickles, code, other frameworks, the same weights again: left out, unless asked for by name."""

_NO_PLACE: Final = (errno.ENOSPC, errno.EDQUOT, errno.EACCES, errno.EPERM, errno.EROFS)


class Unreachable(Exception):  # noqa: N818  it is no error yet: another source may have the files
    """The hub cannot be reached, or not be used, and the files are not in the cache."""


def cached(id: str, patterns: Sequence[str], revision: str | None = None) -> Path | None:
    """Return the folder of a repository if all files that match are in the cache; never asks the network.

    Raises
    ------
    TriadError
        ``unknown_model`` if no repository can have this name
    """
    from huggingface_hub import get_cached_repo_tree
    from huggingface_hub.errors import CachedRepoTreeNotFoundError, HFValidationError

    try:
        get_cached_repo_tree(id, revision=revision)  # who does not know the list cannot miss a file
        return _snapshot(id, patterns, revision, local_files_only=True)
    except HFValidationError as error:
        raise TriadError("unknown_model", model=id) from error
    except (OSError, CachedRepoTreeNotFoundError):
        return None


def snapshot(
    id: str, patterns: Sequence[str], revision: str | None = None, progress: Progress | None = None
) -> Path:
    """Return the folder of a repository, named after its commit, with all files that match.

    What is in the cache is taken without asking whether there is something newer: a model that changes
    between two visits would give two kinds of vectors.

    Raises
    ------
    Unreachable
    TriadError
        ``unknown_model``, ``weights_unwritable``
    """
    here = cached(id, patterns, revision)
    if here is not None:
        return here
    from huggingface_hub import is_offline_mode
    from huggingface_hub.errors import RepositoryNotFoundError, RevisionNotFoundError

    if is_offline_mode() or not answers():
        return _as_it_is(id, patterns, revision)
    try:
        return _snapshot(id, patterns, revision, tqdm_class=_reporting(progress))
    except (RepositoryNotFoundError, RevisionNotFoundError) as error:
        raise TriadError("unknown_model", model=id) from error
    except Exception as error:  # of httpx, of xet, of the file system: the download did not succeed
        refuse_if_no_place(error)
        if isinstance(error, TypeError | AttributeError | NameError):
            raise  # a fault of ours, or of versions that do not go together
        raise Unreachable(id) from error


def refuse_if_no_place(error: BaseException) -> None:
    """Raise ``weights_unwritable`` if it was the disk and not the network."""
    if isinstance(error, OSError) and error.errno in _NO_PLACE:
        raise TriadError("weights_unwritable", reason=error.strerror or str(error)) from error


def answers(seconds: float = PATIENCE) -> bool:
    """Say whether the hub answers within so many seconds, whatever it says.

    A thread asks, since looking a name up has no time limit of its own; it goes through the hub's own
    client, so proxies are honoured.
    """
    from huggingface_hub import constants, get_session

    told: SimpleQueue[bool] = SimpleQueue()

    def ask() -> None:
        try:
            get_session().head(constants.ENDPOINT, timeout=seconds)
            told.put(True)
        except Exception:  # no network has many names
            told.put(False)

    Thread(target=ask, daemon=True).start()
    try:
        return told.get(timeout=seconds)
    except Empty:
        return False


def _as_it_is(id: str, patterns: Sequence[str], revision: str | None) -> Path:
    """Return what an older tool left in the cache without a list of the files: most likely all of them."""
    try:
        return _snapshot(id, patterns, revision, local_files_only=True)
    except OSError as error:
        raise Unreachable(id) from error


def _snapshot(id: str, patterns: Sequence[str], revision: str | None, **how: Any) -> Path:
    from huggingface_hub import snapshot_download

    named = [pattern for pattern in patterns if not pattern.startswith("*")]
    return Path(
        snapshot_download(
            id,
            revision=revision,
            allow_patterns=list(patterns),
            ignore_patterns=[
                each for each in _NOT_UNASKED if not any(fnmatch(name, each) for name in named)
            ],
            **how,
        )
    )


def _reporting(progress: Progress | None) -> type[Any]:
    """Return a progress bar that draws nothing and tells ``progress`` the bytes."""
    from tqdm.auto import tqdm  # type: ignore[import-untyped]

    lock = Lock()
    furthest = [0, 0]

    class Silent(tqdm):  # type: ignore[type-arg,misc,unused-ignore]
        def __init__(self, *args: Any, **options: Any) -> None:
            self._bytes = options.get("unit") == "B"
            super().__init__(*args, **options | {"disable": True})

        def update(self, n: float | None = 1) -> None:
            with lock:
                self.n += n or 0
                if self._bytes and progress is not None:
                    furthest[:] = (
                        max(furthest[0], int(self.n)),
                        max(furthest[1], int(self.total or 0)),
                    )
                    progress(*furthest)

    return Silent
