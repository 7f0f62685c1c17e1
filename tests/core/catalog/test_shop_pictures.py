"""The shop's pictures: well-formed, repeatable, varied, and visible in every look."""

from __future__ import annotations

import io
from xml.etree import ElementTree

import numpy as np
import pytest
import resvg_py
from PIL import Image

from core.catalog.worlds.base import Plan
from core.catalog.worlds.shop.factors import FACTORS, LOOK, PATTERN, PRAISE, SUBSTANCE, TYPE
from core.catalog.worlds.shop.pictures import TEMPLATES, draw
from core.catalog.worlds.shop.pictures.finishes import FINISHES
from core.catalog.worlds.shop.pictures.lathe import Lathe
from core.catalog.worlds.shop.pictures.palette import PALETTES
from core.catalog.worlds.shop.pictures.sets import SETS


def plan(kind: int = 0, look: int = 0, pattern: int = 0, seed: int = 7) -> Plan:
    values = {TYPE.name: kind, LOOK.name: look, PATTERN.name: pattern}
    return Plan(id="shop-0000", index=0, seed=seed, values=values, modalities=frozenset())


def pixels(svg: str, side: int = 64) -> np.ndarray:
    png = bytes(
        resvg_py.svg_to_bytes(svg_string=svg, width=side, height=side, skip_system_fonts=True)
    )
    return np.asarray(Image.open(io.BytesIO(png)).convert("RGB"), dtype=np.float32)


def test_every_value_can_be_drawn() -> None:
    assert tuple(TEMPLATES) == TYPE.values
    assert tuple(PALETTES) == tuple(FINISHES) == tuple(SETS) == LOOK.values


def test_main_factors_go_together() -> None:
    mains = [factor for factor in FACTORS if factor.main]
    assert mains == [LOOK, PRAISE, SUBSTANCE]
    assert len({len(factor.values) for factor in mains}) == 1


@pytest.mark.parametrize("kind", range(len(TYPE.values)), ids=TYPE.values)
def test_every_type_in_every_look_is_a_picture(kind: int) -> None:
    for look in range(len(LOOK.values)):
        svg = draw(plan(kind, look, pattern=look % len(PATTERN.values)))
        root = ElementTree.fromstring(svg)
        assert root.attrib["viewBox"] == "0 0 256 256"
        assert "nan" not in svg
        picture = pixels(svg)
        assert picture.std() > 8, LOOK.values[look]
        middle, border = picture[20:50, 20:44], picture[:6]
        assert np.abs(middle.mean((0, 1)) - border.mean((0, 1))).max() > 3, LOOK.values[look]


def test_same_plan_same_picture() -> None:
    for kind in range(len(TYPE.values)):
        assert draw(plan(kind, look=1, pattern=2)) == draw(plan(kind, look=1, pattern=2))


@pytest.mark.parametrize("kind", range(len(TYPE.values)), ids=TYPE.values)
def test_seeds_and_patterns_differ(kind: int) -> None:
    assert draw(plan(kind, seed=1)) != draw(plan(kind, seed=2))
    drawn = {draw(plan(kind, look=4, pattern=p)) for p in range(len(PATTERN.values))}
    assert len(drawn) == len(PATTERN.values)


def test_two_seeds_differ_to_the_eye() -> None:
    first, second = (pixels(draw(plan(look=4, seed=seed))) for seed in (1, 2))
    assert np.abs(first - second).mean() > 2


def test_references_are_defined() -> None:
    svg = draw(plan(kind=11, look=5, pattern=1))
    defined = {
        element.attrib["id"]
        for element in ElementTree.fromstring(svg).iter()
        if "id" in element.attrib
    }
    used = {part.split(")")[0] for part in svg.split("url(#")[1:]}
    assert used <= defined


def test_lathe_follows_its_knots() -> None:
    body = Lathe(0, ((0, 10), (50, 20), (100, 5)))
    assert body.radius(50) == pytest.approx(20)
    assert body.radius(-1) == 10
    assert body.radius(200) == 5
    assert body.widest >= 20
