"""A full room: many visitors at once, with time to think, on one server."""

from __future__ import annotations

import argparse
import asyncio
import statistics
import sys
import tempfile
from pathlib import Path
from typing import Any, Final

import numpy as np

from core.bench.room.session import Session
from core.bench.room.visitors import HABITS, THINK_S, TRAIN, Diary, Visitor
from core.bench.screen import Served, serve
from core.classroom.room import Plan
from core.classroom.rooms import Rooms
from core.classroom.store import Store
from core.engine import Engine

VISITORS: Final = 30
MINUTES: Final = 10.0
FORGOTTEN_S: Final = 150
"""Streamlit keeps the session of a closed page for two minutes, in case it comes back."""


def room(args: argparse.Namespace) -> dict[str, Any]:
    """Thirty visitors with 5 to 15 s between actions, one training: how long each waits; errors; memory."""
    visitors, minutes = (6, 1.0) if args.quick else (VISITORS, args.minutes or MINUTES)
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{Path(folder) / 'class.sqlite'}"
        visitor = Engine().visitors("shop")[0]
        opened, _ = Rooms(Store(url)).open(Plan("shop", visitor, (("concat", "late"),)))
        with serve({"TRIAD_DATABASE_URL": url}) as served:
            return asyncio.run(_visit(served, opened.code, visitors, minutes * 60))


async def _visit(served: Served, code: str, visitors: int, seconds: float) -> dict[str, Any]:
    """Warm the server up, fill the room, empty it, and look at its memory in between."""
    first = Diary()
    # Torch and the first models are loaded for all of them.
    async with Session(served.address) as session:
        one = Visitor(10**6, session, first, code, (0.0, 0.1))
        for action in HABITS:
            await one.do(action)
    await asyncio.sleep(2)
    before = served.megabytes()
    diary, peak, leaving = Diary(), [before], list[float]()
    until = asyncio.get_running_loop().time() + seconds
    sessions = [Session(served.address) for _ in range(visitors)]

    async def stay(number: int, session: Session) -> None:
        async with session:
            person = Visitor(number, session, diary, code)
            if number == 0:
                await person.train()
            await person.stay(until)
            leaving.append(served.megabytes())

    async def watch() -> None:
        while True:
            peak.append(served.megabytes())
            await asyncio.sleep(1)

    watching = asyncio.create_task(watch())
    await asyncio.gather(*(stay(n, s) for n, s in enumerate(sessions)))
    full = leaving[0]  # when the first one leaves, all others are still there
    await asyncio.sleep(FORGOTTEN_S)
    watching.cancel()
    after = served.megabytes()
    return summary(diary, visitors, seconds) | {
        "server before, MB": round(before),
        "with everybody in it, MB": round(full),
        "at most, MB": round(max(peak)),
        "a visitor, MB": round((full - before) / visitors, 1),
        "after everybody left, MB": round(after),
        "errors of warming up": sum(map(len, first.errors.values())),
    }


def summary(diary: Diary, visitors: int, seconds: float) -> dict[str, Any]:
    """Return median, 95th percentile and slowest of every action, and of all but the training itself."""
    every = [x for name, found in diary.seconds.items() if name != TRAIN for x in found]
    rows: dict[str, Any] = {
        "visitors": visitors,
        "minutes": round(seconds / 60, 1),
        "seconds to think": THINK_S,
        "actions": len(every),
        "all but the training": _times(every),
    }
    rows |= {name: _times(found) for name, found in sorted(diary.seconds.items())}
    rows["errors"] = sum(map(len, diary.errors.values()))
    for name, said in diary.errors.items():
        print(name, *sorted(set(said)), sep="\n  ", file=sys.stderr, flush=True)
    return rows


def _times(seconds: list[float]) -> dict[str, float]:
    if not seconds:
        return {"n": 0}
    return {
        "n": len(seconds),
        "median": round(statistics.median(seconds), 2),
        "p95": round(float(np.percentile(seconds, 95)), 2),
        "slowest": round(max(seconds), 2),
    }
