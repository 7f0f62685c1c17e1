"""What the Inside page draws of an anatomy."""

from __future__ import annotations

import re

import pytest

from components.i18n import translator
from components.inside_layers import fact, flow, layers_html, learned, named, sizes, took
from components.inside_parts import formulas, parts_html, stacked
from components.inside_weights import gates_html, map_html
from core.engine import Engine
from core.inside import Anatomy, AttentionMap, Layer, Part, inside
from core.types import Method, Request

T = translator("en")


@pytest.fixture(scope="module")
def anatomy() -> Anatomy:
    return inside(Engine(), Request("shop", method=Method("gated", "self")))


def test_five_buttons_of_which_one_is_pressed(anatomy: Anatomy) -> None:
    html = layers_html(anatomy, "train", T)
    keys = [layer.key for layer in anatomy.layers]
    assert re.findall(r'<li class="tr-layer" data-id="(\w+)"', html) == keys
    assert re.findall(r'aria-pressed="(\w+)"', html) == [str(k == "train").lower() for k in keys]
    assert html.count('data-action="open"') == 5


@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_layer_and_part_has_words(anatomy: Anatomy, language: str) -> None:
    t = translator(language)
    for layer in anatomy.layers:
        assert "".join(flow(layer, t))
        html = parts_html(layer, t)
        assert html.count("<li>") == len(layer.parts)
        assert t(f"inside.layer.{layer.key}.text")


def test_shapes_are_told_with_and_without_their_axes() -> None:
    shape = {"items": 1320, "width": 64}
    assert sizes(shape) == "1,320 × 64"
    assert named(shape, T) == "1,320 items × 64 wide"


def test_time_is_told_or_why_there_is_none() -> None:
    assert took(Layer("fuse", (), {"fuse": 1.24}), T) == T("inside.ms", ms="1.2")
    assert took(Layer("extract", (), {"encode": 0.0}), T) == T("inside.idle")
    assert took(Layer("train", (), {}), T) == T("inside.before")


def test_what_was_learned_is_counted_where_it_was() -> None:
    part = Part("fusion", parameters=12_345)
    assert learned(Layer("fuse", (part, part), {}), T) == T("inside.learned", count="24,690")
    assert learned(Layer("preprocess", (), {}), T) == T("inside.nothing_learned")
    assert learned(Layer("train", (part,), {}), T) == ""


def test_facts_are_rounded_as_they_are_meant() -> None:
    assert fact("parameters", 134665) == "134,665"
    assert fact("ndcg@10", 0.18784) == "0.1878"
    assert fact("seconds", 89.44) == "89.4"


def test_a_formula_that_several_share_is_shown_once_without_a_channel() -> None:
    parts = (
        Part("project", channel="image", formula="a"),
        Part("behaviour", channel="behaviour", formula="b"),
        Part("project", channel="text", formula="a"),
        Part("top"),
    )
    assert formulas(parts) == [("project", "", "a"), ("behaviour", "behaviour", "b")]


def test_a_formula_has_one_statement_a_line() -> None:
    assert stacked(r"a = b,\quad c = d") == r"\begin{gathered}a = b, \\ c = d\end{gathered}"


def test_gates_print_every_weight_and_say_what_is_absent() -> None:
    html = gates_html(((0.25, None, 0.75, 0.0),), ["<b>Mug"], [None], T)
    cells = re.findall(r"<td[^>]*>([^<]+)", html)
    assert cells == ["0.25", "–", "0.75", "0.00"]
    assert T("card.absent") in html
    assert "<b>Mug" not in html


def test_a_map_prints_its_cells_and_leaves_out_what_is_not() -> None:
    found = AttentionMap("self", ("image", "text"), ("image", "text"), ())
    html = map_html(found, ((0.5, None), (0.25, 0.0)), T)
    assert re.findall(r"<td[^>]*>([^<]+)</td>", html) == ["0.50", "–", "0.25", "0.00"]
    assert re.findall(r"--v:(\d+)%", html) == ["100", "50", "0"]
    assert T("inside.map.self.name") in html


def test_parts_of_a_channel_stand_under_its_name() -> None:
    names = tuple(f"{c}.{n}" for c in ("image", "text", "audio") for n in (1, 2, 3))
    grid = tuple(tuple(None if a == b else 0.3 for b in names) for a in names)
    html = map_html(AttentionMap("cross", names, names, ()), grid, T)
    assert re.findall(r'colspan="(\d)"', html) == ["3", "3", "3"]
    assert html.count('<td class="none">') == 9
    assert ".30" in html


def test_a_map_that_nobody_has_words_for_is_still_drawn() -> None:
    found = AttentionMap("novel", ("novel",), ("novel.1", "novel.2"), ())
    html = map_html(found, ((0.1, 0.9),), T)
    assert "novel" in html
    assert "0.90" in html
