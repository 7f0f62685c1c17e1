"""The engine on the bundle that ships: every method, every combination of uploads, every bad request."""

import itertools
import math

import pytest

from core.catalog import bundle as bundles
from core.engine import Engine, Recent
from core.errors import TriadError
from core.types import CHANNELS, MODALITIES, Media, Method, Modality, Query, Request
from tests.core.samples import clip, photo, review

WORLD = "shop"


@pytest.fixture(scope="session")
def engine():
    return Engine()


UPLOADS = {Modality.IMAGE: photo, Modality.TEXT: review, Modality.AUDIO: clip}


def sums_up(result):
    for r in result.items:
        assert abs(r.base + sum(r.contributions.values()) - r.score) < 1e-5
        for channel in CHANNELS:
            if not r.present[channel]:
                assert r.contributions[channel] == 0


@pytest.mark.parametrize("method", Engine().built(WORLD), ids=lambda m: m.name)
def test_every_shipped_method_recommends_and_explains(engine, method):
    result = engine.recommend(Request(WORLD, method=method))
    assert [r.rank for r in result.items] == list(range(1, 11))
    scores = [r.score for r in result.items]
    assert scores == sorted(scores, reverse=True)
    sums_up(result)
    assert not {r.item.id for r in result.items} & set(result.likes)
    assert engine.quality(WORLD, method)["ndcg@10"] > 0


@pytest.mark.parametrize(
    "given",
    [c for n in (1, 2, 3) for c in itertools.combinations(MODALITIES, n)],
    ids="+".join,
)
def test_any_combination_of_uploads_recommends(engine, given):
    media = tuple(UPLOADS[m]() for m in given)
    result = engine.recommend(Request(WORLD, Query(media=media)))
    assert len(result.items) == 10
    assert set(result.understood) == set(given)
    assert result.visitor is None
    sums_up(result)
    for r in result.items:
        for channel in set(CHANNELS) - set(given):
            assert r.contributions[channel] == 0
        assert any(abs(r.contributions[m]) > 0 for m in given if r.present[m])


def test_nothing_uploaded_is_the_usual_visitor(engine):
    usual = engine.recommend(Request(WORLD))
    assert usual.visitor == engine.default_visitor(WORLD)
    named = engine.recommend(Request(WORLD, Query(visitor=usual.visitor)))
    assert [r.item.id for r in usual.items] == [r.item.id for r in named.items]
    assert usual.likes == engine.history(WORLD, usual.visitor)


def test_each_switch_changes_the_list(engine):
    usual = engine.recommend(Request(WORLD))
    order = [r.item.id for r in usual.items]
    for channel in CHANNELS:
        off = engine.recommend(Request(WORLD, method=Method(off=(channel,))))
        assert [r.item.id for r in off.items] != order, channel
        assert all(r.contributions[channel] == 0 for r in off.items)
        sums_up(off)


def test_the_same_request_gives_the_same_answer(engine):
    request = Request(WORLD, Query(media=(photo(), review(), clip())))
    first, second = engine.recommend(request), Engine().recommend(request)
    assert hash(request) == hash(Request(WORLD, Query(media=(photo(), review(), clip()))))
    for a, b in zip(first.items, second.items, strict=True):
        assert a.item.id == b.item.id
        assert a.score == pytest.approx(b.score, abs=1e-5)


def test_likes_and_uploads_add_to_a_named_visitor(engine):
    some = engine.items(WORLD)[5].id
    result = engine.recommend(Request(WORLD, Query("visitor-0001", (some,), (review(),))))
    assert some in result.likes
    assert set(engine.history(WORLD, "visitor-0001")) <= set(result.likes)
    assert some not in {r.item.id for r in result.items}


@pytest.mark.parametrize(
    ("request_", "code"),
    [
        (Request("nowhere"), "unknown_world"),
        (Request("../shop"), "unknown_world"),
        (Request(WORLD, Query(likes=("shop-9999",))), "unknown_item"),
        (Request(WORLD, Query(visitor="nobody")), "unknown_visitor"),
        (Request(WORLD, method=Method("magic")), "unknown_fusion"),
        (Request(WORLD, method=Method(attention="magic")), "unknown_attention"),
        (Request(WORLD, method=Method(head="magic")), "unknown_head"),
        (Request(WORLD, method=Method(attention="user", head="mlp")), "not_built"),
        (Request(WORLD, method=Method(off=CHANNELS)), "nothing_on"),
        (Request(WORLD, k=0), "bad_k"),
        (Request(WORLD, k=10**6), "bad_k"),
        (Request(WORLD, Query(media=(review(), review()))), "two_of_modality"),
        (Request(WORLD, Query(media=(Media(Modality.IMAGE, b"no"),))), "image_unreadable"),
    ],
    ids=lambda x: x if isinstance(x, str) else "",
)
def test_bad_requests_are_told_in_one_sentence_in_both_languages(engine, request_, code):
    with pytest.raises(TriadError) as caught:
        engine.recommend(request_)
    assert caught.value.code == code
    english, chinese = caught.value.say("en"), caught.value.say("zh")
    assert english != chinese
    assert "{" not in english + chinese
    assert "\n" not in english + chinese


def test_uploads_are_forgotten_but_for_their_vectors(engine):
    media = review()
    engine.recommend(Request(WORLD, Query(media=(media,))))
    for kept, *_ in engine._uploads._values:
        assert kept.data == b""


def test_the_memory_of_answers_is_bounded():
    recent = Recent(3)
    made = []
    for key in (1, 2, 3, 1, 4, 2):
        recent.get(key, lambda k=key: made.append(k) or k)
    assert made == [1, 2, 3, 4, 2]
    assert len(recent._values) == 3


def test_item_media(engine):
    for item in engine.items(WORLD)[:12]:
        for modality, make, magic in (
            (Modality.IMAGE, engine.picture, b"RIFF"),
            (Modality.AUDIO, engine.sound, b"RIFF"),
        ):
            if modality in item.modalities:
                assert make(WORLD, item.id)[:4] == magic
            else:
                with pytest.raises(TriadError) as caught:
                    make(WORLD, item.id)
                assert caught.value.code == "item_lacks"


def test_some_items_lack_a_modality(engine):
    assert any(len(i.modalities) < len(MODALITIES) for i in engine.items(WORLD))
    card = next(c for c in engine.worlds() if c.key == WORLD)
    assert card.simulated
    assert card.kind == "rendered"
    for m in MODALITIES:
        assert card.modalities[m] == sum(m in i.modalities for i in engine.items(WORLD))


def test_methods_have_cards(engine):
    families = {c.family for c in engine.methods()}
    assert families == {"encoder", "fusion", "attention", "head"}
    assert len({(c.family, c.key) for c in engine.methods()}) == len(engine.methods())


def test_timings_are_of_this_request(engine):
    ms = engine.recommend(Request(WORLD)).timing_ms
    assert list(ms) == ["decode", "encode", "fuse", "score", "explain", "total"]
    assert all(math.isfinite(v) and v >= 0 for v in ms.values())
    assert ms["total"] >= ms["fuse"] + ms["score"] + ms["explain"]


def test_a_damaged_bundle_says_how_to_mend_it(tmp_path):
    import shutil

    goal = tmp_path / "worlds" / WORLD
    shutil.copytree(bundles.folder(WORLD), goal)
    (goal / "vectors.npz").write_bytes(b"flipped")
    with pytest.raises(TriadError, match="core build shop"):
        Engine(tmp_path).recommend(Request(WORLD))
    (goal / "manifest.json").write_text("{")
    with pytest.raises(TriadError, match="manifest"):
        Engine(tmp_path).recommend(Request(WORLD))
