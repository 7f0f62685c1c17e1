"""What a class is made of: rooms, rounds, choices, and who sees which list on which side.

A room knows no names: of a student a digest that differs from room to room, of the teacher the digest of a
key.
"""

from __future__ import annotations

import hashlib
import unicodedata
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from core.errors import TriadError

LETTERS: Final = "BCDFGHJKMNPQRSTVWXYZ"
"""What codes are made of: no two that look alike, and no vowels that would make words."""

CODE_LENGTH: Final = 5
MAX_ROUNDS: Final = 6
MAX_K: Final = 20


class Choice(StrEnum):
    """What a vote says, in the room's own terms."""

    FIRST = "first"
    SECOND = "second"
    SAME = "same"


class Side(StrEnum):
    """What a vote says, in the terms of what a student sees."""

    LEFT = "left"
    SAME = "same"
    RIGHT = "right"


class State(StrEnum):
    """Where a round is; it only moves on."""

    OPEN = "open"
    CLOSED = "closed"
    REVEALED = "revealed"


@dataclass(frozen=True)
class Round:
    """Two fusions set against each other; ``number`` counts from 1."""

    number: int
    first: str
    second: str
    state: State = State.OPEN


@dataclass(frozen=True)
class Room:
    """A room as it is now. ``salt`` shuffles sides and hides students."""

    code: str
    world: str
    visitor: str
    k: int
    rounds: tuple[Round, ...]
    current: int
    salt: str = field(repr=False)

    @property
    def round(self) -> Round:
        """Return the round that is on."""
        return self.rounds[self.current - 1]

    def student(self, token: str) -> str:
        """Return what is kept of a student's token: nothing links it to him or to another room."""
        return _keyed(self.salt, "student", token)

    def swapped(self, number: int, student: str) -> bool:
        """Return whether this student sees the second list of a round on the left.

        Every second student does, by chance, and the same one always.
        """
        return int(_keyed(self.salt, f"side {number}", student), 16) % 2 == 1

    def sides(self, number: int, token: str) -> tuple[str, str]:
        """Return the fusions whose lists a student sees on the left and on the right."""
        pair = (self.rounds[number - 1].first, self.rounds[number - 1].second)
        return pair[::-1] if self.swapped(number, self.student(token)) else pair

    def choice(self, number: int, student: str, side: Side) -> Choice:
        """Return what a student means who votes for a side."""
        if side is Side.SAME:
            return Choice.SAME
        on_left = side is Side.LEFT
        return Choice.FIRST if on_left != self.swapped(number, student) else Choice.SECOND

    def side(self, number: int, student: str, choice: Choice) -> Side:
        """Return the side for which a student voted: :meth:`choice` undone."""
        if choice is Choice.SAME:
            return Side.SAME
        is_first = choice is Choice.FIRST
        return Side.LEFT if is_first != self.swapped(number, student) else Side.RIGHT


@dataclass(frozen=True)
class Plan:
    """What a room is opened for: the ``k`` best for a visitor, by two fusions each round."""

    world: str
    visitor: str
    pairs: tuple[tuple[str, str], ...]
    k: int = 5


@dataclass(frozen=True)
class Ballot:
    """One vote for the export: ``voter`` counts from 1 within the room, in an order of chance."""

    number: int
    voter: int
    choice: Choice
    swapped: bool


def normal(code: str) -> str:
    """Return a code as it was meant: any case, any width, blanks and dashes in it (``class_bad_code``)."""
    text = unicodedata.normalize("NFKC", code[:40]).upper()
    letters = "".join(c for c in text if c.isalnum())
    if len(letters) != CODE_LENGTH or not set(letters) <= set(LETTERS):
        raise TriadError("class_bad_code", length=CODE_LENGTH)
    return letters


def check(plan: Plan) -> None:
    """Refuse what cannot be a room (``class_bad_plan``, ``class_same_fusion``)."""
    names = [
        (plan.world, 200),
        (plan.visitor, 200),
        *((fusion, 80) for pair in plan.pairs for fusion in pair),
    ]
    good = 1 <= len(plan.pairs) <= MAX_ROUNDS and 1 <= plan.k <= MAX_K
    if not good or any(len(name) > most or _unfit(name) for name, most in names):
        raise TriadError("class_bad_plan", rounds=MAX_ROUNDS, k=MAX_K)
    if any(first == second for first, second in plan.pairs):
        raise TriadError("class_same_fusion")


def _unfit(name: str) -> bool:
    """Say whether no database holds a text: one with a NUL, or with half a character."""
    return "\0" in name or any("\ud800" <= mark <= "\udfff" for mark in name)


def _keyed(salt: str, what: str, value: str) -> str:
    message = f"{what}\0{value}".encode("utf-8", "surrogatepass")
    return hashlib.blake2b(message, key=salt.encode(), digest_size=16).hexdigest()
