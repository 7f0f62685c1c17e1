import numpy as np
import pytest

from core.methods import catalog_of, fit_scalers, new_tower
from core.recommenders.two_tower import Entries, TwoTower
from core.types import Method


@pytest.fixture(scope="session")
def scalers(planted):
    return fit_scalers(planted, axes=16)


@pytest.fixture(scope="session")
def catalog(planted, scalers):
    return catalog_of(planted, scalers)


def untrained(catalog, method=None, width=16):
    """A tower of random weights, large enough that nothing about it is nearly linear."""
    import torch

    tower = new_tower(method or Method(), catalog, seed=3, width=width)
    generator = torch.Generator().manual_seed(5)
    with torch.no_grad():
        for parameter in tower.parameters():
            parameter += 0.3 * torch.randn(parameter.shape, generator=generator)
    return TwoTower(tower, catalog)


@pytest.fixture(scope="session")
def model(catalog):
    return untrained(catalog)


@pytest.fixture(scope="session")
def entries(catalog):
    return Entries.liked(catalog, np.arange(5))


@pytest.fixture(scope="session")
def complete(catalog):
    """Rows of items that have every channel."""
    return np.flatnonzero(catalog.present.numpy().all(1))
