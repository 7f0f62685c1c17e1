"""The Why page: everything adds up as printed, follows the address, and leaves text as text."""

from __future__ import annotations

import csv
import io
import json
import re
import shlex
from collections.abc import Callable
from dataclasses import replace
from html import unescape
from html.parser import HTMLParser

import pytest
from streamlit.testing.v1 import AppTest

from components.html import signed
from components.i18n import translator
from components.why_ask import KEPT
from components.why_report import explain_command, report_html, table_csv
from core.__main__ import main
from core.errors import TriadError
from core.explain.masked import Masking
from core.types import CHANNELS, Modality
from tests.pages.test_pages import healthy, jpeg, live_lists, markup, text, view, wav, widget

Open = Callable[..., AppTest]
LANGUAGES = ("en", "zh")
EVIL = "<script>alert(1)</script><img src=x onerror=alert(2)> “fine” & nice"
fake = pytest.mark.parametrize("engine", ["fake"], indirect=True)
real = pytest.mark.parametrize("engine", ["real"], indirect=True)


def numbers(said: str) -> list[float]:
    return [
        float(x.replace("−", "-").replace("- ", "-")) for x in re.findall(r"[+−]? ?\d+\.\d+", said)
    ]


def equation(app: AppTest) -> list[float]:
    """Return the printed sum: base, four contributions, score."""
    found = re.search(r'class="tr-equation">([^<]+)<', markup(app))
    assert found
    return numbers(found[1].replace("− ", "−").replace("+ ", "+"))


def body(app: AppTest) -> str:
    """Return our markup without the style sheet."""
    return re.sub(r"<style>.*?</style>", "", markup(app), flags=re.DOTALL)


def found_of(app: AppTest):
    """Return the explanation on screen, with its parts."""
    kept = app.session_state["_why_kept"]
    return next(v for k, (_, v) in reversed(kept.items()) if k[0] == "explain" and k[3])


class Tags(HTMLParser):
    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.text = ""
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes += attrs

    def handle_data(self, data):
        self.text += data


@pytest.mark.parametrize("language", LANGUAGES)
def test_it_opens_with_the_first_of_the_list_and_the_sum_adds_up(
    open_page: Open, language: str
) -> None:
    app = open_page("why", language)
    healthy(app)
    t, said = translator(language), text(app)
    base, *phi, score = equation(app)
    assert len(phi) == 4
    assert base + sum(phi) == pytest.approx(score, abs=0.03)
    for key in ("why.sum", "why.evidence", "why.pairs", "why.gates", "parts.title", "whatif.title"):
        assert t(key) in said, key
    assert view(app).item == ""
    assert body(app).count('aria-pressed="true"') == 1
    assert found_of(app).sentence.say(language).replace("(-", "(−") in said


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_picture_has_a_text_alternative_and_every_shade_a_value(
    open_page: Open, language: str
) -> None:
    app = open_page("why", language)
    html, t = body(app), translator(language)
    alternatives = re.findall(r'<img [^>]*alt="([^"]+)"', html)
    said = t("parts.alt", parts="")
    assert sum(unescape(alt).startswith(said.rstrip()) for alt in alternatives) == 2
    cells = re.findall(r'<i class="(up|down)" title="([^"]+)"', html)
    assert cells
    assert all((way == "down") == value.startswith("−") for way, value in cells)
    assert 'class="up"' in html
    assert 'class="down"' in html
    # Gates are nowhere near the waterfall, and nothing of theirs has a channel's colour.
    inside = html[html.index('<div class="tr tr-internal">') :]
    assert "data-c" not in inside[: inside.index("</div>")]


@fake
def test_the_address_names_the_item(open_page: Open) -> None:
    app = open_page("why", item="shop-0005")
    healthy(app)
    assert view(app).item == "shop-0005"
    assert found_of(app).item.id == "shop-0005"
    assert "no. 5" in text(app)
    app = open_page("why", item="nobody")
    healthy(app)
    assert view(app).item == ""


@fake
def test_discover_leads_to_all_of_it_with_the_state(open_page: Open) -> None:
    app = open_page("discover", "zh", fusion="late", on="image,text")
    shown = re.findall(r'class="tr-card" data-id="([^"]+)"', live_lists(app)[-1])
    app.session_state["_why"] = shown[2]
    app.run()
    healthy(app)
    (link,) = [x for x in app.get("page_link") if x.proto.label == translator("zh")("why.all")]
    assert link.proto.page == "why"
    query = link.proto.query_string
    for spelt in (f"item={shown[2]}", "fusion=late", "lang=zh", "on=image%2Ctext"):
        assert spelt in query


@fake
def test_the_short_answer_stays_while_the_page_is_drawn_again(open_page: Open) -> None:
    app = open_page("discover")
    app.session_state["_why"] = re.findall(
        r'class="tr-card" data-id="([^"]+)"', live_lists(app)[-1]
    )[0]
    app.run()
    assert "tr-equation" in body(app)
    app.run()
    assert "tr-equation" in body(app)
    app.query_params.clear()
    app.switch_page("pages/why.py").run()
    assert "_why" not in app.session_state


@fake
@pytest.mark.parametrize("language", LANGUAGES)
def test_what_if_shows_the_list_there_would_be(open_page: Open, language: str) -> None:
    app = open_page("why", language)
    t = translator(language)
    found = found_of(app)
    strongest = max(CHANNELS, key=lambda c: abs(found.contributions[c]))
    pills = widget(app, "button_group", "if_off")
    assert set(pills.value) == set(CHANNELS) - {strongest}
    assert t("whatif.nothing") not in text(app)
    pills.set_value(list(CHANNELS)).run()
    healthy(app)
    assert t("whatif.nothing") in text(app)
    pills = widget(app, "button_group", "if_off")
    pills.set_value([]).run()
    assert [e.value for e in app.error] == [TriadError("nothing_on").say(language)]
    for kind in ("swap", "weight", "edit"):
        widget(app, "button_group", "if_kind").set_value(kind).run()
        healthy(app)
    app.text_area[0].set_value("不一样的话 other words").run()
    healthy(app)
    assert t("whatif.nothing") not in text(app)
    widget(app, "button_group", "if_kind").set_value("weight").run()
    app.slider[0].set_value(0.5).run()
    healthy(app)
    assert t("whatif.nothing") not in text(app)


@fake
def test_the_way_of_asking_says_whether_it_sums(open_page: Open) -> None:
    app = open_page("why")
    t = translator("en")
    report = found_of(app).parts[0]
    total = sum(part.gradient for part in report.parts)
    assert report.baseline + total == pytest.approx(report.phi)
    assert t("parts.sum_gradient", base="", parts="", phi="")[:12] in text(app)
    widget(app, "button_group", "parts_measure").set_value("occlusion").run()
    healthy(app)
    assert "does not promise" in text(app)


@pytest.fixture
def masked(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Put a masking behind the page that measures one part at a time; return how many were asked for."""
    asked: list[int] = []

    def masking(engine, request, item, reports, language):
        found, total = list(reports), sum(len(report.parts) for report in reports)
        todo = [
            (r, n)
            for r, report in enumerate(found)
            for n, part in enumerate(report.parts)
            if part.masked is None
        ]
        for r, n in todo:
            asked.append(n)
            parts = list(found[r].parts)
            parts[n] = replace(parts[n], masked=0.25)
            found[r] = replace(found[r], parts=tuple(parts))
            if all(part.masked is not None for part in parts):
                missing = found[r].phi - 0.25 * len(parts)
                found[r] = replace(found[r], masked_missing=missing)
            yield Masking(total - len(todo) + len(asked), total, tuple(found))

    monkeypatch.setattr("core.explain.masked.masking", masking)
    return asked


@fake
@pytest.mark.parametrize("language", LANGUAGES)
def test_covering_up_is_a_choice_measures_once_and_says_what_it_promises(
    open_page: Open, language: str, masked: list[int]
) -> None:
    app, t = open_page("why", language), translator(language)
    assert not masked
    widget(app, "button_group", "parts_measure").set_value("masked").run()
    healthy(app)
    reports = found_of(app).parts
    total = sum(len(report.parts) for report in reports)
    assert len(masked) == total
    for report in reports:
        both = {"parts": signed(0.25 * len(report.parts)), "phi": signed(report.phi)}
        assert t("parts.sum_masked", **both) in text(app)
    assert "--parts masked" in next(c.value for c in app.code if "explain" in c.value)
    assert text(app).count(t("parts.masked")) >= len(reports)  # a column of its own in every table
    assert "why_mask_stop" not in [button.key for button in app.button]
    app.run()
    assert len(masked) == total


@fake
def test_what_was_stopped_is_shown_as_far_as_it_came_and_goes_on(
    open_page: Open, masked: list[int]
) -> None:
    app, t = open_page("why"), translator("en")
    found = found_of(app)
    app.session_state["_why_mask_stopped"] = (found.request, found.item.id, "en")
    widget(app, "button_group", "parts_measure").set_value("masked").run()
    healthy(app)
    total = sum(len(report.parts) for report in found.parts)
    assert not masked
    assert t("parts.mask_stopped", done=0, total=total) in [c.value for c in app.caption]
    assert t("parts.sum_masked_part", done=0, total=len(found.parts[0].parts)) in text(app)
    app.button(key="why_mask_go").click().run()
    healthy(app)
    assert len(masked) == total
    assert t("parts.sum_masked_part", done=0, total=len(found.parts[0].parts)) not in text(app)


@fake
@pytest.mark.parametrize("language", LANGUAGES)
def test_attention_is_drawn_apart_from_what_counts(open_page: Open, language: str) -> None:
    t = translator(language)
    assert t("why.maps_line") not in text(open_page("why", language))
    app = open_page("why", language, attention="self")
    healthy(app)
    html = body(app)
    assert t("why.maps_line") in text(app)
    assert html.count("tr-attend") == 1
    # Under "not contributions", and in no table of contributions.
    assert html.index(t("why.gates")) < html.index("tr-attend")
    assert "tr-attend" not in html[: html.index(t("why.gates"))]


@fake
def test_words_are_shaded_in_the_other_language_too(open_page: Open) -> None:
    app = open_page("why", "en")
    assert 'lang="en"' in body(app)
    widget(app, "button_group", "parts_language").set_value("zh").run()
    healthy(app)
    assert 'lang="zh"' in body(app)
    assert re.search(r"<mark[^>]*>[^<]*[\u4e00-\u9fff]", body(app))


def bring(app: AppTest, said: str) -> AppTest:
    widget(app, "file_uploader", "file_image").set_value(("a.jpg", jpeg(), "image/jpeg")).run()
    widget(app, "file_uploader", "file_audio").set_value(("a.wav", wav(), "audio/wav")).run()
    app.text_area[0].set_value(said).run()
    return app


@fake
def test_uploads_are_explained_and_forgotten(open_page: Open) -> None:
    app = bring(open_page("upload"), "A fine mug.")
    app.query_params.clear()
    app.switch_page("pages/why.py").run()
    healthy(app)
    t = translator("en")
    assert widget(app, "button_group", "why_source").value == "uploads"
    assert t("parts.of_upload") in text(app)
    assert t("why.your_upload") in text(app)
    assert {p.modality for p in found_of(app).parts if p.of == "upload"} == set(Modality)
    app.switch_page("pages/upload.py").run()
    app.button(key="clear").click().run()
    app.query_params.clear()
    app.switch_page("pages/why.py").run()
    healthy(app)
    assert t("parts.of_upload") not in text(app)
    assert not any(media for media, _ in app.session_state["_why_kept"].values())


@fake
def test_a_session_remembers_a_bounded_number_of_answers(open_page: Open) -> None:
    app = open_page("why")
    for n in range(KEPT):
        app.session_state["_view"] = app.session_state["_view"].__class__(item=f"shop-{n:04d}")
        app.run()
    assert len(app.session_state["_why_kept"]) == KEPT


@fake
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_visitors_text_stays_text_on_the_page_and_in_the_report(
    open_page: Open, language: str, monkeypatch: pytest.MonkeyPatch, engine: type
) -> None:
    app = bring(open_page("upload", language), EVIL)
    app.query_params.clear()
    app.switch_page("pages/why.py").run()
    healthy(app)
    page = Tags(body(app))
    assert "script" not in page.tags
    assert all(name != "onerror" for name, _ in page.attributes)
    assert "alert(2)" in page.text

    found, t = found_of(app), translator(language)
    monkeypatch.setattr("components.why_media.uploads", lambda: app.session_state["_uploads"])
    monkeypatch.setattr("components.why_media.remembered", lambda key, make, media=(): make())
    html = report_html(found, "gradient", language, t).decode()
    report = Tags(html)
    assert not {"script", "link", "iframe"} & set(report.tags)
    assert all(not name.startswith("on") for name, _ in report.attributes)
    assert "alert(1)" in report.text
    assert f'<html lang="{language}">' in html
    # One file that needs nothing else.
    sources = [value for name, value in report.attributes if name in ("src", "href")]
    assert sources
    assert all(value and value.startswith(("data:image/", "data:audio/")) for value in sources)
    assert not re.search(r"url\((?!\"?data:)", html)
    assert shlex.quote(f"--item={found.item.id}") in report.text
    assert t("why.gates") in report.text
    # The sounds of the item and of the upload play from the file, and nothing else may load.
    assert report.tags.count("audio") == 2
    assert sum(value.startswith("data:audio/mpeg;base64,") for value in sources) == 2
    assert "media-src data:" in html
    assert len(html) < 1_500_000


@fake
def test_the_table_has_the_numbers_of_the_page(open_page: Open) -> None:
    app = open_page("why", "zh")
    found = found_of(app)
    rows = list(csv.DictReader(io.StringIO(table_csv(found, translator("zh")).decode("utf-8-sig"))))
    assert [row["channel"] for row in rows] == ["base", *CHANNELS, "score"]
    for column in ("contribution", "against_others"):
        *terms, score = (float(row[column]) for row in rows)
        assert sum(terms) == pytest.approx(score, abs=1e-5)
    assert [round(float(row["contribution"]), 2) for row in rows] == pytest.approx(
        equation(app), abs=0.006
    )
    labels = [x.proto.label for x in app.get("download_button")]
    assert labels == [translator("zh")("why.report"), translator("zh")("why.csv")]


@fake
def test_large_type_hides_what_is_chosen(open_page: Open) -> None:
    app = open_page("why", present="1")
    healthy(app)
    assert not [w for w in app.get("selectbox") if (w.key or "").startswith("why_")]


@real
@pytest.mark.parametrize("world", ["shop"])
def test_the_page_and_the_command_it_prints_give_the_same_numbers(
    open_page: Open, world: str, capsys: pytest.CaptureFixture[str]
) -> None:
    app = open_page("why", "zh", world=world, fusion="concat", off="audio")
    healthy(app)
    command = next(c.value for c in app.code if "explain" in c.value)
    found = found_of(app)
    assert command == explain_command(found.request, found.item.id, "zh")
    capsys.readouterr()
    assert main([*shlex.split(command)[3:], "--no-parts", "--json"]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert answer["item"]["id"] == found.item.id
    printed = [answer["base"], *answer["contributions"].values(), answer["score"]]
    assert equation(app) == pytest.approx([round(x, 2) for x in printed], abs=0.006)
    assert answer["sentence"]["zh"].replace("(-", "(−") in text(app)
    assert {p.modality for p in found.parts} == {
        Modality(c) for c in answer["present"] if answer["present"][c] and c != "behaviour"
    }


@real
def test_another_world_begins_without_the_item(open_page: Open) -> None:
    app = open_page("why", item="shop-0005")
    healthy(app)
    widget(app, "radio", "world").set_value("music").run()
    healthy(app)
    assert view(app).world == "music"
    assert view(app).item == ""
    assert "shop-0005" not in app.query_params.get("item", [])
