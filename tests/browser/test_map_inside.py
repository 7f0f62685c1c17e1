"""The Map and the Inside page under a pointer, the keyboard and on a phone."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from components.i18n import translator
from tests.browser.conftest import Visit

SHADE = """canvas => {
  const { width, height } = canvas;
  const all = canvas.getContext("2d").getImageData(0, 0, width, height).data;
  let sum = 0;
  for (let n = 0; n < all.length; n++) sum = (sum * 31 + all[n]) % 4294967291;
  return sum;
}"""
"""A number for what is drawn on a canvas."""


def lit(page: Page) -> str:
    return page.locator(".tr-map-item .tr-title").inner_text()


def ready(here: Visit, path: str = "map") -> Page:
    page = here.open(path)
    expect(page.locator(".tr-map canvas")).to_have_count(4)
    expect(page.locator(".tr-nears li")).to_have_count(24)
    page.wait_for_function("document.querySelector('.tr-map canvas').width > 300")
    return here.settle()


def test_what_the_pointer_is_at_shows_in_every_map(visit: Callable) -> None:
    page = ready(visit())
    drawn = f"[...document.querySelectorAll('.tr-map canvas')].map({SHADE})"
    before = page.evaluate(drawn)
    page.locator(".tr-map[data-space=fused] .tr-nears button").last.hover()
    page.wait_for_function(f"before => {drawn}.every((now, n) => now !== before[n])", arg=before)


def test_a_click_on_a_point_lights_it_and_is_in_the_address(visit: Callable) -> None:
    here = visit()
    page = ready(here)
    first = lit(page)
    canvas = page.locator(".tr-map[data-space=text] canvas")
    box = canvas.bounding_box()
    assert box is not None
    middle = {"x": box["width"] * 0.55, "y": box["height"] * 0.55}
    here.changes(".tr-map-item .tr-title", lambda: canvas.click(position=middle))
    title = lit(page)
    assert title != first
    assert "item=" in page.url
    expect(page.locator("[class*=st-key-map_item_] input")).to_have_value(title)
    there = ready(visit("zh", "dark"), page.url.replace("lang=en", "lang=zh"))
    assert "item=" in there.url


def test_a_neighbour_is_one_click_away(visit: Callable) -> None:
    here = visit()
    page = ready(here)
    button = page.locator(".tr-map[data-space=audio] .tr-nears button").first
    title = button.locator(".tr-near-name").inner_text()
    here.changes(".tr-map-item .tr-title", button.click)
    assert lit(page) == title


def test_the_keyboard_goes_from_point_to_point(visit: Callable) -> None:
    here = visit()
    page = ready(here)
    canvas = page.locator(".tr-map[data-space=image] canvas")
    canvas.focus()
    page.keyboard.press("ArrowRight")
    said = page.locator(".tr-maps [role=status]")
    expect(said).not_to_be_empty()
    title = said.inner_text()
    here.changes(".tr-map-item .tr-title", lambda: page.keyboard.press("Enter"))
    assert lit(page) == title


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_click_opens_a_layer(visit: Callable, language: str) -> None:
    here, t = visit(language), translator(language)
    page = here.open("inside?attention=self")
    layers = page.locator(".tr-layer button")
    expect(layers).to_have_count(5)
    milliseconds = page.locator(".tr-layer-facts").all_inner_texts()
    here.changes(".tr-inside-title", layers.nth(3).click)
    expect(layers.nth(3)).to_have_attribute("aria-pressed", "true")
    expect(page.get_by_text(t("inside.layer.train.text"))).to_be_visible()
    assert page.locator(".tr-layer-facts").all_inner_texts() == milliseconds
    expect(page.locator(".tr-attend tbody tr")).to_have_count(4)
    expect(page.locator(".tr-gates tbody tr")).to_have_count(10)


@pytest.mark.parametrize("path", ["map", "inside?attention=self"])
@pytest.mark.parametrize("language", ["en", "zh"])
def test_nothing_is_wider_than_a_phone(visit: Callable, path: str, language: str) -> None:
    here = visit(language, "dark", 390)
    page = here.open(path)
    assert here.sideways() <= 0
    for name in (".stMain", ".st-key-inside_layer"):
        for found in page.locator(name).all():
            assert found.evaluate("e => e.scrollWidth - e.clientWidth") <= 0
