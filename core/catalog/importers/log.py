"""What is told about an import: each row by itself at first, and the rest by an exact count."""

from __future__ import annotations

from typing import Final

from core.catalog.importers.source import Problem

SHOWN: Final = 20
"""How many rows of one kind are told one by one before they are counted."""

_LONGEST: Final = 80


class Lost(Exception):  # noqa: N818  # it ends one row, and is no error of the program
    """A cell that costs its row.

    Parameters
    ----------
    code : key of the sentence under ``problems`` in the locales
    **values : what its placeholders stand for
    """

    def __init__(self, code: str, **values: str | int) -> None:
        super().__init__(code)
        self.code = code
        self.values = values


class Log:
    """Problems and notes, gathered while a catalog is read."""

    def __init__(self) -> None:
        self._problems = _Kinds()
        self._notes = _Kinds()

    def problem(self, code: str, file: str, row: int | None = None, **values: str | int) -> None:
        """Tell that a row was not taken, or only in part."""
        self._problems.add(code, file, row, values)

    def note(self, code: str, file: str, row: int | None = None, **values: str | int) -> None:
        """Tell what was decided for the reader."""
        self._notes.add(code, file, row, values)

    def problems(self) -> tuple[Problem, ...]:
        """Return the problems, kind by kind in the order in which the kinds were met."""
        return self._problems.told()

    def notes(self) -> tuple[Problem, ...]:
        """Return the notes, in the same order."""
        return self._notes.told()


class _Kinds:
    """The first few of every kind, and how many more there were. A kind is a code and a file."""

    def __init__(self) -> None:
        self._first: dict[tuple[str, str], list[Problem]] = {}
        self._more: dict[tuple[str, str], int] = {}

    def add(self, code: str, file: str, row: int | None, values: dict[str, str | int]) -> None:
        kind = (code, file)
        first = self._first.setdefault(kind, [])
        if len(first) < SHOWN:
            shown = {k: readable(v) if isinstance(v, str) else v for k, v in values.items()}
            first.append(Problem(readable(file), code, row, shown))
        else:
            self._more[kind] = self._more.get(kind, 0) + 1

    def told(self) -> tuple[Problem, ...]:
        told: list[Problem] = []
        for kind, first in self._first.items():
            told += first
            if kind in self._more:
                values: dict[str, str | int] = {"count": self._more[kind], "code": kind[0]}
                told.append(Problem(first[0].file, "more", None, values))
        return tuple(told)


def readable(text: str) -> str:
    """Return foreign text fit for a message: on one line, printable, at most 80 characters."""
    text = "".join(mark if mark.isprintable() else "\N{REPLACEMENT CHARACTER}" for mark in text)
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"
