"""What the map draws: groups, marks, the file of points, neighbours as buttons."""

from __future__ import annotations

import json
import re
from types import SimpleNamespace

import numpy as np
import pytest

from components import map_item, map_points
from components.i18n import translator
from components.map_marks import MARKS, OTHER, by_category, by_nothing, legend_html
from components.map_plot import Panel, panels_html
from components.palette import CHANNEL_INK
from components.view import View
from core.atlas import FUSED, Near, Space
from core.types import Item, ItemText

T = translator("en")


def things(categories: str) -> tuple[Item, ...]:
    return tuple(
        Item(f"i{n}", {"en": ItemText(f"Thing <{n}>", "")}, c.strip("-"), frozenset({"image"}))
        for n, c in enumerate(categories)
    )


def plane(rows: list[int], seed: int = 0) -> Space:
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(len(rows), 3)).astype(np.float32)
    return Space(np.array(rows, dtype=np.int64), x, x[:, :2], 0.4)


def test_at_most_eight_hues_and_every_one_has_its_own_shape() -> None:
    assert len(MARKS) == 8
    for theme in ("light", "dark"):
        hues = {getattr(mark.ink, theme) for mark in (*MARKS, OTHER)}
        assert len(hues) == 9
        assert not hues & {getattr(ink, theme) for ink in CHANNEL_INK.values()}
    assert len({mark.outline for mark in MARKS}) == 8


def test_the_largest_categories_have_marks_and_the_rest_are_others() -> None:
    groups = by_category(things("aaabbccddeeffgghhij-"))
    assert groups.names == tuple("abcdefgh")
    assert groups.others == 3
    assert groups.of[0] == 0
    assert groups.of[-3:] == (8, 8, 8)
    assert groups.marks == (*MARKS, OTHER)
    few = by_category(things("aab"))
    assert (few.names, few.others, len(few.marks)) == (("a", "b"), 0, 3)


def test_alike_is_one_group_without_a_key() -> None:
    groups = by_nothing(things("ab"))
    assert groups.marks == (OTHER,)
    assert set(groups.of) == {0}
    assert legend_html(groups, T) == ""


def test_the_key_names_every_group() -> None:
    groups = by_category(things("aaabbccddeeffgghhij"))
    html = legend_html(groups, T)
    assert html.count("<li>") == 9
    assert T("map.other") in html
    assert T("map.other") not in legend_html(by_category(things("ab")), T)


def test_points_are_where_the_space_says() -> None:
    items = things("aabb")
    space = Space(
        np.array([0, 2, 3]), np.eye(3, dtype=np.float32), np.array([[0, 0], [2, 0], [2, 1.0]]), 0.5
    )
    rows = map_points.drawn(4)
    told = json.loads(map_points.points(items, {"image": space}, (0, 0, 1, 1), rows, "en"))
    assert told["ids"] == ["i0", "i1", "i2", "i3"]
    assert told["titles"][3] == "Thing <3>"
    assert told["spaces"]["image"]["at"] == [0, 2, 3]
    x, y = np.array(told["spaces"]["image"]["x"]), np.array(told["spaces"]["image"]["y"])
    assert x.tolist() == [0, told["steps"], told["steps"]]
    assert y[0] == y[1] > y[2]  # what is up in the space is up on the screen
    assert x[1] - x[0] == pytest.approx(2 * (y[1] - y[2]), abs=2)  # both axes have one scale


def test_a_large_catalog_is_thinned_but_never_loses_what_is_lit() -> None:
    count = 3 * map_points.LIMIT
    rows = map_points.drawn(count, {1, 7})
    assert {0, 1, 7, count - 1} <= set(rows.tolist())
    assert map_points.LIMIT <= len(rows) <= map_points.LIMIT + 2
    assert map_points.drawn(map_points.LIMIT).tolist() == list(range(map_points.LIMIT))
    items, space = things("a" * count), plane(list(range(0, count, 2)))
    told = json.loads(map_points.points(items, {"text": space}, (0,) * count, rows, "en"))
    here = [told["ids"][n] for n in told["spaces"]["text"]["at"]]
    assert here == [f"i{row}" for row in rows if row % 2 == 0]


def test_an_empty_space_is_an_empty_map() -> None:
    told = json.loads(
        map_points.points(things("ab"), {"text": plane([])}, (0, 0), map_points.drawn(2), "en")
    )
    assert told["spaces"]["text"] == {"at": [], "x": [], "y": []}


@pytest.fixture
def no_pictures(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(map_item, "thumb_url", lambda world, id: None)


@pytest.mark.usefixtures("no_pictures")
def test_neighbours_are_buttons_with_their_cosine() -> None:
    html = map_item.near_html("image", (Near(1, 0.5), Near(2, -0.25)), things("abc"), View(), T)
    assert re.findall(r'data-id="([^"]+)"', html) == ["i1", "i2"]
    assert "0.50" in html
    assert "−0.25" in html
    assert "width:0%" in html  # nothing is drawn to the left of nothing
    assert "<1>" not in html


@pytest.mark.usefixtures("no_pictures")
def test_an_item_that_is_not_in_a_space_is_told_so() -> None:
    assert T("map.nothing_fused") in map_item.near_html(FUSED, (), things("a"), View(), T)
    said = map_item.near_html("audio", (), things("a"), View(), T)
    assert T("channel.audio.name") in said


def test_agreement_counts_what_both_name() -> None:
    near = {
        "image": (Near(1, 1), Near(2, 1)),
        "audio": (),
        FUSED: (Near(2, 1), Near(3, 1)),
    }
    html = map_item.agreement_html(near, T)
    assert re.findall(r"<b>(\d)</b>", html) == ["1"]  # of a modality that it lacks nothing is said


def test_every_map_can_be_reached_and_says_what_it_is() -> None:
    panels = [Panel(name, "note", (), "") for name in ("image", FUSED)]
    html = panels_html(panels, T)
    assert html.count('tabindex="0"') == html.count("aria-label") == 2
    assert T("map.fused") in html


def test_a_note_says_how_much_a_map_keeps(no_pictures: None) -> None:
    spaces = {"image": plane([0, 1]), FUSED: SimpleNamespace(rows=[0, 1], kept=None)}
    near = {"image": (), FUSED: ()}
    first, second = map_item.panels(spaces, near, things("ab"), View(), T)
    assert T("map.kept", share=40) in first.note
    assert "%" not in second.note
