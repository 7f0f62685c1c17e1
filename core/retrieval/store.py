"""The folder of an index: files that are written once and never changed, and a manifest that names them.

A change writes new files beside the old ones and then replaces the manifest, which is one step: whoever dies
before it leaves the index as it was. Readers that still have an old file mapped keep it.
One process may write to a folder at a time.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Any, BinaryIO, Final, Literal

import numpy as np
from numpy.lib import format as npy
from numpy.typing import NDArray

from core import durable
from core.errors import TriadError
from core.resources import digest, write_json

FORMAT: Final = 1
MANIFEST: Final = "manifest.json"
_SMALL: Final = 1 << 16
"""Files of fewer bytes are read rather than mapped: an array without rows cannot be."""


writing = partial(durable.writing, code="index_unwritable")
"""Says in one sentence when nothing can be written into a folder."""


class Store:
    """The files of one index.

    Parameters
    ----------
    folder : where they lie
    check : compare every file with its digest, not with its size alone

    Attributes
    ----------
    turn : to be held from the first :meth:`scratch` of a change to its :meth:`commit`

    Raises
    ------
    TriadError
        ``file_missing``, ``index_damaged``
    """

    def __init__(self, folder: Path, *, check: bool = True) -> None:
        self.folder, self.turn = folder, threading.RLock()
        path = folder / MANIFEST
        if not path.is_file():
            raise TriadError("file_missing", path=path)
        try:
            self.manifest: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
            if self.manifest["format"] != FORMAT:
                raise _damaged(path)
            for entry in self.manifest["files"].values():
                _check(folder / entry["name"], entry, check)
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            if isinstance(error, TriadError):
                raise
            raise _damaged(path) from None

    @classmethod
    def create(cls, folder: Path, **facts: Any) -> Store:
        """Begin an index in a folder that is not there yet or empty (``export_exists``)."""
        with writing(folder):
            if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
                raise TriadError("export_exists", path=folder)
            folder.mkdir(parents=True, exist_ok=True)
            write_json(folder / MANIFEST, {"format": FORMAT, "generation": 0, "files": {}, **facts})
        return cls(folder)

    def scratch(self, name: str, suffix: str = ".npy") -> Path:
        """Return where to write what will be committed as ``name``."""
        return self.folder / f"{name}-{self.manifest['generation'] + 1}{suffix}"

    def commit(self, new: Mapping[str, Path], gone: Iterable[str] = (), **facts: Any) -> None:
        """Make written files and facts part of the index, all at once."""
        old = self.manifest["files"]
        files = {name: entry for name, entry in old.items() if name not in set(gone)}
        for name, path in new.items():
            files[name] = {
                "name": path.name,
                "bytes": path.stat().st_size,
                "sha256": digest(path),
            }
        generation = self.manifest["generation"] + 1
        manifest = {**self.manifest, **facts, "generation": generation, "files": files}
        write_json(self.folder / MANIFEST, manifest)
        self.manifest = manifest
        kept = {entry["name"] for entry in files.values()}
        for entry in old.values():
            if entry["name"] not in kept:
                with suppress(OSError):  # somebody may have it mapped, where that keeps a file
                    (self.folder / entry["name"]).unlink()

    def __contains__(self, name: str) -> bool:
        return name in self.manifest["files"]

    def __iter__(self) -> Iterator[str]:
        return iter(self.manifest["files"])

    def path(self, name: str) -> Path:
        """Return where a file lies."""
        return self.folder / str(self.manifest["files"][name]["name"])

    def array(self, name: str, *, mapped: bool = True) -> NDArray[Any]:
        """Return an array, mapped from its file or read (``index_damaged``)."""
        path = self.path(name)
        mode: Literal["r"] | None = "r" if mapped and path.stat().st_size > _SMALL else None
        try:
            array: NDArray[Any] = np.load(path, mmap_mode=mode, allow_pickle=False)
            return array
        except (OSError, ValueError):
            raise _damaged(path) from None

    @property
    def size(self) -> int:
        """Bytes of all files."""
        return sum(int(entry["bytes"]) for entry in self.manifest["files"].values())


class Growing:
    """An .npy file of rows that are appended without knowing how many there will be."""

    def __init__(self, path: Path, dtype: Any, *tail: int) -> None:
        self.path, self._tail, self._dtype, self._rows = path, tail, np.dtype(dtype), 0
        self._file: BinaryIO = path.open("wb")
        self._header()

    def _header(self) -> None:
        # numpy leaves room for the first number of the shape to grow: the header keeps its length.
        shape = (self._rows, *self._tail)
        facts = {"descr": npy.dtype_to_descr(self._dtype), "fortran_order": False, "shape": shape}
        npy.write_array_header_1_0(self._file, facts)

    def append(self, rows: NDArray[Any]) -> None:
        """Write rows (B, *tail)."""
        self._file.write(np.ascontiguousarray(rows, dtype=self._dtype).data)
        self._rows += len(rows)

    def __enter__(self) -> Growing:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, _: BaseException | None, __: TracebackType | None
    ) -> None:
        if kind is None:
            self._file.seek(0)
            self._header()
        self._file.close()


def _damaged(path: Path) -> TriadError:
    return TriadError("index_damaged", file=path.name)


def _check(path: Path, entry: Mapping[str, Any], whole: bool) -> None:
    inside = path.name == entry["name"]  # and nothing like ../other
    right = inside and path.is_file() and path.stat().st_size == entry["bytes"]
    if not right or (whole and digest(path) != entry["sha256"]):
        raise _damaged(path)
