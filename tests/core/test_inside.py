"""The anatomy of a request: every number of it against the object that it was read from."""

import json
from dataclasses import asdict

import numpy as np
import pytest

from core.engine import Engine
from core.fusion import ATTENTIONS, FUSIONS
from core.inside import inside
from core.inside.weights import fuse_again, maps_of
from core.methods import new_tower
from core.recommenders.neighbours import Neighbours
from core.recommenders.two_tower import TwoTower
from core.types import CHANNELS, Media, Method, Modality, Query, Request

LAYERS = ["preprocess", "extract", "fuse", "train", "recommend"]


class Untrained(Engine):
    """Any method, with random weights, on the items of a shipped world."""

    made = {}

    def model(self, world, method):
        key = (world, method.name)
        if key not in self.made:
            catalog = self._library.learned(world).catalog
            self.made[key] = TwoTower(new_tower(method, catalog, seed=1, width=8), catalog)
        return self.made[key]


class Likeness(Engine):
    """A world in which nobody has taken anything."""

    def model(self, world, method):
        return Neighbours(self._library.learned(world).catalog)


@pytest.fixture(scope="module")
def engine():
    return Engine()


@pytest.fixture(scope="module")
def untrained():
    return Untrained()


def layer(anatomy, key):
    return next(each for each in anatomy.layers if each.key == key)


def count(module):
    return sum(p.numel() for p in module.parameters())


METHODS = [
    *(Method(fusion, "off") for fusion in FUSIONS),
    *(Method("gated", attention) for attention in ATTENTIONS),
    Method("concat", "off", "mlp"),
]


@pytest.mark.parametrize("method", METHODS, ids=lambda m: m.name)
def test_every_parameter_of_the_tower_is_in_one_part(untrained, method):
    found = inside(untrained, Request("shop", method=method, k=3))
    tower = untrained.model("shop", method).tower
    told = layer(found, "fuse").parameters + layer(found, "recommend").parameters
    assert told == count(tower) == found.parameters
    for side, live in (("visitor", tower.liked), ("item", tower.offered)):
        parts = {(p.kind, p.channel): p for p in layer(found, "fuse").parts if p.side == side}
        assert parts["fusion", ""].parameters == count(live.fusion)
        assert parts["fusion", ""].formula == FUSIONS[method.fusion].card.formula
        assert parts["attention", ""].parameters == count(live.attention)
        assert parts["project", "audio"].parameters == count(live.project["audio"])
        assert parts["behaviour", "behaviour"].parameters == live.behaviour.numel()


@pytest.mark.parametrize("method", METHODS, ids=lambda m: m.name)
def test_it_is_plain(untrained, method):
    found = inside(untrained, Request("shop", method=method, k=3))
    assert json.loads(json.dumps(asdict(found)))["items"] == list(found.items)


def test_five_layers_in_order_with_their_shapes(engine):
    request = Request("shop", Query(likes=("shop-0001", "shop-0002")), k=7)
    found = inside(engine, request)
    assert [each.key for each in found.layers] == LAYERS
    assert found.items == tuple(r.item.id for r in engine.recommend(request).items)
    assert found.likes == 2
    items, width = len(engine.items("shop")), 64
    fusion = {p.side: p for p in layer(found, "fuse").parts if p.kind == "fusion"}
    assert fusion["visitor"].takes == {"likes": 2, "channels": 4, "width": width}
    assert fusion["item"].gives == {"items": items, "width": width}
    head, top, explain = layer(found, "recommend").parts
    assert head.takes == {"items": items, "width": width}
    assert top.gives == {"items": 7}
    assert explain.takes == {"coalitions": 16, "items": 7}


def test_the_encoders_are_those_of_the_world(engine):
    found = inside(engine, Request("shop"))
    parts = {p.channel: p for p in layer(found, "extract").parts if p.kind == "encoder"}
    assert {m: p.name for m, p in parts.items()} == {
        str(m): id for m, id in engine.encoders("shop").items()
    }
    cards = {c.key: c.card for c in engine.methods() if c.family == "encoder"}
    for part in parts.values():
        assert part.gives == {"numbers": cards[part.name]["dim"]}
        assert part.parameters == cards[part.name]["parameters"]


def test_training_is_told_from_the_manifest(engine):
    found = inside(engine, Request("shop", method=Method("late")))
    (train,) = layer(found, "train").parts
    assert train.facts == dict(engine.quality("shop", Method("late")))
    assert layer(found, "train").milliseconds == {}


def test_the_milliseconds_are_those_of_the_stages(engine, monkeypatch):
    spent = {"decode": 1.0, "encode": 2.0, "fuse": 4.0, "score": 8.0, "explain": 16.0, "total": 32}
    real = engine.recommend

    def timed(request):
        result = real(request)
        return type(result)(**{**vars(result), "timing_ms": spent})

    monkeypatch.setattr(engine, "recommend", timed)
    found = inside(engine, Request("shop"))
    assert [sum(each.milliseconds.values()) for each in found.layers] == [1, 2, 4, 0, 24]
    assert found.milliseconds == 32


def test_a_stored_first_list_is_not_what_is_measured():
    """A fresh engine could answer its opening request from a file, in no time and by no layer."""
    found = inside(Engine(), Request("shop"))
    assert layer(found, "fuse").milliseconds["fuse"] > 0


def test_an_upload_has_the_shape_it_was_decoded_to(engine):
    media = (Media(Modality.TEXT, b"a red  mug"),)
    found = inside(engine, Request("shop", Query(media=media), k=2))
    parts = {p.channel: p for p in layer(found, "preprocess").parts}
    assert (parts["text"].kind, parts["text"].gives) == ("clean", {"characters": len("a red mug")})
    assert parts["image"].kind == "stored"
    assert found.likes == 1


def test_gates_are_the_weights_of_the_result(engine):
    request = Request("shop", method=Method("gated"), k=10)
    found, result = inside(engine, request), engine.recommend(request)
    for row, item in zip(found.gates, result.items, strict=True):
        assert row == tuple(item.weights[c] if item.present[c] else None for c in CHANNELS)
        assert sum(v for v in row if v is not None) == pytest.approx(1, abs=1e-5)
    assert inside(engine, Request("shop", method=Method("concat"))).gates is None


def test_fusing_again_gives_the_weights_that_were_used(engine):
    request = Request("shop", method=Method("gated", off=(CHANNELS[2],)), k=10)
    model, result = engine.model("shop", request.method), engine.recommend(request)
    rows = np.array([engine.items("shop").index(r.item) for r in result.items])
    fused, heard = fuse_again(model, model.visitor(engine.entries(request)), rows, 0b1011)
    np.testing.assert_allclose(fused.weights, [list(r.weights.values()) for r in result.items])
    assert heard.tolist() == [list(r.present.values()) for r in result.items]


@pytest.mark.parametrize("off", [(), (CHANNELS[0],)])
def test_attention_between_channels_sums_to_one_and_skips_the_absent(engine, off):
    request = Request("shop", method=Method("gated", "self", off=off), k=10)
    (found,) = inside(engine, request).maps
    assert found.key == "self"
    assert found.readers == found.sources == CHANNELS
    for grid, item in zip(found.weights, engine.recommend(request).items, strict=True):
        for reader, row in zip(CHANNELS, grid, strict=True):
            there = [v for v in row if v is not None]
            assert bool(there) == item.present[reader]
            assert [v is not None for v in row] == [
                item.present[c] and item.present[reader] for c in CHANNELS
            ]
            if there:
                assert sum(there) == pytest.approx(1, abs=1e-5)


def test_directed_maps_are_put_together_without_their_diagonal(untrained):
    request = Request("shop", method=Method("mult"), k=6)
    (found,) = inside(untrained, request).maps
    model = untrained.model("shop", request.method)
    rows = np.array(
        [untrained._library.shelf("shop").dataset.rows[i] for i in found_ids(untrained)]
    )
    fused, heard = fuse_again(model, model.visitor(untrained.entries(request)), rows, 0b1111)
    place = {name: n for n, name in enumerate(found.readers)}
    assert found.key == "cross"
    for n in range(6):
        for a in CHANNELS:
            assert all(
                found.weights[n][place[f"{a}.{i}"]][place[f"{a}.{j}"]] is None
                for i in (1, 2, 3)
                for j in (1, 2, 3)
            )
            for b in CHANNELS:
                if a == b:
                    continue
                both = heard[n][CHANNELS.index(a)] and heard[n][CHANNELS.index(b)]
                said = found.weights[n][place[f"{a}.1"]][place[f"{b}.3"]]
                assert said == (float(fused.attention[f"{b}>{a}"][n, 0, 2]) if both else None)


def found_ids(engine):
    return [r.item.id for r in engine.recommend(Request("shop", method=Method("mult"), k=6)).items]


def test_experts_are_not_taken_for_channels(untrained):
    (found,) = inside(untrained, Request("shop", method=Method("moe"), k=3)).maps
    assert found.sources == ("experts.1", "experts.2", "experts.3", "experts.4")
    assert all(cell is not None for grid in found.weights for row in grid for cell in row)


def test_the_visitors_and_the_summarys_attention_have_one_row(untrained):
    summary, user = inside(untrained, Request("shop", method=Method("transformer", "user"))).maps
    assert (summary.readers, user.readers) == (("summary",), ("user",))
    assert user.sources == CHANNELS


def test_the_mean_is_over_those_that_have_the_weight(untrained):
    (found,) = inside(untrained, Request("shop", method=Method("gated", "self"), k=10)).maps
    cells = [grid[0][2] for grid in found.weights if grid[0][2] is not None]
    assert len(cells) > 0
    assert found.mean()[0][2] == pytest.approx(np.mean(cells))
    assert type(found)("x", ("a",), ("b",), (((None,),),)).mean() == ((None,),)


def test_no_attention_has_no_maps():
    from core.fusion import Fused

    assert maps_of(Fused(z=None), np.ones((1, 4), bool)) == ()


def test_where_nothing_is_trained_nothing_is_claimed():
    found = inside(Likeness(), Request("shop", Query(likes=("shop-0001",)), k=4))
    assert found.parameters == 0
    assert found.maps == ()
    assert found.gates is None
    assert layer(found, "train").parts == ()
    assert [p.kind for p in layer(found, "fuse").parts] == ["cosines"]
    assert [p.kind for p in layer(found, "recommend").parts] == ["top", "explain"]
