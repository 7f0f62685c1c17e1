"""Both databases: a SQLite file, and a PostgreSQL server of our own, started here and stopped again."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from core.classroom.room import Plan
from core.classroom.rooms import Rooms
from core.classroom.store import Store, Table

SERVER = "postgres"  # the user that Debian's package makes; the server refuses to run as root


def _program(name: str) -> str | None:
    """Return a program of PostgreSQL: Debian keeps them beside each other by version, off the path."""
    versions = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"), key=lambda p: p.parts[-3])
    return str(versions[-1]) if versions else shutil.which(name)


def _run(command: list[str]) -> None:
    if os.geteuid() == 0:
        command = ["runuser", "-u", SERVER, "--", *command]
    done = subprocess.run(command, capture_output=True, text=True, cwd="/", check=False)
    assert done.returncode == 0, f"{command}: {done.stdout} {done.stderr}"


class Cluster:
    """A PostgreSQL cluster in a folder, reached by a socket in it: no port, no password."""

    def __init__(self, folder: Path) -> None:
        self.data, self.sockets = folder / "data", folder
        self.url = f"postgresql://{SERVER}@/postgres?host={folder}"
        initdb = _program("initdb")
        assert initdb is not None
        _run([initdb, "-D", str(self.data), "-U", SERVER, "-A", "trust", "--no-sync", "-E", "UTF8"])

    def start(self) -> None:
        """Start the server and wait until it answers."""
        options = f"-k {self.sockets} -c listen_addresses='' -c max_connections=40"
        self._ctl("start", "-o", options, "-l", str(self.data / "log"))

    def stop(self) -> None:
        """Stop it at once, as a crash would."""
        self._ctl("stop", "-m", "immediate")

    def _ctl(self, *words: str) -> None:
        program = _program("pg_ctl")
        assert program is not None
        # The server outlives the command: it must not inherit the pipes that the test waits on.
        _run([program, "-D", str(self.data), "-w", "-s", *words])


@pytest.fixture(scope="session")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    if _program("initdb") is None:
        if os.environ.get("TRIAD_REQUIRE_POSTGRES") == "1":
            pytest.fail("TRIAD_REQUIRE_POSTGRES=1, but there is no PostgreSQL server")
        pytest.skip("there is no PostgreSQL server here")
    folder = Path(
        tempfile.mkdtemp(prefix="triad-pg-")
    )  # short: the path of a socket may be no longer
    if os.geteuid() == 0:
        shutil.chown(folder, SERVER)
    try:
        made = Cluster(folder)
        made.start()
        yield made
        made.stop()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of an empty database of either kind."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'deep' / 'class.sqlite'}"
    found = str(request.getfixturevalue("cluster").url)
    engine = create_engine(found.replace("postgresql://", "postgresql+psycopg://"))
    with engine.begin() as connection:
        for table in reversed(Table.metadata.sorted_tables):
            connection.execute(text(f"DROP TABLE IF EXISTS {table.name}"))
    engine.dispose()
    return found


@pytest.fixture
def store(url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Store]:
    """A store as the app opens it, by the environment."""
    monkeypatch.setenv("TRIAD_DATABASE_URL", url)
    opened = Store()
    yield opened
    opened.close()


@pytest.fixture
def rooms(store: Store) -> Rooms:
    return Rooms(store)


@pytest.fixture
def plan() -> Plan:
    return Plan("shop", "visitor-0007", (("concat", "late"), ("concat", "gated")), k=5)
