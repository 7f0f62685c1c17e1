import numpy as np
import pytest
import torch

from core.coalitions import COALITIONS, FULL, coalition
from core.evaluation.splits import by_time
from core.explain import shapley
from core.methods import catalog_of, every_method, fit_scalers, new_tower
from core.recommenders.two_tower import Catalog, Entries, TwoTower
from core.training.train import TrainConfig, full_scores, train
from core.types import CHANNELS, Channel

METHODS = list(every_method())


@pytest.fixture(scope="module")
def catalog(planted):
    return catalog_of(planted, fit_scalers(planted))


@pytest.fixture(scope="module")
def models(planted, catalog):
    split, made = by_time(planted), {}
    for method in METHODS:
        tower = new_tower(method, catalog, seed=0, width=16)
        list(train(tower, catalog, split.train, None, TrainConfig(epochs=1, batch=64)))
        made[method] = TwoTower(tower, catalog)
    return made


@pytest.fixture(params=METHODS, ids=lambda m: m.name)
def model(request, models):
    return models[request.param]


LIKED = np.array([3, 11, 40, 7])


def upload(catalog, *channels):
    features = {m: torch.randn(1, x.shape[1]) for m, x in catalog.features.items()}
    present = torch.tensor([[c in channels for c in CHANNELS]])
    return Entries(features, torch.zeros(1, dtype=torch.int64), present)


def test_scores_at_work_are_those_of_training(model, catalog):
    history = torch.zeros(1, len(catalog), dtype=torch.bool)
    history[0, LIKED] = True
    expected = full_scores(model.tower, catalog, history)[0]
    found = model.scores(model.visitor(Entries.liked(catalog, LIKED)), FULL)
    np.testing.assert_allclose(found, expected.numpy(), atol=2e-5)


def test_values_of_the_full_coalition_are_the_scores(model, catalog):
    who = model.visitor(Entries.liked(catalog, LIKED))
    for on in (FULL, coalition(["image", "behaviour"]), coalition(["text"])):
        rows = np.arange(0, len(catalog), 7)
        values = model.values(who, rows, on)
        np.testing.assert_allclose(values[FULL], model.scores(who, on)[rows], atol=2e-5)


def test_contributions_add_up_and_absent_channels_have_none(model, catalog):
    who = model.visitor(Entries.liked(catalog, LIKED) + upload(catalog, "image", "text"))
    rows = np.arange(len(catalog))
    on = coalition(["image", "audio", "behaviour"])
    values = model.values(who, rows, on)
    phi = shapley(values)
    np.testing.assert_allclose(phi.sum(0), values[FULL] - values[0], atol=1e-5)
    lacking = ~catalog.present.numpy().T
    lacking[CHANNELS.index(Channel.TEXT)] = True
    assert (phi[lacking] == 0).all()
    assert np.abs(phi[~lacking]).max() > 1e-4


def test_what_the_visitor_lacks_contributes_nothing(model, catalog):
    who = model.visitor(upload(catalog, "audio"))
    assert who.channels == coalition(["audio"])
    phi = shapley(model.values(who, np.arange(len(catalog)), FULL))
    for column, channel in enumerate(CHANNELS):
        assert (np.abs(phi[column]).max() > 1e-6) == (channel == "audio")


def test_poisoned_absent_features_change_nothing(model, catalog):
    broken = Catalog(
        {
            m: torch.where(catalog.present[:, [i]], x, torch.nan)
            for i, (m, x) in enumerate(catalog.features.items())
        },
        catalog.present,
    )
    poisoned = TwoTower(model.tower, broken)
    clean = model.visitor(Entries.liked(catalog, LIKED))
    dirty = poisoned.visitor(Entries.liked(broken, LIKED))
    np.testing.assert_array_equal(model.scores(clean, FULL), poisoned.scores(dirty, FULL))


def test_an_average_item_stands_at_zero(models, catalog):
    for method, model in models.items():
        if method.head == "dot":
            who = model.visitor(Entries.liked(catalog, LIKED))
            assert np.abs(model.values(who, np.arange(5), FULL)[0]).max() < 1e-5


def test_order_of_likes_does_not_matter(model, catalog):
    one = model.visitor(Entries.liked(catalog, LIKED))
    two = model.visitor(Entries.liked(catalog, LIKED[::-1].copy()))
    torch.testing.assert_close(one.vectors, two.vectors, atol=1e-5, rtol=1e-4)
    assert one.vectors.shape[0] == COALITIONS


def test_saved_weights_give_the_same_scores(model, catalog, tmp_path):
    path = tmp_path / "model.safetensors"
    model.save(path)
    once = TwoTower.load(path, catalog)
    once.save(path)
    twice = TwoTower.load(path, catalog)
    who = Entries.liked(catalog, LIKED)
    scores = [m.scores(m.visitor(who), FULL) for m in (model, once, twice)]
    np.testing.assert_allclose(scores[0], scores[1], atol=0.05)
    np.testing.assert_array_equal(scores[1], scores[2])
