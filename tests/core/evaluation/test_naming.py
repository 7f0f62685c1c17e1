"""What the names of the command line stand for."""

import numpy as np
import pytest
from scipy.sparse import csr_array

from core.catalog.dataset import Dataset, Interactions
from core.errors import TriadError
from core.evaluation.naming import BLENDS, entry
from core.evaluation.search import Lessons, choose
from core.types import Item, Modality
from tests.core.recommenders.small_worlds import make_world

WORLD = make_world()
TEXT, AUDIO = Modality.TEXT, Modality.AUDIO


@pytest.fixture(scope="module")
def data():
    rng = np.random.default_rng(0)
    none = np.zeros(0, dtype=np.int64)
    return Dataset(
        name="small",
        kind="yours",
        simulated=False,
        items=tuple(Item(str(i), {}, "", frozenset({TEXT, AUDIO})) for i in range(3)),
        visitors=(),
        interactions=Interactions(none, none, none, none, None),
        vectors={m: rng.normal(size=(3, 2)).astype(np.float32) for m in (TEXT, AUDIO)},
    )


def fitted(made):
    return made.fit(WORLD.train, WORLD.features, WORLD.present, valid=WORLD.valid)


def test_a_colon_narrows_to_modalities(data):
    found = entry("ridge:text", data)
    assert (found.key, found.scores_unseen) == ("ridge:text", True)
    assert "decay" in found.space
    assert found.make().channels == ("text",)
    assert entry("two-tower/sum:text,audio", data).make().channels == ("text", "audio")


def test_each_is_one_member_a_modality(data):
    found = entry("late=ridge:each+item-knn", data)
    assert [member.key for member in found.members] == ["ridge:text", "ridge:audio", "item-knn"]
    assert found.scores_unseen


@pytest.mark.parametrize("key", list(BLENDS))
def test_ensembles_have_members_that_suit_the_data(data, key):
    for member in entry(key, data).members:
        member.make()


def test_networks_are_not_searched_as_members(data):
    spaces = [m.space for m in entry("late=history-tower+history-tower*2+ease", data).members]
    assert [bool(space) for space in spaces] == [False, False, True]
    assert entry("history-tower", data).space


def test_a_star_is_the_mean_over_seeds(data):
    made = fitted(entry("bpr*2", data).make(epochs=2, width=4))
    assert len(made.members) == 2
    np.testing.assert_allclose(made.weights, [0.5, 0.5])
    users = np.arange(3)
    first, second = (m.scores(users, WORLD.train[users]) for m in made.members)
    assert np.abs(first - second).max() > 1e-4


def test_members_are_made_as_they_were_chosen(data):
    found = entry("rank=ridge:text+item-knn", data)
    made = found.make(**{"ridge:text": {"decay": 3.0}})
    assert [made.members[0].decay, made.members[0].channels] == [3.0, ("text",)]
    assert made.members[1].neighbours == found.members[1].make().neighbours


def test_members_are_chosen_one_by_one_and_searched_once(data):
    lessons = Lessons(WORLD.train, WORLD.valid, WORLD.features, WORLD.present)
    choice = choose(entry("late=ridge:text+item-knn", data), lessons, 3, k=5)
    alone = choose(entry("ridge:text", data), lessons, 3, k=5)
    assert alone is lessons.chosen["ridge:text"], "what a member was chosen by stands"
    assert choice.budget == 3
    assert len(choice.trials) == 6
    values = [t.value for t in choice.trials if "ridge:text" in t.params]
    assert max(values) == max(t.value for t in alone.trials)
    assert choice.params.get("ridge:text", {}) == alone.params


@pytest.mark.parametrize(
    ("code", "key"),
    [
        ("no_members", "ease=ridge+item-knn"),
        ("no_channels", "item-knn:text"),
        ("unknown_channel", "ridge:smell"),
        ("unknown_channel", "ridge:image"),
        ("bad_count", "ease*none"),
        ("bad_count", "ease*0"),
        ("unknown_recommender", "late=magic"),
        ("no_oracle", "oracle"),
    ],
)
def test_refusals(data, code, key):
    with pytest.raises(TriadError) as caught:
        entry(key, data)
    assert caught.value.code == code
    assert all(caught.value.say(language) for language in ("en", "zh"))


def test_the_judge_ranks_new_items_among_themselves():
    """A member that is perfect on new items but puts known ones above them is no worse for that."""
    from core.recommenders.fitting import Judge
    from core.recommenders.inputs import prepare

    train = csr_array(np.array([[1, 0, 0, 0, 0], [1, 1, 0, 0, 0]], dtype=np.float32))
    valid = csr_array(np.array([[0, 0, 0, 1, 0], [0, 0, 0, 0, 1]], dtype=np.float32))
    judge = Judge(prepare(train, {}, None, valid))
    scores = np.array([[9, 9, 9, 1, 0], [9, 9, 9, 0, 1]], dtype=np.float32)
    assert judge.of(scores) == 1
    mixed = csr_array(np.array([[0, 1, 0, 1, 0], [0, 0, 0, 0, 1]], dtype=np.float32))
    assert Judge(prepare(train, {}, None, mixed)).of(scores) < 1
