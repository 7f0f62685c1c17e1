"""Counting: Wilson against scipy, many rounds against a simulation, and tables that execute nothing."""

from __future__ import annotations

import csv
import io

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest

from core.classroom.export import results_csv, safe, votes_csv
from core.classroom.results import Share, by_fusion, round_result, wilson
from core.classroom.room import Ballot, Choice, Room, Round

ROUNDS = (Round(1, "concat", "late"), Round(2, "concat", "gated"))


@given(st.integers(1, 500).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_wilson_is_the_one_of_scipy(counts: tuple[int, int]) -> None:
    wins, votes = counts
    expected = binomtest(wins, votes).proportion_ci(0.95, method="wilson")
    assert wilson(wins / votes, votes) == pytest.approx((expected.low, expected.high), abs=1e-12)


def test_without_votes_anything_is_possible() -> None:
    assert wilson(0.5, 0) == (0.0, 1.0)
    empty = round_result(ROUNDS[0], {})
    assert (empty.votes, empty.p, empty.winner) == (0, 1.0, "")
    assert by_fusion(ROUNDS, ())["late"] == Share(0, 0, 0.0, 1.0)


def test_a_round_is_won_when_a_half_is_outside_the_interval() -> None:
    clear = round_result(ROUNDS[0], {Choice.FIRST: 4, Choice.SECOND: 19, Choice.SAME: 7})
    assert (clear.winner, clear.votes, clear.share.votes) == ("late", 30, 23)
    assert clear.p == pytest.approx(binomtest(4, 23).pvalue)
    mirrored = round_result(ROUNDS[0], {Choice.FIRST: 19, Choice.SECOND: 4})
    assert mirrored.winner == "concat"
    assert mirrored.share.low == pytest.approx(1 - clear.share.high)
    assert round_result(ROUNDS[0], {Choice.FIRST: 11, Choice.SECOND: 12}).winner == ""


def test_by_fusion_counts_each_vote_for_one_and_against_the_other() -> None:
    votes = [
        (1, "anna", Choice.FIRST),
        (1, "bert", Choice.SECOND),
        (1, "carl", Choice.SAME),
        (2, "anna", Choice.SECOND),
        (2, "bert", Choice.SECOND),
        (9, "anna", Choice.FIRST),  # of a round that is not asked for
    ]
    found = by_fusion(ROUNDS, votes)
    counted = {fusion: (share.wins, share.votes) for fusion, share in found.items()}
    assert counted == {"gated": (2, 2), "late": (1, 2), "concat": (1, 4)}
    assert list(found) == ["gated", "late", "concat"]  # best first


def test_one_round_by_fusion_is_the_round() -> None:
    votes = [(1, str(n), Choice.FIRST if n < 14 else Choice.SECOND) for n in range(20)]
    found = by_fusion(ROUNDS[:1], votes)["concat"]
    expected = binomtest(14, 20).proportion_ci(0.95, method="wilson")
    # The sample's variance has 19 in place of 20 below the line.
    assert (found.low, found.high) == pytest.approx((expected.low, expected.high), abs=0.01)


def test_who_always_votes_alike_is_one_voice() -> None:
    """Six rounds of students who repeat themselves say no more than one round."""
    rounds = [Round(n, "concat", "late") for n in range(1, 7)]
    votes = [
        (r.number, str(n), Choice.FIRST if n < 14 else Choice.SECOND)
        for r in rounds
        for n in range(20)
    ]
    one = by_fusion(rounds[:1], [v for v in votes if v[0] == 1])["concat"]
    six = by_fusion(rounds, votes)["concat"]
    assert (six.wins, six.votes) == (84, 120)
    assert (six.low, six.high) == pytest.approx((one.low, one.high), abs=1e-9)
    unanimous = by_fusion(rounds, [(n, s, Choice.FIRST) for n, s, _ in votes])["concat"]
    expected = binomtest(20, 20).proportion_ci(0.95, method="wilson")
    assert (unanimous.low, unanimous.high) == pytest.approx((expected.low, expected.high))


def test_the_interval_over_rounds_covers_as_often_as_it_says() -> None:
    rng = np.random.default_rng(0)
    rounds = [Round(n, "concat", "late") for n in range(1, 6)]
    covered, plain, runs = 0, 0, 300
    for _ in range(runs):
        tastes = rng.beta(1.2, 0.8, size=25)  # a mean of 0.6, and students who differ
        likes = rng.random((25, 5)) < tastes[:, None]
        votes = [
            (r.number, str(s), Choice.FIRST if likes[s, r.number - 1] else Choice.SECOND)
            for s in range(25)
            for r in rounds
        ]
        share = by_fusion(rounds, votes)["concat"]
        low, high = wilson(share.part, share.votes)
        covered += share.low <= 0.6 <= share.high
        plain += low <= 0.6 <= high
    assert 0.91 <= covered / runs <= 0.98
    assert plain / runs < 0.85  # what it would be if every vote stood alone


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n", "＝", " ="])
def test_no_cell_is_a_formula(start: str) -> None:
    assert safe(f"{start}HYPERLINK(1)") == f"'{start}HYPERLINK(1)"


def test_other_cells_stay_as_they_are() -> None:
    assert [safe(x) for x in ("shop", "a=b", 3, -3, -0.5, "")] == ["shop", "a=b", 3, -3, -0.5, ""]


def test_the_tables_say_what_was_voted() -> None:
    room = Room("BCDFG", "shop", '=cmd|"x",1', 5, ROUNDS, 2, salt="00")
    ballots = [
        Ballot(1, 1, Choice.FIRST, True),
        Ballot(1, 2, Choice.SAME, False),
        Ballot(2, 1, Choice.SECOND, False),
    ]
    rows = _read(votes_csv(room, ballots))
    seen = [(r["voter"], r["left"], r["right"], r["preferred"]) for r in rows]
    assert seen == [
        ("1", "late", "concat", "concat"),
        ("2", "concat", "late", "same"),
        ("1", "concat", "gated", "gated"),
    ]
    assert {r["visitor"] for r in rows} == {'\'=cmd|"x",1'}


def test_the_results_as_a_table() -> None:
    found = [round_result(ROUNDS[0], {Choice.FIRST: 3, Choice.SECOND: 1, Choice.SAME: 2})]
    shares = by_fusion(ROUNDS[:1], [(1, "a", Choice.FIRST)])
    rows = _read(results_csv(found, shares.items()))
    assert [(r["round"], r["fusion"]) for r in rows] == [
        ("1", "concat"),
        ("all", "concat"),
        ("all", "late"),
    ]
    figures = [rows[0][k] for k in ("preferred", "preferred_other", "same", "share")]
    assert figures == ["3", "1", "2", "0.750000"]


def _read(table: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(table.decode("utf-8-sig"))))
