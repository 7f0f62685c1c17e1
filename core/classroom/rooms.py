"""All rooms: opening, finding, voting, moving on, deleting.

A teacher opens a room for a visitor of a world and plans rounds, each with two fusions. Students find the
room by its code and vote on two lists without names.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
import time
from collections.abc import Callable, Mapping
from typing import Final

from sqlalchemy import delete, func, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from core.classroom.guesses import Guesses
from core.classroom.room import (
    CODE_LENGTH,
    LETTERS,
    Ballot,
    Choice,
    Plan,
    Room,
    Round,
    Side,
    State,
    check,
    normal,
)
from core.classroom.store import RoomRow, RoundRow, Store, VoteRow
from core.errors import TriadError

MAX_ROOMS: Final = 500
MAX_VOTERS: Final = 500
IDLE: Final = 24 * 3600.0
"""Seconds without a vote or a word of the teacher after which a room is gone."""

_TOUCH: Final = 60.0
"""A vote keeps its room alive at most this often, in seconds: else all would queue for one row."""


class Rooms:
    """All rooms of a store. Safe to share between threads, and between processes on one database.

    Parameters
    ----------
    store : where they are kept
    now : seconds since 1970
    """

    def __init__(
        self, store: Store, *, now: Callable[[], float] = time.time, guesses: Guesses | None = None
    ) -> None:
        self._store = store
        self._now = now
        self._guesses = guesses or Guesses()

    # For everybody ------------------------------------------------------------------------------------

    def find(self, code: str, who: str = "") -> Room:
        """Return the room of a code as somebody spelled it.

        Parameters
        ----------
        who : whose guess it is, for the limit on wrong ones

        Raises
        ------
        TriadError
            ``class_bad_code``, ``class_no_room``, ``class_too_many_guesses``
        """
        with self._guesses.guess(who):
            return self.room(normal(code))

    def room(self, code: str) -> Room:
        """Return a room whose code is known (``class_no_room``)."""
        with self._store.reading() as session:
            return self._room(session, code)

    def vote(self, code: str, number: int, token: str, side: Side) -> Choice:
        """Count a student's vote, or change it; it counts once.

        Raises
        ------
        TriadError
            ``class_no_room``, ``class_closed`` for any round but an open one that is on, ``class_votes_full``
        """
        try:
            with self._store.writing() as session:
                self._touch(session, code, after=_TOUCH)  # room before round, as everywhere
                room = self._room(session, code, lock=True)
                if number != room.current or room.round.state is not State.OPEN:
                    raise TriadError("class_closed")
                student = room.student(token)
                choice = room.choice(number, student, side)
                _write_vote(session, (code, number, student), choice)
        except IntegrityError as error:  # the room went while this vote was on its way
            raise TriadError("class_no_room", room=code) from error
        return choice

    def voted(self, room: Room, number: int, token: str) -> Side | None:
        """Return how a student voted, or None."""
        student = room.student(token)
        with self._store.reading() as session:
            row = session.get(VoteRow, (room.code, number, student))
            return None if row is None else room.side(number, student, Choice(row.choice))

    def counts(self, code: str) -> Mapping[int, Mapping[Choice, int]]:
        """Return the number of votes of every round by what they say."""
        asked = (
            select(VoteRow.number, VoteRow.choice, func.count())
            .where(VoteRow.code == code)
            .group_by(VoteRow.number, VoteRow.choice)
        )
        found: dict[int, dict[Choice, int]] = {}
        with self._store.reading() as session:
            for number, choice, count in session.execute(asked):
                found.setdefault(number, {})[Choice(choice)] = count
        return found

    def votes(self, code: str) -> tuple[tuple[int, str, Choice], ...]:
        """Return every vote as (round, digest of the student, choice)."""
        asked = (
            select(VoteRow.number, VoteRow.student, VoteRow.choice)
            .where(VoteRow.code == code)
            .order_by(VoteRow.number, VoteRow.student)
        )
        with self._store.reading() as session:
            return tuple((n, s, Choice(c)) for n, s, c in session.execute(asked))

    # For teachers -------------------------------------------------------------------------------------

    def open(self, plan: Plan) -> tuple[Room, str]:
        """Open a room and return it with the teacher's key, which is kept nowhere else.

        Raises
        ------
        TriadError
            ``class_bad_plan``, ``class_rooms_full``
        """
        check(plan)
        key = secrets.token_urlsafe(16)
        with self._store.writing() as session:
            session.execute(delete(RoomRow).where(RoomRow.used < self._now() - IDLE))
            taken = session.scalar(select(func.count()).select_from(RoomRow)) or 0
            if taken >= MAX_ROOMS:
                raise TriadError("class_rooms_full")
        for _ in range(20):
            code = "".join(secrets.choice(LETTERS) for _ in range(CODE_LENGTH))
            try:
                with self._store.writing() as session:
                    self._add(session, code, key, plan)
                return self.room(code), key
            except IntegrityError:  # somebody has that code
                continue
        raise TriadError("class_rooms_full")

    def enter(self, code: str, key: str, who: str = "") -> Room:
        """Return the room to which a teacher's key belongs.

        Raises
        ------
        TriadError
            ``class_bad_code``, ``class_no_room``, ``class_wrong_key``, ``class_too_many_guesses``
        """
        with self._guesses.guess(who), self._store.reading() as session:
            return self._own(session, normal(code), key)

    def close(self, code: str, key: str, number: int) -> Room:
        """End the voting of a round; nothing happens where it has ended."""
        return self._move(code, key, number, State.OPEN, State.CLOSED)

    def reveal(self, code: str, key: str, number: int) -> Room:
        """Show which list was whose, once the voting has ended."""
        return self._move(code, key, number, State.CLOSED, State.REVEALED)

    def advance(self, code: str, key: str, number: int) -> Room:
        """Go from a revealed round to the next; nothing happens where it is on already."""
        with self._store.writing() as session:
            self._touch(session, code)
            room = self._own(session, code, key)
            ready = number == room.current < len(room.rounds)
            if ready and room.round.state is State.REVEALED:
                session.execute(
                    update(RoomRow).where(RoomRow.code == code).values(current=number + 1)
                )
            return self._room(session, code)

    def ballots(self, code: str, key: str) -> tuple[Ballot, ...]:
        """Return every vote, for the export."""
        with self._store.reading() as session:
            room = self._own(session, code, key)
        votes = self.votes(code)
        voters = {student: n for n, student in enumerate(sorted({s for _, s, _ in votes}), 1)}
        return tuple(Ballot(n, voters[s], c, room.swapped(n, s)) for n, s, c in votes)

    def delete(self, code: str, key: str) -> None:
        """Delete a room with all its votes."""
        with self._store.writing() as session:
            self._own(session, code, key)
            session.execute(delete(RoomRow).where(RoomRow.code == code))

    # ---------------------------------------------------------------------------------------------------

    def _add(self, session: Session, code: str, key: str, plan: Plan) -> None:
        row = RoomRow(
            code=code,
            key_digest=_digest(key),
            salt=secrets.token_hex(16),
            world=plan.world,
            visitor=plan.visitor,
            k=plan.k,
            current=1,
            used=self._now(),
        )
        session.add(row)
        session.flush()
        for number, (first, second) in enumerate(plan.pairs, 1):
            session.add(
                RoundRow(code=code, number=number, first=first, second=second, state=State.OPEN)
            )

    def _row(self, session: Session, code: str) -> RoomRow:
        row = session.get(RoomRow, code, populate_existing=True)
        if row is None or row.used < self._now() - IDLE:
            raise TriadError("class_no_room", room=code)
        return row

    def _room(self, session: Session, code: str, *, lock: bool = False) -> Room:
        """Return a room; ``lock`` keeps its rounds from moving on until the session ends."""
        row = self._row(session, code)
        asked = select(RoundRow).where(RoundRow.code == code).order_by(RoundRow.number)
        asked = asked.execution_options(populate_existing=True)
        found = session.scalars(asked.with_for_update(read=True) if lock else asked)
        rounds = tuple(Round(r.number, r.first, r.second, State(r.state)) for r in found)
        if not rounds:  # deleted since the line above
            raise TriadError("class_no_room", room=code)
        return Room(code, row.world, row.visitor, row.k, rounds, row.current, row.salt)

    def _own(self, session: Session, code: str, key: str) -> Room:
        row = self._row(session, code)
        if not hmac.compare_digest(row.key_digest, _digest(key)):
            raise TriadError("class_wrong_key")
        return self._room(session, code)

    def _move(self, code: str, key: str, number: int, before: State, after: State) -> Room:
        with self._store.writing() as session:
            self._touch(session, code)
            self._own(session, code, key)
            here = (RoundRow.code == code, RoundRow.number == number, RoundRow.state == before)
            session.execute(update(RoundRow).where(*here).values(state=after))
            return self._room(session, code)

    def _touch(self, session: Session, code: str, *, after: float = 0.0) -> None:
        """Keep a room alive, unless that was done less than ``after`` seconds ago or it is gone."""
        now = self._now()
        stale = RoomRow.used.between(now - IDLE, now - after)
        session.execute(update(RoomRow).where(RoomRow.code == code, stale).values(used=now))


def _write_vote(session: Session, place: tuple[str, int, str], choice: Choice) -> None:
    if session.get(VoteRow, place) is None:
        here = (VoteRow.code == place[0], VoteRow.number == place[1])
        if (session.scalar(select(func.count()).where(*here)) or 0) >= MAX_VOTERS:
            raise TriadError("class_votes_full")
    dialect = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
    columns = dict(zip(("code", "number", "student"), place, strict=True))
    session.execute(
        dialect.insert(VoteRow)
        .values(**columns, choice=choice)
        .on_conflict_do_update(index_elements=list(columns), set_={"choice": choice})
    )


def _digest(key: str) -> str:
    """Return what is kept of a key. It is long and random: a slow digest would add nothing."""
    return hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest()
