import json
from dataclasses import replace
from functools import partial

import numpy as np
import pytest
from scipy.sparse import csr_array

from core.errors import TriadError
from core.evaluation.measure import measure
from core.evaluation.partitions import SPLITS, Parts
from core.evaluation.protocol import evaluate
from core.evaluation.search import Entry
from core.types import MODALITIES
from tests.core.evaluation.stubs import Blend, Fixed

SHARES = (0.0, 0.1, 0.3, 0.5, 0.7, 0.9)


@pytest.fixture(scope="module")
def utility(planted):
    noise = np.random.default_rng(0).normal(size=planted.truth.utility.shape)
    return (planted.truth.utility + noise).astype(np.float32)


def blend(utility, seen=None, space=True):
    return Entry(
        "blend",
        partial(Blend, tables=utility, seen=seen),
        scores_unseen=True,
        space={"share": SHARES} if space else {},
    )


def poisoned(dataset, seed):
    """The split by time, with junk in the place of test: whatever is neither training nor validation."""
    parts = SPLITS["time"](dataset, seed)
    free = (parts.known.toarray() == 0) & (np.random.default_rng(7).random(parts.test.shape) < 0.3)
    return Parts("poisoned", parts.train, parts.valid, csr_array(free.astype(np.float32)))


def test_choice_does_not_move_when_test_is_poisoned(planted, utility):
    honest, poison = (
        evaluate([blend(utility)], planted, split, [0], 10, budget=20)
        for split in ("time", poisoned)
    )
    assert honest.rows[0].choices == poison.rows[0].choices
    assert honest.rows[0].figures["ndcg@10"] != poison.rows[0].figures["ndcg@10"]


def test_choice_moves_when_validation_does(planted, utility):
    """So that the test above can fail."""

    def other(dataset, seed):
        parts = SPLITS["time"](dataset, seed)
        popular = np.asarray(parts.train.sum(axis=0)).argsort()[::-1][:5]
        valid = np.zeros(parts.valid.shape, np.float32)
        valid[:, popular] = 1
        valid[(parts.train + parts.test).toarray() > 0] = 0
        return replace(parts, valid=csr_array(valid))

    shares = [
        evaluate([blend(utility)], planted, split, [0], 10, budget=20).rows[0].choices[0].params
        for split in ("time", other)
    ]
    assert shares[0].get("share", 0) > shares[1].get("share", 0)


def test_nobody_is_ever_shown_test(planted, utility):
    seen = []
    evaluate([blend(utility, seen)], planted, "time", [0, 1], 10, budget=4)
    test = SPLITS["time"](planted, 0).test
    assert len(seen) == 2 * (4 + 2)
    for rows, shown in seen:
        mine = test if isinstance(rows, csr_array) else test[rows]
        for matrix in (rows, shown) if isinstance(rows, csr_array) else (shown,):
            assert matrix.multiply(mine).nnz == 0


def test_the_chosen_is_the_best_by_validation_and_all_trials_are_told(planted, utility):
    (row,) = evaluate([blend(utility)], planted, "time", [0], 10, budget=20).rows
    (choice,) = row.choices
    assert {trial.params.get("share", "default") for trial in choice.trials} == {"default", *SHARES}
    assert choice.params == max(choice.trials, key=lambda trial: trial.value).params
    assert (choice.metric, choice.budget) == ("ndcg@10", 20)
    assert choice.params["share"] > 0


def test_budget_holds(planted, utility):
    entry = replace(blend(utility), space={"share": tuple(np.linspace(0, 1, 40).tolist())})
    (row,) = evaluate([entry], planted, "time", [0], 10, budget=6).rows
    assert len(row.choices[0].trials) == 6
    (row,) = evaluate([entry], planted, "time", [0], 10, budget=1).rows
    assert row.choices[0].trials == ()
    assert row.choices[0].params == {}


def test_choices_stand_while_the_parts_do(planted, utility):
    fixed = evaluate([blend(utility)], planted, "time", [0, 1], 10, budget=3).rows[0].choices
    drawn = evaluate([blend(utility)], planted, "random", [0, 1], 10, budget=3).rows[0].choices
    assert fixed[0] is fixed[1]
    assert drawn[0] is not drawn[1]


def test_test_masks_training_and_validation(planted):
    """Who scores what is known highest and test next finds everything; nothing known takes a place."""
    parts = SPLITS["time"](planted, 0)
    perfect = 2 * parts.known.toarray() + parts.test.toarray()
    (row,) = evaluate([Entry("perfect", lambda: Fixed(perfect))], planted, "time", [0], 10).rows
    assert row.figures["ndcg@10"].mean == pytest.approx(1)
    assert row.figures["auc"].mean == pytest.approx(1)


def test_histories_are_what_is_known(planted):
    seen = []
    parts = SPLITS["time"](planted, 0)
    make = partial(Fixed, np.zeros(parts.test.shape), seen)
    evaluate([Entry("watched", make)], planted, "time", [0], 10)
    train, valid, (users, history) = seen
    assert (train != parts.train).nnz == (valid != parts.valid).nnz == 0
    assert (history != parts.known[users]).nnz == 0
    assert users.tolist() == np.flatnonzero(parts.test.sum(axis=1)).tolist()


def test_histories_can_be_of_training_alone_and_validation_stays_masked(planted):
    seen = []
    parts = SPLITS["time"](planted, 0)
    make = partial(Fixed, 2 * parts.known.toarray() + parts.test.toarray(), seen)
    entries = [Entry("watched", make)]
    (row,) = evaluate(entries, planted, "time", [0], 10, histories="train").rows
    users, history = seen[-1]
    assert (history != parts.train[users]).nnz == 0
    assert row.figures["ndcg@10"].mean == pytest.approx(1)


def test_features_are_those_of_modalities_and_never_behaviour(planted):
    shown = []

    class Curious(Fixed):
        def fit(self, train, features, present=None, **_):
            shown.append((features, present))
            return self

    size = (len(planted.visitors), len(planted.items))
    evaluate([Entry("curious", lambda: Curious(np.zeros(size)))], planted, "time", [0], 10)
    ((features, present),) = shown
    assert list(features) == [str(m) for m in MODALITIES]
    np.testing.assert_array_equal(present, planted.present[:, : len(MODALITIES)])


def test_groups_add_up(planted, utility):
    (row,) = evaluate([blend(utility, space=False)], planted, "time", [0], 10).rows
    assert {"light", "heavy", "with image", "without image"} <= set(row.groups)
    parts = SPLITS["time"](planted, 0)
    taken = np.diff(parts.train.indptr)[np.diff(parts.test.indptr) > 0]
    share = (taken <= np.median(taken)).mean()
    for name in ("recall@10", "ndcg@10", "auc"):
        mixed = (
            share * row.groups["light"][name].mean + (1 - share) * row.groups["heavy"][name].mean
        )
        assert mixed == pytest.approx(row.figures[name].mean)


def test_item_groups_narrow_what_is_wanted_and_leave_the_lists():
    train, wanted = csr_array(np.eye(2, 4)), csr_array(np.array([[0, 1, 1, 0], [0, 0, 1, 1]]))
    scores = np.array([[0, 3, 2, 1], [1, 0, 2, 3]])
    members = np.array([True, False, True, False])
    found = measure(
        Fixed(scores), train, train, wanted, 2, groups={"g": members, "none": members & ~members}
    )
    np.testing.assert_allclose(found.values["mrr@2"], [1, 1])
    np.testing.assert_allclose(found.groups["g"]["recall@2"], [1, 1])
    np.testing.assert_allclose(found.groups["g"]["mrr@2"], [1 / 2, 1 / 2])
    assert np.isnan(found.groups["none"]["recall@2"]).all()


def test_batches_change_nothing(planted, utility, monkeypatch):
    parts = SPLITS["time"](planted, 0)
    runs = []
    for cells in (10**9, 7 * len(planted.items), 1):
        monkeypatch.setattr("core.evaluation.measure.CELLS", cells)
        runs.append(measure(Fixed(utility), parts.train, parts.known, parts.test, 10))
    for run in runs[1:]:
        assert run.coverage == runs[0].coverage
        for name, values in runs[0].values.items():
            np.testing.assert_array_equal(run.values[name], values)


def test_who_cannot_tell_new_items_apart_is_not_lucky_with_them(planted):
    """On new items the scores are perfect, but the recommender says that they mean nothing."""
    parts = SPLITS["cold"](planted, 0)
    perfect = parts.test.toarray()
    rows = evaluate(
        [
            Entry("blind", lambda: Fixed(perfect)),
            Entry("seeing", lambda: Fixed(perfect), scores_unseen=True),
        ],
        planted,
        "cold",
        [0],
        1,
    ).rows
    blind, seeing = (row.figures["hit@1"].mean for row in rows)
    assert seeing == 1.0
    assert blind < 0.6, "by lot, among the cold ones"


def test_table_is_plain_json_and_the_same_twice(planted, utility):
    entries = [blend(utility), Entry("chance", lambda: Fixed(np.zeros(utility.shape)))]
    one, again = (
        json.dumps(
            evaluate(entries, planted, "random", [0, 1], 10, budget=3).as_json(), allow_nan=False
        )
        for _ in range(2)
    )
    assert one == again
    table = json.loads(one)
    assert [row["recommender"] for row in table["rows"]] == ["blend", "chance"]
    assert len(table["rows"][0]["figures"]["ndcg@10"]["seeds"]) == 2
    (comparison,) = table["comparisons"]
    assert comparison["difference"] == pytest.approx(
        table["rows"][0]["figures"]["ndcg@10"]["mean"]
        - table["rows"][1]["figures"]["ndcg@10"]["mean"]
    )
    assert comparison["p_holm"] < 0.001


def test_refusals(planted, utility):
    broken = utility.copy()
    broken[:, 3] = np.nan

    def empty(dataset, seed):
        parts = SPLITS["time"](dataset, seed)
        return replace(parts, test=csr_array(parts.test.shape))

    for code, entry, split, k in [
        ("bad_k", blend(utility), "time", len(planted.items) + 1),
        ("unknown_split", blend(utility), "tomorrow", 10),
        ("nothing_held_out", blend(utility), empty, 10),
        ("scores_not_finite", Entry("broken", lambda: Fixed(broken)), "time", 10),
        ("scores_not_finite", Entry("short", lambda: Fixed(utility[:, :-1])), "time", 10),
    ]:
        with pytest.raises(TriadError) as caught:
            evaluate([entry], planted, split, [0], k)
        assert caught.value.code == code
        assert all(caught.value.say(language) for language in ("en", "zh"))


def test_cold_items_are_ranked_among_themselves(planted):
    parts = SPLITS["cold"](planted, 0)
    cold = np.asarray(parts.test.sum(axis=0)) > 0
    assert (parts.offered(parts.test) == cold).all()
    assert SPLITS["time"](planted, 0).offered(parts.test) is None
    known_first = np.tile(np.asarray(parts.train.sum(axis=0)), (len(planted.visitors), 1))
    k = int(cold.sum())
    table = evaluate(
        [Entry("knows", lambda: Fixed(known_first), scores_unseen=True)], planted, "cold", [0], k
    )
    assert table.rows[0].figures[f"recall@{k}"].mean == 1.0, "all that is held out is in the list"
