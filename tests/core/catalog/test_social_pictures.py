"""The social world's pictures: well-formed, repeatable, varied, and readable by an encoder."""

from __future__ import annotations

import itertools
from dataclasses import replace
from functools import cache
from xml.etree import ElementTree

import numpy as np
import pytest
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from core.catalog.rendering import rasterise
from core.catalog.worlds.base import Factor, Plan
from core.catalog.worlds.social.factors import FACTORS, HOUR, SCENE, TOPIC
from core.catalog.worlds.social.pictures import SCENES, THINGS, draw
from core.catalog.worlds.social.pictures.light import LIGHTS, multiply
from core.encoders import default
from core.types import MODALITIES, Modality, Picture

SHOWN = (TOPIC, SCENE, HOUR)
UNIT = "{http://www.w3.org/2000/svg}"


def plan(seed: int = 7, **values: int) -> Plan:
    return Plan(
        id=f"social-{seed:04d}",
        index=seed,
        seed=seed,
        values={factor.name: values.get(factor.name, 0) for factor in FACTORS},
        modalities=frozenset(MODALITIES),
    )


def pixels(svg: str, side: int = 64) -> NDArray[np.float32]:
    return rasterise(svg, side).pixels.astype(np.float32)


@cache
def collection() -> tuple[tuple[Plan, Picture], ...]:
    """Two pictures of every scene at every hour, six of every topic."""
    grid = itertools.product(range(2), range(len(HOUR.values)), range(len(SCENE.values)))
    plans = [
        plan(k, scene=scene, hour=hour, topic=(3 * k + k // 8) % len(TOPIC.values))
        for k, (_, hour, scene) in enumerate(grid)
    ]
    return tuple((p, rasterise(draw(p), 224)) for p in plans)


@cache
def encoded() -> NDArray[np.float32]:
    """What the default encoder makes of the collection, (48, D)."""
    pictures = [picture for _, picture in collection()]
    encode = default(Modality.IMAGE).encode
    return np.concatenate([encode(pictures[i : i + 16]).pooled.numpy() for i in (0, 16, 32)])


def accuracy(vectors: NDArray[np.float32], factor: Factor) -> float:
    """How often a linear probe names the factor of pictures that it has not seen."""
    truth = [p.values[factor.name] for p, _ in collection()]
    probe = make_pipeline(StandardScaler(), LogisticRegression(C=0.01, max_iter=300))
    return float(cross_val_score(probe, vectors, truth, cv=4).mean())


def test_every_value_can_be_drawn() -> None:
    assert tuple(SCENES) == SCENE.values
    assert tuple(LIGHTS) == HOUR.values
    assert tuple(THINGS) == TOPIC.values


@pytest.mark.parametrize("topic", range(len(TOPIC.values)), ids=TOPIC.values)
def test_documents_are_well_formed(topic: int) -> None:
    for scene, hour in itertools.product(range(len(SCENE.values)), range(len(HOUR.values))):
        svg = draw(plan(10 * scene + hour, topic=topic, scene=scene, hour=hour))
        root = ElementTree.fromstring(svg)
        assert root.attrib["viewBox"] == "0 0 256 256"
        assert "nan" not in svg
        defined = {e.attrib["id"] for e in root.iter() if "id" in e.attrib}
        assert {part.split(")")[0] for part in svg.split("url(#")[1:]} <= defined
        assert all(e.attrib["d"] for e in root.iter(f"{UNIT}path"))


def test_same_plan_same_picture_and_another_seed_another_picture() -> None:
    for scene in range(len(SCENE.values)):
        assert draw(plan(3, scene=scene)) == draw(plan(3, scene=scene))
        first, second = (pixels(draw(plan(seed, scene=scene))) for seed in (1, 2))
        assert np.abs(first - second).mean() > 4, SCENE.values[scene]


@pytest.mark.parametrize("factor", [f.name for f in FACTORS if f not in SHOWN])
def test_other_factors_are_not_seen(factor: str) -> None:
    one = plan(5, scene=2, hour=1, topic=3)
    other = replace(one, values={**one.values, factor: 1}, id="another", index=99)
    assert draw(one) == draw(other)


@pytest.mark.parametrize("factor", SHOWN, ids=[f.name for f in SHOWN])
def test_every_value_of_a_shown_factor_is_another_picture(factor: Factor) -> None:
    name, count = factor.name, len(factor.values)
    pictures = [pixels(draw(plan(11, **{name: value}))) for value in range(count)]
    for first, second in itertools.combinations(pictures, 2):
        assert np.abs(first - second).mean() > 1


def test_the_thing_stands_where_the_empty_place_was() -> None:
    """Another topic changes the foreground, and leaves the same place around it."""
    first, second = (pixels(draw(plan(4, scene=1, topic=topic)), 128) for topic in (0, 2))
    changed = np.abs(first - second).max(axis=2) > 12
    assert 0.03 < changed.mean() < 0.35
    rows = np.flatnonzero(changed.any(axis=1))
    assert rows.min() > 128 * 0.5


def test_the_hours_are_as_bright_as_they_should_be() -> None:
    def brightness(hour: str) -> float:
        k = HOUR.values.index(hour)
        return float(
            np.mean([s.pixels.mean() for p, s in collection() if p.values[HOUR.name] == k])
        )

    assert min(brightness("dawn"), brightness("noon")) > brightness("dusk") > brightness("night")


def test_a_tint_takes_light_away() -> None:
    assert multiply("#ffffff", "#8090a0") == "#8090a0"
    assert multiply("#8090a0", "#ffffff") == "#8090a0"
    assert multiply("#808080", "#ff8000") == "#804000"


@pytest.mark.parametrize(("factor", "least"), [(SCENE, 0.9), (TOPIC, 0.75)], ids=["scene", "topic"])
def test_the_encoder_sees_place_and_thing(factor: Factor, least: float) -> None:
    assert accuracy(encoded(), factor) >= least


def test_the_hour_is_in_the_colours() -> None:
    """A few large cells of colour tell the hour, whatever the place."""
    cells = [p.pixels.reshape(8, 28, 8, 28, 3).mean(axis=(1, 3)).ravel() for _, p in collection()]
    assert accuracy(np.array(cells, dtype=np.float32), HOUR) >= 0.85
