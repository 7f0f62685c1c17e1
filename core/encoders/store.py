"""Vectors that were computed once, on disk: one small file each, under a name that says what it is of.

The name is a digest of everything that a vector depends on: the medium's content, the encoder, its revision,
and how the medium was prepared. A changed picture, encoder or step has another name, so it never meets an old
vector. The file begins with a digest of its name and content, so a damaged or misplaced one is no vector.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Final
from uuid import uuid4

import numpy as np
from numpy.typing import NDArray

from core.encoders.base import EncoderCard
from core.resources import cache_dir

MAX_BYTES: Final = 2**30
"""How much is kept by default; half a million vectors of 512 numbers."""

_SEAL: Final = 16
"""Bytes of the digest at the beginning of a file."""


class VectorStore:
    """A bounded folder of vectors.

    Several threads and processes may share it: files are written aside and moved into place, and whoever
    reads has read before anything can be deleted. What is damaged is forgotten, and a folder that cannot be
    written is done without.

    Parameters
    ----------
    folder : by default in the cache folder
    max_bytes : when there is more, what was not asked for the longest goes. Counting the folder costs, so
        each process counts after having written a sixteenth of it, and then makes a quarter free: up to
        three processes at once stay within the bound
    """

    def __init__(self, folder: Path | None = None, max_bytes: int = MAX_BYTES) -> None:
        self.folder = folder or cache_dir() / "vectors"
        self.max_bytes = max_bytes
        self._uncounted: int | None = None  # what lies there from before is not known yet

    @staticmethod
    def key(digest: str, card: EncoderCard, preparation: str = "") -> str:
        """Return the name of a vector.

        Parameters
        ----------
        digest : of the medium's content
        card : of the encoder; its id, revision and width count
        preparation : fingerprint of what was done to the medium before it was encoded, such as the steps of
            the media layer, or a crop and its seed
        """
        parts = (digest, card.id, card.revision, str(card.dim), preparation)
        # Each part with its length, so that no two lists of parts run together to the same text.
        text = "".join(f"{len(part)}:{part}" for part in parts)
        return hashlib.sha256(text.encode()).hexdigest()

    def get(self, key: str, dim: int) -> NDArray[np.float32] | None:
        """Return the vector (dim,) of a key, or None where there is no sound one."""
        path = self._path(key)
        try:
            content = path.read_bytes()
        except OSError:
            return None
        seal, numbers = content[:_SEAL], content[_SEAL:]
        if len(numbers) != 4 * dim or seal != _seal(key, numbers):
            return None
        vector = np.frombuffer(numbers, dtype="<f4").astype(np.float32)
        if not np.isfinite(vector).all():
            return None
        with suppress(OSError):  # deleted meanwhile, or a folder that may only be read
            os.utime(path)
        return vector

    def put(self, key: str, vector: NDArray[np.float32]) -> None:
        """Keep a vector (dim,); ``ValueError`` if it is none."""
        if vector.ndim != 1:
            raise ValueError(f"a vector has one dimension, not the shape {vector.shape}")
        numbers = np.asarray(vector, dtype="<f4").tobytes()
        content = _seal(key, numbers) + numbers
        if len(content) > self.max_bytes // 64:
            return  # a few like it would drive out everything else
        path = self._path(key)
        beside = path.with_name(f".{path.name}-{uuid4().hex}")
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            beside.write_bytes(content)
            beside.replace(path)
        except OSError:
            with suppress(OSError):
                beside.unlink(missing_ok=True)
            return
        if self._uncounted is not None:
            self._uncounted += len(content)
        if self._uncounted is None or self._uncounted > self.max_bytes // 16:
            self._uncounted = 0
            self.prune()

    def prune(self) -> None:
        """If more than three quarters are used, delete what was not asked for the longest."""
        files = sorted(self._files())
        excess = sum(size for _, size, _ in files) - self.max_bytes * 3 // 4
        for asked, size, path in files:
            if excess <= 0:
                break
            with suppress(OSError):
                if path.stat().st_mtime_ns != asked:
                    continue  # somebody asked for it while we were counting
                path.unlink()
                excess -= size

    def _files(self) -> Iterator[tuple[int, int, Path]]:
        """Yield when each file was last asked for, in nanoseconds, and its size in bytes.

        Halves that a killed process left beside are among them: nobody asks for them, so they go first.
        """
        for path in self.folder.glob("*/*"):
            with suppress(OSError):
                stat = path.stat()
                yield stat.st_mtime_ns, stat.st_size, path

    def _path(self, key: str) -> Path:
        return self.folder / key[:2] / key


def _seal(key: str, numbers: bytes) -> bytes:
    return hashlib.blake2b(key.encode() + numbers, digest_size=_SEAL).digest()
