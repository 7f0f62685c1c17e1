"""Ranking an embedded catalog: every worker judges what it reads, and the best of each are merged."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import torch
from numpy.typing import NDArray

from core.coalitions import FULL, coalition, pack
from core.engine import Engine
from core.errors import TriadError
from core.explain import scoring
from core.library import Library
from core.recommenders.neighbours import Neighbours
from core.recommenders.two_tower import Catalog, Visitor
from core.resources import ASSETS, data_dir
from core.scale import shards
from core.scale.runner import Runner
from core.types import CHANNELS, MODALITIES, Channel, Method, Modality, Request

AT_ONCE: Final = 2048
"""Items that are judged at once."""
BEHAVIOUR: Final = CHANNELS.index(Channel.BEHAVIOUR)
ONE: Final = Runner()


@dataclass(frozen=True)
class Scored:
    """An item and its logit."""

    id: str
    score: float


def score(
    folder: Path,
    request: Request,
    *,
    runner: Runner = ONE,
    roots: tuple[Path, ...] = (),
) -> tuple[Scored, ...]:
    """Return the ``k`` best items of an embedded catalog, without those that the visitor has.

    The visitor is made of items of ``request.world``, whose model judges. If that world is what was embedded,
    the ranking is that of :meth:`Engine.recommend`; otherwise nobody has met the items yet, and they are
    judged by what they show. Of an item whose medium could not be encoded, the rest is judged.

    Parameters
    ----------
    roots : where worlds lie, if not where they lie by default

    Raises
    ------
    TriadError
        ``scale_not_embedded``, ``scale_incomplete``, ``scale_encoders``; what :meth:`Engine.recommend` and
        :meth:`Runner.start` raise
    """
    manifest, paths = shards.read(folder)
    roots = roots or (ASSETS, data_dir())
    engine = Engine(*roots)
    widths = _widths(engine, request.world, manifest)
    entries = engine.entries(request)
    model = engine.model(request.world, request.method)
    visitor = model.visitor(entries)
    own = manifest["world"] == request.world
    ids = [item.id for item in engine.items(request.world)]
    likes = entries.rows[: len(entries) - bool(request.query.media)]  # an upload has no row
    has = {ids[int(row)] for row in likes} if own else set()
    judge = [[str(root) for root in roots], request.world, request.method, own, widths]
    who = [visitor.vectors.tolist(), visitor.channels, FULL & ~coalition(request.method.off)]

    daft = runner.start()
    run = runner.udf(Judge, "run", daft.DataType.float32(), [*judge, *who], AT_ONCE)
    names = ("id", *widths, *map(shards.has, widths))
    table = daft.read_parquet([str(path.resolve()) for path in paths])
    judged = table.select("row", "id", run(*(daft.col(name) for name in names)).alias("score"))
    score = daft.col("score")
    judged = judged.where(~score.is_null() & ~daft.col("id").is_in(sorted(has) or [""]))
    best = judged.sort(["score", "row"], desc=[True, False]).limit(request.k).to_pydict()
    return tuple(map(Scored, best["id"], best["score"]))


def _widths(engine: Engine, world: str, manifest: Mapping[str, Any]) -> dict[str, int]:
    """Return the modalities that the world's model reads, and how wide (``scale_encoders``)."""
    reads, widths = engine.encoders(world), {}
    for m, card in manifest["encoders"].items():
        known = reads.get(Modality(m), card["id"])
        if known != card["id"]:
            raise TriadError("scale_encoders", modality=m, has=card["id"], world=world, reads=known)
        if Modality(m) in reads:
            widths[m] = card["dim"]
    return widths


class Judge:
    """Judges items for one visitor. One is made in each worker.

    Parameters
    ----------
    roots, world, method : the model
    own : whether the items are the world's own
    widths : modality -> width of its vectors, in the order of the columns: vectors, then which are there
    vectors, channels : of the visitor
    on : coalition that is listened to
    """

    def __init__(
        self,
        roots: list[str],
        world: str,
        method: Method,
        own: bool,
        widths: Mapping[str, int],
        vectors: list[list[float]],
        channels: int,
        on: int,
    ) -> None:
        library = Library(*map(Path, roots))
        shelf = library.shelf(world)
        self._model = library.model(world, method)
        self._scalers = library.learned(world).scalers
        self._present = torch.from_numpy(shelf.dataset.present)
        self._rows = shelf.dataset.rows if own else {}
        self._half = own and shelf.bundle.manifest["kind"] == "rendered"
        self._widths = widths
        self._visitor = Visitor(torch.tensor(vectors), channels)
        self._on = on

    def run(self, ids: Any, *columns: Any) -> list[float | None]:
        """Return the logits of items, given as columns; None for one of which nothing is known."""
        names = ids.to_pylist()
        count = len(self._widths)
        vectors = {
            Modality(m): (_dense(x, width), np.asarray(there.to_pylist(), np.bool_))
            for (m, width), x, there in zip(
                self._widths.items(), columns[:count], columns[count:], strict=True
            )
        }
        scores, known = self.judge(names, vectors)
        return [float(s) if there else None for s, there in zip(scores, known, strict=True)]

    @torch.inference_mode()
    def judge(
        self, ids: list[str], vectors: Mapping[Modality, tuple[NDArray[Any], NDArray[Any]]]
    ) -> tuple[NDArray[np.float32], NDArray[np.bool_]]:
        """Return logits (B,), and of which items anything is known; ``vectors`` are (B, D) and (B,) bool."""
        row = torch.tensor([self._rows.get(id, -1) for id in ids], dtype=torch.int64)
        present = torch.zeros(len(ids), len(CHANNELS), dtype=torch.bool)
        met = row >= 0
        row = row.clamp(min=0)
        present[:, BEHAVIOUR] = met & self._present[row, BEHAVIOUR]
        features = {}
        for column, m in enumerate(MODALITIES):
            scaler = self._scalers[m]
            if m not in vectors:
                features[str(m)] = torch.zeros(len(ids), scaler.width)
                continue
            x, there = vectors[m]
            if self._half:  # as the bundle keeps them, and as the model was trained on them
                x = x.astype(np.float16).astype(np.float32)
            features[str(m)] = torch.from_numpy(scaler(x))
            present[:, column] = torch.from_numpy(there)
        return self._logits(row, features, present), np.asarray(present.any(dim=1).numpy())

    def _logits(
        self, row: torch.Tensor, features: Mapping[str, torch.Tensor], present: torch.Tensor
    ) -> NDArray[np.float32]:
        visitor, model = self._visitor, self._model
        if isinstance(model, Neighbours):
            return Neighbours(Catalog(features, present)).scores(visitor, self._on)
        tower = model.tower
        codes = torch.from_numpy(pack(present.numpy()) & self._on & visitor.channels)
        x = tower.offered.embed(features, row, present)
        popular = scoring.popularity(tower, row)
        logits = scoring.logits(tower, visitor.vectors[codes], x, codes, popular)
        return np.asarray(logits.numpy())


def _dense(column: Any, width: int) -> NDArray[np.float32]:
    """Return the vectors (B, width) of a column."""
    flat = np.asarray(column.to_arrow().flatten(), dtype=np.float32)
    return flat.reshape(len(column), width).copy()  # daft's own memory may not be written
