"""What holds for all tests: nobody's own catalogs are touched, and two workers do not meet."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
from xdist.remote import Producer
from xdist.scheduler import LoadScopeScheduling

if (
    "PYTEST_XDIST_WORKER" in os.environ
):  # workers share the cores; read when torch is first imported
    os.environ.setdefault("OMP_NUM_THREADS", "1")


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> LoadScopeScheduling:
    """Keep a file's tests in one worker, so that its fixtures are made once, and the browser's in one.

    ``--dist loadgroup`` is meant for this, but xdist 3.8 writes the group where pytest 9.2 does not read it.
    """
    return ByFile(config, log)


class ByFile(LoadScopeScheduling):
    """Files one by one; all files of the browser as if they were one."""

    def _split_scope(self, nodeid: str) -> str:
        return "browser" if "tests/browser/" in nodeid else nodeid.split("::", 1)[0]


@pytest.fixture(scope="session", autouse=True)
def own_data(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Put the data folder, of this process and of servers it starts, into a place of its own."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TRIAD_DATA_DIR", str(tmp_path_factory.mktemp("data")))
        yield
