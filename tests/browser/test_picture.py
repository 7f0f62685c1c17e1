"""The picture of the README is one of the page as it is; ``TRIAD_WRITE_PICTURE=1`` takes it again.

The picture carries, as PNG text, what could be read on the page when it was taken. The test reads the page
again and compares: where a heading, a switch or a part of a card has come or gone, take the picture anew.
"""

from __future__ import annotations

import io
import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

from PIL import Image, PngImagePlugin
from playwright.sync_api import Page, expect

from core.types import CHANNELS
from tests.browser.conftest import SIZES

PICTURE = Path(__file__).resolve().parents[2] / "docs" / "picture.png"
MOST = 300_000
NOTE = "what can be read"

# What somebody sees, without what another training would change: titles, figures, lengths of bars.
_READ = """() => {
    const all = (selector) => [...document.querySelectorAll(selector)];
    const words = (selector) => all(selector).map((e) => e.innerText.trim());
    const every = (part) => all('.tr-card').every((card) => card.querySelector(part));
    return {
        heading: words('h1'),
        controls: [...new Set(words('[data-testid=stWidgetLabel]'))].filter(Boolean),
        channels: words('.tr-guide li[data-c]'),
        cards: all('.tr-card').length,
        on_every_card: [
            '.tr-pic img', '.tr-rank', '.tr-title', '.tr-line', '.tr-bar i', '.tr-why', '.tr-score',
        ].filter(every),
        in_the_bars: [...new Set(all('.tr-card .tr-bar i').map((e) => e.dataset.c))].sort(),
    };
}"""


def taken(page: Page, facts: dict[str, Any]) -> bytes:
    """Return the window as a PNG of 256 colours that carries what can be read on it."""
    image = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
    small = image.quantize(256, dither=Image.Dither.NONE)
    note = PngImagePlugin.PngInfo()
    note.add_text(NOTE, json.dumps(facts, sort_keys=True))
    out = io.BytesIO()
    small.save(out, "PNG", optimize=True, pnginfo=note)
    return out.getvalue()


def test_the_picture_shows_the_page(visit: Callable) -> None:
    here = visit()
    page = here.open()
    expect(page.locator(".tr-card").last).to_be_visible()
    here.settle()
    facts = page.evaluate(_READ)
    assert facts["cards"] == 10
    assert len(facts["on_every_card"]) == 7, "a card lacks what the picture is there to show"
    assert facts["in_the_bars"] == sorted(CHANNELS)
    if os.environ.get("TRIAD_WRITE_PICTURE") == "1":
        PICTURE.write_bytes(taken(page, facts))
    assert PICTURE.stat().st_size < MOST
    with Image.open(PICTURE) as picture:
        assert picture.size == (1440, SIZES[1440])
        assert json.loads(picture.text[NOTE]) == facts, "take the picture again, as told above"
