"""What a worker does: read where the media of a shard lie, encode them, write their vectors."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core import encoders
from core.encoders.base import Encoder
from core.errors import TriadError
from core.scale import places, shards
from core.scale.runner import line
from core.types import Modality


class Embedder:
    """Encodes shards. One is made in each worker, and loads its weights then, once.

    Parameters
    ----------
    ids : modality -> id of an encoder, or the file of a fitted one
    """

    def __init__(self, ids: Mapping[str, str]) -> None:
        self._encoders = {Modality(m): _opened(id, Modality(m)) for m, id in ids.items()}
        for encoder in self._encoders.values():
            encoder.encode(())

    def run(self, items: Any, goals: Any, digests: Any) -> list[str]:
        """Embed a few shards, given as columns; return a report in JSON for each."""
        columns = zip(items.to_pylist(), goals.to_pylist(), digests.to_pylist(), strict=True)
        return [json.dumps(self.shard(Path(i), Path(g), d)) for i, g, d in columns]

    def shard(self, items: Path, goal: Path, digest: str) -> dict[str, Any]:
        """Embed one shard, and write it; doing so twice does no harm.

        An item whose medium cannot be read or encoded keeps its other vectors, and says what was wrong.

        Returns
        -------
        ``name``; ``rows`` and ``failed``, how many; ``began`` and ``ended``, in seconds since the epoch;
        ``spent``, modality -> how many media, the seconds, and those of the processor
        """
        began, listed = time.time(), list(shards.read_items(items))
        dims = {str(m): encoder.card.dim for m, encoder in self._encoders.items()}
        vectors = {m: np.zeros((len(listed), dim), np.float32) for m, dim in dims.items()}
        there = {m: np.zeros(len(listed), np.bool_) for m in dims}
        spent = {m: [0, 0.0, 0.0] for m in dims}
        lines = []
        for n, (row, id, found) in enumerate(listed):
            wrong = [] if found else [TriadError("scale_empty", id=id).say()]
            for modality, place in found.items():
                started, busy = time.perf_counter(), time.process_time()
                try:
                    vectors[modality][n] = self._vector(modality, place)
                    there[modality][n] = True
                except TriadError as error:
                    wrong.append(error.say())
                spent[modality][0] += 1
                spent[modality][1] += time.perf_counter() - started
                spent[modality][2] += time.process_time() - busy
            lines.append((row, id, " ".join(wrong) or None))
        shards.write_shard(goal, digest, lines, vectors, there)
        failed = sum(error is not None for _, _, error in lines)
        times = {"began": began, "ended": time.time(), "spent": spent}
        return {"name": goal.name, "rows": len(lines), "failed": failed, **times}

    def _vector(self, modality: Modality, place: str) -> NDArray[np.float32]:
        """Return the vector (D,) of a medium: the mean of its parts, as everywhere else."""
        try:
            clean: Sequence[Any] = places.media(modality, place)
            vector: NDArray[np.float32] = (
                self._encoders[modality].encode(clean).pooled.mean(0).numpy()
            )
        except TriadError:
            raise
        except Exception as error:  # one strange medium among millions must not stop the others
            raise TriadError("scale_medium", place=place[:80], why=line(error)) from error
        return vector


def _opened(id: str, modality: Modality) -> Encoder:
    return encoders.load_fitted(Path(id)) if id.endswith(".npz") else encoders.named(id, modality)
