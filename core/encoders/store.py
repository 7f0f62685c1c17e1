"""Vectors that were computed once, on disk: one small file each, under a name that says what it is of.

The name is a digest of everything that a vector depends on: the medium's content, the encoder, its revision,
and how the medium was prepared. A changed picture, encoder or step has another name, so it never meets an old
vector.
"""

from __future__ import annotations

import hashlib
import io
import os
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


class VectorStore:
    """A bounded folder of vectors.

    Several threads and processes may share it: files are written aside and moved into place. What is damaged
    is forgotten, and a folder that cannot be written is done without.

    Parameters
    ----------
    folder : by default in the cache folder
    max_bytes : when there is more, what was not asked for the longest goes
    """

    def __init__(self, folder: Path | None = None, max_bytes: int = MAX_BYTES) -> None:
        self.folder = folder or cache_dir() / "vectors"
        self.max_bytes = max_bytes
        self._written = 0

    @staticmethod
    def key(digest: str, card: EncoderCard, preparation: str = "") -> str:
        """Return the name of a vector.

        Parameters
        ----------
        digest : of the medium's content
        card : of the encoder; its id and revision count
        preparation : what was done to the medium before it was encoded, such as a crop and its seed
        """
        parts = (digest, card.id, card.revision, str(card.dim), preparation)
        # Each part with its length, so that no two lists of parts run together to the same text.
        text = "".join(f"{len(part)}:{part}" for part in parts)
        return hashlib.sha256(text.encode()).hexdigest()

    def get(self, key: str, dim: int) -> NDArray[np.float32] | None:
        """Return the vector (dim,) of a key, or None where there is no sound one."""
        path = self._path(key)
        try:
            vector = np.load(path, allow_pickle=False)
        except (OSError, ValueError, EOFError):
            return None
        if vector.shape != (dim,) or vector.dtype != np.float32 or not np.isfinite(vector).all():
            return None
        with suppress(OSError):
            os.utime(path)
        return np.asarray(vector, dtype=np.float32)

    def put(self, key: str, vector: NDArray[np.float32]) -> None:
        """Keep a vector (dim,)."""
        out = io.BytesIO()
        np.save(out, np.asarray(vector, dtype=np.float32), allow_pickle=False)
        path = self._path(key)
        beside = path.with_name(f".{path.name}-{uuid4().hex}")
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            beside.write_bytes(out.getvalue())
            beside.replace(path)
        except OSError:
            with suppress(OSError):
                beside.unlink(missing_ok=True)
            return
        self._written += len(out.getvalue())
        # Counting the whole folder costs; it is done when it may have grown by a sixteenth.
        if self._written > self.max_bytes // 16:
            self._written = 0
            self.prune()

    def prune(self) -> None:
        """Delete what was not asked for the longest until the rest fits."""
        files = []
        for path in self.folder.glob("*/*.npy"):
            with suppress(OSError):
                stat = path.stat()
                files.append((stat.st_mtime_ns, stat.st_size, path))
        excess = sum(size for _, size, _ in files) - self.max_bytes
        for _, size, path in sorted(files):
            if excess <= 0:
                break
            with suppress(OSError):
                path.unlink()
            excess -= size

    def _path(self, key: str) -> Path:
        return self.folder / key[:2] / f"{key}.npy"
