"""Videos and speech on the Your item page: what they become, what is said of them, what is forgotten."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Callable
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from components.i18n import translator
from core.__main__ import main
from core.encoders.speech import Transcript
from core.errors import TriadError
from tests.core.spoken import movie, needs_voice, speech, spoken_movie, tone
from tests.pages.test_pages import healthy, live_lists, markup, text, wav, widget

Open = Callable[..., AppTest]
LANGUAGES = ("en", "zh")
fake = pytest.mark.parametrize("engine", ["fake"], indirect=True)
real = pytest.mark.parametrize("engine", ["real"], indirect=True)

HEARD = Transcript("I <b>like</b> quiet music.", "en", 0.64, (), True)


def say(monkeypatch: pytest.MonkeyPatch, engine: type, said: Transcript) -> list[str]:
    """Let the imitated engine hear something, and count how often it listens."""
    asked: list[str] = []

    def transcribe(self: object, media: object, model: str = "") -> Transcript:
        asked.append(model)
        return said

    monkeypatch.setattr(engine, "transcribe", transcribe)
    return asked


def bring_sound(app: AppTest, data: bytes | None = None) -> AppTest:
    given = ("a.wav", data or wav(), "audio/wav")
    return widget(app, "file_uploader", "file_audio").set_value(given).run()


def bring_video(app: AppTest, data: bytes, name: str = "clip.mp4") -> AppTest:
    widget(app, "button_group", "source_image").set_value("video").run()
    return widget(app, "file_uploader", "video_image").set_value((name, data, "video/mp4")).run()


def uploads(app: AppTest) -> dict[str, bytes]:
    return {str(m): media.data for m, media in app.session_state["_uploads"].items()}


def command(app: AppTest) -> str:
    return next(c.value for c in app.code if "recommend" in c.value)


@fake
@pytest.mark.parametrize("language", LANGUAGES)
def test_words_of_a_sound_become_the_review(
    open_page: Open, engine: type, monkeypatch: pytest.MonkeyPatch, language: str
) -> None:
    asked = say(monkeypatch, engine, HEARD)
    t = translator(language)
    app = bring_sound(open_page("upload", language))
    healthy(app)
    assert uploads(app)["text"].decode() == HEARD.text
    said = text(app)
    assert t("speech.said", language=t("language.en"), sure="64 %") in said
    assert t("speech.counts") in said
    assert HEARD.text in said
    assert "<b>like" not in markup(app)  # what is said never becomes markup
    assert "--text" in command(app)

    widget(app, "toggle", "use_speech").set_value(False).run()
    healthy(app)
    assert "text" not in uploads(app)
    assert t("speech.counts") not in text(app)
    assert command(app).endswith("--no-transcribe")
    app.switch_page("pages/compare.py").run().switch_page("pages/upload.py").run()
    assert "text" not in uploads(app)  # the choice stays
    assert asked == ["tiny.en"]  # listened to once


@fake
def test_a_written_review_wins_until_the_visitor_says_otherwise(
    open_page: Open, engine: type, monkeypatch: pytest.MonkeyPatch
) -> None:
    say(monkeypatch, engine, HEARD)
    app = open_page("upload")
    app.text_area[0].set_value("A fine mug.").run()
    bring_sound(app)
    assert uploads(app)["text"] == b"A fine mug."
    assert HEARD.text in text(app)
    widget(app, "toggle", "use_speech").set_value(True).run()
    assert uploads(app)["text"].decode() == HEARD.text
    assert translator("en")("speech.counts_instead") in text(app)
    assert app.text_area[0].value == "A fine mug."
    widget(app, "toggle", "use_speech").set_value(False).run()
    assert uploads(app)["text"] == b"A fine mug."
    app.text_area[0].set_value("").run()
    assert uploads(app)["text"].decode() == HEARD.text  # now there is no review
    app.text_area[0].set_value("A better mug.").run()
    assert uploads(app)["text"] == b"A better mug."
    healthy(app)


@fake
def test_with_the_sound_go_its_words(
    open_page: Open, engine: type, monkeypatch: pytest.MonkeyPatch
) -> None:
    say(monkeypatch, engine, HEARD)
    app = bring_sound(open_page("upload"))
    app.button(key="remove_audio").click().run()
    healthy(app)
    assert not uploads(app)
    assert HEARD.text not in text(app)
    bring_sound(app)
    app.button(key="clear").click().run()
    healthy(app)
    assert not uploads(app)


@fake
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    ("said", "key"),
    [(Transcript(), "speech.none"), (Transcript(speech=True), "speech.english_only")],
    ids=["music", "another language"],
)
def test_without_words_there_is_no_review(
    open_page: Open,
    engine: type,
    monkeypatch: pytest.MonkeyPatch,
    language: str,
    said: Transcript,
    key: str,
) -> None:
    say(monkeypatch, engine, said)
    app = bring_sound(open_page("upload", language))
    healthy(app)
    assert set(uploads(app)) == {"audio"}
    assert translator(language)(key) in text(app)
    assert not [w for w in app.toggle if (w.key or "").startswith("use_speech")]
    assert "--no-transcribe" not in command(app)


@fake
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_model_that_is_not_there_is_told(
    open_page: Open, engine: type, monkeypatch: pytest.MonkeyPatch, language: str
) -> None:
    def transcribe(*_: object) -> Transcript:
        raise TriadError("needs_hub", id="base", works="tiny.en")

    monkeypatch.setattr(engine, "transcribe", transcribe)
    app = bring_sound(open_page("upload", language))
    assert [e.value for e in app.error] == [
        TriadError("needs_hub", id="base", works="tiny.en").say(language)
    ]
    assert set(uploads(app)) == {"audio"}
    assert live_lists(app)


@fake
def test_another_model_can_be_chosen_where_it_is(
    open_page: Open, engine: type, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = say(monkeypatch, engine, Transcript(speech=True))
    base = "Systran/faster-whisper-base"
    monkeypatch.setattr("components.bring_speech.models", lambda: ("tiny.en", base))
    app = bring_sound(open_page("upload"))
    widget(app, "selectbox", "speech_model").set_value(base).run()
    healthy(app)
    assert asked == ["tiny.en", base]
    assert translator("en")("speech.unsure") in text(app)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", ["mp4", "webm"])
def test_a_video_becomes_frames_and_sound(open_page: Open, language: str, kind: str) -> None:
    app = bring_video(open_page("upload", language), movie(kind, tone()), f"clip.{kind}")
    healthy(app)
    t = translator(language)
    assert set(uploads(app)) == {"image", "audio"}
    assert t("understood.frames", count=8, seconds="2.0") in text(app)
    assert t("speech.none") in text(app)
    assert re.search(
        r'<ol class="tr-frames">(<li><img[^>]+><span>[\d.]+ (?:s|秒)</span></li>){8}</ol>',
        markup(app),
    )
    assert "tr-wave" in markup(app)
    assert f"--image clip.{kind} --audio clip.{kind}" in command(app)
    widget(app, "file_uploader", "video_image").set_value(None).run()
    healthy(app)
    assert not uploads(app)
    assert "_video" not in app.session_state


@fake
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    ("code", "data"),
    [
        ("video_unreadable", movie()[:700]),
        ("file_too_big", movie() + bytes(20 * 2**20)),
        ("video_unreadable", b"not a video"),
    ],
    ids=["damaged", "too large", "another kind"],
)
def test_a_bad_video_loses_nothing_else(
    open_page: Open, language: str, code: str, data: bytes
) -> None:
    app = open_page("upload", language)
    app.text_area[0].set_value("A fine mug.").run()
    bring_video(app, data)
    assert not app.exception
    assert [e.value for e in app.error] == [
        TriadError(code, name="clip.mp4", limit=20).say(language)
    ]
    assert set(uploads(app)) == {"text"}
    assert live_lists(app)
    widget(app, "file_uploader", "video_image").set_value(None).run()
    healthy(app)


@fake
@pytest.mark.parametrize("language", LANGUAGES)
def test_of_a_long_video_the_beginning_counts(open_page: Open, language: str) -> None:
    app = bring_video(open_page("upload", language), movie(seconds=33, fps=3))
    healthy(app)
    assert translator(language)("understood.longer", limit="30") in text(app)


@fake
def test_removing_a_video_removes_all_of_it_and_its_sound_alone_can_go(open_page: Open) -> None:
    data = movie(wave=tone())
    app = bring_video(open_page("upload"), data)
    app.button(key="remove_audio").click().run()
    assert set(uploads(app)) == {"image"}
    app.button(key="remove_image").click().run()
    assert not uploads(app)
    bring_video(app, data)
    assert set(uploads(app)) == {"image", "audio"}
    app.button(key="remove_image").click().run()
    healthy(app)
    assert not uploads(app)


@fake
def test_a_sound_that_replaced_the_videos_stays(open_page: Open) -> None:
    app = bring_video(open_page("upload"), movie(wave=tone()))
    bring_sound(app)
    app.button(key="remove_image").click().run()
    assert uploads(app) == {"audio": wav()}


@needs_voice
@real
def test_the_page_and_its_command_give_the_same_numbers_for_a_spoken_video(
    open_page: Open,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    (tmp_path / "clip.mp4").write_bytes(spoken_movie())
    monkeypatch.chdir(tmp_path)
    app = bring_video(open_page("upload"), spoken_movie())
    healthy(app)
    assert set(uploads(app)) == {"image", "text", "audio"}
    assert "piano" in text(app).lower()
    for argv in (shlex.split(command(app))[3:], ["recommend", "--video", "clip.mp4"]):
        capsys.readouterr()
        assert main([*argv, "--json"]) == 0
        answer = json.loads(capsys.readouterr().out)
        cards = re.findall(
            r'data-id="([^"]+)".*?class="tr-score">.*?<b>([^<]+)</b>',
            live_lists(app)[-1],
            re.DOTALL,
        )
        shown = [(id, float(score.replace("−", "-"))) for id, score in cards]
        assert shown == [(item["id"], round(item["score"], 2)) for item in answer["items"]]


@needs_voice
@real
@pytest.mark.parametrize("language", LANGUAGES)
def test_real_mandarin_is_no_english(open_page: Open, language: str) -> None:
    data = speech("wo3 xiang3 mai3 yi1 ge4 hong2 se4 de5 tang2 ci2 bei1 zi5", "cmn-latn-pinyin")
    app = bring_sound(open_page("upload", language), data)
    healthy(app)
    assert set(uploads(app)) == {"audio"}
    assert translator(language)("speech.english_only") in text(app)
