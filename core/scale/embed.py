"""Embedding a catalog: plan the shards, hand out what is not done, go on after what breaks."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from core.errors import TriadError
from core.scale import shards
from core.scale.listing import Listing
from core.scale.runner import Runner, line
from core.scale.shards import Shard
from core.scale.worker import Embedder

TRIES: Final = 3
"""How often the workers are started anew although no shard was finished in between."""

TOLD: Final = 1000
"""Of how many items that failed the sentences are returned; the shards have them all."""

ONE: Final = Runner()

Say = Callable[[str], None]


@dataclass(frozen=True)
class Done:
    """What became of an embedding.

    Attributes
    ----------
    folder : where it lies
    shards, skipped : how many there are, and how many were there already
    items : encoded now
    failed : items of which a medium could not be encoded, now or before
    errors : what was wrong with the first :data:`TOLD` of them, a line each
    seconds : of the whole, with starting the workers
    working : seconds from the beginning of the first shard to the end of the last one
    spent : modality -> how many media, the seconds that workers spent on them, and those of the processor;
        of what they came to report
    """

    folder: Path
    shards: int
    skipped: int
    items: int
    failed: int
    errors: tuple[str, ...]
    seconds: float
    working: float
    spent: dict[str, tuple[int, float, float]]


def embed(
    listing: Listing,
    folder: Path,
    *,
    count: int | None = None,
    runner: Runner = ONE,
    say: Say = lambda _: None,
) -> Done:
    """Embed a catalog into a folder; shards that are there and still true are not done again.

    A worker that dies is started again with the shard it had: by Ray up to four times; on the native runner
    by going on with what is left, up to :data:`TRIES` times without a step forward.

    Parameters
    ----------
    count : of shards; by default one for every hundred items
    say : told of every shard

    Raises
    ------
    TriadError
        what :meth:`Runner.start` and :func:`core.scale.shards.plan` raise; ``scale_broke``
    """
    daft = runner.start()
    started = time.perf_counter()
    planned = shards.plan(listing, folder, count)
    left = [shard for shard in planned if not shard.done]
    begun, reports, tries = left, [], 0
    while left:
        try:
            for report in _run(daft, runner, listing, left):
                reports.append(report)
                say(f"{report['name']}: {report['rows']} items, {report['failed']} failed")
        except Exception as error:  # daft and Ray raise almost anything when a worker dies
            still = [shard for shard in left if not shard.done]
            tries = tries + 1 if len(still) == len(left) else 1
            if tries >= TRIES:
                raise TriadError("scale_broke", left=len(still), why=line(error)) from error
            say(f"a worker died ({line(error)}); going on with {len(still)} shards")
        left = [shard for shard in left if not shard.done]
    spent = {str(m): (0, 0.0, 0.0) for m in listing.cards}
    for report in reports:
        for m, (number, seconds, busy) in report["spent"].items():
            spent[m] = (spent[m][0] + number, spent[m][1] + seconds, spent[m][2] + busy)
    return Done(
        folder,
        len(planned),
        len(planned) - len(begun),
        sum(shard.rows for shard in begun),
        *_failed(daft, [shard for shard in planned if shard.rows]),
        time.perf_counter() - started,
        max((r["ended"] for r in reports), default=0)
        - min((r["began"] for r in reports), default=0),
        spent,
    )


def _failed(daft: Any, planned: Sequence[Shard]) -> tuple[int, tuple[str, ...]]:
    """Return how many items have an error in the shards, and what the first of them say."""
    if not planned:
        return 0, ()
    table = daft.read_parquet([str(shard.goal.resolve()) for shard in planned])
    wrong = table.select("row", "id", "error").where(~daft.col("error").is_null()).collect()
    first = wrong.sort("row").limit(TOLD).to_pydict()
    lines = (f"{id}: {error}" for id, error in zip(first["id"], first["error"], strict=True))
    return wrong.count_rows(), tuple(lines)


def _run(daft: Any, runner: Runner, listing: Listing, left: Sequence[Shard]) -> Any:
    """Yield a report for every shard, as they are finished."""
    table = daft.from_pydict(
        {
            "items": [str(shard.items.resolve()) for shard in left],
            "goal": [str(shard.goal.resolve()) for shard in left],
            "digest": [shard.digest for shard in left],
        }
    )
    ids = {str(m): id for m, id in listing.encoders.items()}
    run = runner.udf(Embedder, "run", daft.DataType.string(), [ids], 1)
    # A shard a batch, so that a worker takes the next one when it is done with the last.
    batches = table.into_batches(1)
    columns = (daft.col(name) for name in ("items", "goal", "digest"))
    for row in batches.select(run(*columns).alias("report")).iter_rows():
        yield json.loads(row["report"])
