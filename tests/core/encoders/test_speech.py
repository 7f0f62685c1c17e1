"""Speech is written down, and what is no English speech is not. espeak-ng speaks, where it is installed."""

from __future__ import annotations

import os
import shutil
import subprocess
from functools import cache

import numpy as np
import pytest

from core import encoders
from core.catalog.worlds import create
from core.catalog.worlds.base import Plan
from core.encoders import transcribe
from core.encoders.speech import CARD, ENOUGH, Transcript, alike
from core.encoders.whisper import whisper
from core.errors import TriadError
from core.media import decode
from core.types import MODALITIES, Media, Modality, Sound

RATE = 32_000
SAID = "Do you have quiet piano music for a Sunday morning?"

needs_voice = pytest.mark.skipif(
    shutil.which("espeak-ng") is None and not os.environ.get("TRIAD_REQUIRE_SPEECH"),
    reason="espeak-ng is not installed (TRIAD_REQUIRE_SPEECH=1 makes that a failure)",
)


@cache
def spoken(text: str, voice: str = "en-us+f3") -> Sound:
    command = ["espeak-ng", "-v", voice, "-s", "160", "--stdout", text]
    done = subprocess.run(command, capture_output=True, check=True)
    return decode(Media(Modality.AUDIO, done.stdout))


def words(transcript: Transcript) -> list[str]:
    return transcript.text.lower().rstrip(".?!").replace(",", "").split()


@needs_voice
@pytest.mark.parametrize(
    ("text", "voice", "expected"),
    [
        (SAID, "en-us+f3", {"quiet", "piano", "music", "sunday", "morning"}),
        ("This coat kept me dry on a long walk in the rain.", "en-gb", {"coat", "walk", "rain"}),
        ("Hello, how are you?", "en-gb", {"hello", "how", "are", "you"}),
    ],
)
def test_english_is_written_down(text, voice, expected):
    sound = spoken(text, voice)
    found = transcribe(sound)
    assert expected <= set(words(found))
    assert found.language == "en"
    assert ENOUGH <= found.confidence <= 1
    assert found.speech
    assert " ".join(each.text for each in found.segments) == found.text
    ends = [0.0]
    for each in found.segments:
        assert ends[-1] <= each.start < each.end <= sound.seconds + 0.01
        ends.append(each.end)


@needs_voice
def test_speech_between_silences_is_found_at_its_time():
    sound = spoken(SAID)
    silence = np.zeros(3 * RATE, np.float32)
    found = transcribe(Sound(np.concatenate([silence, sound.samples, silence]), RATE))
    assert "piano" in words(found)
    assert found.segments[0].start == pytest.approx(3.0, abs=0.5)
    assert found.segments[-1].end < 3.0 + sound.seconds + 0.5


@needs_voice
@pytest.mark.parametrize(
    ("voice", "text"),
    [
        ("cmn-latn-pinyin", "wo3 xiang3 mai3 yi1 ge4 hong2 se4 de5 tang2 ci2 bei1 zi5"),
        (
            "cmn-latn-pinyin",
            "jin1 tian1 tian1 qi4 hen3 hao3, wo3 men5 qu4 gong1 yuan2 san4 bu4 ba5",
        ),
        ("cmn-latn-pinyin+f3", "qing3 gei3 wo3 tui1 jian4 an1 jing4 de5 gang1 qin2 yin1 yue4"),
        ("cmn-latn-pinyin", "ni3 hao3"),
        ("cmn-latn-pinyin", "xie4 xie5"),
        ("de", "Ich suche eine warme rote Tasse mit einem Griff aus Holz."),
        ("fr", "Je cherche une tasse rouge et chaude avec une poignée en bois."),
        ("ja", "わたしはあかいカップをさがしています。"),
    ],
)
def test_other_languages_do_not_become_english(voice, text):
    found = transcribe(spoken(text, voice))
    assert found == Transcript(speech=True)
    assert CARD.languages == ("en",)


def t(seconds: float = 4.0) -> np.ndarray:
    return np.arange(int(seconds * RATE)) / RATE


def world_sound(key: str) -> Sound:
    world = create(key)
    return world.sound(Plan("one", 1, 1, {f.name: 0 for f in world.factors}, frozenset(MODALITIES)))


NOTHING_SAID = {
    "silence": lambda: np.zeros(4 * RATE),
    "noise": lambda: np.random.default_rng(0).normal(0, 0.1, 4 * RATE),
    "soft noise": lambda: np.random.default_rng(1).normal(0, 0.003, 4 * RATE),
    "chord": lambda: sum(0.1 * np.sin(2 * np.pi * f * t()) for f in (261.6, 329.6, 392.0)),
    "a tenth of a second": lambda: np.sin(2 * np.pi * 300 * t(0.1)),
    **{
        f"world {key}": lambda key=key: world_sound(key).samples
        for key in ("shop", "music", "social")
    },
}


@pytest.mark.parametrize("made", NOTHING_SAID.values(), ids=NOTHING_SAID)
def test_nothing_said_is_nothing_written(made):
    assert transcribe(Sound(made().astype(np.float32), RATE)) == Transcript()


@pytest.mark.parametrize("model", ["base", "openai/whisper-small", "someone/a-whisper"])
def test_other_models_need_the_hub(model, monkeypatch, tmp_path, make_plucked):
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path))
    with pytest.raises(TriadError) as caught:
        transcribe(make_plucked(220), model)
    assert caught.value.code == "needs_hub"
    assert "tiny.en" in caught.value.say("zh")


def test_no_such_model(tmp_path, make_plucked):
    for model, code in (("enormous", "unknown_model"), (str(tmp_path), "model_unusable")):
        with pytest.raises(TriadError) as caught:
            transcribe(make_plucked(220), model)
        assert caught.value.code == code


def test_a_text_is_no_sound():
    with pytest.raises(TypeError):
        transcribe("hello")  # type: ignore[arg-type]


def test_likeness_of_texts():
    assert alike(["a", "red", "mug"], ["a", "red", "mug"]) == 1
    assert alike(["a", "red", "mug"], ["the", "red", "cat"]) == pytest.approx(1 / 3)
    assert alike([], []) == 0


def test_the_encoder_and_the_writer_share_one_model(make_plucked):
    encoders.get("whisper-tiny-en").encode([make_plucked(220)])
    with whisper() as one:
        pass
    with whisper("openai/whisper-tiny.en") as other:
        assert other is one


def test_what_the_whisper_encoder_hears(make_plucked, make_hiss):
    encoder = encoders.get("whisper-tiny-en")
    sounds = [make_plucked(330, seed=1), make_plucked(350, seed=2), make_hiss(seed=3)]
    note, neighbour, noise = encoder.encode(sounds).pooled
    assert (note - neighbour).norm() < 0.6 * (note - noise).norm()
    labels = encoder.encode([make_plucked(330, 3.3)], tokens=True).labels[0]
    assert [each.start for each in labels] == [0, 1, 2]
    assert labels[-1].end == pytest.approx(3.3)
