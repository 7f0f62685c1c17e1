"""What was understood of an upload, drawn; and what is kept of it."""

from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image

from components.command import command_line
from components.i18n import translator
from components.media import address, webp
from components.understood import (
    frames_html,
    picture_html,
    sound_html,
    spectrogram_png,
    speech_html,
    text_html,
    wave_html,
)
from core.encoders.speech import Transcript
from core.types import Channel, Media, Method, Modality, Query, Request

PICTURE = {
    "width": 640,
    "height": 480,
    "labels": [{"index": 504, "name": "<b>mug", "probability": 0.63}],
}
SOUND = {"seconds": 1.5, "loudness_lufs": -18.2, "onsets_per_second": 2.0, "silent": False}


@pytest.mark.parametrize("language", ["en", "zh"])
def test_labels_are_escaped_and_have_their_probability(language: str) -> None:
    html = picture_html(PICTURE, translator(language))
    assert "<b>" not in html
    assert "63 %" in html
    assert "640" in html


FILM = {
    **PICTURE,
    "frames": [
        {"start": at, "end": at + 1.5, "label": {"index": 5000, "name": '"x', "probability": 1.0}}
        for at in (0.0, 1.5)
    ],
}


@pytest.mark.parametrize("language", ["en", "zh"])
def test_frames_have_their_time_and_their_name(language: str) -> None:
    t = translator(language)
    html = frames_html(FILM, ["a.webp", "b.webp"], 3.0, t)
    assert html.count("<li><img") == 2
    assert f"<span>{t('steps.fact.seconds', seconds='1.5')}</span>" in html
    assert 'alt="&quot;x"' in html
    assert t("understood.frames", count=2, seconds="3.0") in html
    longer = t("understood.longer", limit="30")
    assert longer not in html
    assert longer not in frames_html(FILM, [], None, t)
    assert longer in frames_html(FILM, [], 31.0, t)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_speech_is_quoted_or_said_to_be_missing(language: str) -> None:
    t = translator(language)
    html = speech_html(Transcript("<i>hello", "en", 0.5, (), True), True, t)
    assert "&lt;i&gt;hello" in html
    assert t("speech.said", language=t("language.en"), sure="50 %") in html
    assert t("speech.none") in speech_html(Transcript(), True, t)
    assert t("speech.english_only") in speech_html(Transcript(speech=True), True, t)
    assert t("speech.unsure") in speech_html(Transcript(speech=True), False, t)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_language_of_a_text_is_named(language: str) -> None:
    t = translator(language)
    assert t("language.zh") in text_html({"language": "zh", "characters": 18, "tokens": []}, t)
    assert t("language.und") in text_html({"language": "und", "characters": 3, "tokens": []}, t)


def test_a_sound_has_its_outline_and_its_facts() -> None:
    t = translator("en")
    html = sound_html(
        SOUND, [(-0.5, 0.5), (-0.1, 0.2)], np.full((64, 20), -30, np.float32), 16_000, t
    )
    assert "clip-path:polygon(" in html
    assert "1.5 s, −18 LUFS" in html
    assert "16 kHz" in html


def test_silence_and_nothing_can_be_drawn() -> None:
    assert "polygon" in wave_html([(0.0, 0.0)] * 3)
    assert "polygon" in wave_html([])


def test_the_spectrogram_is_lighter_where_it_is_louder() -> None:
    mel = np.full((64, 30), -80, np.float32)
    mel[:8] = 0
    pixels = np.asarray(Image.open(io.BytesIO(spectrogram_png(mel))).convert("L"), float)
    assert pixels[-4:].mean() > 5 * pixels[:40].mean()


def test_outside_a_running_app_media_are_inline() -> None:
    image = Image.new("RGBA", (900, 300), (200, 10, 10, 120))
    data = webp(image, 320)
    assert Image.open(io.BytesIO(data)).size == (320, 107)
    assert address(data, "image/webp").startswith(
        ("data:image/webp;base64,", "media/", "mock/media/")
    )


def test_the_command_says_everything_and_is_quoted() -> None:
    media = (
        Media(Modality.IMAGE, b"x", "my photo.jpg"),
        Media(Modality.TEXT, "it's 好".encode(), "text"),
        Media(Modality.AUDIO, b"x", "clip.mp3"),
    )
    request = Request(
        "shop", Query("v001", ("a",), media), Method("late", "self", "mlp", (Channel.AUDIO,)), 5
    )
    assert command_line(request) == (
        "python -m core recommend --world shop --visitor v001 "
        "--image 'my photo.jpg' --text 'it'\"'\"'s 好' "
        "--audio clip.mp3 --like a --fusion late --attention self --head mlp --off audio -k 5"
    )
