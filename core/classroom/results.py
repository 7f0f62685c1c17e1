"""What a room thinks: votes counted by round and by fusion, with intervals.

References
----------
Wilson: Probable inference, the law of succession, and statistical inference, 1927. Kish: Survey sampling,
1965 (the design effect). Korn and Graubard: Confidence intervals for proportions with small expected number
of positive counts, 1998 (an interval at the effective sample size).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import sqrt
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.stats import binomtest, norm

from core.classroom.room import Choice, Round

LEVEL: Final = 0.95


@dataclass(frozen=True)
class Share:
    """A part of the votes that preferred a list.

    Attributes
    ----------
    wins, votes : votes for it, and votes that preferred either list
    low, high : the 95 % interval of ``wins / votes``
    """

    wins: int
    votes: int
    low: float
    high: float

    @property
    def part(self) -> float:
        """Return the part in [0, 1]; a half where nobody preferred either."""
        return self.wins / self.votes if self.votes else 0.5


@dataclass(frozen=True)
class RoundResult:
    """One round.

    Attributes
    ----------
    first, second, same : votes for either fusion's list and for no difference
    share : of the first among the votes that preferred one
    p : two-sided exact sign test of "either is as likely"; 1 without votes
    winner : the fusion that won, "" while a half is in the interval
    """

    round: Round
    first: int
    second: int
    same: int
    share: Share
    p: float

    @property
    def votes(self) -> int:
        """Return how many students voted."""
        return self.first + self.second + self.same

    @property
    def winner(self) -> str:
        """Return the fusion whose lead is more than luck, or ""."""
        if self.share.low > 0.5:
            return self.round.first
        return self.round.second if self.share.high < 0.5 else ""


def wilson(part: float, votes: float, level: float = LEVEL) -> tuple[float, float]:
    """Return Wilson's interval of a part of ``votes`` votes, whole or not; [0, 1] without votes."""
    if votes <= 0:
        return 0.0, 1.0
    z = float(norm.ppf((1 + level) / 2))
    middle = part + z * z / (2 * votes)
    half = z * sqrt(part * (1 - part) / votes + (z / (2 * votes)) ** 2)
    scale = 1 + z * z / votes
    return max(0.0, (middle - half) / scale), min(1.0, (middle + half) / scale)


def round_result(round: Round, choices: Mapping[Choice, int]) -> RoundResult:
    """Count one round; its voters are different students, so Wilson's interval holds as it is."""
    first, second, same = (choices.get(c, 0) for c in (Choice.FIRST, Choice.SECOND, Choice.SAME))
    votes = first + second
    low, high = wilson(first / votes if votes else 0.5, votes)
    p = float(binomtest(first, votes).pvalue) if votes else 1.0
    return RoundResult(round, first, second, same, Share(first, votes, low, high), p)


def by_fusion(
    rounds: Sequence[Round], votes: Iterable[tuple[int, str, Choice]]
) -> dict[str, Share]:
    """Return how often each fusion's list was preferred, over all rounds it was in, best first.

    The same students vote in several rounds, and their votes resemble each other. The interval is Wilson's
    at the effective number of votes: that number divided by the design effect of students as clusters. Where
    everybody agrees, no variance can be estimated, and a student counts as one vote.

    Parameters
    ----------
    votes : (round number, student, choice)
    """
    pairs = {r.number: (r.first, r.second) for r in rounds}
    counted: dict[str, dict[str, list[int]]] = {f: {} for pair in pairs.values() for f in pair}
    for number, student, choice in votes:
        if number in pairs and choice is not Choice.SAME:
            chosen = pairs[number][choice is Choice.SECOND]
            for fusion in dict.fromkeys(pairs[number]):
                tally = counted[fusion].setdefault(student, [0, 0])
                tally[0] += fusion == chosen
                tally[1] += 1
    found = {fusion: _share(list(tallies.values())) for fusion, tallies in counted.items()}
    return dict(sorted(found.items(), key=lambda pair: (-pair[1].part, -pair[1].votes, pair[0])))


def _share(tallies: Sequence[Sequence[int]]) -> Share:
    """Return the share of (wins, votes) of every student."""
    table: NDArray[np.float64] = np.array(tallies, dtype=np.float64).reshape(-1, 2)
    wins, votes = (int(n) for n in table.sum(axis=0))
    part = wins / votes if votes else 0.5
    low, high = wilson(part, _effective(table, part))
    return Share(wins, votes, low, high)


def _effective(table: NDArray[np.float64], part: float) -> float:
    """Return the effective number of votes of a (students, 2) table of wins and votes."""
    students, votes = len(table), float(table[:, 1].sum())
    if students < 2 or part in (0.0, 1.0):
        return float(students)
    residual = table[:, 0] - part * table[:, 1]
    variance = students / (students - 1) * float(np.square(residual).sum()) / votes**2
    return votes / max(1.0, variance * votes / (part * (1 - part)))
