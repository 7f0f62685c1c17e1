from dataclasses import replace

import numpy as np
import pytest
from scipy.sparse import csr_array

from core.catalog.dataset import Interactions
from core.errors import TriadError
from core.evaluation import splits
from core.evaluation.partitions import SPLITS, Parts, splitter, usual_split


def changed(dataset, **columns):
    return replace(dataset, interactions=replace(dataset.interactions, **columns))


@pytest.fixture(scope="module")
def labelled(planted):
    part = np.random.default_rng(1).integers(0, 3, len(planted.interactions))
    return changed(planted, part=part)


@pytest.fixture(scope="module")
def repeated(labelled):
    """Every third interaction happens once more, at another time and in another part."""
    data = labelled.interactions
    again = data.where(np.arange(len(data)) % 3 == 0)
    again = replace(again, time=again.time + 10**6, part=(again.part + 1) % 3)
    columns = ("user", "item", "rating", "time", "part")
    return replace(
        labelled,
        interactions=Interactions(
            *(np.concatenate([getattr(data, c), getattr(again, c)]) for c in columns)
        ),
    )


@pytest.mark.parametrize("key", SPLITS)
def test_every_pair_is_in_exactly_one_part(repeated, key):
    parts = SPLITS[key](repeated, 0)
    together = (parts.train + parts.valid + parts.test).toarray()
    whole = repeated.interactions.matrix(len(repeated.visitors), len(repeated.items))
    np.testing.assert_array_equal(together, whole)
    assert parts.name == key
    assert all(part.nnz for part in (parts.train, parts.valid, parts.test))


@pytest.mark.parametrize("key", SPLITS)
def test_the_same_seed_gives_the_same_parts_and_only_lots_depend_on_it(labelled, key):
    one, same, other = (SPLITS[key](labelled, seed) for seed in (3, 3, 4))
    assert (one.test != same.test).nnz == (one.train != same.train).nnz == 0
    # The planted times are all different, so leave-one-out draws nothing there either.
    data = labelled.interactions
    pairs = len(np.unique(np.stack([data.user, data.time]), axis=1).T)
    drawn = key in {"random", "cold"} or (key == "leave-one-out" and pairs < len(data))
    assert ((one.test != other.test).nnz > 0) == drawn


def test_time_is_the_split_of_the_app(planted):
    ours, old = SPLITS["time"](planted, 0), splits.by_time(planted)
    for name in ("train", "valid", "test"):
        np.testing.assert_array_equal(getattr(ours, name).toarray(), getattr(old, name))


def test_label_is_what_the_authors_said_and_a_repeated_pair_is_in_its_first_part(
    labelled, repeated
):
    ours, old = SPLITS["label"](labelled, 0), splits.by_part(labelled)
    np.testing.assert_array_equal(ours.test.toarray(), old.test)
    every = splits.by_part(repeated)
    first = np.select([every.train > 0, every.valid > 0, every.test > 0], [1, 2, 3])
    parts = SPLITS["label"](repeated, 0)
    found = (parts.train + 2 * parts.valid + 3 * parts.test).toarray()
    np.testing.assert_array_equal(found, first)


def test_random_holds_out_the_shares_of_every_visitor(planted):
    parts = SPLITS["random"](planted, 0)
    train, valid, test = (part.sum(axis=1) for part in (parts.train, parts.valid, parts.test))
    count = train + valid + test
    long = count >= 5
    np.testing.assert_array_equal(test[long], np.maximum(1, np.round(count[long] * 0.2)))
    np.testing.assert_array_equal(valid[long], np.maximum(1, np.round(count[long] * 0.1)))
    assert not (test + valid)[~long].any()


def test_leave_one_out_holds_out_the_last_and_the_last_but_one(planted):
    parts = SPLITS["leave-one-out"](planted, 0)
    for u in range(len(planted.visitors)):
        history = planted.history(u)
        held = [part[[u]].indices.tolist() for part in (parts.valid, parts.test)]
        assert held == ([[], []] if len(history) < 3 else [[history[-2]], [history[-1]]])


def test_leave_one_out_draws_lots_where_nobody_knows_when(planted):
    timeless = changed(planted, time=np.zeros_like(planted.interactions.time))
    one, other = (SPLITS["leave-one-out"](timeless, seed) for seed in (0, 1))
    assert (one.test != other.test).nnz > 0
    assert one.test.sum() == (np.bincount(planted.interactions.user) >= 3).sum()


def test_cold_items_are_in_one_part_whole(planted):
    parts = SPLITS["cold"](planted, 0)
    taken = [np.asarray(part.sum(axis=0)) > 0 for part in (parts.train, parts.valid, parts.test)]
    together = np.sum(taken, axis=0)
    assert together.max() == 1
    assert taken[2].sum() == round(0.2 * together.sum())
    assert taken[1].sum() == round(0.1 * together.sum())


def test_refusals(planted):
    timeless = changed(planted, time=np.full_like(planted.interactions.time, 7))
    for code, make in {
        "unknown_split": lambda: splitter("tomorrow"),
        "split_no_times": lambda: SPLITS["time"](timeless, 0),
        "split_no_labels": lambda: SPLITS["label"](planted, 0),
    }.items():
        with pytest.raises(TriadError) as caught:
            make()
        assert caught.value.code == code


def test_usual_split(planted, labelled):
    timeless = changed(planted, time=np.zeros_like(planted.interactions.time))
    assert [usual_split(d) for d in (labelled, planted, timeless)] == ["label", "time", "random"]


def test_overlapping_parts_are_refused():
    one, none = csr_array(np.eye(3)), csr_array((3, 3))
    with pytest.raises(ValueError, match="two parts"):
        Parts("mine", one, none, one)
