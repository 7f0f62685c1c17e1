"""Further tasks and imputation: heads learn and leave no trace, and guesses are judged rightly."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from core.bench.gan import holes, invent, judged
from core.bench.tasks import in_order
from core.evaluation.splits import by_time
from core.methods import catalog_of, fit_scalers, new_tower
from core.recommenders.two_tower import TwoTower
from core.training.tasks import Labels, Tasks, train_tasks
from core.training.train import TrainConfig, train
from core.types import Method

CONFIG = TrainConfig(epochs=6, batch=32, check=3)


@pytest.fixture(scope="module")
def world(planted):
    # Their kind is what items look like, so that it can be read off them.
    look = planted.vectors["image"]
    kinds = (look @ np.random.default_rng(0).normal(size=(look.shape[1],)) > 0).astype(int)
    items = tuple(
        replace(i, category=f"kind-{k}") for i, k in zip(planted.items, kinds, strict=True)
    )
    data = replace(planted, items=items)
    return data, catalog_of(data, fit_scalers(data)), by_time(data)


def test_tasks_learn_and_leave_the_tower_as_any_other(world, tmp_path):
    data, catalog, split = world
    labels = Labels.of(data, split.train)
    assert labels.tasks() == ("rating", "category")
    tower = new_tower(Method(), catalog, seed=0, width=16)
    heads = Tasks(16, labels)
    before = {k: v.clone() for k, v in heads.named_parameters()}
    events = list(train_tasks(tower, catalog, split.train, split.valid, heads, CONFIG))
    assert not [k for k, v in heads.named_parameters() if torch.equal(v, before[k])]
    for task in ("rating", "category"):
        assert events[-1].scalars[task] < events[0].scalars[task]
    right = (heads.category(tower, catalog).argmax(1) == labels.category).double().mean()
    assert right > 0.85
    TwoTower(tower, catalog).save(tmp_path / "t.safetensors")
    TwoTower.load(tmp_path / "t.safetensors", catalog)


def test_a_stopped_training_leaves_no_heads_behind(world):
    data, catalog, split = world
    tower = new_tower(Method(), catalog, seed=0, width=16)
    heads = Tasks(16, Labels.of(data, split.train), ("category",))
    events = train_tasks(tower, catalog, split.train, None, heads, CONFIG, stop=lambda: True)
    assert len(list(events)) == 1
    assert not any(k.startswith("tasks") for k in tower.state_dict())


def test_switched_off_tasks_are_plain_training(world):
    data, catalog, split = world
    config = replace(CONFIG, epochs=1)
    one, two = (new_tower(Method(), catalog, seed=0, width=16) for _ in range(2))
    list(train(one, catalog, split.train, None, config))
    heads = Tasks(16, Labels.of(data, split.train), ())
    heads.doubt["like"].requires_grad_(False)  # weight 1, price 0
    list(train_tasks(two, catalog, split.train, None, heads, config))
    for a, b in zip(one.parameters(), two.parameters(), strict=True):
        assert torch.equal(a, b)


def test_the_weighting_is_that_of_the_paper():
    heads = Tasks(4, Labels(torch.zeros(1, 2).long(), torch.zeros(2).long(), 5, 2, True))
    loss = torch.tensor(0.3)
    doubt = heads.doubt["rating"]
    with torch.no_grad():
        doubt.fill_(np.log(0.3) + np.log(2))  # where exp(-s) L + s / 2 is least: s = log 2L
    torch.autograd.backward(heads.weighed("rating", loss))
    assert float(doubt.grad) == pytest.approx(0, abs=1e-6)


def test_only_training_ratings_are_learned_and_thresholds_are_in_order(world):
    data, _, split = world
    labels = Labels.of(data, split.train)
    assert ((labels.rating > 0).numpy() == (split.train > 0)).all()
    heads = Tasks(16, labels)
    with torch.no_grad():
        heads.steps.copy_(torch.tensor([-3.0, 0.0, 4.0]))
    logits = heads.rating(torch.randn(3, 16), torch.randn(5, 16))
    assert logits.shape == (3, 5, 4)
    assert (logits.diff(dim=-1) < 0).all()


def test_a_world_of_one_rating_has_no_rating_task(world):
    data, _, split = world
    same = replace(data.interactions, rating=np.full_like(data.interactions.rating, 3))
    assert Labels.of(replace(data, interactions=same), split.train).tasks() == ("category",)


def test_the_truth_is_first_the_mean_is_nowhere_and_the_opposite_is_last():
    real = torch.randn(40, 8, generator=torch.Generator().manual_seed(0))
    place = torch.tensor([3, 17, 30])
    assert judged(2 * real[place], real, place)["place"] == 0
    assert judged(torch.zeros(3, 8), real, place)["place"] == 0.5
    assert judged(-real[place], real, place)["place"] == 1
    exact = judged(real[place], real, place)
    assert (exact["l1"], exact["length"]) == (0, pytest.approx(1))


def test_a_guess_can_find_its_item_and_be_further_off_than_the_mean():
    """Why L1 does not tell: as long as the truth and half right, a guess is retrieved and loses to 0."""
    draw = torch.Generator().manual_seed(0)
    real = torch.randn(200, 64, generator=draw)
    guess = 0.4 * real + 0.92 * torch.randn(200, 64, generator=draw)
    told = judged(guess, real, torch.arange(200))
    assert told["place"] < 0.02
    assert told["l1"] > 1 == judged(torch.zeros_like(real), real, torch.arange(200))["l1"]


def test_nothing_loses_its_only_modality_and_holes_do_not_overlap():
    has = np.random.default_rng(0).random((200, 3)) < 0.7
    held = holes(has, 0)
    assert not (held & ~has).any()
    assert (held.sum(1) <= 1).all()
    assert ((has & ~held).sum(1) >= 1)[has.any(1)].all()
    assert held.sum() > 60


@pytest.mark.parametrize("key", ["gan", "cycle"])
def test_what_is_invented_does_not_look_at_the_channel_itself(world, key):
    _, catalog, _ = world
    side = new_tower(Method(key), catalog, seed=0, width=16).eval().offered
    heard, others = torch.randn(6, 4, 16), torch.ones(6, 4, dtype=torch.bool)
    others[:, 1] = False
    first = invent(side.fusion, heard.masked_fill(~others[..., None], 0), others, 1)
    assert first.shape == (6, 16)
    assert not torch.equal(first[0], first[1])
    other = heard.clone()
    other[:, 1] = 9
    assert torch.equal(first, invent(side.fusion, other, others, 1))


def test_in_order_counts_pairs_within_a_visitor():
    rated = np.array([[5, 1, 3, 0], [2, 2, 0, 0]])
    best = np.array([[9.0, 1.0, 5.0, 99.0], [0, 1, 2, 3]], dtype=np.float32)
    assert in_order(best, rated) == 1
    assert in_order(-best, rated) == 0
    assert in_order(np.zeros_like(best), rated) == 0.5
