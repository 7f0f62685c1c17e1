"""The list that a world opens with: the same as the model gives, and there before torch is."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace

import pytest

from core.engine import Engine
from core.types import CHANNELS, Channel, Method, Query, Request

WORLDS = ("shop", "social", "music")


@pytest.mark.parametrize("world", WORLDS)
def test_it_is_what_the_model_gives(world: str) -> None:
    engine, request = Engine(), Request(world)
    stored = engine.recommend(request)
    engine.warm(world, request.method)
    computed = engine.recommend(request)
    assert [r.item.id for r in stored.items] == [r.item.id for r in computed.items]
    assert stored.visitor == computed.visitor
    assert stored.likes == computed.likes
    for one, other in zip(stored.items, computed.items, strict=True):
        assert one.score == pytest.approx(other.score, abs=1e-5)
        for c in CHANNELS:
            assert one.contributions[c] == pytest.approx(other.contributions[c], abs=1e-5)
            assert one.weights is not None
            assert other.weights is not None
            assert one.weights[c] == pytest.approx(other.weights[c], abs=1e-5)
        assert one.present == other.present
    assert stored.timing_ms.keys() == computed.timing_ms.keys()


@pytest.mark.parametrize(
    "request_",
    [
        Request("shop", k=9),
        Request("shop", Query(visitor="visitor-0001")),
        Request("shop", method=Method("concat")),
        Request("shop", method=Method(off=(Channel.AUDIO,))),
    ],
    ids=["k", "visitor", "fusion", "off"],
)
def test_another_question_is_not_answered_by_it(request_: Request) -> None:
    fresh = Engine().recommend(request_)
    assert fresh.items
    assert fresh.timing_ms["score"] > 0
    first = Engine().recommend(Request("shop"))
    assert replace(first, timing_ms={}).items != fresh.items


@pytest.mark.parametrize("world", WORLDS)
def test_it_needs_no_torch(world: str) -> None:
    script = (
        "import sys; from core.engine import Engine; from core.types import Request\n"
        f"engine = Engine(); r = engine.recommend(Request({world!r}))\n"
        f"engine.worlds(), engine.built({world!r}), engine.history({world!r}, r.visitor)\n"
        "assert len(r.items) == 10; assert 'torch' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", script], check=True)


@pytest.mark.parametrize("world", WORLDS)
def test_a_world_opens_with_things_to_see_read_and_hear(world: str) -> None:
    engine = Engine()
    first = engine.recommend(Request(world))
    assert first.visitor == engine.default_visitor(world)
    assert first.visitor in engine.all_round_visitors(world)[:40]
    assert all(len(r.item.modalities) == 3 for r in first.items[:3])
