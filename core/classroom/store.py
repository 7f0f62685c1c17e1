"""Where rooms and votes are kept: SQLite in a file of ours, or the database that an address names.

Votes are short-lived, so that there are no migrations: the number in :data:`FILE` and in the tables'
names changes with their shape.

References
----------
SQLAlchemy, "SQLite: transactions with the sqlite3 driver"; SQLite, "Write-Ahead Logging".
"""

from __future__ import annotations

import logging
import os
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from sqlalchemy import (
    Connection,
    Engine,
    ForeignKey,
    ForeignKeyConstraint,
    String,
    create_engine,
    event,
    make_url,
    select,
    text,
)
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import ArgumentError, DatabaseError, IntegrityError, NoSuchModuleError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column

from core.classroom.journal import is_whole
from core.classroom.room import Choice, State
from core.errors import TriadError
from core.resources import cache_dir

FILE: Final = "class-1.sqlite"
PATIENCE: Final = 20.0
"""For how many seconds a vote waits for its turn."""

_log = logging.getLogger(__name__)
_SETTING_UP: Final = 1_953_653_092
"""Number of the lock under which one process at a time makes the tables."""


class Table(DeclarativeBase):
    """What the tables have in common."""


class RoomRow(Table):
    """A room. No names: of the teacher a digest of the key, of the students nothing."""

    __tablename__ = "triad_room_1"

    code: Mapped[str] = mapped_column(String(8), primary_key=True)
    key_digest: Mapped[str] = mapped_column(String(64))
    salt: Mapped[str] = mapped_column(String(32))
    world: Mapped[str] = mapped_column(String(200))
    visitor: Mapped[str] = mapped_column(String(200))
    k: Mapped[int]
    current: Mapped[int] = mapped_column(default=1)
    used: Mapped[float] = mapped_column(index=True)  # seconds since 1970


class RoundRow(Table):
    """Two fusions that are set against each other; rounds count from 1."""

    __tablename__ = "triad_round_1"

    code: Mapped[str] = mapped_column(
        ForeignKey(RoomRow.code, ondelete="CASCADE"), primary_key=True
    )
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    first: Mapped[str] = mapped_column(String(80))
    second: Mapped[str] = mapped_column(String(80))
    state: Mapped[str] = mapped_column(String(8), default="open")


class VoteRow(Table):
    """A student's vote in a round. The primary key is why it counts once."""

    __tablename__ = "triad_vote_1"
    __table_args__ = (
        ForeignKeyConstraint(
            ["code", "number"], [RoundRow.code, RoundRow.number], ondelete="CASCADE"
        ),
    )

    code: Mapped[str] = mapped_column(String(8), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    student: Mapped[str] = mapped_column(String(32), primary_key=True)
    choice: Mapped[str] = mapped_column(String(8))


def database_url() -> str:
    """Return ``TRIAD_DATABASE_URL``, or the address of a file in the cache folder."""
    chosen = os.environ.get("TRIAD_DATABASE_URL", "").strip()
    if chosen:
        # Hosts hand out both spellings; the driver that we install has a third.
        head, _, rest = chosen.partition("://")
        return f"postgresql+psycopg://{rest}" if head in ("postgres", "postgresql") else chosen
    return f"sqlite:///{cache_dir().absolute() / FILE}"


class Store:
    """Sessions on a database whose tables are there.

    Parameters
    ----------
    url : as SQLAlchemy spells it, or as :func:`database_url` finds it

    Raises
    ------
    TriadError
        ``class_database_url`` for an address that is none, ``class_database_down`` where nobody answers;
        neither repeats the address, since there may be a password in it. Of a file
        ``class_database_damaged``, ``class_database_unwritable``
    """

    def __init__(self, url: str | None = None) -> None:
        self._engine = _engine(url or database_url())
        name = self._engine.url.database
        self._file = Path(str(name)) if self._engine.dialect.name == "sqlite" else None
        if self._file is not None and not _untouched(self._file):
            raise TriadError("class_database_damaged", file=self._file)
        # The two share connections; the mark tells SQLite's transactions apart, see below.
        self._writing = self._engine.execution_options(triad_writes=True)
        with self._told(), self._writing.begin() as connection:
            if connection.dialect.name == "postgresql":
                connection.execute(text("SELECT pg_advisory_xact_lock(:n)"), {"n": _SETTING_UP})
            Table.metadata.create_all(connection)
            if self._file is not None and not _sound(connection):
                raise TriadError("class_database_damaged", file=self._file)

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """Give a session that only reads."""
        with self._told(), Session(self._engine) as session:
            yield session

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """Give a session that is committed at the end, or rolled back by an error."""
        with self._told(), Session(self._writing) as session, session.begin():
            yield session

    def close(self) -> None:
        """Let go of all connections."""
        self._engine.dispose()

    @contextmanager
    def _told(self) -> Iterator[None]:
        """Say in one sentence what is wrong with the database; the log knows more."""
        try:
            yield
        except (DatabaseError, PoolTimeout, sqlite3.DatabaseError) as error:
            if isinstance(error, IntegrityError):
                raise
            _log.warning("the database of the class: %s", error)
            cause = getattr(error, "orig", error)
            if self._file is None or not isinstance(cause, sqlite3.DatabaseError):
                raise TriadError("class_database_down") from error
            raise _told_of_file(self._file, cause) from error


_DAMAGED: Final = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)
_UNWRITABLE: Final = (
    *(sqlite3.SQLITE_FULL, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN),
    *(sqlite3.SQLITE_IOERR, sqlite3.SQLITE_PERM),
)


def _told_of_file(file: Path, cause: sqlite3.DatabaseError) -> TriadError:
    code = getattr(cause, "sqlite_errorcode", None)
    if code is None or code & 0xFF in _DAMAGED:  # without a code: text that is none
        return TriadError("class_database_damaged", file=file)
    if code & 0xFF in _UNWRITABLE:
        return TriadError("class_database_unwritable", file=file, reason=cause)
    return TriadError("class_database_down")


def _untouched(file: Path) -> bool:
    """Say whether the log of a database file is whole; look again where another process is writing it.

    SQLite deletes a log whose database is empty or gone. None of ours ever is: it has a page before its log.
    """
    log = file.with_name(f"{file.name}-wal")
    if _size(log) > 0 and _size(file) == 0:
        return False
    for _ in range(3):
        if is_whole(log):
            return True
        time.sleep(0.05)
    return False


def _size(file: Path) -> int:
    return file.stat().st_size if file.is_file() else 0


def _sound(connection: Connection) -> bool:
    """Say whether a file holds what was written into it, as far as that can be told.

    Rooms, rounds and votes are in an index each, which the check compares with them; of the columns that are
    in none, those with few values are looked at here.
    """
    if connection.scalar(text("PRAGMA integrity_check(1)")) != "ok":
        return False
    if connection.execute(text("PRAGMA foreign_key_check")).first() is not None:
        return False
    choices = set(connection.scalars(select(VoteRow.choice).distinct()))
    states = set(connection.scalars(select(RoundRow.state).distinct()))
    return choices <= set(Choice) and states <= set(State)


def _engine(url: str) -> Engine:
    try:
        parsed = make_url(url)
        kind = parsed.get_backend_name()
        in_memory = kind == "sqlite" and parsed.database in (None, "", ":memory:")
        if kind not in ("sqlite", "postgresql") or in_memory:
            raise TriadError("class_database_url")
        if kind == "sqlite":
            _make_place(Path(str(parsed.database)))
        else:
            return create_engine(parsed, pool_pre_ping=True, pool_timeout=PATIENCE)
        engine = create_engine(parsed, pool_timeout=PATIENCE, connect_args={"timeout": PATIENCE})
    except (ArgumentError, NoSuchModuleError, ModuleNotFoundError) as error:
        raise TriadError("class_database_url") from error
    event.listen(engine, "connect", _configure_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _make_place(file: Path) -> None:
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise TriadError("class_database_unwritable", file=file, reason=error.strerror) from error


def _configure_sqlite(connection: DBAPIConnection, _: object) -> None:
    """Let readers and a writer work side by side, and keep Python's driver from beginning by itself."""
    connection.isolation_level = None
    for pragma in ("journal_mode = WAL", "foreign_keys = ON"):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    """Queue who will write from the start: who asks later, having read, is refused at once."""
    writes = connection.get_execution_options().get("triad_writes")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
