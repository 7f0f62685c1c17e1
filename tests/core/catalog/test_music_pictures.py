"""The covers: well-formed, repeatable, varied, set without fonts, and each palette to be told by eye."""

from __future__ import annotations

import io
from dataclasses import replace
from itertools import product
from xml.etree import ElementTree

import numpy as np
import pytest
import resvg_py
from PIL import Image
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import cross_val_score

from core.catalog.worlds.base import Plan
from core.catalog.worlds.music.factors import COMPOSITION, FACTORS, GENRE, PALETTE
from core.catalog.worlds.music.pictures import AIRS, COMPOSITIONS, EMBLEMS, PALETTES, draw
from core.catalog.worlds.music.pictures.emblem import mirrored, smooth
from core.catalog.worlds.music.pictures.lettering import GLYPHS, line, width
from core.catalog.worlds.music.pictures.press import IMPRINTS, MARKS
from core.types import MODALITIES

SEEN = (GENRE, PALETTE, COMPOSITION)


def plan(seed: int = 7, **values: int) -> Plan:
    return Plan(
        id=f"music-{seed:04d}",
        index=seed,
        seed=seed,
        values={factor.name: values.get(factor.name, 0) for factor in FACTORS},
        modalities=frozenset(MODALITIES),
    )


def pixels(svg: str, side: int = 32) -> np.ndarray:
    png = resvg_py.svg_to_bytes(svg_string=svg, width=side, height=side, skip_system_fonts=True)
    return np.asarray(Image.open(io.BytesIO(bytes(png))).convert("RGB"), dtype=np.float32)


def test_every_value_can_be_drawn() -> None:
    assert tuple(PALETTES) == tuple(AIRS) == PALETTE.values
    assert tuple(COMPOSITIONS) == COMPOSITION.values
    assert tuple(EMBLEMS) == GENRE.values


@pytest.mark.parametrize("composition", range(len(COMPOSITION.values)), ids=COMPOSITION.values)
def test_every_cover_is_a_whole_document(composition: int) -> None:
    for genre, palette in product(range(len(GENRE.values)), range(len(PALETTE.values))):
        svg = draw(plan(genre, genre=genre, palette=palette, composition=composition))
        root = ElementTree.fromstring(svg)
        assert root.attrib["viewBox"] == "0 0 256 256"
        assert "nan" not in svg
        assert "<text" not in svg, "no font may be needed"
        defined = {element.attrib["id"] for element in root.iter() if "id" in element.attrib}
        assert {part.split(")")[0] for part in svg.split("url(#")[1:]} <= defined


@pytest.mark.parametrize("genre", range(len(GENRE.values)), ids=GENRE.values)
def test_emblem_stands_out_in_every_palette(genre: int) -> None:
    """The same cover with another emblem differs clearly, but not everywhere."""
    for palette in range(len(PALETTE.values)):
        values = {"palette": palette, "composition": palette % len(COMPOSITION.values)}
        this, other = (
            pixels(draw(plan(**values, genre=g))) for g in (genre, (genre + 1) % len(GENRE.values))
        )
        apart = np.abs(this - other).mean(axis=2)
        assert 0.06 < (apart > 20).mean() < 0.75, PALETTE.values[palette]


def test_same_plan_same_cover_and_another_seed_another_cover() -> None:
    for genre in range(len(GENRE.values)):
        values = {"genre": genre, "palette": genre % 6, "composition": genre % 5}
        assert draw(plan(1, **values)) == draw(plan(1, **values))
        first, second = (pixels(draw(plan(seed, **values))) for seed in (1, 2))
        assert np.abs(first - second).mean() > 4, GENRE.values[genre]


@pytest.mark.parametrize("factor", [f.name for f in FACTORS if f not in SEEN])
def test_other_factors_are_not_seen(factor: str) -> None:
    this = plan(3, genre=2, palette=4, composition=1)
    other = replace(this, values={**this.values, factor: 1}, id="another", index=99)
    assert draw(this) == draw(other)


@pytest.mark.parametrize("factor", SEEN, ids=lambda f: f.name)
def test_every_value_looks_different(factor) -> None:
    covers = {draw(plan(**{factor.name: value})) for value in range(len(factor.values))}
    assert len(covers) == len(factor.values)


def test_palettes_are_told_apart_by_their_colours() -> None:
    """A linear probe that sees nothing but how often which colours occur."""
    plans = [
        plan(seed, palette=seed % 6, composition=seed // 6 % 5, genre=seed % 8)
        for seed in range(120)
    ]
    counts = []
    for each in plans:
        coarse = (pixels(draw(each)) // 64).astype(int) @ (16, 4, 1)
        counts.append(np.sqrt(np.bincount(coarse.ravel(), minlength=64) / coarse.size))
    labels = [each.values["palette"] for each in plans]
    probe = LogisticRegression(C=10, max_iter=500)
    assert cross_val_score(probe, np.array(counts), labels, cv=4).mean() >= 0.92


def test_type_can_be_set_and_fits() -> None:
    assert set("".join((*IMPRINTS, *MARKS))) | set("0123456789 -") <= set(GLYPHS)
    assert all(width(name, 10) < 80 for name in IMPRINTS)
    assert width("MONO", 10) == pytest.approx(2 * width("MONO", 5))
    assert line("HALO", 0, 0, 10, "#000000").count("<path") == 4


def test_mirrored_path_is_symmetric() -> None:
    path = mirrored((0, -2), (((1, -2), (3, -1), (3, 0)), ((3, 1), (1, 2), (0, 2))))
    assert path == "M0 -2C1 -2 3 -1 3 0C3 1 1 2 0 2C-1 2 -3 1 -3 0C-3 -1 -1 -2 0 -2Z"


def test_spline_passes_through_its_knots() -> None:
    knots = ((0.0, 0.0, 1.0), (4.0, 3.0, 2.0), (9.0, 1.0, 5.0))
    points = smooth(knots, steps=5)
    assert points.shape == (11, 3)
    np.testing.assert_allclose(points[::5], knots, atol=1e-9)
