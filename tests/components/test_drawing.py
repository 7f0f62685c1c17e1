"""Bars, waterfall, cards, columns: right numbers, and no visitor's text becomes markup."""

from __future__ import annotations

import re
import tomllib
from html.parser import HTMLParser
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from components.bars import Scale, bar, common_scale, equation, spoken, waterfall
from components.cards import Card, card_html, cards_html, moved, strip_html, summary
from components.html import WAITING
from components.i18n import translator
from components.lists import Facts, changes_html, column_html, facts_html
from components.palette import CHANNEL_INK, SURFACE_INK, variables
from components.ranks import kendall_tau, overlap, rank_biased_overlap
from core.types import CHANNELS

T = translator("en")
EVIL = "<script>alert(1)</script>\"'&"
PHI = {"image": 1.5, "text": -0.5, "audio": 0.0, "behaviour": 0.25}
HERE = dict.fromkeys(PHI, True)


class Tags(HTMLParser):
    """Collects tags, attributes and text."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.text = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs

    def handle_data(self, data: str) -> None:
        self.text += data


def card(id: str, rank: int, **parts: object) -> Card:
    values = {
        "title": f"Thing {id}",
        "line": "A line",
        "score": 1.25,
        "contributions": PHI,
        "present": HERE,
    }
    return Card(id=id, rank=rank, **{**values, **parts})  # type: ignore[arg-type]


phis = st.lists(st.floats(-50, 50), min_size=4, max_size=4).map(
    lambda v: dict(zip(CHANNELS, v, strict=True))
)


@given(st.lists(phis, min_size=1, max_size=10))
def test_every_bar_fits_on_the_common_scale(bars: list[dict[str, float]]) -> None:
    scale = common_scale(bars)
    assert scale.low <= 0 <= scale.high
    for phi in bars:
        for left, width in re.findall(
            r"left:([\d.-]+)%;width:([\d.-]+)%", bar(phi, HERE, scale, T)
        ):
            assert float(left) >= -0.02
            assert float(left) + float(width) <= 100.02


def test_a_bar_diverges_from_zero() -> None:
    scale = Scale(-1, 3)
    pieces = re.findall(
        r'data-c="(\w+)".*?left:([\d.]+)%;width:([\d.]+)%', bar(PHI, HERE, scale, T)
    )
    assert pieces == [
        ("image", "25.00", "37.50"),
        ("text", "12.50", "12.50"),
        ("behaviour", "62.50", "6.25"),
    ]


def test_absent_is_said_and_not_drawn() -> None:
    there = {**HERE, "text": False}
    assert "Text absent" in spoken(PHI, there, T)
    assert 'data-c="text"' not in bar(PHI, there, Scale(-1, 3), T)


def test_the_sum_is_printed() -> None:
    assert equation(0.12, PHI, 1.37) == "0.12 + 1.50 − 0.50 + 0.00 + 0.25 = 1.37"
    text = Tags(waterfall(0.12, PHI, {**HERE, "audio": False}, 1.37, T)).text
    assert all(part in text for part in ("0.12", "+1.50", "−0.50", "absent", "+0.25", "1.37"))


def test_visitors_text_is_escaped_everywhere() -> None:
    evil = card(EVIL, 1, title=EVIL, line=EVIL, picture=EVIL, sound=EVIL)
    pages = (
        cards_html([evil], T),
        strip_html([(EVIL, EVIL, EVIL)], T, caption=EVIL, removable=True),
        strip_html([(EVIL, EVIL, EVIL)], T, caption=EVIL, removable=False),
        column_html([evil], [evil], Scale(-1, 1), T, number=1),
        changes_html([[evil], [evil]], [EVIL, EVIL], T),
    )
    for html in pages:
        parsed = Tags(html)
        assert "script" not in parsed.tags
        assert not [name for name, _ in parsed.attributes if name.startswith("on")]
    assert ("data-id", EVIL) in Tags(pages[0]).attributes


@pytest.mark.parametrize(
    ("before", "compared", "move"),
    [
        (5, True, ("up", 3)),
        (1, True, ("down", 1)),
        (2, True, ("same", 0)),
        (None, True, ("new", 0)),
        (None, False, ("none", 0)),
    ],
)
def test_badges(before: int | None, compared: bool, move: tuple[str, int]) -> None:
    assert moved(card("a", 2, before=before, compared=compared)) == move


def test_summary_counts() -> None:
    cards = [
        card("a", 1, before=1, compared=True),
        card("b", 2, before=4, compared=True),
        card("c", 3, compared=True),
    ]
    assert "1 new, 1 moved, 1 in place" in summary(cards, T)
    assert summary(cards[:1], T) == T("discover.unchanged")


def test_a_card_without_sound_cannot_be_played() -> None:
    assert "disabled" in card_html(card("a", 1), Scale(-1, 2), T)
    assert "disabled" not in card_html(card("a", 1, sound="media/x.wav"), Scale(-1, 2), T)


def test_what_is_still_being_made_has_its_place() -> None:
    html = card_html(card("a", 1, picture=WAITING, sound=WAITING), Scale(-1, 2), T)
    assert "tr-wait" in html
    assert "<img" not in html
    assert "data-src" not in html


def test_a_part_keeps_its_checksum_until_it_changes() -> None:
    def sums(html: str) -> dict[str, str]:
        return dict(re.findall(r'data-part="(\w+)" data-sum="(\d+)"', html))

    one, two = (sums(card_html(card("a", rank), Scale(-1, 2), T)) for rank in (1, 2))
    assert {part for part in one if one[part] != two[part]} == {"side"}


def test_facts_say_what_is_not_known() -> None:
    cards = [card("a", 1), card("b", 2)]
    assert Tags(facts_html(cards, None, Facts(), T)).text.count("not measured") == 3
    assert "2 of 2" in Tags(facts_html(cards, cards, Facts(12.3, 1000, 0.25), T)).text


def test_rank_measures() -> None:
    a, b = list("abcd"), list("dcba")
    assert (overlap(a, b), kendall_tau(a, a), kendall_tau(a, b)) == (4, 1.0, -1.0)
    assert kendall_tau(a, list("wxyz")) is None
    assert rank_biased_overlap(a, a) == pytest.approx(1)
    assert rank_biased_overlap(a, list("wxyz")) == 0
    assert 0 < rank_biased_overlap(a, b) < 1


def test_streamlit_and_the_palette_agree_on_the_colours() -> None:
    path = Path(__file__).resolve().parents[2] / ".streamlit" / "config.toml"
    theme = tomllib.loads(path.read_text(encoding="utf-8"))["theme"]
    for side in ("light", "dark"):
        for ink in CHANNEL_INK.values():
            assert theme[side][f"{ink.word}Color"] == getattr(ink, side)
            assert theme[side][f"{ink.word}TextColor"] == getattr(ink, side)
        names = {
            "backgroundColor": "paper",
            "textColor": "ink",
            "primaryColor": "accent",
            "borderColor": "line",
        }
        for theirs, ours in names.items():
            assert theme[side][theirs] == getattr(SURFACE_INK[ours], side)


def luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    r, g, b = (p / 12.92 if p <= 0.03928 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * r + 0.7152 * g + 0.0722 * b


@pytest.mark.parametrize("side", ["light", "dark"])
@pytest.mark.parametrize("name", ["ink", "muted", "accent"])
@pytest.mark.parametrize("ground", ["paper", "card", "wash"])
def test_text_has_contrast(side: str, name: str, ground: str) -> None:
    a, b = (luminance(getattr(SURFACE_INK[n], side)) for n in (name, ground))
    assert (max(a, b) + 0.05) / (min(a, b) + 0.05) >= 4.5


def test_every_colour_is_a_variable() -> None:
    assert all(f"--tr-{name}:light-dark(" in variables() for name in (*CHANNEL_INK, *SURFACE_INK))
