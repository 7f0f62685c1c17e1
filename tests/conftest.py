"""What holds for all tests: nobody's own catalogs are read or written."""

from __future__ import annotations

from collections.abc import Iterator

import pytest


@pytest.fixture(scope="session", autouse=True)
def own_data(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Put the data folder, of this process and of servers it starts, into a place of its own."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TRIAD_DATA_DIR", str(tmp_path_factory.mktemp("data")))
        yield
