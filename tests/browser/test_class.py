"""A class of three browsers in two languages: a teacher's wall and two students, up to the result."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Page, expect

from components.i18n import translator

SOON = 20_000
"""Milliseconds within which a page that looks by itself has seen what another one did."""


def test_a_class_of_three_browsers(visit: Callable) -> None:
    en, zh = translator("en"), translator("zh")
    here = visit("en")
    wall = here.open("class")
    wall.locator(".st-key-class_go button").click()
    expect(wall.locator(".tr-class-code")).to_be_visible(timeout=SOON)
    code = wall.locator(".tr-class-code").inner_text()
    back = wall.locator(".st-key-class_return code").inner_text()
    assert back.startswith(f"{here.server.address}/class?room={code}&key=")

    # One student types the code on a phone, the other opens the address.
    phone = visit("zh", "dark", 390)
    one = phone.open("class")
    one.locator(".st-key-class_code input").fill(code.lower())
    one.keyboard.press("Enter")
    expect(one.get_by_text(zh("class.question"))).to_be_visible(timeout=SOON)
    phone.settle()
    assert phone.sideways() <= 0
    two = visit("en").open(f"class?room={code}")
    expect(two.get_by_text(en("class.question"))).to_be_visible()

    choose(one, zh("class.left"))
    choose(two, en("class.right"))
    choose(two, en("class.left"))
    expect(wall.locator(".tr-class-total")).to_have_text(en("class.votes", count=2), timeout=SOON)

    two.reload()
    counted = en("class.counted", side=en("class.left"))
    expect(two.locator(".tr-class-status")).to_contain_text(counted, timeout=SOON)
    choose(two, en("class.same"))

    # The wall moves on, and the students' pages with it.
    press(wall, en("class.close"))
    for page in (one, two):
        expect(page.locator(".tr-class-status[data-state=closed]")).to_be_visible(timeout=SOON)
    assert wall.locator(".tr-class-verdict").count() == 0
    press(wall, en("class.reveal"))
    expect(wall.locator(".tr-class-verdict")).to_contain_text("21–100 %", timeout=SOON)
    expect(one.locator(".tr-class-verdict")).to_contain_text("21–100 %", timeout=SOON)
    named = one.locator(".tr-class-head").first.inner_text()
    liked = wall.locator(".tr-class-counts dl > div", has=wall.locator("b", has_text="1")).first
    names = {en.name("fusion", key): zh.name("fusion", key) for key in ("concat", "late", "gated")}
    assert names[liked.locator("dt").inner_text()] in named  # the list on his left was that one
    press(wall, en("class.next"))
    expect(two.locator(".tr-class-status[data-state=open]")).to_be_visible(timeout=SOON)

    press(wall, en("class.delete"))
    wall.locator(".st-key-class_delete button").click()
    expect(wall.locator(".tr-class-code")).to_have_count(0, timeout=SOON)
    expect(two.get_by_text(en("class.join_line"))).to_be_visible(timeout=SOON)


def choose(page: Page, side: str) -> None:
    page.locator(".st-key-class_vote").get_by_text(side, exact=True).click()
    expect(page.locator(".tr-class-status")).to_contain_text(
        f": {side}." if side.isascii() else side
    )


def press(page: Page, words: str) -> None:
    page.get_by_role("button", name=words).click()
