"""The Map and the Inside page, without a browser."""

from __future__ import annotations

import json
import re
from collections.abc import Callable

import pytest
from streamlit.testing.v1 import AppTest

from components.i18n import translator
from components.live import Event
from components.map_ask import on_click
from tests.pages.test_pages import healthy, markup, text, view, widget

Open = Callable[..., AppTest]
LANGUAGES = ("en", "zh")


def drawn(app: AppTest) -> dict:
    """Return what the script of the maps is given."""
    data = [json.loads(element.proto.json) for element in app.get("bidi_component")]
    return next(each for each in data if "below" in each)


def lists(app: AppTest) -> str:
    data = [json.loads(element.proto.json) for element in app.get("bidi_component")]
    return "\n".join(each["html"] for each in data)


def everything(app: AppTest) -> str:
    return markup_without_maps(app) + lists(app)


def markup_without_maps(app: AppTest) -> str:
    return "\n".join(element.proto.body for element in app.get("html"))


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_map_opens_with_an_item_lit(open_page: Open, language: str) -> None:
    app = open_page("map", language)
    healthy(app)
    t = translator(language)
    assert t("map.title") in text(app)
    shown = drawn(app)
    assert shown["selected"] == view(app).item != ""
    assert list(shown["below"]) == list(shown["near"]) == ["image", "text", "audio", "fused"]
    assert all(len(ids) == 6 and shown["selected"] not in ids for ids in shown["near"].values())
    assert app.query_params["item"] == shown["selected"]


def test_the_menu_lights_another_item(open_page: Open) -> None:
    app = open_page("map")
    menu = widget(app, "selectbox", "map_item")
    other = view(app).item[:-4] + "0012"
    menu.set_value(other).run()
    healthy(app)
    assert drawn(app)["selected"] == view(app).item == other


def test_an_address_lights_its_item(open_page: Open) -> None:
    first = view(open_page("map")).item
    other = first[:-4] + "0009"
    app = open_page("map", item=other)
    healthy(app)
    assert drawn(app)["selected"] == other


def test_alike_is_drawn_without_a_key(open_page: Open) -> None:
    app = open_page("map")
    assert len(drawn(app)["marks"]) > 1
    assert translator("en")("map.legend") in markup_without_maps(app)
    widget(app, "button_group", "map_colour").set_value("nothing").run()
    healthy(app)
    assert len(drawn(app)["marks"]) == 1
    assert translator("en")("map.legend") not in markup_without_maps(app)


def test_a_switch_moves_only_what_is_fused(open_page: Open) -> None:
    app = open_page("map")
    before = drawn(app)["near"]
    widget(app, "button_group", "map_on").set_value(["audio"]).run()
    healthy(app)
    after = drawn(app)["near"]
    assert {m: after[m] for m in ("image", "text", "audio")} == {
        m: before[m] for m in ("image", "text", "audio")
    }
    assert after["fused"] != before["fused"]


def test_the_tables_are_made_when_they_are_opened(open_page: Open) -> None:
    app = open_page("map")
    assert not app.dataframe
    app.session_state["map_table"] = True
    app.run()
    healthy(app)
    near, everything_there = (frame.value for frame in app.dataframe)
    assert near.shape == (6, 4)
    assert len(everything_there) >= 40
    assert everything_there.shape[1] == 2 + 2 * 4


def test_a_click_is_an_item_of_the_view(monkeypatch: pytest.MonkeyPatch) -> None:
    said: dict[str, str] = {}
    monkeypatch.setattr("components.map_ask.change", lambda **parts: said.update(parts))
    on_click(Event("select", "shop-0003"))
    on_click(Event("hover", "shop-0004"))
    on_click(Event("select", ""))
    assert said == {"item": "shop-0003"}


@pytest.mark.parametrize("language", LANGUAGES)
def test_inside_shows_five_layers_and_explains_one(open_page: Open, language: str) -> None:
    app = open_page("inside", language)
    healthy(app)
    t = translator(language)
    for key in ("preprocess", "extract", "fuse", "train", "recommend"):
        assert t(f"inside.layer.{key}.name") in everything(app)
    assert t("inside.layer.fuse.text") in text(app)
    assert len(app.latex) >= 4  # projection, free vector, attention, fusion


@pytest.mark.parametrize("key", ["preprocess", "extract", "train", "recommend"])
def test_every_layer_can_be_opened(open_page: Open, key: str) -> None:
    app = open_page("inside")
    app.session_state["_inside_open"] = key
    app.run()
    healthy(app)
    assert translator("en")(f"inside.layer.{key}.text") in text(app)


def test_opening_a_layer_does_not_measure_anew(open_page: Open) -> None:
    app = open_page("inside")
    before = app.session_state["_inside"][1]
    app.session_state["_inside_open"] = "train"
    app.run()
    assert app.session_state["_inside"][1] is before
    widget(app, "selectbox", "inside_fusion").set_value("late").run()
    healthy(app)
    assert app.session_state["_inside"][1].fusion == "late"


def test_weights_stand_under_what_they_are_not(open_page: Open) -> None:
    app = open_page("inside", attention="self")
    t = translator("en")
    assert t("why.gates") in text(app)
    assert len(re.findall(r'<table class="tr-table tr-gates"', markup_without_maps(app))) == 1
    assert len(re.findall(r'<table class="tr-attend', markup_without_maps(app))) == 1
    widget(app, "selectbox", "inside_which").set_value(0).run()
    healthy(app)
    widget(app, "selectbox", "inside_attention").set_value("off").run()
    widget(app, "selectbox", "inside_fusion").set_value("concat").run()
    healthy(app)
    assert t("inside.no_weights", fusion=t("fusion.concat.name")) in text(app)
    assert "tr-attend" not in re.sub(r"<style>.*?</style>", "", markup(app), flags=re.DOTALL)


@pytest.mark.parametrize("page", ["map", "inside"])
def test_everything_off_is_one_sentence(open_page: Open, page: str) -> None:
    app = open_page(page, on="none")
    assert not app.exception
    assert len(app.error) == 1


@pytest.mark.parametrize("page", ["map", "inside"])
def test_large_type_leaves_the_picture(open_page: Open, page: str) -> None:
    app = open_page(page, present="1")
    healthy(app)
    assert app.get("bidi_component")
