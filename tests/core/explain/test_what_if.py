"""Suppositions agree with the engine's own lists where these answer the same question."""

from dataclasses import replace

import numpy as np
import pytest

from core.engine import Engine
from core.errors import TriadError
from core.explain.what_if import Off, Rewritten, Said, Swapped, TurnedDown
from core.types import Channel, Media, Method, Modality, Query, Request

REQUEST = Request("shop", Query(likes=("shop-0003", "shop-0017")), k=8)
TEXT = Media(Modality.TEXT, "很轻便，随身带着一点也不累。".encode())


@pytest.fixture(scope="module")
def engine(tmp_path_factory):
    return Engine(own=tmp_path_factory.mktemp("own"))


@pytest.fixture(scope="module")
def best(engine):
    found = engine.recommend(REQUEST).items
    return next(r for r in found if all(r.present[c] for c in Channel)).item.id


def ids(result):
    return tuple(r.item.id for r in result.items)


@pytest.mark.parametrize("channel", list(Channel))
def test_switched_off_is_the_list_without_it_and_so_is_weight_zero(engine, best, channel):
    result = engine.recommend(replace(REQUEST, method=Method(off=(channel,))))
    off = engine.what_if(REQUEST, best, Off((channel,)))
    down = engine.what_if(REQUEST, best, TurnedDown(channel, 0.0))
    assert off.ids == ids(result)
    assert down.ids == off.ids
    assert down.score == pytest.approx(off.score, abs=1e-4)
    ranks = {r.item.id: (r.rank, r.score) for r in result.items}
    if best in ranks:
        assert (off.rank, off.score) == (ranks[best][0], pytest.approx(ranks[best][1], abs=1e-4))


def test_what_changes_nothing_changes_nothing(engine, best):
    now, plain = engine.recommend(REQUEST), engine.item("shop", best)
    score = next(r.score for r in now.items if r.item.id == best)
    same = (
        TurnedDown(Channel.AUDIO, 1.0),
        Swapped(Modality.IMAGE, best),
        *(Rewritten(plain.text(code).whole, code) for code in plain.texts),
    )
    for supposed in same:
        then = engine.what_if(REQUEST, best, supposed)
        assert then.score == pytest.approx(score, abs=5e-3)
        assert then.ids == ids(now)


def test_other_words_are_the_words_of_the_item_that_has_them(engine, best):
    """Both languages of another item, one after the other, end where swapping the text ends."""
    donor = next(
        item for item in engine.items("shop") if "text" in item.modalities and item.id != best
    )
    swapped = engine.what_if(REQUEST, best, Swapped(Modality.TEXT, donor.id)).score
    now = next(r.score for r in engine.recommend(REQUEST).items if r.item.id == best)
    halves = [
        engine.what_if(REQUEST, best, Rewritten(donor.text(code).whole, code)).score
        for code in ("en", "zh")
    ]
    assert swapped != pytest.approx(now, abs=0.05)
    # Half of the words moves the score towards where all of them take it.
    assert np.mean(halves) - now == pytest.approx(swapped - now, rel=1.0)
    assert (np.mean(halves) - now) * (swapped - now) > 0


def test_a_review_is_the_request_with_that_review(engine, best):
    said = engine.what_if(REQUEST, best, Said(TEXT.data.decode()))
    asked = replace(REQUEST, query=replace(REQUEST.query, media=(TEXT,)))
    assert said.ids == ids(engine.recommend(asked))
    other = engine.what_if(asked, best, Said("Heavy, but it lasts."))
    assert other.score != said.score


def test_the_default_visitor_stays_himself_when_he_says_something(engine):
    request = Request("shop")
    first = engine.recommend(request)
    then = engine.what_if(request, first.items[0].item.id, Said(TEXT.data.decode()))
    asked = Request("shop", Query(first.visitor, media=(TEXT,)))
    assert then.ids == ids(engine.recommend(asked))


def test_what_the_visitor_has_is_without_rank_and_not_in_the_list(engine):
    then = engine.what_if(REQUEST, "shop-0003", Off((Channel.TEXT,)))
    assert then.rank is None
    assert "shop-0003" not in then.ids


@pytest.mark.parametrize(
    ("item", "supposed", "code"),
    [
        ("nothing", Off((Channel.TEXT,)), "unknown_item"),
        (None, Off(tuple(Channel)), "nothing_on"),
        (None, Swapped(Modality.IMAGE, "nothing"), "unknown_item"),
    ],
)
def test_what_cannot_be_is_said(engine, best, item, supposed, code):
    with pytest.raises(TriadError) as error:
        engine.what_if(REQUEST, item or best, supposed)
    assert error.value.code == code
