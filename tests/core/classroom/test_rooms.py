"""Rooms on both databases: a vote counts once, only while a round is open, and is lost in no rush."""

from __future__ import annotations

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import text

from core.classroom import rooms as logic
from core.classroom.guesses import WRONG, Guesses
from core.classroom.room import CODE_LENGTH, LETTERS, Choice, Plan, Room, Side, State, normal
from core.classroom.rooms import IDLE, Rooms
from core.classroom.store import Store
from core.errors import TriadError

ROOT = Path(__file__).resolve().parents[3]


def refused(code: str):
    return pytest.raises(TriadError, check=lambda error: error.code == code)


def total(rooms: Rooms, room: Room, number: int = 1) -> int:
    return sum(rooms.counts(room.code).get(number, {}).values())


def test_a_room_goes_from_round_to_round(rooms: Rooms, plan: Plan) -> None:
    room, key = rooms.open(plan)
    assert (room.world, room.visitor, room.k) == ("shop", "visitor-0007", 5)
    assert [(r.first, r.second) for r in room.rounds] == list(plan.pairs)
    assert rooms.advance(room.code, key, 1).current == 1  # not before it is revealed
    assert rooms.reveal(room.code, key, 1).round.state is State.OPEN  # nor that before it is closed
    assert rooms.close(room.code, key, 1).round.state is State.CLOSED
    assert rooms.reveal(room.code, key, 1).round.state is State.REVEALED
    assert rooms.close(room.code, key, 1).round.state is State.REVEALED  # it only moves on
    assert rooms.advance(room.code, key, 1).current == 2
    assert rooms.advance(room.code, key, 1).current == 2  # a second click is no second step
    rooms.close(room.code, key, 2)
    rooms.reveal(room.code, key, 2)
    assert rooms.advance(room.code, key, 2).current == 2  # there is no third
    assert rooms.find(f" {room.code[:2].lower()}-{room.code[2:]} ") == rooms.room(room.code)


def test_a_vote_counts_once_and_can_be_changed(rooms: Rooms, plan: Plan) -> None:
    room, _ = rooms.open(plan)
    assert rooms.voted(room, 1, "anna") is None
    for side in (Side.LEFT, Side.SAME, Side.RIGHT, Side.RIGHT):
        choice = rooms.vote(room.code, 1, "anna", side)
        assert rooms.voted(room, 1, "anna") is side
        assert rooms.counts(room.code) == {1: {choice: 1}}
    rooms.vote(room.code, 1, "bert", Side.SAME)
    assert total(rooms, room) == 2
    assert rooms.voted(room, 2, "anna") is None


def test_a_vote_is_for_the_fusion_whose_list_was_on_that_side(rooms: Rooms, plan: Plan) -> None:
    room, _ = rooms.open(plan)
    for n in range(20):
        left, _ = room.sides(1, f"student {n}")
        choice = rooms.vote(room.code, 1, f"student {n}", Side.LEFT)
        assert left == {Choice.FIRST: "concat", Choice.SECOND: "late"}[choice]


def test_no_vote_after_the_end(rooms: Rooms, plan: Plan) -> None:
    room, key = rooms.open(plan)
    with refused("class_closed"):
        rooms.vote(room.code, 2, "anna", Side.LEFT)  # not on yet
    rooms.vote(room.code, 1, "anna", Side.LEFT)
    rooms.close(room.code, key, 1)
    for student in ("anna", "bert"):
        with refused("class_closed"):
            rooms.vote(room.code, 1, student, Side.RIGHT)
    assert rooms.voted(room, 1, "anna") is Side.LEFT
    assert total(rooms, room) == 1


def test_only_the_key_moves_a_room(rooms: Rooms, plan: Plan) -> None:
    (room, key), (other, wrong) = rooms.open(plan), rooms.open(plan)
    for act in (rooms.close, rooms.reveal, rooms.advance):
        with refused("class_wrong_key"):
            act(room.code, wrong, 1)
    for act in (rooms.delete, rooms.ballots, rooms.enter):
        with refused("class_wrong_key"):
            act(room.code, "")
    assert rooms.enter(room.code, key) == room
    rooms.vote(room.code, 1, "anna", Side.LEFT)
    rooms.delete(room.code, key)
    with refused("class_no_room"):
        rooms.vote(room.code, 1, "anna", Side.LEFT)
    assert rooms.votes(room.code) == ()
    assert rooms.room(other.code) == other


def test_nothing_that_is_kept_says_who_somebody_is(rooms: Rooms, plan: Plan, store: Store) -> None:
    (room, key), (other, _) = rooms.open(plan), rooms.open(plan)
    rooms.vote(room.code, 1, "anna's token", Side.LEFT)
    rooms.vote(other.code, 1, "anna's token", Side.LEFT)
    kept = [s for code in (room.code, other.code) for _, s, _ in rooms.votes(code)]
    assert len(set(kept)) == 2  # not even that the two are the same person
    with store.reading() as session:
        tables = ("triad_room_1", "triad_round_1", "triad_vote_1")
        everything = repr([session.execute(text(f"SELECT * FROM {n}")).all() for n in tables])
    assert room.salt in everything
    assert "anna" not in everything
    assert key not in everything


def test_forty_vote_at_once_and_nothing_is_lost(rooms: Rooms, plan: Plan, url: str) -> None:
    room, _ = rooms.open(plan)
    second = Rooms(Store(url))  # as another server beside this one has it

    def votes(n: int) -> list[Choice]:
        mine = (rooms, second)[n % 2]
        mine.vote(room.code, 1, f"student {n}", Side.SAME)
        return [mine.vote(room.code, 1, f"student {n}", side) for side in (Side.LEFT, Side.RIGHT)]

    with ThreadPoolExecutor(40) as pool:
        cast = list(pool.map(votes, range(40)))
    kept = {student: choice for _, student, choice in rooms.votes(room.code)}
    assert len(kept) == 40
    for n, (_, last) in enumerate(cast):
        assert kept[room.student(f"student {n}")] is last


def test_many_may_make_the_tables_at_once(url: str, plan: Plan) -> None:
    with ThreadPoolExecutor(8) as pool:
        stores = list(pool.map(lambda _: Store(url), range(8)))
    room, _ = Rooms(stores[0]).open(plan)
    assert [Rooms(store).room(room.code) for store in stores] == [room] * 8
    for store in stores:
        store.close()


@pytest.mark.parametrize("url", ["sqlite"], indirect=True)
def test_processes_vote_at_once(url: str, plan: Plan) -> None:
    script = (
        "import sys; from core.classroom.rooms import *; from core.classroom.store import Store;"
        "rooms = Rooms(Store(sys.argv[1])); print('ready', flush=True); code = sys.stdin.readline().strip();"
        "[rooms.vote(code, 1, f'{sys.argv[2]} {n}', Side.LEFT) for n in range(20)]"
    )
    started = [
        subprocess.Popen(
            [sys.executable, "-c", script, url, str(n)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=ROOT,
        )
        for n in range(2)
    ]
    rooms = Rooms(Store(url))
    room, _ = rooms.open(plan)
    for process in started:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
    for process in started:
        assert process.stdin is not None
        process.stdin.write(f"{room.code}\n")
        process.stdin.flush()
    assert [p.communicate(timeout=60) and p.returncode for p in started] == [0, 0]
    assert total(rooms, room) == 40


def test_a_close_and_votes_at_once_agree(rooms: Rooms, plan: Plan) -> None:
    """Every vote that was acknowledged is counted, and none after the close."""
    room, key = rooms.open(plan)

    def vote(n: int) -> int:
        if n == 10:
            rooms.close(room.code, key, 1)
            return total(rooms, room) - 1000
        try:
            rooms.vote(room.code, 1, f"student {n}", Side.LEFT)
        except TriadError as error:
            return {"class_closed": 0}[error.code]
        return 1

    with ThreadPoolExecutor(8) as pool:
        said = list(pool.map(vote, range(20)))
    at_close = next(n + 1000 for n in said if n < 0)
    assert sum(n for n in said if n > 0) == total(rooms, room) == at_close


def test_deleting_while_they_vote_is_one_sentence_for_them(rooms: Rooms, plan: Plan) -> None:
    room, key = rooms.open(plan)

    def act(n: int) -> str:
        try:
            if n == 10:
                rooms.delete(room.code, key)
            else:
                rooms.vote(room.code, 1, f"student {n}", Side.LEFT)
        except TriadError as error:
            return error.code
        return "done"

    with ThreadPoolExecutor(8) as pool:
        said = set(pool.map(act, range(20)))
    assert said <= {"done", "class_no_room"}
    assert rooms.votes(room.code) == ()


def test_votes_survive_a_restart(rooms: Rooms, plan: Plan, store: Store, url: str) -> None:
    room, key = rooms.open(plan)
    rooms.vote(room.code, 1, "anna", Side.RIGHT)
    store.close()
    again = Rooms(Store(url))
    assert again.enter(room.code, key) == room
    assert again.voted(room, 1, "anna") is Side.RIGHT
    again.vote(room.code, 1, "anna", Side.LEFT)
    assert total(again, room) == 1


def test_votes_survive_the_end_of_the_server(request: pytest.FixtureRequest, plan: Plan) -> None:
    """The same open store goes on once the database is back, and says so while it is not."""
    cluster = request.getfixturevalue("cluster")
    rooms = Rooms(Store(cluster.url))
    room, key = rooms.open(plan)
    rooms.vote(room.code, 1, "anna", Side.RIGHT)
    cluster.stop()
    try:
        with refused("class_database_down"):
            rooms.vote(room.code, 1, "bert", Side.LEFT)
    finally:
        cluster.start()
    assert rooms.voted(room, 1, "anna") is Side.RIGHT
    rooms.vote(room.code, 1, "bert", Side.LEFT)
    assert total(rooms, room) == 2
    rooms.delete(room.code, key)


def test_rooms_end_a_day_after_they_were_last_used(store: Store, plan: Plan) -> None:
    clock = [1_000_000.0]
    rooms = Rooms(store, now=lambda: clock[0])
    room, key = rooms.open(plan)
    idle, _ = rooms.open(plan)
    clock[0] += IDLE - 1
    rooms.vote(room.code, 1, "anna", Side.LEFT)
    clock[0] += 2
    assert rooms.room(room.code) == room
    with refused("class_no_room"):
        rooms.room(idle.code)
    with refused("class_no_room"):
        rooms.vote(idle.code, 1, "anna", Side.LEFT)  # does not bring it back
    rooms.open(plan)
    with store.reading() as session:
        assert session.scalar(text("SELECT count(*) FROM triad_room_1")) == 2  # swept
    clock[0] += IDLE - 3
    rooms.close(room.code, key, 1)
    clock[0] += IDLE - 1
    assert rooms.room(room.code).round.state is State.CLOSED


def test_there_is_an_end_to_rooms_and_to_votes(
    rooms: Rooms, plan: Plan, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(logic, "MAX_ROOMS", 2)
    monkeypatch.setattr(logic, "MAX_VOTERS", 2)
    room, key = rooms.open(plan)
    rooms.open(plan)
    with refused("class_rooms_full"):
        rooms.open(plan)
    rooms.vote(room.code, 1, "anna", Side.LEFT)
    rooms.vote(room.code, 1, "bert", Side.LEFT)
    with refused("class_votes_full"):
        rooms.vote(room.code, 1, "carl", Side.LEFT)
    rooms.vote(room.code, 1, "anna", Side.SAME)  # a change is no more votes
    rooms.delete(room.code, key)
    rooms.open(plan)


def test_a_taken_code_is_not_given_again(
    rooms: Rooms, plan: Plan, monkeypatch: pytest.MonkeyPatch
) -> None:
    letters = iter("BBBBB" + "BBBBB" + "CCCCC")
    monkeypatch.setattr(logic.secrets, "choice", lambda _: next(letters))
    assert [rooms.open(plan)[0].code for _ in range(2)] == ["BBBBB", "CCCCC"]


@pytest.mark.parametrize("url", ["sqlite"], indirect=True)
def test_half_of_a_class_sees_the_lists_the_other_way_round(rooms: Rooms, plan: Plan) -> None:
    room, _ = rooms.open(plan)
    again = rooms.room(room.code)
    first = [room.swapped(1, room.student(str(n))) for n in range(400)]
    second = [room.swapped(2, room.student(str(n))) for n in range(400)]
    assert first == [again.swapped(1, again.student(str(n))) for n in range(400)]
    assert 150 < sum(first) < 250  # 5 standard deviations
    assert 150 < sum(a != b for a, b in zip(first, second, strict=True)) < 250


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"pairs": ()}, "class_bad_plan"),
        ({"pairs": (("a", "b"),) * 7}, "class_bad_plan"),
        ({"pairs": (("a", "b"), ("c", "c"))}, "class_same_fusion"),
        ({"k": 0}, "class_bad_plan"),
        ({"k": 21}, "class_bad_plan"),
        ({"visitor": "v" * 201}, "class_bad_plan"),
        ({"world": "a\0b"}, "class_bad_plan"),
    ],
)
@pytest.mark.parametrize("url", ["sqlite"], indirect=True)
def test_a_bad_plan_is_one_sentence(rooms: Rooms, plan: Plan, change: dict, code: str) -> None:
    with refused(code) as caught:
        rooms.open(replace(plan, **change))
    assert caught.value.say("en")
    assert caught.value.say("zh")


def test_codes_have_no_two_letters_that_look_alike() -> None:
    assert not set(LETTERS) & set("AEIOU01L")
    assert len(set(LETTERS)) == len(LETTERS)
    assert normal(" ｂｃｄ－ｆｇ ") == "BCDFG"
    for bad in ("", "BCDF", "BCDFGH", "BCDFA", "BCD F0", "' OR 1=1", "x" * 10_000):
        with refused("class_bad_code"):
            normal(bad)
    assert len("BCDFG") == CODE_LENGTH


@pytest.mark.parametrize("url", ["sqlite"], indirect=True)
def test_guessing_is_slowed_down(store: Store, plan: Plan) -> None:
    clock = [0.0]
    rooms = Rooms(store, guesses=Guesses(lambda: clock[0]))
    room, key = rooms.open(plan)
    for n in range(WRONG):
        with refused("class_no_room" if n % 2 else "class_wrong_key"):
            rooms.find("ZZZZZ", "mallory") if n % 2 else rooms.enter(room.code, "guess", "mallory")
    for act in (
        lambda: rooms.find(room.code, "mallory"),
        lambda: rooms.enter(room.code, key, "mallory"),
    ):
        with refused("class_too_many_guesses"):
            act()
    assert rooms.find(room.code, "anna") == room  # others are not held up
    clock[0] += 61
    assert rooms.find(room.code, "mallory") == room
    for _ in range(2 * WRONG):
        rooms.find(room.code, "anna")  # and right ones do not count


@pytest.mark.parametrize(
    "bad",
    ["nonsense", "mysql://root:secret@host/db", "sqlite://", "sqlite:///:memory:", "oracle+x://y"],
)
def test_a_bad_address_is_one_sentence_without_the_password(
    bad: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TRIAD_DATABASE_URL", bad)
    with refused("class_database_url") as caught:
        Store()
    assert "secret" not in caught.value.say("en") + caught.value.say("zh")


def test_a_server_that_is_not_there_is_one_sentence(tmp_path: Path) -> None:
    with refused("class_database_down"):
        Store(f"postgresql://nobody:secret@/db?host={tmp_path}")


def test_by_default_it_is_a_file_of_ours(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TRIAD_DATABASE_URL", raising=False)
    monkeypatch.setenv("TRIAD_CACHE_DIR", str(tmp_path / "cache"))
    Store().close()
    assert [path.name for path in (tmp_path / "cache").glob("*.sqlite")] == ["class-1.sqlite"]
