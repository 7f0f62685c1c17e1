"""The Encoders page, without a browser: every encoder of here, the hub's offline, uploads, bad names."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from components.html import plain
from components.i18n import translator
from core.encoders import hub
from core.errors import TriadError
from tests.fake_engine import Engine
from tests.pages.test_pages import healthy, jpeg, live_lists, markup, text, view, wav, widget

Open = Callable[..., AppTest]
LANGUAGES = ("en", "zh")
HERE = (
    *("image.efficientnet-lite0-int8", "image.colour-histogram-lbp", "text.bag-of-words"),
    *("text.tf-idf", "text.word2vec", "text.embedding-layer", "text.minilm-l6-v2-onnx"),
    *("text.use-multilingual-v3", "audio.sound-statistics"),
)


@pytest.fixture(autouse=True)
def offline(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def unreachable(id: str, *_: object) -> Path:
        raise hub.Unreachable(id)

    monkeypatch.setattr(hub, "snapshot", unreachable)
    monkeypatch.setenv("TRIAD_CACHE_DIR", str(tmp_path))
    monkeypatch.setenv("TRIAD_ALLOW_IMPORT", "1")
    few = Engine().items("shop")[:9]  # each encoder reads all of them
    monkeypatch.setattr(Engine, "items", lambda self, world: few)


def tiles(app: AppTest) -> list[list[str]]:
    """Return the ids of the items in each list of neighbours."""
    lists = [html for html in live_lists(app) if "tr-tiles" in html]
    return [[part.split('"')[0] for part in html.split('<li data-id="')[1:]] for html in lists]


@pytest.mark.parametrize("engine", ["fake"], indirect=True)
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("encoder", HERE)
def test_every_encoder_works_without_a_network(
    open_page: Open, encoder: str, language: str
) -> None:
    app = open_page("encoders", language, encoder=encoder)
    healthy(app)
    t = translator(language)
    assert view(app).encoder == encoder
    id = encoder.partition(".")[2]
    assert t.line("encoder", id) in text(app)
    assert t("encoders.makes") in text(app)
    found = tiles(app)
    default = id in ("use-multilingual-v3", "sound-statistics")
    assert len(found) == (1 if default else 2)
    assert all(len(ids) == 6 and view(app).item not in ids for ids in found)


@pytest.mark.parametrize("engine", ["fake"], indirect=True)
def test_what_was_stopped_can_go_on(open_page: Open) -> None:
    app = open_page("encoders", encoder="image.colour-histogram-lbp")
    app.session_state["_encoders_stopped"] = "shop colour-histogram-lbp"
    app.run()
    healthy(app)
    t = translator("en")
    assert t("encoders.stopped") in text(app)
    assert len(tiles(app)) == 1
    next(b for b in app.button if b.label == t("encoders.again")).click().run()
    healthy(app)
    assert len(tiles(app)) == 2


@pytest.mark.parametrize("engine", ["fake"], indirect=True)
def test_another_modality_begins_with_its_default(open_page: Open) -> None:
    app = open_page("encoders")
    widget(app, "button_group", "encoders_modality").set_value("audio").run()
    healthy(app)
    assert view(app).encoder == "audio.sound-statistics"
    assert "tr-secs" in markup(app)


@pytest.mark.parametrize("engine", ["fake"], indirect=True)
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_model_of_the_hub_says_that_it_needs_it(open_page: Open, language: str) -> None:
    app = open_page("encoders", language, encoder="text.BAAI/bge-m3")
    assert not app.exception
    [error] = [e.value for e in app.error]
    assert "BAAI/bge-m3" in error
    assert "use-multilingual-v3" in error
    assert translator(language)("encoders.hub_menu") in markup(app)


@pytest.mark.parametrize("engine", ["fake"], indirect=True)
@pytest.mark.parametrize("language", LANGUAGES)
def test_any_name_may_be_typed_and_a_bad_one_is_told(open_page: Open, language: str) -> None:
    app = open_page("encoders", language, encoder="text.tf-idf")
    widget(app, "text_input", "encoders_any").set_value("../../etc <b>").run()
    assert not app.exception
    t = translator(language)
    assert [e.value for e in app.error] == [t("encoders.any_bad", id=plain("../../etc <b>"))]
    assert view(app).encoder == "text.tf-idf"
    widget(app, "text_input", "encoders_any").set_value("nonsense").run()
    assert not app.exception
    [error] = [e.value for e in app.error]
    known = error.partition("bag-of-words")
    assert known[1]
    assert error.startswith(
        TriadError("unknown_encoder", key="nonsense", known="").say(language)[:12]
    )
    widget(app, "text_input", "encoders_any").set_value("bag-of-words").run()
    healthy(app)


@pytest.mark.parametrize("engine", ["fake"], indirect=True)
def test_a_bad_address_is_noticed(open_page: Open) -> None:
    app = open_page("encoders", encoder="text./etc/passwd")
    healthy(app)
    assert view(app).encoder == ""


@pytest.mark.parametrize("engine", ["fake"], indirect=True)
def test_nothing_is_fetched_for_a_stranger(
    open_page: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TRIAD_ALLOW_IMPORT", "0")
    app = open_page("encoders", encoder="image.timm/resnet50.a1_in1k")
    sentence = TriadError("hub_elsewhere", id="timm/resnet50.a1_in1k").say("en")
    assert [e.value for e in app.error] == [sentence]
    assert not [w for w in app.text_input if (w.key or "").startswith("encoders_any")]


@pytest.mark.parametrize("engine", ["fake"], indirect=True)
def test_an_upload_is_looked_at_first(open_page: Open) -> None:
    app = open_page("upload")
    widget(app, "file_uploader", "file_image").set_value(("a.jpg", jpeg(), "image/jpeg")).run()
    widget(app, "file_uploader", "file_audio").set_value(("a.wav", wav(), "audio/wav")).run()
    app.switch_page("pages/encoders.py").run()
    healthy(app)
    assert widget(app, "button_group", "encoders_of").value == "upload"
    assert len(tiles(app)[0]) == 6
    widget(app, "button_group", "encoders_of").set_value("item").run()
    healthy(app)
    assert view(app).item not in tiles(app)[0]
    widget(app, "button_group", "encoders_modality").set_value("audio").run()
    healthy(app)


@pytest.mark.parametrize("engine", ["fake"], indirect=True)
@pytest.mark.parametrize("language", LANGUAGES)
def test_whisper_listens(open_page: Open, language: str) -> None:
    app = open_page("encoders", language)
    app.session_state["_encoders_stopped"] = "shop whisper-tiny-en"
    app.query_params["encoder"] = "audio.whisper-tiny-en"
    app.run()
    healthy(app)
    t = translator(language)
    assert t("encoders.silence") in text(app)
    assert "39,000,000" in text(app)


@pytest.mark.parametrize("engine", ["real"], indirect=True)
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_world_opens_on_its_own_vectors(open_page: Open, language: str) -> None:
    app = open_page("encoders", language, world="music", encoder="text.use-multilingual-v3")
    healthy(app)
    assert len(tiles(app)[0]) == 6
