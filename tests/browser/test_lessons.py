"""A lesson in a real browser: a link to a step, a prediction, the answer, playing, going on, Back."""

from __future__ import annotations

import re
from collections.abc import Callable

from playwright.sync_api import expect

from components.i18n import translator
from components.lesson_plan import lessons, words


def test_a_step_from_a_link_to_the_back_button(visit: Callable) -> None:
    here = visit("zh", "light", 390)
    page = here.open("lessons?lesson=1&step=2&lang=zh")
    said, t = words(lessons()[0].slug, "zh").steps[1], translator("zh")
    expect(page.locator(".tr-les-wait")).to_be_visible()
    before = page.locator(".tr-les-rows").first.inner_text()

    page.get_by_role("button", name=said.options[-1]).click()
    expect(page.locator(".tr-les-verdict")).to_be_visible(timeout=60_000)
    here.settle()
    assert re.search(r"[?&]on=audio(&|$)", page.url)
    expect(page.locator(".tr-les-rows")).to_have_count(2)
    assert page.locator(".tr-les-rows").first.inner_text() == before
    assert page.locator(".tr-les-rows").last.inner_text() != before
    assert here.sideways() <= 0

    page.get_by_role("button", name=t("lessons.next"), exact=True).click()
    page.wait_for_url(re.compile("step=3"))
    here.settle()
    expect(
        page.get_by_role("heading", name=words(lessons()[0].slug, "zh").steps[2].title)
    ).to_be_visible()
    page.go_back()
    expect(page.get_by_role("heading", name=said.title)).to_be_visible(timeout=60_000)
    here.settle()
    expect(page.locator(".tr-les-verdict")).to_be_visible()

    page.get_by_role("button", name=t("lessons.reset"), exact=True).click()
    expect(page.get_by_role("button", name=said.options[0])).to_be_visible(timeout=60_000)
    expect(page.locator(".tr-les-wait")).to_be_visible()
