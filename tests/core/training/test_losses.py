"""Losses and pointwise measures against formulas written out, scikit-learn, and their own properties."""

import numpy as np
import pytest
import torch
from sklearn.metrics import accuracy_score, roc_auc_score

from core.training.losses import LOSSES, bce_loss, bpr_loss, draw_others, softmax_loss
from core.training.measures import pointwise, sample_pairs

BIT = torch.Generator().manual_seed(0)
LOGITS = torch.randn(6, 9, generator=BIT)
TARGET = torch.rand(6, 9, generator=BIT) < 0.4
TARGET[:, 0] = True
KNOWN = TARGET & (torch.rand(6, 9, generator=BIT) < 0.5)
KNOWN[:, 0] = False


def chance(seed=0):
    return torch.Generator().manual_seed(seed)


def test_bpr_is_the_mean_over_pairs_when_every_other_is_as_good_as_the_next():
    logits = torch.where(TARGET, LOGITS, LOGITS[:, 3:4].expand_as(LOGITS))  # all others score alike
    found = bpr_loss(logits, TARGET, KNOWN, 3, chance())
    for row in range(len(logits)):
        hidden = logits[row][TARGET[row] & ~KNOWN[row]]
        above = hidden - LOGITS[row, 3]
        assert float(found[row]) == pytest.approx(
            float(torch.log1p(torch.exp(-above)).mean()), abs=1e-6
        )


def test_bpr_with_many_draws_meets_the_mean_over_all_pairs():
    found = bpr_loss(LOGITS, TARGET, KNOWN, 20_000, chance())
    for row in range(len(LOGITS)):
        hidden, others = LOGITS[row][TARGET[row] & ~KNOWN[row]], LOGITS[row][~TARGET[row]]
        pairs = torch.log1p(torch.exp(-(hidden[:, None] - others)))
        assert float(found[row]) == pytest.approx(float(pairs.mean()), abs=0.02)


def test_a_visitor_who_likes_everything_or_hides_nothing_costs_nothing_in_pairs():
    everything = torch.ones(2, 4, dtype=torch.bool)
    nothing_hidden = torch.tensor([[False] * 4, [True] * 4])
    assert bpr_loss(torch.randn(2, 4), everything, nothing_hidden, 3, chance()).tolist() == [0, 0]


def test_others_are_never_taken_and_every_one_of_them_comes_as_often():
    taken = torch.tensor([[True, False, True, False, False], [False, True, True, True, True]])
    rows = torch.tensor([0, 1, 0])
    drawn = draw_others(taken, rows, 3000, chance())
    assert not taken[rows[:, None], drawn].any()
    assert set(drawn[1].tolist()) == {0}
    shares = torch.bincount(drawn[0], minlength=5)[[1, 3, 4]] / 3000
    assert torch.allclose(shares, torch.full((3,), 1 / 3), atol=0.04)


def test_a_better_order_costs_less_under_every_loss():
    better = LOGITS + 3 * TARGET
    for loss in (bce_loss, bpr_loss):
        assert (
            loss(better, TARGET, KNOWN, 4, chance()).sum()
            < loss(LOGITS, TARGET, KNOWN, 4, chance()).sum()
        )
    assert softmax_loss(better, TARGET, KNOWN).sum() < softmax_loss(LOGITS, TARGET, KNOWN).sum()
    assert len(LOSSES) == 4


def test_accuracy_and_auc_agree_with_scikit_learn():
    rng = np.random.default_rng(0)
    logits = torch.from_numpy(np.round(rng.normal(size=(40, 30)), 1))  # with ties
    wanted = torch.from_numpy(rng.random((40, 30)) < 0.1)
    taken = torch.from_numpy(rng.random((40, 30)) < 0.2) & ~wanted
    accuracy, area = pointwise(logits, wanted, taken, 4, seed=5)
    labels, answers = sample_pairs(logits, wanted, taken, 4, seed=5)
    assert int(labels.sum()) == int(wanted.sum())
    assert len(labels) == 5 * int(wanted.sum())
    assert accuracy == pytest.approx(accuracy_score(labels, answers > 0))
    assert area == pytest.approx(roc_auc_score(labels, answers))


def test_the_pairs_of_validation_are_the_same_ones_every_time():
    wanted = TARGET & ~KNOWN
    first = pointwise(LOGITS, wanted, KNOWN, 4, seed=1)
    assert pointwise(LOGITS, wanted, KNOWN, 4, seed=1) == first
    assert pointwise(-LOGITS, wanted, KNOWN, 4, seed=1)[1] == pytest.approx(1 - first[1])
