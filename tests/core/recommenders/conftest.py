import pytest

from tests.core.recommenders.small_worlds import make_world


@pytest.fixture(scope="session")
def world():
    return make_world()
