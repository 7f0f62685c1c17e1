"""Pictures of every page, kept for whoever reviews a change; nothing may scroll sideways."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import ARTIFACTS

READY = {
    "discover": ".tr-card",
    "upload": ".tr-card",
    "encoders": ".tr-enc-figures",
    "compare": ".tr-ranks li",
    "why": ".tr-equation",
    "inside": ".tr-layer",
    "map": ".tr-map canvas",
    "catalogs": ".tr-plate",
    "lab": ".tr-board",
    "lessons?lesson=2&step=1": ".tr-les-rows",
    "class": "[data-testid=stForm]",
    "about": ".tr-plate",
}


# Every two of language, theme and width meet: half of all combinations.
@pytest.mark.parametrize(
    ("language", "theme", "width"),
    [("en", "light", 1440), ("zh", "dark", 1440), ("zh", "light", 390), ("en", "dark", 390)],
)
@pytest.mark.parametrize("path", READY)
def test_page(visit: Callable, path: str, language: str, theme: str, width: int) -> None:
    here = visit(language, theme, width)
    page = here.open(path)
    expect(page.locator(READY[path]).first).to_be_visible()
    here.settle()
    ARTIFACTS.mkdir(exist_ok=True)
    name = f"{path.partition('?')[0]}-{language}-{theme}-{width}.png"
    page.screenshot(path=str(ARTIFACTS / name))
    assert here.sideways() <= 0


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_list_and_its_bars_fit_one_screen(visit: Callable, language: str) -> None:
    page = visit(language).open()
    last = page.locator(".tr-card").last
    expect(last).to_be_visible()
    box = last.bounding_box()
    assert box is not None
    assert box["y"] + box["height"] <= 900


CROWDED = """() => {
    const box = (element) => element.getBoundingClientRect();
    const [head, title, words] = ['.stAppHeader', '.stMain h1', '.st-key-language']
        .map((selector) => box(document.querySelector(selector)));
    const items = [...document.querySelectorAll('.stAppHeader .rc-overflow-item')]
        .filter((item) => item.ariaHidden !== 'true');
    const rows = '.stMain .stButtonGroup > [role], .stMain .st-key-ask .stHorizontalBlock';
    return [
        ...(title.top < head.bottom ? ['heading under the navigation'] : []),
        ...items.filter((item) => box(item).right > words.left).map((item) => item.innerText),
        ...[...document.querySelectorAll(rows)]
            .filter((row) => row.scrollWidth > row.clientWidth + 1).map((row) => row.innerText),
    ];
}"""


def test_nothing_is_crowded_on_a_small_screen_and_in_large_type(visit: Callable) -> None:
    here = visit()
    for width, path in ((1440, "discover?present=1"), (1024, "discover")):
        here.page.set_viewport_size({"width": width, "height": 768})
        page = here.open(path)
        # The navigation counts what fits once the type has its size.
        page.wait_for_function(f"() => !({CROWDED})().length", timeout=15_000)
        assert here.sideways() <= 0


def test_the_explanation(visit: Callable) -> None:
    for language, theme in (("en", "light"), ("zh", "dark")):
        here = visit(language, theme)
        page = here.open()
        page.locator("[data-action=why]").first.click()
        expect(page.locator(".tr-equation")).to_be_visible()
        page.screenshot(path=str(ARTIFACTS / f"why-{language}-{theme}.png"))


def test_a_filled_upload_page(visit: Callable) -> None:
    for language, width in (("en", 1440), ("zh", 390)):
        here = visit(language, "light", width)
        page = here.open("upload")
        page.locator("[class*=st-key-sample_] button").first.click()
        expect(page.locator(".tr-spec")).to_be_visible(timeout=60_000)
        here.settle()
        page.screenshot(path=str(ARTIFACTS / f"filled-{language}-{width}.png"), full_page=True)
        assert here.sideways() <= 0
