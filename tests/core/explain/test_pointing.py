"""The pointing game: media put together, the measures, and a round on the shipped world."""

import argparse
from importlib import import_module

import numpy as np
import pytest

from core.bench.pointing import METHODS, play, pointed, told
from core.bench.together import SIDE, inside, together
from core.encoders.base import Box, Span, Stretch
from core.engine import Engine
from core.errors import TriadError
from core.types import Modality, Passage, Picture, Sound

pointing = import_module("core.bench.pointing")  # the package has a function of the name


def plain(value):
    return Picture(np.full((64, 64, 3), value, np.uint8))


@pytest.mark.parametrize("count", [2, 4])
def test_pictures_lie_where_it_says(count):
    whole, places = together([plain(50 * n + 20) for n in range(count)])
    assert whole.pixels.shape == (SIDE, SIDE, 3)
    for n, place in enumerate(places):
        rows = slice(round(place.y0 * SIDE), round(place.y1 * SIDE))
        columns = slice(round(place.x0 * SIDE), round(place.x1 * SIDE))
        assert np.unique(whole.pixels[rows, columns]).tolist() == [50 * n + 20]
    assert sum((p.x1 - p.x0) * (p.y1 - p.y0) for p in places) == pytest.approx(1)


def test_texts_and_sounds_lie_where_it_says():
    texts = ["Light.", "很轻。", "Sturdy as it is."]
    whole, spans = together([Passage(text, "en") for text in texts])
    assert [whole.text[s.start : s.end] for s in spans] == texts
    sounds = [Sound(np.full(n, n, np.float32), 10) for n in (5, 10)]
    whole, stretches = together(sounds)
    assert stretches == (Stretch(0.0, 0.5), Stretch(0.5, 1.5))
    assert set(whole.samples[5:]) == {10}


def test_a_part_hits_as_far_as_it_lies_inside():
    assert inside(Box(0.4, 0, 0.6, 1), Box(0, 0, 0.5, 1)) == pytest.approx(0.5)
    assert inside(Box(0.4, 0.4, 0.6, 0.6), Box(0, 0, 0.5, 0.5)) == pytest.approx(0.25)
    assert inside(Span(2, 6), Span(0, 10)) == 1
    assert inside(Stretch(1.0, 2.0), Stretch(2.0, 3.0)) == 0
    hits = np.array([1.0, 0.0, 0.5])
    assert pointed(np.array([3.0, 1.0, 2.0]), hits) == 1
    assert pointed(np.array([-3.0, -1.0, -2.0]), hits) == 0
    assert pointed(np.zeros(3), hits) == pytest.approx(0.5)  # who points at all points at chance


def test_what_is_told_is_the_mean_and_apart_where_the_model_agrees():
    right = {"model agrees": 1.0, "chance": 0.5, "gradient": 1.0, "occlusion": 1.0}
    wrong = {"model agrees": 0.0, "chance": 0.5, "gradient": 0.0, "occlusion": 1.0}
    found = told([right] * 9 + [wrong])
    assert found["gradient"] == 0.9
    assert found["gradient where it agrees"] == 1
    assert found["occlusion p"] < 0.01
    assert "masked p" not in found


@pytest.fixture(scope="module")
def engine(tmp_path_factory):
    return Engine(own=tmp_path_factory.mktemp("own"))


def test_in_the_shop_parts_of_texts_point_at_what_is_liked(engine, monkeypatch):
    monkeypatch.setattr(pointing, "METHODS", METHODS[:1])
    (found,) = play(engine, "shop", Modality.TEXT, 2, 8).values()
    assert found["cases"] == 8
    assert 0.35 < found["chance"] < 0.65
    assert found["gradient"] > found["chance"] + 0.15
    assert found["occlusion"] > found["chance"] + 0.15
    assert found["masked"] > found["chance"]
    assert found["masked with occlusion"] > 0.3


def test_where_nobody_knows_what_is_liked_there_is_no_game(monkeypatch, engine):
    whole = pointing.bundles.Bundle.dataset

    def real(bundle):
        dataset = whole(bundle)
        object.__setattr__(dataset, "truth", None)
        return dataset

    monkeypatch.setattr(pointing.bundles.Bundle, "dataset", real)
    with pytest.raises(TriadError) as error:
        pointing.pointing(argparse.Namespace(world="shop"))
    assert error.value.code == "not_rendered"
