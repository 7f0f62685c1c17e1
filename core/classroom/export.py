"""Votes as CSV that a spreadsheet opens without executing any of it."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence

from core.cells import safe
from core.classroom.results import RoundResult, Share
from core.classroom.room import Ballot, Choice, Room


def votes_csv(room: Room, ballots: Iterable[Ballot]) -> bytes:
    """Return a row a vote; voters are numbers that mean nothing outside this file."""
    pairs = {r.number: (r.first, r.second) for r in room.rounds}
    rows = []
    for ballot in ballots:
        first, second = pairs[ballot.number]
        chosen = {Choice.FIRST: first, Choice.SECOND: second, Choice.SAME: "same"}[ballot.choice]
        sides = (second, first) if ballot.swapped else (first, second)
        rows.append((room.world, room.visitor, ballot.number, ballot.voter, *sides, chosen))
    heads = ("world", "visitor", "round", "voter", "left", "right", "preferred")
    return _csv(heads, rows)


def results_csv(rounds: Iterable[RoundResult], fusions: Iterable[tuple[str, Share]]) -> bytes:
    """Return a row a round, then a row a fusion over all rounds; the interval is the 95 % one."""
    figures = ("share", "low", "high", "p")
    heads = ("round", "fusion", "against", "preferred", "preferred_other", "same", *figures)
    rows: list[tuple[object, ...]] = []
    for r in rounds:
        who = (r.round.number, r.round.first, r.round.second)
        rows.append((*who, r.first, r.second, r.same, *_figures(r.share), f"{r.p:.6f}"))
    rows += [
        ("all", fusion, "", s.wins, s.votes - s.wins, "", *_figures(s), "") for fusion, s in fusions
    ]
    return _csv(heads, rows)


def _figures(share: Share) -> tuple[str, str, str]:
    return f"{share.part:.6f}", f"{share.low:.6f}", f"{share.high:.6f}"


def _csv(heads: Sequence[str], rows: Iterable[Sequence[object]]) -> bytes:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(heads)
    writer.writerows([safe(cell) for cell in row] for row in rows)
    return out.getvalue().encode("utf-8-sig")
