"""What is found is what the model would choose, whatever is filtered, switched off, added or removed."""

from concurrent.futures import ThreadPoolExecutor
from threading import Event

import numpy as np
import pytest
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.coalitions import FULL, MEMBERS, coalition
from core.errors import TriadError
from core.explain import shapley
from core.methods import every_method
from core.recommenders.two_tower import Catalog, Entries, TwoTower
from core.retrieval import ItemIndex, newcomers, stocked, unit
from core.retrieval.base import rows_of
from core.retrieval.scorer import Scorer
from core.types import CHANNELS, MODALITIES, Method
from tests.core.retrieval.conftest import ITEMS, KINDS, ON, built, make_world

LIKED = (3, 11, 40, 7)

questions = st.fixed_dictionaries(
    {
        "on": st.integers(1, FULL),
        "k": st.integers(1, 40),
        "having": st.sets(st.sampled_from(MODALITIES)),
        "categories": st.sets(st.sampled_from(KINDS)),
        "exclude": st.sets(st.integers(0, ITEMS - 1), max_size=30),
        "likes": st.lists(st.integers(1, ITEMS - 1), min_size=1, max_size=4),
    }
)


def allowed(world, having, categories, exclude):
    """Who may be found, said without an index."""
    present = world.model.catalog.present.numpy()
    mask = np.ones(len(present), bool)
    for modality in having:
        mask &= present[:, CHANNELS.index(modality)]
    if categories:
        mask &= np.isin(world.kinds, list(categories))
    mask[list(exclude)] = False
    return mask


def ask(index, world, on=FULL, k=10, likes=LIKED, **filters):
    return index.search(world.visitor(*likes), on, k, **{n: list(x) for n, x in filters.items()})


def same(found, world, on, k, mask, likes=LIKED):
    best, scores = world.best(world.visitor(*likes), on, k, mask)
    assert len(found.ids) == len(best)
    assert mask[found.ids].all()
    np.testing.assert_allclose(found.scores, scores[best], atol=2e-5)
    np.testing.assert_allclose(scores[found.ids], scores[best], atol=2e-5)  # ids may differ in ties


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(asked=questions)
def test_a_small_index_gives_the_answers_of_the_model(small, world, asked):
    found = ask(small, world, **asked)
    assert found.exact
    mask = allowed(world, asked["having"], asked["categories"], asked["exclude"])
    same(found, world, asked["on"], asked["k"], mask, asked["likes"])


def recall(index, world, on, **filters):
    got = wanted = 0
    for like in range(1, 60, 2):
        found = ask(index, world, on, 20, (like, like + 1), **filters)
        mask = allowed(world, *(filters.get(n, ()) for n in ("having", "categories", "exclude")))
        best, _ = world.best(world.visitor(like, like + 1), on, 20, mask)
        got, wanted = got + len(set(found.ids) & set(best)), wanted + len(best)
    return got / wanted


@pytest.mark.parametrize("on", ON)
def test_a_large_index_finds_nearly_all_and_scores_them_exactly(large, world, on):
    assert recall(large, world, on) >= 0.9
    found = ask(large, world, on, 20)
    assert not found.exact
    scores = world.model.scores(world.visitor(*LIKED), on)
    np.testing.assert_allclose(found.scores, scores[found.ids], atol=2e-5)
    assert (np.diff(found.scores) <= 0).all()


@pytest.mark.parametrize("kind", KINDS)
def test_filters_of_a_large_index(large, world, kind):
    assert recall(large, world, FULL, categories=[kind], having=["audio"]) >= 0.9
    for found in (ask(large, world, k=20, categories=[kind], having=["audio"], exclude=[2, 5]),):
        assert allowed(world, ["audio"], [kind], [2, 5])[found.ids].all()


def test_what_is_rare_is_gone_through(large, world):
    found = ask(large, world, k=20, categories=["rare"])
    assert found.exact
    same(found, world, FULL, 20, allowed(world, (), ["rare"], ()))


def test_with_all_lists_read_a_large_index_is_exact(world, few, tmp_path):
    index = built(tmp_path / "index", world, exact_below=100, effort=0.999)
    for on in ON:
        same(ask(index, world, on, 20), world, on, 20, allowed(world, (), (), ()))


def test_size_alone_chooses(world, few, tmp_path):
    for below, large in ((ITEMS + 1, False), (ITEMS, True)):
        index = built(tmp_path / str(below), world, exact_below=below)
        assert index.large == large
        assert ask(index, world).exact != large


def test_contributions_are_those_of_the_model(large, small, world):
    who, rows = world.visitor(*LIKED), np.array([17, 3, 250, 599, 1])
    for on in (FULL, coalition(["image", "behaviour"])):
        expected = world.model.values(who, rows, on)
        for index in (small, large):
            np.testing.assert_allclose(index.values(who, rows, on), expected, atol=2e-5)
    phi = shapley(large.values(who, rows))
    scores = large._scorer.scores(who, large._shelf.base.take(rows), FULL)
    np.testing.assert_allclose(phi.sum(0), scores, atol=1e-5)


@pytest.mark.parametrize("attention", ["off", "self"])
def test_logits_are_products_of_what_the_index_holds(attention):
    world = make_world(Method(attention=attention), items=60)
    scorer, who = Scorer(world.model.tower), world.visitor(*LIKED)
    rows = rows_of(next(stocked(world.model)), {})
    for on in range(1, FULL + 1):
        codes = rows.has.astype(np.int64) & on
        products = np.einsum("nd,nd->n", scorer.vectors(rows, codes), scorer.queries(who)[codes])
        np.testing.assert_allclose(products, world.model.scores(who, on), atol=2e-5)


@pytest.mark.parametrize("method", [m for m in every_method() if m.fusion in ("late", "gated")])
def test_every_head_and_attention_is_exact_in_a_small_index(method, tmp_path):
    world = make_world(method, items=60)
    index = built(tmp_path / "index", world)
    for on in ON:
        same(ask(index, world, on, 8), world, on, 8, allowed(world, (), (), ()))
    who = world.visitor(*LIKED)
    rows = np.arange(1, 9)
    expected = world.model.values(who, rows, FULL)
    np.testing.assert_allclose(index.values(who, rows), expected, atol=2e-5)


@pytest.mark.parametrize("method", [Method(attention="user"), Method(head="mlp")])
def test_a_large_index_needs_items_that_do_not_depend_on_the_visitor(method, tmp_path):
    world = make_world(method, items=60)
    with pytest.raises(TriadError) as told:
        built(tmp_path / "index", world, exact_below=60)
    assert told.value.code == "index_needs_dot"
    assert not (tmp_path / "index").exists()
    index = built(tmp_path / "index", world, exact_below=61)
    with pytest.raises(TriadError) as told:
        index.add(new_items(world, 100, 1)[0])
    assert told.value.code == "index_needs_dot"


def new_items(world, first, count, seed=1):
    """Return newcomers as stock, and the world that has them: without behaviour, at the end."""
    rng = torch.Generator().manual_seed(seed)
    features = {
        m: 2 * torch.randn(count, x.shape[1], generator=rng)
        for m, x in world.model.catalog.features.items()
    }
    present = torch.rand(count, len(CHANNELS), generator=rng) < 0.8
    kinds = ["new"] * count
    ids = np.arange(first, first + count)
    return newcomers(world.model.tower, ids, features, present, kinds), features, present


def scores_of(world, features, present, who, on):
    """Score newcomers by a model that has them in its catalog."""
    present = present & torch.tensor([c != "behaviour" for c in CHANNELS])
    return TwoTower(world.model.tower, Catalog(features, present)).scores(who, on)


@pytest.mark.parametrize("side", [1000, 30], ids=["beside", "merged"])
@pytest.mark.parametrize("below", [ITEMS + 10, 100], ids=["small", "large"])
def test_added_and_removed_items(world, few, tmp_path, below, side):
    """The oracle has both: the model's scores of the old items, and of the new."""
    index = built(tmp_path / "index", world, exact_below=below)
    ask(index, world, 0b0110)  # a unit that has to be lengthened
    gone = world.best(world.visitor(*LIKED), FULL, 25, np.ones(ITEMS, bool))[0]
    index.remove(gone)
    parts = [new_items(world, 1000 + 20 * n, 20, seed=n) for n in range(3)]
    for stock, _, _ in parts:
        index.add(stock, side=side)
    index.remove([1003, 1041])
    assert len(index) == ITEMS - 25 + 60 - 2
    assert index.categories[-1] == "new"
    for reopened in (index, ItemIndex(tmp_path / "index", world.model.tower)):
        for on in (FULL, 0b0110):
            who = world.visitor(*LIKED)
            old = world.model.scores(who, on)
            old[gone] = -np.inf
            new = np.concatenate([scores_of(world, f, p, who, on) for _, f, p in parts])
            new[[3, 41]] = -np.inf
            every = np.concatenate([old, new])
            ids = np.concatenate([np.arange(ITEMS), np.arange(1000, 1060)])
            best = np.sort(every)[::-1][:15]
            found = reopened.search(who, on, 15)
            place = {int(id): n for n, id in enumerate(ids)}
            got = every[[place[int(id)] for id in found.ids]]
            np.testing.assert_allclose(found.scores, got, atol=2e-5)
            assert np.isin(found.scores.round(4), best.round(4)).mean() >= 0.8
            if below > ITEMS + 40 or not reopened.large:
                np.testing.assert_allclose(found.scores, best, atol=2e-5)
            only = reopened.search(who, on, 60, categories=["new"])
            np.testing.assert_allclose(only.scores, np.sort(new[np.isfinite(new)])[::-1], atol=2e-5)
            sounds = np.concatenate([p[:, CHANNELS.index("audio")] for _, _, p in parts])
            only = reopened.search(who, on, 60, categories=["new"], having=["audio"])
            best = np.sort(new[sounds & np.isfinite(new)])[::-1]
            np.testing.assert_allclose(only.scores, best, atol=2e-5)
            values = reopened.values(who, np.array([1007, 2, 1050]), on)
            np.testing.assert_allclose(
                values[FULL], [every[place[1007]], every[2], every[place[1050]]], atol=2e-5
            )


def test_an_id_may_come_back(world, few, tmp_path):
    index = built(tmp_path / "index", world, exact_below=100)
    stock, features, present = new_items(world, 5, 1)
    with pytest.raises(TriadError, match="5"):
        index.add(stock)
    index.remove([5])
    with pytest.raises(TriadError, match="5"):
        index.remove([5])
    index.add(stock)
    index.merge()
    index = ItemIndex(tmp_path / "index", world.model.tower)
    assert len(index) == ITEMS
    who = world.visitor(*LIKED)
    expected = scores_of(world, features, present, who, FULL)
    np.testing.assert_allclose(index.values(who, np.array([5]))[FULL], expected, atol=2e-5)
    with pytest.raises(TriadError, match="5"):
        index.add(stock)


def test_merging_does_not_learn_centres_again(world, few, tmp_path, monkeypatch):
    index = built(tmp_path / "index", world, exact_below=100)
    had = {name for name in index._store if name.startswith("lists")}
    learned, learn = [], unit.write_lists
    monkeypatch.setattr(unit, "write_lists", lambda path, x: (learned.append(path), learn(path, x)))
    index.add(new_items(world, 1000, 50)[0], side=10)
    assert len(index._shelf.base) == ITEMS + 50
    assert had
    # What was small before may have become large; what had lists keeps its centres.
    assert not had & {path.name.rpartition("-")[0] for path in learned}
    for has, code in (map(int, name.split("-")[1:]) for name in had):
        held = index._units(has, code)
        assert held.lists.ntotal == len(held.vectors) == len(index._shelf.groups[has].rows)


def test_what_grows_over_the_limit_gets_lists(world, few, tmp_path):
    index = built(tmp_path / "index", world, exact_below=ITEMS + 20)
    assert ask(index, world).exact
    index.add(new_items(world, 1000, 40)[0], side=10)
    assert not ask(index, world).exact


def test_nothing_heard_leaves_the_order_of_the_ids(large, world):
    who = world.visitor(*LIKED)
    lacking = type(who)(who.vectors, 0)
    found = large.search(lacking, FULL, 5)
    assert found.ids.tolist() == [0, 1, 2, 3, 4]
    assert np.abs(found.scores).max() < 1e-6


def test_questions_that_cannot_be_answered(large, world):
    who = world.visitor(*LIKED)
    for code, wrong in (
        ("bad_k", lambda: large.search(who, k=0)),
        ("index_category", lambda: large.search(who, categories=["ship"])),
        ("index_no_item", lambda: large.values(who, np.array([2, 5000]))),
        ("index_no_item", lambda: large.remove([-1])),
        ("index_ids", lambda: large.add(new_items(world, 3, 2)[0])),
    ):
        with pytest.raises(TriadError) as told:
            wrong()
        assert told.value.code == code
        assert told.value.say("zh")


def test_ids_are_there_once(world, tmp_path):
    twice = [*stocked(world.model), *stocked(world.model)]
    with pytest.raises(TriadError) as told:
        ItemIndex.build(tmp_path / "index", world.model.tower, twice)
    assert told.value.code == "index_ids"


def test_uploads_are_heard_as_by_the_model(small, world):
    features = {m: torch.randn(1, x.shape[1]) for m, x in world.model.catalog.features.items()}
    present = torch.from_numpy(MEMBERS[[coalition(["text"])]])
    who = world.model.visitor(Entries(features, torch.zeros(1, dtype=torch.int64), present))
    best, scores = world.best(who, FULL, 10, np.ones(ITEMS, bool))
    np.testing.assert_allclose(small.search(who).scores, scores[best], atol=2e-5)


def test_searches_go_on_while_the_index_changes(world, few, tmp_path):
    """Whatever moment a search meets, its items exist and have their own scores."""
    index = built(tmp_path / "index", world, exact_below=100)
    who, parts = world.visitor(*LIKED), [new_items(world, 1000 + 20 * n, 20, n) for n in range(6)]
    true = {}
    for on in ON:
        new = [scores_of(world, f, p, who, on) for _, f, p in parts]
        true[on] = np.concatenate([world.model.scores(who, on), np.zeros(400), *new])
    stop = Event()

    def ask_on():
        seen = 0
        while not stop.is_set() or not seen:
            for on in ON:
                found = index.search(who, on, 20, categories=KINDS[:1] if seen % 2 else ())
                np.testing.assert_allclose(found.scores, true[on][found.ids], atol=2e-5)
                seen += 1
        return seen

    with ThreadPoolExecutor(2) as pool:
        asking = [pool.submit(ask_on) for _ in range(2)]
        for n, (stock, _, _) in enumerate(parts):
            index.add(stock, side=30)
            index.remove([5 * n, 1000 + 20 * n])
        stop.set()
        assert all(each.result() for each in asking)
    for on in ON:
        found = index.search(who, on, 200, categories=["new"])
        assert len(found.ids) == 6 * 19  # all of them, wherever they lie by now
