"""What holds for all tests: nobody's own catalogs are touched, and two workers do not meet."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

BROWSER = Path(__file__).resolve().parent / "browser"

if (
    "PYTEST_XDIST_WORKER" in os.environ
):  # workers share the cores; read when torch is first imported
    os.environ.setdefault("OMP_NUM_THREADS", "1")


@pytest.hookimpl(tryfirst=True)  # before the workers read the groups
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Keep a file's tests in one worker, so that its fixtures are made once, and the browser's in one."""
    for item in items:
        group = (
            "browser"
            if BROWSER in item.path.parents
            else str(item.path.relative_to(BROWSER.parent))
        )
        item.add_marker(pytest.mark.xdist_group(group))


@pytest.fixture(scope="session", autouse=True)
def own_data(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Put the data folder, of this process and of servers it starts, into a place of its own."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TRIAD_DATA_DIR", str(tmp_path_factory.mktemp("data")))
        yield
