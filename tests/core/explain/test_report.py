"""One explanation of one item, put together on the shipped world, as the page and the command line get it."""

import argparse
import json
from dataclasses import replace

import numpy as np
import pytest

from core.engine import Engine
from core.errors import TriadError
from core.explain.command import add_arguments, run
from core.explain.report import explain
from core.types import CHANNELS, Channel, Media, Method, Modality, Query, Request

REVIEW = Media(Modality.TEXT, "很轻便，随身带着一点也不累。".encode())


@pytest.fixture(scope="module")
def engine(tmp_path_factory):
    return Engine(own=tmp_path_factory.mktemp("own"))


@pytest.fixture(scope="module")
def request_():
    return Request("shop", Query(likes=("shop-0003", "shop-0017"), media=(REVIEW,)), Method())


@pytest.fixture(scope="module")
def best(engine, request_):
    return engine.recommend(request_).items


def test_it_is_the_recommendation_explained(engine, request_, best):
    for recommended in best[:3]:
        found = explain(engine, request_, recommended.item.id, parts=False)
        assert found.item == recommended.item
        assert found.rank == recommended.rank
        assert found.score == pytest.approx(recommended.score, abs=1e-5)
        assert found.contributions == pytest.approx(recommended.contributions, abs=1e-5)
        assert found.present == recommended.present
        assert found.gates == pytest.approx(recommended.weights, abs=1e-5)
        assert found.base + sum(found.contributions.values()) == pytest.approx(found.score)
        against = found.against
        assert against.base + sum(against.contributions.values()) == pytest.approx(
            found.score, abs=1e-4
        )


def test_it_looks_within_the_item_and_within_the_upload(engine, request_, best):
    chosen = next(r for r in best if all(r.present[c] for c in Channel))
    found = explain(engine, request_, chosen.item.id, language="zh")
    assert {(p.of, p.modality) for p in found.parts} == {
        ("item", Modality.IMAGE),
        ("item", Modality.TEXT),
        ("item", Modality.AUDIO),
        ("upload", Modality.TEXT),
    }
    for part in found.parts:
        assert part.phi == pytest.approx(found.contributions[Channel(part.modality)], abs=1e-4)
        assert abs(part.gradient_missing) < 0.02
        sums = np.sum([(p.occlusion, p.gradient) for p in part.parts], axis=0)
        assert part.phi - sums[0] == pytest.approx(part.occlusion_missing, abs=1e-5)
        assert part.phi - part.baseline - sums[1] == pytest.approx(part.gradient_missing, abs=1e-5)
        if part.modality is Modality.IMAGE:
            assert len(part.parts) == 49
            assert part.gap < 1e-3  # this encoder's vector is the mean of its cells
    upload = next(p for p in found.parts if p.of == "upload")
    assert upload.text == REVIEW.data.decode()
    assert all(0 <= p.label.start < p.label.end <= len(upload.text) for p in upload.parts)


def test_an_item_that_the_visitor_has_is_explained_without_a_rank(engine, request_):
    found = explain(engine, request_, "shop-0003", parts=False)
    assert found.rank is None
    assert found.smallest is None
    assert all(near.id != "shop-0003" for near in found.evidence)


def test_what_is_off_is_absent_from_all_of_it(engine, request_, best):
    off = replace(request_, method=Method("concat", off=(Channel.TEXT,)))
    found = explain(engine, off, best[0].item.id)
    assert not found.present[Channel.TEXT]
    for values in (found.contributions, found.against.contributions, found.leave_one_out):
        assert values[Channel.TEXT] == 0
    assert found.gates is None
    assert Channel.TEXT not in {c for pair in found.interactions for c in (pair.first, pair.second)}
    assert Modality.TEXT not in {part.modality for part in found.parts}
    assert all(Channel.TEXT not in change.off for change in found.off)
    assert Channel.TEXT not in found.sentence.channels


def test_an_unknown_item_is_said_to_be_one(engine, request_):
    with pytest.raises(TriadError) as error:
        explain(engine, request_, "nothing")
    assert error.value.code == "unknown_item"


@pytest.mark.parametrize("json_", [True, False])
def test_the_command_prints_it(engine, request_, best, json_):
    parser = argparse.ArgumentParser()
    add_arguments(parser)
    args = parser.parse_args(["--item", best[1].item.id, "--no-parts"])
    args.json, args.lang = json_, "en"
    printed = run(args, engine, request_)
    found = explain(engine, request_, best[1].item.id, parts=False)
    if not json_:
        assert found.sentence.say("en") in printed
        assert all(c in printed for c in CHANNELS)
        return
    read = json.loads(printed)
    assert read["contributions"] == pytest.approx(found.contributions)
    assert read["base"] + sum(read["contributions"].values()) == pytest.approx(read["score"])
    assert read["gates"]["what"] == "internal weight, not contribution"
    assert set(read["sentence"]) == {"en", "zh"}
