from dataclasses import dataclass

import numpy as np
import pytest
import torch

from core.coalitions import FULL
from core.methods import new_tower
from core.recommenders.two_tower import Catalog, Entries, TwoTower
from core.retrieval import ItemIndex, stocked
from core.types import CHANNELS, Method

KINDS = ("cup", "lamp", "vase", "rare")
ITEMS = 600


@dataclass(frozen=True, eq=False)
class World:
    model: TwoTower
    kinds: list

    def visitor(self, *likes):
        return self.model.visitor(Entries.liked(self.model.catalog, np.array(likes)))

    def best(self, visitor, on, k, allowed):
        """The oracle: the model goes through all items."""
        scores = np.where(allowed, self.model.scores(visitor, on), -np.inf)
        order = np.lexsort((np.arange(len(scores)), -scores))[:k]
        return order[np.isfinite(scores[order])], scores


def make_world(method=None, items=ITEMS, width=16, seed=0):
    """Random features and weights, large enough that nothing about the tower is nearly linear."""
    rng = np.random.default_rng(seed)
    kind = rng.choice(len(KINDS), size=items, p=(0.5, 0.3, 0.19, 0.01))
    centres = rng.normal(size=(len(KINDS), 3, 12))
    features = {
        str(m): torch.from_numpy(
            (centres[kind, n] + rng.normal(size=(items, 12))).astype(np.float32)
        )
        for n, m in enumerate(CHANNELS[:3])
    }
    present = torch.from_numpy(rng.random((items, len(CHANNELS))) < 0.8)
    present[0] = False  # an item of which nothing is known
    catalog = Catalog(features, present)
    tower = new_tower(method or Method(), catalog, seed=3, width=width)
    generator = torch.Generator().manual_seed(5)
    with torch.no_grad():
        for parameter in tower.parameters():
            parameter += 0.3 * torch.randn(parameter.shape, generator=generator)
    return World(TwoTower(tower, catalog), [KINDS[k] for k in kind])


@pytest.fixture(scope="session")
def world():
    return make_world()


@pytest.fixture(scope="session")
def few():
    """So few vectors are gone through in the tests, so that small catalogs have lists."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("core.retrieval.unit.FEW", 20)
        patch.setattr("core.retrieval.units.FEW", 20)
        yield


def built(folder, world, **settings):
    return ItemIndex.build(
        folder, world.model.tower, stocked(world.model, world.kinds, block=128), **settings
    )


@pytest.fixture(scope="session")
def small(world, tmp_path_factory):
    """Searched exactly, as its size says."""
    return built(tmp_path_factory.mktemp("small") / "index", world)


@pytest.fixture(scope="session")
def large(world, few, tmp_path_factory):
    """Searched through lists; of so few vectors, half are compared."""
    folder = tmp_path_factory.mktemp("large") / "index"
    return built(folder, world, exact_below=100, effort=0.5)


ON = (FULL, 0b0001, 0b0110, 0b1000, 0b1101)
