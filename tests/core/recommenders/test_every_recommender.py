"""What every recommender must keep."""

import itertools
import json

import numpy as np
import pytest
from scipy.sparse import csr_array

from core.errors import TriadError
from core.evaluation.naming import entry
from core.recommenders.base import RECOMMENDERS, create_recommender
from core.resources import ASSETS
from core.types import CHANNELS, LANGUAGES, Channel, Method
from tests.core.recommenders.small_worlds import everybody, quick

EVERY = pytest.mark.parametrize("key", list(RECOMMENDERS))
LEARNED = {"bpr", "vbpr", "lightgcn", "history-tower", "lattice", "freedom", "bm3", "mgcn"}
READS_CONTENT = [k for k in RECOMMENDERS if set(RECOMMENDERS[k].card.uses) - {Channel.BEHAVIOUR}]


def fitted(key, world, features=None, seed=0, valid=True, present=True, **options):
    return quick(key, **options).fit(
        world.train,
        world.features if features is None else features,
        world.present if present is True else present,
        valid=world.valid if valid else None,
        seed=seed,
    )


def answers(recommender, train):
    return recommender.scores(everybody(train), train)


@EVERY
def test_the_card_is_complete(key):
    card = RECOMMENDERS[key].card
    assert card.key == key
    assert all([card.family, card.formula, card.source, card.teaches])
    assert card.uses
    assert set(card.uses) <= set(CHANNELS)


@EVERY
def test_it_has_a_name_and_a_line_in_every_language(key):
    for language in LANGUAGES:
        text = (ASSETS / "locales" / f"{language}.json").read_text(encoding="utf-8")
        words = json.loads(text)["recommender"][key]
        assert words["name"]
        assert words["line"]
        if language == "en":
            assert words["line"] == RECOMMENDERS[key].card.teaches


@EVERY
def test_every_choice_of_the_space_can_be_made(key):
    for name, choices in RECOMMENDERS[key].space.items():
        for value in choices:
            create_recommender(key, **{name: value})


@EVERY
def test_scores_are_finite_and_one_a_visitor_and_item(key, world):
    scores = answers(fitted(key, world), world.train)
    assert scores.shape == world.train.shape
    assert scores.dtype == np.float32
    assert np.isfinite(scores).all()


@EVERY
def test_what_is_recommended_is_of_the_kind_that_the_visitor_likes(key, world):
    if key == "popular":
        pytest.skip("the same for everybody")
    # Without negatives it learns slowly.
    options = {"epochs": 300, "rate": 1e-2} if key == "bm3" else {"epochs": 60}
    scores = answers(fitted(key, world, **options), world.train)
    scores = np.where(world.train.toarray() > 0, -np.inf, scores)
    top = world.kind[np.argsort(-scores, axis=1)[:, :4]]
    assert (top == world.taste[:, None]).mean() > 0.6  # by chance a third


@EVERY
def test_items_nobody_took_are_told_apart_where_the_card_says_so(key, world):
    def told_apart(seed):
        found = answers(fitted(key, world, epochs=60, seed=seed), world.train)[:, -3:]
        return found, (world.kind[-3:][found.argmax(1)] == world.taste).mean()

    scores, hits = told_apart(0)
    if RECOMMENDERS[key].card.scores_unseen:
        assert hits > 0.6
    elif key in LEARNED:  # three free vectors may fall well by chance, once
        assert np.mean([hits, *(told_apart(seed)[1] for seed in (1, 2, 3))]) < 0.6
    else:
        assert (scores.max(1) == scores.min(1)).all()


@EVERY
def test_the_same_seed_gives_the_same_scores(key, world):
    first = answers(fitted(key, world, seed=3), world.train)
    again = answers(fitted(key, world, seed=3), world.train)
    np.testing.assert_array_equal(first, again)
    if key in LEARNED:
        assert np.abs(first - answers(fitted(key, world, seed=4), world.train)).max() > 1e-4


@EVERY
def test_a_visitors_scores_do_not_depend_on_the_others_of_the_batch(key, world):
    recommender = fitted(key, world)
    whole = answers(recommender, world.train)
    rows = np.array([5, 2])
    np.testing.assert_allclose(
        recommender.scores(rows, world.train[rows]), whole[rows], rtol=1e-4, atol=1e-5
    )
    assert recommender.scores(rows[:0], world.train[rows[:0]]).shape == (0, world.train.shape[1])


@EVERY
def test_what_stands_in_absent_slots_changes_nothing(key, world):
    clean = answers(fitted(key, world), world.train)
    for poison in (np.nan, np.inf, 1e30, -7.0):
        features = {
            m: np.where(world.present[:, [column]], x, poison).astype(np.float32)
            for column, (m, x) in enumerate(world.features.items())
        }
        dirty = answers(fitted(key, world, features), world.train)
        np.testing.assert_array_equal(dirty, clean)


@EVERY
def test_counts_and_stored_zeros_are_read_as_taken_or_not(key, world):
    plain = answers(fitted(key, world), world.train)
    dense = world.train.toarray()
    loud = csr_array(dense * 5)
    loud.data = loud.data.astype(np.float64)
    there = world.train.tocoo().coords
    zeros = np.argwhere(dense == 0)[:7].T
    padded = csr_array(
        (
            np.concatenate([np.full(len(there[0]), 5.0), np.zeros(7)]),
            (np.concatenate([there[0], zeros[0]]), np.concatenate([there[1], zeros[1]])),
        ),
        shape=dense.shape,
    )
    for train in (loud, padded):
        recommender = quick(key).fit(train, world.features, world.present, valid=world.valid)
        np.testing.assert_array_equal(recommender.scores(everybody(dense), train), plain)


@EVERY
def test_the_given_arrays_are_left_as_they_were(key, world):
    before = world.train.toarray(), {m: x.copy() for m, x in world.features.items()}
    answers(fitted(key, world), world.train)
    np.testing.assert_array_equal(world.train.toarray(), before[0])
    for m, x in world.features.items():
        np.testing.assert_array_equal(x, before[1][m])


@EVERY
@pytest.mark.parametrize("odd", ["constant", "none", "no_valid", "one_column"])
def test_odd_datasets_give_sense_or_a_sentence(key, odd, world):
    features, present, valid = world.features, world.present, odd != "no_valid"
    if odd == "constant":
        features = {m: np.ones_like(x) for m, x in features.items()}
    if odd == "none":
        present = np.zeros_like(present)
    if odd == "one_column":
        features = {m: x[:, :1] for m, x in features.items()}
    content_only = RECOMMENDERS[key].content_only or key in {"late", "rank", "stacking"}
    if odd == "none" and content_only:
        with pytest.raises(TriadError, match="no item has any features"):
            fitted(key, world, features, present=present, valid=valid)
        return
    scores = answers(fitted(key, world, features, present=present, valid=valid), world.train)
    assert np.isfinite(scores).all()


@EVERY
def test_a_single_visitor_is_enough(key, world):
    row = int(world.train.sum(axis=1).argmax())
    alone = world.train[[row]]
    recommender = quick(key).fit(alone, world.features, world.present, valid=world.valid[[row]])
    scores = recommender.scores(np.array([0]), alone)
    assert scores.shape == alone.shape
    assert np.isfinite(scores).all()


@EVERY
def test_a_single_interaction_is_enough_or_the_sentence_says_what_is_missing(key, world):
    one = csr_array((np.ones(1), ([0], [3])), shape=world.train.shape)
    recommender = quick(key)
    if key == "stacking":
        with pytest.raises(TriadError, match="at least 6 interactions"):
            recommender.fit(one, world.features, world.present)
        return
    scores = recommender.fit(one, world.features, world.present).scores(everybody(one), one)
    assert np.isfinite(scores).all()


@EVERY
def test_nobody_took_anything(key, world):
    empty = csr_array(world.train.shape, dtype=np.float32)
    if Channel.BEHAVIOUR in RECOMMENDERS[key].card.uses:
        with pytest.raises(TriadError, match="Nobody has taken anything"):
            quick(key).fit(empty, world.features, world.present)
    else:
        recommender = quick(key).fit(empty, world.features, world.present)
        scores = answers(recommender, world.train)
        assert scores.std() > 0


@EVERY
def test_a_visitor_who_took_everything_and_one_who_took_nothing(key, world):
    train = world.train.toarray()
    train[0], train[1] = 1, 0
    scores = answers(
        quick(key).fit(csr_array(train), world.features, world.present, valid=world.valid),
        csr_array(train),
    )
    assert np.isfinite(scores).all()


@pytest.mark.parametrize("key", READS_CONTENT)
def test_values_that_are_no_numbers_in_present_features_are_told(key, world):
    features = {m: x.copy() for m, x in world.features.items()}
    row = int(np.flatnonzero(world.present[:, 1])[0])
    features["audio"][row, 2] = np.nan
    with pytest.raises(TriadError, match=f"audio features of the item in row {row}"):
        fitted(key, world, features)


@pytest.mark.parametrize("key", READS_CONTENT)
def test_features_change_what_is_recommended(key, world):
    shuffled = {m: np.random.default_rng(1).permuted(x, axis=0) for m, x in world.features.items()}
    moved = answers(fitted(key, world, shuffled), world.train)
    assert np.abs(moved - answers(fitted(key, world), world.train)).max() > 1e-4


@pytest.mark.parametrize("key", [k for k in READS_CONTENT if k not in {"late", "rank", "stacking"}])
def test_one_modality_can_be_chosen(key, world):
    chosen = answers(fitted(key, world, channels=("text", "behaviour")), world.train)
    alone = answers(
        fitted(key, world, {"text": world.features["text"]}, present=world.present[:, :1]),
        world.train,
    )
    np.testing.assert_array_equal(chosen, alone)


@EVERY
def test_wrong_shapes_are_told(key, world):
    features, present, train = world.features, world.present, world.train
    for given in (
        (train, {"text": features["text"][:-1]}, present[:, :1]),
        (train, features, present[:, :1]),
        (train, features, present[:-1]),
    ):
        with pytest.raises(TriadError, match="has the shape"):
            quick(key).fit(*given)
    with pytest.raises(TriadError, match="valid has the shape"):
        quick(key).fit(train, features, present, valid=world.valid[:-1])
    with pytest.raises(TriadError, match="not been fitted"):
        answers(quick(key), train)
    recommender = fitted(key, world)
    for users, history in ((everybody(train)[:3], train), (everybody(train), train[:, :-1])):
        with pytest.raises(TriadError, match="history has the shape"):
            recommender.scores(users, history)


@EVERY
def test_newcomers_are_answered_or_refused_as_the_card_says(key, world):
    recommender = fitted(key, world)
    history = world.train[[0, 1]]
    for users in itertools.pairwise([-1, 10_000, -1]):
        if RECOMMENDERS[key].card.newcomers:
            scores = recommender.scores(np.array(users), history)
            np.testing.assert_array_equal(scores, recommender.scores(np.array([0, 1]), history))
        else:
            with pytest.raises(TriadError, match="answers only the 48 visitors"):
                recommender.scores(np.array(users), history)


def test_an_unknown_key_is_told():
    with pytest.raises(TriadError, match="no recommender called x"):
        create_recommender("x")


def test_a_two_tower_of_the_app_is_named_by_its_method():
    data = entry("two-tower/sum/self", None).make()
    assert data.method == Method("sum", "self")
    with pytest.raises(TriadError) as caught:
        entry("two-tower/nothing", None)
    assert caught.value.code == "unknown_fusion"
