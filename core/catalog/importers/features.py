"""Features that came with the data: one ``.npy`` file a modality, one row an item."""

from __future__ import annotations

import io
import math
from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np
from numpy.lib import format as npy
from numpy.typing import NDArray

from core.catalog.importers.files import Files, load
from core.catalog.importers.limits import MAX_FILE_BYTES, MAX_ITEMS
from core.catalog.importers.log import Log
from core.catalog.importers.source import Blob
from core.errors import TriadError
from core.types import MODALITIES, Modality

Matrix = NDArray[np.float32]

FILES: Final = {modality: f"{modality}_feat.npy" for modality in MODALITIES}
"""Modality -> its file, as MMRec names it."""


def take_features(files: Files) -> dict[Modality, Matrix]:
    """Read the feature files that there are.

    Returns
    -------
    modality -> (I, D), with the same I

    Raises
    ------
    TriadError
        ``features_disagree``, or what :func:`read_features` raises
    """
    vectors = {m: read_features(blob) for m in MODALITIES if (blob := files.take(FILES[m]))}
    if len({len(matrix) for matrix in vectors.values()}) > 1:
        rows = ", ".join(f"{FILES[m]}: {len(matrix)}" for m, matrix in vectors.items())
        raise TriadError("features_disagree", rows=rows)
    return vectors


def read_features(blob: Blob) -> Matrix:
    """Read one ``.npy`` file of numbers, (I, D). Its header is checked before any memory is claimed for it.

    Raises
    ------
    TriadError
        ``features_broken``, ``features_kind``, ``features_rank``, ``table_too_big``, ``table_too_long``,
        ``table_unreadable``
    """
    data = load(blob, MAX_FILE_BYTES)
    broken = TriadError("features_broken", file=blob.name)
    stream = io.BytesIO(data)
    try:
        version = npy.read_magic(stream)
        read_header = npy.read_array_header_2_0 if version > (1, 0) else npy.read_array_header_1_0
        shape, _, dtype = read_header(stream)
    except (
        Exception
    ) as error:  # the header is a Python literal, and broken ones raise almost anything
        raise broken from error
    if dtype.kind not in "fiu":
        raise TriadError("features_kind", file=blob.name, dtype=str(dtype))
    if len(shape) != 2 or min(shape) < 1:
        raise TriadError("features_rank", file=blob.name, shape=" × ".join(map(str, shape)) or "1")
    if shape[0] > MAX_ITEMS:
        raise TriadError("table_too_long", file=blob.name, limit=MAX_ITEMS)
    if math.prod(shape) * dtype.itemsize != len(data) - stream.tell():
        raise broken
    try:
        stored = np.load(io.BytesIO(data), allow_pickle=False)
    except (ValueError, EOFError) as error:
        raise broken from error
    with np.errstate(over="ignore"):  # becomes infinite, and is told as not finite
        return np.ascontiguousarray(stored, dtype=np.float32)


def clear_absent(
    vectors: Mapping[Modality, Matrix], ids: Sequence[str], log: Log
) -> dict[Modality, Matrix]:
    """Return features in which items without a modality have zeros, and report these items.

    An item lacks a modality where its whole row is zeros, as is usual in published data, or is not finite.
    """
    cleared = {}
    for modality, matrix in vectors.items():
        finite: NDArray[np.bool_] = np.asarray(np.isfinite(matrix).all(axis=1))
        cleared[modality] = np.where(finite[:, None], matrix, np.float32(0))
        for row in np.flatnonzero(~cleared[modality].any(axis=1)).tolist():
            code = "features_zero" if finite[row] else "features_not_finite"
            log.problem(code, FILES[modality], id=ids[row])
    return cleared
