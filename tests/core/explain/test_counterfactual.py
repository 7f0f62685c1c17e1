"""Counterfactuals: both ends of the slider are the model's own, and no smaller change would do."""

import numpy as np
import pytest
import torch

from core.coalitions import FULL, coalition
from core.explain.counterfactual import (
    rank_of,
    slider,
    smallest_drop,
    swapped,
    switched,
    turned_down,
)
from core.explain.evidence import nearest
from core.recommenders.neighbours import Neighbours
from core.recommenders.two_tower import Entries
from core.types import CHANNELS, Channel, Method, Modality

from .conftest import untrained

METHODS = [Method(), Method("transformer", "user"), Method("concat", head="mlp"), None]
NOTHING = np.array([], dtype=np.int64)


def of(method, catalog):
    return Neighbours(catalog) if method is None else untrained(catalog, method)


def test_ranks_pass_over_what_is_hidden_and_ties_go_to_the_lower_row():
    scores = np.array([5, 4, 4, 9, 4], dtype=np.float32)
    assert [rank_of(scores, row, NOTHING) for row in range(5)] == [2, 3, 4, 1, 5]
    assert rank_of(scores, 4, np.array([0, 3])) == 3


@pytest.mark.parametrize("method", METHODS, ids=str)
@pytest.mark.parametrize("channel", [Channel.IMAGE, Channel.BEHAVIOUR])
def test_the_slider_goes_from_absent_to_itself(method, channel, catalog, entries):
    model = of(method, catalog)
    visitor = model.visitor(entries)
    scores = slider(model, visitor, FULL, channel)
    np.testing.assert_allclose(scores(1.0), model.scores(visitor, FULL), atol=1e-4)
    off = FULL & ~coalition([channel])
    np.testing.assert_allclose(scores(0.0), model.scores(visitor, off), atol=1e-4)
    steps = np.stack([scores(w) for w in np.linspace(0, 1, 201)])
    assert np.abs(np.diff(steps, axis=0)).max() < 0.1 * max(np.ptp(steps), 1)  # it does not jump


@pytest.mark.parametrize("method", METHODS, ids=str)
def test_switching_off_is_the_model_without(method, catalog, entries):
    model = of(method, catalog)
    visitor = model.visitor(entries)
    changes = switched(model, visitor, 20, FULL, np.arange(5))
    assert len(changes) == 14
    assert [len(c.off) for c in changes] == sorted(len(c.off) for c in changes)
    for change in changes:
        scores = model.scores(visitor, FULL & ~coalition(change.off))
        assert change.score == pytest.approx(scores[20])
        assert change.rank == rank_of(scores, 20, np.arange(5))


@pytest.mark.parametrize("method", METHODS, ids=str)
def test_a_swap_makes_the_item_what_it_was_swapped_to(method, catalog, entries, complete):
    model = of(method, catalog)
    visitor = model.visitor(entries)
    row, other = int(complete[8]), int(complete[11])
    same = swapped(model, visitor, row, FULL, NOTHING, Modality.TEXT, row)
    assert same.score == pytest.approx(model.scores(visitor, FULL)[row], abs=1e-4)
    # With one channel on, an item is what it shows there.
    alone = coalition([Channel.TEXT])
    change = swapped(model, visitor, row, alone, NOTHING, Modality.TEXT, other)
    assert change.score == pytest.approx(model.scores(visitor, alone)[other], abs=1e-4)
    assert (change.swap, change.other) == (Modality.TEXT, other)


@pytest.mark.parametrize("method", METHODS, ids=str)
def test_the_smallest_change_drops_the_item_and_nothing_smaller_does(method, catalog, entries):
    model = of(method, catalog)
    visitor, hidden, k = model.visitor(entries), np.arange(5), 5
    scores = model.scores(visitor, FULL)
    best = [row for row in np.argsort(-scores) if row >= 5][:k]
    kinds = set()
    for row in map(int, best):
        change = smallest_drop(model, visitor, row, FULL, hidden, k)
        changes = switched(model, visitor, row, FULL, hidden)
        drops = [c for c in changes if c.rank > k]
        if change is None:
            assert not drops
            continue
        kinds.add(len(change.off))
        assert change.rank > k
        assert len(change.off) == len(drops[0].off)
        if len(change.off) == 1:
            again = slider(model, visitor, FULL, change.off[0])
            assert rank_of(again(change.weight), row, hidden) == change.rank
            assert rank_of(again(change.weight + 2**-12), row, hidden) <= k
    assert kinds


def test_a_slider_is_turned_down_no_further_than_it_takes():
    others = np.linspace(0, 0.9, 10, dtype=np.float32)

    def scores(weight):
        return np.append(others, np.float32(weight)).astype(np.float32)

    change = turned_down(scores, Channel.TEXT, 10, NOTHING, 3)
    assert change.weight == pytest.approx(0.7, abs=1e-3)
    assert change.rank == 4


def test_evidence_is_the_nearest_entry_but_never_the_item_itself(catalog, complete):
    row, twin = int(complete[2]), int(complete[5])
    entries = Entries.liked(catalog, np.array([row, *complete[6:9]]))
    upload = Entries(
        {m: 2 * f[[row]] for m, f in catalog.features.items()},
        torch.zeros(1, dtype=torch.int64),
        torch.tensor([[True, False, True, False]]),
    )
    found = {n.modality: n for n in nearest(catalog, entries + upload, row)}
    assert found[Modality.IMAGE].entry == 4
    assert found[Modality.AUDIO].cosine == pytest.approx(1, abs=1e-5)
    assert found[Modality.TEXT].entry in (1, 2, 3)
    mine = catalog.features["text"]
    cosines = torch.cosine_similarity(mine[complete[6:9]], mine[row][None])
    assert found[Modality.TEXT].entry == 1 + int(cosines.argmax())
    assert twin != row
    assert set(found) <= set(CHANNELS)
