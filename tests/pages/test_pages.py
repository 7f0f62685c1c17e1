"""Every page in both languages; switches, uploads and bad addresses, without a browser."""

from __future__ import annotations

import io
import json
import re
import shlex
import wave
from collections.abc import Callable
from html import unescape
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from streamlit.testing.v1 import AppTest

from components.i18n import translator
from components.view import View
from core.__main__ import main
from core.errors import TriadError

PAGES = (
    *("discover", "upload", "encoders", "compare", "why", "inside", "map", "catalogs"),
    *("lab", "lessons", "class", "about"),
)
LANGUAGES = ("en", "zh")
Open = Callable[..., AppTest]


def live_lists(app: AppTest) -> list[str]:
    """Return the markup of the live lists on the page."""
    return [json.loads(element.proto.json)["html"] for element in app.get("bidi_component")]


def markup(app: AppTest) -> str:
    """Return all markup of ours on the page: static pieces and live lists."""
    return "\n".join([element.proto.body for element in app.get("html")] + live_lists(app))


def text(app: AppTest) -> str:
    return unescape(re.sub(r"<[^>]+>", " ", markup(app)))


def healthy(app: AppTest) -> None:
    assert not app.exception, [e.value for e in app.exception]
    assert not app.error, [e.value for e in app.error]


def view(app: AppTest) -> View:
    found: View = app.session_state["_view"]
    return found


def widget(app: AppTest, kind: str, name: str):
    return next(w for w in app.get(kind) if (w.key or "").startswith(name))


def jpeg() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (200, 150), (180, 120, 60)).save(out, "JPEG")
    return out.getvalue()


def wav(seconds: float = 1.0, level: float = 0.5) -> bytes:
    t = np.arange(int(16_000 * seconds)) / 16_000
    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(16_000)
        file.writeframes((level * 32_767 * np.sin(2 * np.pi * 440 * t)).astype("<i2").tobytes())
    return out.getvalue()


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_page_opens(open_page: Open, page: str, language: str) -> None:
    app = open_page(page, language)
    healthy(app)
    t = translator(language)
    assert t(f"{page}.title") in text(app)
    assert view(app).language == language


def test_discover_shows_ten_cards(open_page: Open) -> None:
    app = open_page()
    assert sum(html.count('class="tr-card"') for html in live_lists(app)) == 10
    assert translator("en")("world.rendered") in text(app)


def test_a_switch_changes_the_view_and_says_what_moved(open_page: Open) -> None:
    app = open_page()
    widget(app, "button_group", "discover_on").set_value(["image", "text", "behaviour"]).run()
    healthy(app)
    assert view(app).on == ("image", "text", "behaviour")
    assert translator("en")("discover.guide") not in text(app)
    assert app.query_params["on"] == "image,text,behaviour"


def test_a_click_that_brings_the_address_from_before_undoes_nothing(open_page: Open) -> None:
    app = open_page()
    before = {name: list(app.query_params[name]) for name in app.query_params}
    widget(app, "button_group", "discover_on").set_value(["image", "text", "behaviour"]).run()
    app.query_params.clear()
    for name, values in before.items():
        app.query_params[name] = values
    widget(app, "selectbox", "discover_fusion").set_value("late").run()
    healthy(app)
    assert view(app).on == ("image", "text", "behaviour")
    assert view(app).fusion == "late"
    assert app.query_params["on"] == "image,text,behaviour"


def test_everything_off_is_one_sentence(open_page: Open) -> None:
    app = open_page(on="none")
    assert not app.exception
    assert [e.value for e in app.error] == [TriadError("nothing_on").say("en")]
    widget(app, "button_group", "discover_on").set_value(["text"]).run()
    healthy(app)


def test_the_language_switch_keeps_the_rest(open_page: Open) -> None:
    app = open_page()
    widget(app, "selectbox", "discover_fusion").set_value("late").run()
    widget(app, "button_group", "language").set_value("zh").run()
    healthy(app)
    assert (view(app).language, view(app).fusion) == ("zh", "late")
    assert translator("zh")("discover.title") in text(app)


def test_the_view_goes_with_the_visitor_to_another_page(open_page: Open) -> None:
    app = open_page()
    widget(app, "selectbox", "discover_fusion").set_value("late").run()
    app.query_params.clear()
    app.switch_page("pages/compare.py").run()
    healthy(app)
    assert view(app).fusion == "late"


def test_an_address_is_the_state(open_page: Open) -> None:
    app = open_page(lang="zh", fusion="lowrank", attention="self", on="image,text", present="1")
    healthy(app)
    assert view(app).fusion == "lowrank"
    assert view(app).attention == "self"
    assert view(app).on == ("image", "text")
    assert view(app).present
    assert not app.get("selectbox")


def test_a_garbage_address_is_named_and_forgiven(open_page: Open) -> None:
    app = open_page(fusion="<script>", k="many", like=["nobody"], world="mars", lang="xx")
    healthy(app)
    said = text(app)
    assert all(f"{name}=" in said for name in ("fusion", "k", "like", "world", "lang"))
    assert "<script>" not in markup(app)


@pytest.mark.parametrize("language", LANGUAGES)
def test_three_uploads_are_understood(open_page: Open, language: str) -> None:
    app = open_page("upload", language)
    widget(app, "file_uploader", "file_image").set_value(("a.jpg", jpeg(), "image/jpeg")).run()
    widget(app, "file_uploader", "file_audio").set_value(("a.wav", wav(), "audio/wav")).run()
    app.text_area[0].set_value("杯子很好看，握着也暖。").run()
    healthy(app)
    t = translator(language)
    assert t("language.zh") in text(app)
    assert "200 × 150" in text(app)
    assert "tr-wave" in markup(app)
    assert set(app.session_state["_uploads"]) == {"image", "text", "audio"}
    command = next(c.value for c in app.code if "recommend" in c.value)
    assert "--image a.jpg" in command
    assert "--audio a.wav" in command


@pytest.mark.parametrize("engine", ["real"], indirect=True)
@pytest.mark.parametrize("world", ["shop", "music"])
def test_the_page_and_the_command_it_prints_give_the_same_numbers(
    open_page: Open,
    world: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    app = open_page("upload", "zh", world=world)
    for name, data in (("a.jpg", jpeg()), ("a.wav", wav())):
        (tmp_path / name).write_bytes(data)
    widget(app, "file_uploader", "file_image").set_value(("a.jpg", jpeg(), "image/jpeg")).run()
    widget(app, "file_uploader", "file_audio").set_value(("a.wav", wav(), "audio/wav")).run()
    app.text_area[0].set_value("杯子很好看，握着也暖。").run()
    command = next(c.value for c in app.code if "recommend" in c.value)
    monkeypatch.chdir(tmp_path)
    capsys.readouterr()
    assert main([*shlex.split(command)[3:], "--json"]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert answer["world"] == world
    cards = re.findall(
        r'data-id="([^"]+)".*?class="tr-score">.*?<b>([^<]+)</b>', live_lists(app)[-1], re.DOTALL
    )
    shown = [(id, float(score.replace("−", "-"))) for id, score in cards]
    printed = [(item["id"], round(item["score"], 2)) for item in answer["items"]]
    assert shown == printed


def test_a_sample_is_one_click_and_clear_is_another(open_page: Open) -> None:
    app = open_page("upload")
    next(b for b in app.button if (b.key or "").startswith("sample_")).click().run()
    healthy(app)
    assert set(app.session_state["_uploads"]) == {"image", "text", "audio"}
    app.button(key="clear").click().run()
    healthy(app)
    assert not app.session_state["_uploads"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_bad_upload_loses_nothing_else(open_page: Open, language: str) -> None:
    app = open_page("upload", language)
    app.text_area[0].set_value("A fine mug.").run()
    bad = ("a.jpg", b"not a picture", "image/jpeg")
    widget(app, "file_uploader", "file_image").set_value(bad).run()
    assert not app.exception
    sentence = TriadError("image_unreadable", name="a.jpg").say(language)
    assert [e.value for e in app.error] == [sentence]
    assert set(app.session_state["_uploads"]) == {"text"}
    assert live_lists(app)


def test_uploads_can_be_compared(open_page: Open) -> None:
    app = open_page("upload")
    app.text_area[0].set_value("A fine mug.").run()
    app.switch_page("pages/compare.py").run()
    healthy(app)
    assert widget(app, "button_group", "compare_source").value == "uploads"


def test_columns_own_their_fusion_and_their_attention(open_page: Open) -> None:
    app = open_page("compare")
    widget(app, "button_group", "compare_n").set_value(4).run()
    healthy(app)
    assert len(view(app).columns) == 4
    assert len({fusion for fusion, _ in view(app).columns}) == 4
    widget(app, "selectbox", "compare_attention_1").set_value("self").run()
    healthy(app)
    assert view(app).columns[1][1] == "self"
    assert view(app).columns[0][1] == "off"


def test_an_unexpected_error_is_one_sentence(
    open_page: Open, engine: type, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("secret detail")

    app = open_page()
    monkeypatch.setattr(engine, "recommend", broken)
    widget(app, "selectbox", "discover_fusion").set_value("late").run()
    assert not app.exception
    assert [e.value for e in app.error] == [translator("en")("error.unexpected")]


def test_a_visitors_text_never_becomes_markup(open_page: Open) -> None:
    app = open_page("upload")
    app.text_area[0].set_value("<script>alert(1)</script> nice mug").run()
    healthy(app)
    assert "<script>" not in markup(app)
