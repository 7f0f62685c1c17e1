"""Training on views: without them nothing changes, with them every view is met."""

import pytest
import torch

from core.evaluation.splits import by_time
from core.methods import catalog_of, fit_scalers, new_tower
from core.training import loop as module
from core.training.steps import draw_views
from core.training.train import TrainConfig, train
from core.types import Method

QUICK = TrainConfig(epochs=2, batch=64)


@pytest.fixture(scope="module")
def world(planted):
    return catalog_of(planted, fit_scalers(planted)), by_time(planted)


def trained(world, views=None):
    catalog, split = world
    tower = new_tower(Method(), catalog, seed=0, width=16)
    list(train(tower, catalog, split.train, split.valid, QUICK, views=views))
    return tower.state_dict()


def numbered(catalog, count):
    """Views whose every number says which view and which item it is of."""
    items = torch.arange(len(catalog)).float()
    return {
        m: (1000 * torch.arange(count)[:, None] + items)[..., None].expand(-1, -1, x.shape[1])
        for m, x in catalog.features.items()
    }


def test_each_item_and_modality_draws_its_own_view(world):
    catalog, _ = world
    views = numbered(catalog, 4)
    generator = torch.Generator().manual_seed(0)
    drawn = draw_views(views, catalog, generator)
    assert drawn.present is catalog.present
    which = []
    for m, x in drawn.features.items():
        assert x.shape == catalog.features[m].shape
        assert torch.equal(x[:, 0] % 1000, torch.arange(len(catalog)).float())
        assert (x == x[:, :1]).all()
        which.append(x[:, 0] // 1000)
    assert set(which[0].tolist()) == {0, 1, 2, 3}
    assert not torch.equal(which[0], which[1])


def test_a_modality_without_views_keeps_its_features(world):
    catalog, _ = world
    views = {"image": numbered(catalog, 2)["image"]}
    drawn = draw_views(views, catalog, torch.Generator().manual_seed(0))
    assert drawn.features["text"] is catalog.features["text"]


def test_training_meets_other_views_in_every_step_and_validates_on_the_catalog(world, monkeypatch):
    catalog, _ = world
    met, validated = [], []
    original, full = module.batch_logits, module.full_scores
    monkeypatch.setattr(
        module, "batch_logits", lambda t, c, *rest: (met.append(c), original(t, c, *rest))[1]
    )
    monkeypatch.setattr(
        module, "full_scores", lambda t, c, *rest: (validated.append(c), full(t, c, *rest))[1]
    )
    trained(world, {m: torch.stack([x, x + 1]) for m, x in catalog.features.items()})
    assert validated
    assert all(c is catalog for c in validated)
    stepped = [c.features["image"] for c in met if c is not catalog]
    assert len(stepped) >= 4
    assert not torch.equal(stepped[0], stepped[1])


def test_views_that_are_all_alike_still_train_and_different_ones_train_differently(world):
    catalog, _ = world
    plain = trained(world)
    assert all(
        torch.equal(a, b) for a, b in zip(plain.values(), trained(world).values(), strict=True)
    )
    other = trained(world, {m: torch.stack([x, x * 0.5]) for m, x in catalog.features.items()})
    assert not torch.equal(plain["mix.weight"], other["mix.weight"])
    assert all(torch.isfinite(x).all() for x in other.values())
