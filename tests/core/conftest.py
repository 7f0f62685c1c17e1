import numpy as np
import pytest

from core.catalog import worlds
from core.catalog.dataset import Dataset
from core.catalog.worlds.plan import factor_table, plan_items
from core.catalog.worlds.visitors import Crowd, utilities, visit
from core.types import MODALITIES, Item


def planted_dataset(items=80, visitors=150, seed=0, noise=0.3, **crowd):
    """A world whose vectors are its planted factors, turned and with noise: nothing rendered or encoded."""
    world = worlds.create("shop")
    plans = plan_items(world, items, seed=seed)
    people = Crowd(visitors=visitors, **crowd)
    truth = utilities(world, plans, people, seed=seed)
    rng = np.random.default_rng(seed)
    vectors = {}
    for modality in MODALITIES:
        shown = factor_table(world, plans, modality)
        turned = shown @ rng.normal(size=(shown.shape[1], 48))
        vectors[modality] = (turned + noise * rng.normal(size=turned.shape)).astype(np.float32)
    return Dataset(
        "planted",
        "rendered",
        True,
        tuple(Item(p.id, {}, "thing", p.modalities) for p in plans),
        tuple(f"visitor-{u}" for u in range(visitors)),
        visit(truth, people, seed=seed),
        vectors,
        truth=truth,
    )


@pytest.fixture(scope="session")
def planted():
    return planted_dataset()
