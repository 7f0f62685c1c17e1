"""What a visitor does, in a real browser."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import soundfile
from PIL import Image, ImageDraw
from playwright.sync_api import Page, expect

from components.i18n import translator
from core.errors import TriadError

LANGUAGES = ("en", "zh")


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    """A jpeg with something in it."""
    image = Image.new("RGB", (640, 480), (226, 220, 208))
    draw = ImageDraw.Draw(image)
    draw.rounded_rectangle((220, 140, 400, 380), 24, fill=(60, 98, 140))
    draw.arc((370, 190, 470, 320), -90, 90, fill=(60, 98, 140), width=18)
    image.save(tmp_path / "photo.jpg", quality=90)
    return tmp_path / "photo.jpg"


@pytest.fixture
def clip(tmp_path: Path) -> Path:
    """An mp3 of a struck thing."""
    t = np.arange(2 * 32_000) / 32_000
    samples = sum(np.exp(-6 * t * n) * np.sin(2 * np.pi * 523 * n * t) for n in (1, 2.76, 5.4)) / 4
    soundfile.write(tmp_path / "clip.mp3", samples.astype("float32"), 32_000, format="MP3")
    return tmp_path / "clip.mp3"


def shown(page: Page) -> list[tuple[str | None, str]]:
    """Return item id and score of every card."""
    cards = page.locator(".tr-card").all()
    return [(c.get_attribute("data-id"), c.locator(".tr-score b").inner_text()) for c in cards]


@pytest.mark.parametrize("language", LANGUAGES)
def test_three_uploads_a_switch_and_the_link(
    visit: Callable, photo: Path, clip: Path, language: str
) -> None:
    t = translator(language)
    here = visit(language)
    page = here.open("upload")

    inputs = page.locator("[data-testid=stFileUploaderDropzoneInput]")
    inputs.nth(0).set_input_files(photo)
    expect(page.locator(".tr-labels li")).to_have_count(5, timeout=60_000)
    here.settle()
    inputs.nth(1).set_input_files(clip)
    expect(page.locator(".tr-spec")).to_be_visible(timeout=60_000)
    here.settle()
    area = page.locator("textarea")
    area.fill("杯子很好看，握着也暖。")
    here.changes(".tr-cards", lambda: area.press("Control+Enter"))
    said = t("understood.text", language=t("language.zh"), count=11)
    expect(page.get_by_text(said)).to_be_visible()

    cards = page.locator(".tr-card")
    expect(cards).to_have_count(10)
    for n in range(10):
        expect(cards.nth(n).locator(".tr-rank")).to_have_text(str(n + 1))
        assert cards.nth(n).locator(".tr-title").inner_text().strip()
        assert cards.nth(n).locator(".tr-bar").get_attribute("aria-label")
    scores = [float(s.replace("−", "-")) for s in page.locator(".tr-score b").all_inner_texts()]
    assert scores == sorted(scores, reverse=True)

    switch = page.get_by_role("button", name=t("channel.audio.name"), exact=False).first
    here.changes(".tr-cards", switch.click)
    expect(page.locator("button[data-variant=pills][aria-pressed=false]")).to_have_count(1)
    titles = page.locator(".tr-title").all_inner_texts()

    page.get_by_role("button", name=t("share.open")).click()
    address = page.locator("[data-testid=stPopoverBody] code").first.inner_text()
    other = visit("zh" if language == "en" else "en")
    there = other.open(address)
    expect(there.locator("button[data-variant=pills][aria-pressed=false]")).to_have_count(1)
    expect(there.locator("h1")).to_have_text(t("upload.title"))
    assert titles != there.locator(".tr-title").all_inner_texts()  # the uploads are not in the link


def test_the_link_of_a_list_shows_the_same_list(visit: Callable) -> None:
    t = translator("en")
    here = visit()
    page = here.open()
    expect(page.locator(".tr-card")).to_have_count(10)
    here.changes(".tr-cards", page.get_by_role("button", name=t("channel.audio.name")).first.click)
    here.changes(".tr-guide", lambda: page.locator(".tr-card [data-action=like]").nth(2).click())
    expect(page.locator("[data-action=unlike]").first).to_be_visible()
    page.get_by_role("button", name=t("share.open")).click()
    address = page.locator("[data-testid=stPopoverBody] code").first.inner_text()
    there = visit("zh", "dark").open(address)
    expect(there.locator(".tr-card")).to_have_count(10)
    assert shown(there) == shown(page)


def test_why_this_adds_up_in_print(visit: Callable) -> None:
    page = visit().open()
    page.locator("[data-action=why]").first.click()
    said = page.locator(".tr-equation").inner_text()
    left, right = said.replace("−", "-").replace(" ", "").split("=")
    terms = [float(x) for x in re.findall(r"[+-]?[\d.]+", left)]
    assert len(terms) == 5
    assert sum(terms) == pytest.approx(float(right), abs=0.031)  # each is rounded to two digits
    page.keyboard.press("Escape")
    expect(page.locator(".tr-equation")).to_have_count(0)


def test_back_is_undo(visit: Callable) -> None:
    here = visit()
    page = here.open()
    first = page.locator(".tr-title").all_inner_texts()
    here.changes(".tr-cards", page.locator("button[data-variant=pills]").nth(2).click)
    here.changes(".tr-cards", page.go_back)
    expect(page.locator("button[data-variant=pills][aria-pressed=true]")).to_have_count(4)
    assert page.locator(".tr-title").all_inner_texts() == first
    here.changes(".tr-cards", page.go_forward)
    expect(page.locator("button[data-variant=pills][aria-pressed=true]")).to_have_count(3)
    page.locator(".tr-card [data-action=like]").first.click()
    expect(page.locator(".tr-thumb [data-action=unlike]")).to_have_count(1)
    here.settle()
    page.go_back()
    expect(page.locator(".tr-thumb [data-action=unlike]")).to_have_count(0)


def test_hiding_and_bringing_back(visit: Callable) -> None:
    here = visit()
    page = here.open()
    first = page.locator(".tr-title").all_inner_texts()
    here.changes(".tr-cards", page.locator("[data-action=hide]").first.click)
    assert first[0] not in page.locator(".tr-title").all_inner_texts()
    here.changes(".tr-cards", page.locator(".st-key-restore button").click)
    assert page.locator(".tr-title").all_inner_texts() == first


def test_a_sound_plays_and_goes_on_while_the_list_re_ranks(visit: Callable) -> None:
    here = visit()
    page = here.open()
    play = page.locator("[data-action=play]").first
    play.focus()
    page.keyboard.press("Enter")
    expect(play).to_have_attribute("aria-pressed", "true")
    expect(page.locator(".tr-tool .tr-icon[data-i=pause]")).to_have_count(1)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_bad_upload_is_one_sentence(visit: Callable, tmp_path: Path, language: str) -> None:
    bad = tmp_path / "photo.jpg"
    bad.write_text("this is not a picture")
    here = visit(language)
    page = here.open("upload")
    page.locator("[data-testid=stFileUploaderDropzoneInput]").first.set_input_files(bad)
    sentence = TriadError("image_unreadable", name="photo.jpg").say(language)
    expect(page.get_by_text(sentence)).to_be_visible(timeout=60_000)
    expect(page.locator(".tr-card")).to_have_count(10)


@pytest.mark.parametrize("path", ["discover", "upload", "compare", "catalogs", "about"])
def test_a_page_opens_at_its_own_address(visit: Callable, path: str) -> None:
    page = visit().open(f"{path}?fusion=late&k=5")
    expect(page.locator("h1")).to_have_text(translator("en")(f"{path}.title"))


def test_a_script_in_a_review_stays_text(visit: Callable) -> None:
    here = visit()
    page = here.open("upload")
    area = page.locator("textarea")
    evil = "document.title='owned'"
    area.fill(f'<img src=x onerror="{evil}"><script>{evil}</script> a fine mug')
    here.changes(".tr-cards", lambda: area.press("Control+Enter"))
    assert "owned" not in page.title()
