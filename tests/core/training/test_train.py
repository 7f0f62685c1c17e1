import numpy as np
import pytest
import torch

from core.coalitions import FULL, coalition
from core.evaluation.splits import by_time
from core.methods import catalog_of, every_method, fit_scalers, new_tower
from core.training import loop as module
from core.training import steps
from core.training.evaluate import held_out_ndcg
from core.training.train import TrainConfig, full_scores, ndcg_at, train
from core.types import Method

QUICK = TrainConfig(epochs=2, batch=64)


@pytest.fixture(scope="module")
def world(planted):
    return catalog_of(planted, fit_scalers(planted)), by_time(planted)


def trained(world, method=Method(), config=QUICK, poison=False):  # noqa: B008
    catalog, split = world
    tower = new_tower(method, catalog, seed=config.seed, width=16)
    events = list(train(tower, catalog, split.train, split.valid, config))
    return tower, events


@pytest.mark.parametrize("method", every_method(), ids=lambda m: m.name)
def test_every_parameter_of_every_tower_trains(world, method):
    catalog, split = world
    tower = new_tower(method, catalog, seed=0, width=16)
    before = {k: v.clone() for k, v in tower.named_parameters()}
    config = TrainConfig(epochs=1, batch=64, decay=0)
    list(train(tower, catalog, split.train, None, config))
    # What stands for "nothing at all" never meets a loss: every item is then worth the same.
    idle = ("fusion.empty",)
    for name, parameter in tower.named_parameters():
        if not name.endswith(idle):
            assert not torch.equal(parameter, before[name]), name


def test_training_is_deterministic_by_seed(world):
    first, second = trained(world)[0], trained(world)[0]
    for a, b in zip(first.parameters(), second.parameters(), strict=True):
        assert torch.equal(a, b)
    other = trained(world, config=TrainConfig(epochs=2, batch=64, seed=1))[0]
    assert not torch.equal(other.liked.behaviour, first.liked.behaviour)


def test_loss_inputs_are_one_number_a_visitor(world, monkeypatch):
    shapes = []
    for name in ("softmax_loss", "bce_loss"):
        original = getattr(module, name)

        def spy(logits, target, *rest, original=original):
            out = original(logits, target, *rest)
            shapes.append((logits.shape, target.shape, out.shape))
            return out

        monkeypatch.setattr(module, name, spy)
    trained(world)
    trained(world, Method("concat", "off", "mlp"))
    for logits, target, out in shapes:
        assert logits == target
        assert out == logits[:1]


def test_validation_alone_chooses_the_weights(world):
    catalog, split = world
    tower = new_tower(Method(), catalog, seed=0, width=16)
    config = TrainConfig(epochs=6, batch=32, check=2)
    events = list(train(tower, catalog, split.train, split.valid, config))
    assert [np.isnan(e.ndcg) for e in events] == [True, False] * 3
    known = torch.from_numpy(split.train > 0)
    wanted = torch.from_numpy(split.valid > 0)
    rows = wanted.any(1) & known.any(1)
    scores = full_scores(tower, catalog, known[rows])
    reached = ndcg_at(scores.masked_fill(known[rows], -torch.inf), wanted[rows]).mean()
    assert float(reached) == pytest.approx(np.nanmax([e.ndcg for e in events]), abs=1e-6)


def test_a_stopped_training_ends_with_usable_weights(world):
    catalog, split = world
    tower = new_tower(Method(), catalog, seed=0, width=16)
    events = list(train(tower, catalog, split.train, split.valid, QUICK, stop=lambda: True))
    assert len(events) == 1
    assert all(torch.isfinite(p).all() for p in tower.parameters())


@pytest.mark.slow
def test_the_fused_model_beats_popularity(planted, world):
    catalog, split = world
    tower, _ = trained(world, config=TrainConfig(epochs=40, batch=32, patience=40))
    known = split.train + split.valid
    popular = torch.from_numpy(known.sum(0)).expand(len(known), -1).clone()
    masked = popular.masked_fill(torch.from_numpy(known > 0), -torch.inf)
    floor = float(ndcg_at(masked, torch.from_numpy(split.test > 0)).mean())
    assert held_out_ndcg(tower, catalog, split) > 1.2 * floor


def test_thinning_keeps_at_least_one_like_and_adds_none():
    target = torch.rand(200, 30) < 0.2
    target[:, 0] = True
    kept = steps.thin(target, torch.Generator().manual_seed(0))
    assert (kept.sum(1) >= 1).all()
    assert not (kept & ~target).any()
    assert 0.2 < kept.sum() / target.sum() < 0.8


def test_drawn_coalitions_stay_within_the_allowed_channels():
    allowed = ("image", "audio")
    config = TrainConfig(channels=allowed)
    drawn = steps.draw_coalitions(config, np.random.default_rng(0), 500)
    assert ((drawn & ~coalition(allowed)) == 0).all()
    assert (drawn > 0).all()
    rng = np.random.default_rng(0)
    drawn = [set(steps.draw_coalitions(TrainConfig(), rng, 128).tolist()) for _ in range(60)]
    assert max(map(len, drawn)) == TrainConfig().coalitions + 1
    assert all(FULL in step for step in drawn)
    assert set().union(*drawn) == set(range(1, FULL + 1))


def test_ndcg_agrees_with_scikit_learn():
    from sklearn.metrics import ndcg_score

    rng = np.random.default_rng(0)
    score = rng.normal(size=(30, 50)).astype(np.float32)
    wanted = rng.random((30, 50)) < 0.2
    wanted[:, 0] = True
    ours = ndcg_at(torch.from_numpy(score), torch.from_numpy(wanted)).mean()
    assert float(ours) == pytest.approx(ndcg_score(wanted, score, k=10), abs=1e-6)
