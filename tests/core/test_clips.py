"""Videos and speech as uploads: one medium a modality, nothing lost on the way and nothing invented."""

from __future__ import annotations

import io
import json

import numpy as np
import pytest
import torch
from PIL import Image

from core import clips, encoders
from core.__main__ import main
from core.clips import frames_of, gather, of_video
from core.encoders.speech import models, only_english
from core.engine import Engine
from core.errors import TriadError
from core.media import decode
from core.media.limits import MAX_SECONDS
from core.media.video import MOST_FRAMES, decode_video
from core.types import Media, Modality, Query, Request
from tests.core.samples import clip, photo, review
from tests.core.spoken import movie, needs_voice, speech, spoken_movie, tone

IMAGE, TEXT, AUDIO = Modality


@pytest.fixture(scope="module")
def engine():
    return Engine()


@pytest.mark.parametrize("kind", ["mp4", "mov", "webm"])
def test_a_video_becomes_frames_and_its_sound_track(kind):
    data = movie(kind, tone())
    media = of_video(data, "clip")
    assert [m.modality for m in media] == [IMAGE, AUDIO]
    frames, truth = frames_of(media[0]), decode_video(data)
    assert len(frames.pictures) == MOST_FRAMES
    for shown, filmed in zip(frames.pictures, truth.frames, strict=True):
        assert np.abs(shown.pixels.astype(int) - filmed.pixels).mean() < 8
    assert [at.start for at in frames.stretches] == pytest.approx(truth.seconds, abs=0.01)
    assert frames.weights.sum() == pytest.approx(1)
    heard = decode(media[1])
    assert np.array_equal(heard.samples, truth.sound.samples)


def test_frames_of_a_long_video_end_where_nobody_looks_further():
    frames = frames_of(of_video(movie(seconds=33, fps=3))[0])
    assert frames.stretches[-1].end == pytest.approx(MAX_SECONDS, abs=0.01)


def test_a_video_without_a_sound_is_a_picture_medium_only():
    assert [m.modality for m in of_video(movie())] == [IMAGE]


def test_who_takes_pictures_only_gets_the_first_frame():
    frames = of_video(movie())[0]
    assert np.array_equal(decode(frames).pixels, frames_of(frames).pictures[0].pixels)


def test_frames_are_the_same_medium_each_time():
    data = movie()
    assert of_video(data)[0].digest == of_video(data)[0].digest


def test_the_vector_is_the_mean_over_time_and_tokens_are_frames():
    encoder = encoders.default(IMAGE)
    frames = frames_of(of_video(movie(split=0.25))[0])
    encoded = clips.encode(frames, encoder)
    each = torch.stack([encoder.encode([p]).pooled[0] for p in frames.pictures])
    weights = torch.tensor([at.end - at.start for at in frames.stretches])
    torch.testing.assert_close(
        encoded.pooled[0], (weights[:, None] * each).sum(0) / weights.sum(), rtol=1e-3, atol=1e-4
    )
    torch.testing.assert_close(encoded.tokens[0], each, rtol=1e-3, atol=1e-4)
    assert encoded.labels == (frames.stretches,)


class Unit(encoders.Encoder):
    """Mean colour, at unit length."""

    card = encoders.default(IMAGE).card

    def _encode(self, batch, tokens):
        means = torch.tensor(np.stack([p.pixels.mean((0, 1)) for p in batch]), dtype=torch.float32)
        pooled = torch.nn.functional.normalize(means, dim=1)
        return encoders.Encoded(pooled, None, ((),) * len(batch))


def test_the_mean_of_unit_vectors_has_unit_length():
    mean = clips.encode(frames_of(of_video(movie())[0]), Unit()).pooled[0]
    assert mean.norm() == pytest.approx(1, abs=1e-5)
    assert float(mean[0]) == pytest.approx(float(mean[2]), abs=0.1)  # half red, half blue


def test_a_frame_that_stands_still_counts_for_its_time():
    still, other = (np.full((32, 32, 3), v, np.uint8) for v in (250, 10))
    pictures = tuple(map(clips.Picture, (still, still, still, other)))
    stretches = tuple(clips.Stretch(n, n + 1) for n in range(4))
    frames = frames_of(clips._medium(clips.Frames(pictures, stretches), "x"))
    assert len(frames.pictures) == 2  # alike, so stored once
    assert frames.weights.tolist() == [0.75, 0.25]


def test_other_animated_pictures_stay_their_first_frame(engine):
    out = io.BytesIO()
    red, blue = (Image.new("RGB", (80, 60), c) for c in ("red", "blue"))
    red.save(out, "WEBP", save_all=True, append_images=[blue], duration=100, lossless=True)
    plain = Media(IMAGE, out.getvalue())
    assert frames_of(plain) is None
    alone = io.BytesIO()
    red.save(alone, "WEBP", lossless=True)
    assert engine.understand(plain) == engine.understand(Media(IMAGE, alone.getvalue()))


def test_a_plain_picture_has_the_vector_of_its_encoder(engine):
    request = Request(query=Query(media=(photo(),)))
    features = engine.entries(request).features[IMAGE][0]
    vector = encoders.default(IMAGE).encode([decode(photo())]).pooled[0].numpy()
    expected = torch.from_numpy(engine.scalers("shop")[IMAGE](vector[None]))[0]
    torch.testing.assert_close(features, expected)


def test_a_marked_picture_with_too_many_frames_is_cut():
    exif = Image.Exif()
    exif[0x0131] = clips.MARK
    many = [Image.new("RGB", (16, 16), (n * 4, 0, 0)) for n in range(60)]
    out = io.BytesIO()
    many[0].save(out, "WEBP", save_all=True, append_images=many[1:], exif=exif, lossless=True)
    assert len(frames_of(Media(IMAGE, out.getvalue())).pictures) == MOST_FRAMES


def test_the_engine_names_what_is_in_the_frames(engine):
    given = of_video(movie(wave=tone()), "clip.mp4")
    result = engine.recommend(Request(query=Query(media=given)))
    seen = result.understood[IMAGE]
    assert len(seen["frames"]) == MOST_FRAMES
    assert [f["start"] for f in seen["frames"]] == sorted(f["start"] for f in seen["frames"])
    assert len(seen["labels"]) == 5
    assert sum(label["probability"] for label in seen["labels"]) <= 1 + 1e-6
    for r in result.items:
        assert abs(r.base + sum(r.contributions.values()) - r.score) < 1e-5


# Speech ---------------------------------------------------------------------------------------------------


@needs_voice
def test_speech_becomes_the_text_where_there_is_none():
    sound = Media(AUDIO, speech())
    brought = gather({AUDIO: sound})
    assert [m.modality for m in brought.media] == [TEXT, AUDIO]
    text = brought.media[0].data.decode()
    assert {"piano", "sunday"} <= set(text.lower().rstrip("?.").split())
    assert brought.speech.used
    assert brought.speech.as_json()["text"] == text
    assert brought.speech.as_json()["language"] == "en"
    assert 0 < brought.speech.as_json()["confidence"] <= 1


@needs_voice
@pytest.mark.parametrize(
    ("given", "listen", "reads", "heard"),
    [
        ({TEXT: review()}, None, list(Modality), False),
        ({TEXT: review()}, True, list(Modality), True),
        ({}, False, list(Modality), False),
        ({}, None, [IMAGE, AUDIO], False),
        ({}, True, [IMAGE, AUDIO], True),
    ],
    ids=["text-wins", "asked-for", "forbidden", "no-texts", "no-texts-asked-for"],
)
def test_speech_is_not_the_text_where_it_must_not_be(given, listen, reads, heard):
    sound = Media(AUDIO, speech())
    brought = gather({**given, AUDIO: sound}, listen, reads=reads)
    assert {m.modality: m for m in brought.media} == {**given, AUDIO: sound}
    assert (brought.speech is not None) == heard
    if heard:
        assert brought.speech.transcript.text
        assert not brought.speech.used


@pytest.mark.parametrize("data", [clip().data, movie(wave=tone())], ids=["music", "video"])
def test_where_nothing_is_said_there_is_no_text(data):
    brought = gather({AUDIO: Media(AUDIO, data)})
    assert [m.modality for m in brought.media] == [AUDIO]
    assert not brought.speech.used
    assert brought.speech.transcript == encoders.Transcript()


@needs_voice
def test_mandarin_does_not_become_english_words():
    said = "wo3 xiang3 mai3 yi1 ge4 hong2 se4 de5 tang2 ci2 bei1 zi5"
    brought = gather({AUDIO: Media(AUDIO, speech(said, "cmn-latn-pinyin"))})
    assert [m.modality for m in brought.media] == [AUDIO]
    assert brought.speech.transcript.speech
    assert brought.speech.transcript.text == ""


def test_the_shipped_model_comes_first_and_knows_english_only(tmp_path, monkeypatch):
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path))
    assert models() == ("tiny.en",)
    assert only_english(models()[0])
    assert not only_english("Systran/faster-whisper-base")


# The command line -----------------------------------------------------------------------------------------


def run(capsys, *argv):
    code = main(argv)
    out = capsys.readouterr()
    return code, out.out, out.err


@pytest.fixture
def files(tmp_path):
    def write(name, data):
        (tmp_path / name).write_bytes(data)
        return str(tmp_path / name)

    return write


@needs_voice
@pytest.mark.parametrize("kind", ["mp4", "webm"])
def test_a_video_on_the_command_line(capsys, files, kind):
    path = files(f"clip.{kind}", spoken_movie(kind))
    code, out, err = run(capsys, "recommend", "--video", path, "--json")
    assert (code, err) == (0, "")
    answer = json.loads(out)
    assert list(answer["query"]) == ["image", "text", "audio"]
    speech_ = answer["query"]["audio"]["speech"]
    assert "piano" in speech_["text"].lower()
    assert (speech_["language"], speech_["used"], speech_["model"]) == ("en", True, "tiny.en")
    assert answer["query"]["text"]["characters"] == len(speech_["text"])

    parts = ["--image", path, "--audio", path, "--text", speech_["text"]]
    _, out, _ = run(capsys, "recommend", *parts, "--json")
    assert json.loads(out)["items"] == answer["items"]

    _, out, _ = run(capsys, "recommend", "--video", path, "--no-transcribe", "--json")
    assert list(json.loads(out)["query"]) == ["image", "audio"]


@needs_voice
def test_compare_and_explain_hear_it_too(capsys, files):
    path = files("clip.mp4", spoken_movie())
    _, out, _ = run(capsys, "compare", "--video", path, "--json", "-k", "3")
    answers = json.loads(out)["results"]
    assert all("piano" in a["query"]["audio"]["speech"]["text"].lower() for a in answers)
    id = answers[0]["items"][0]["id"]
    argv = ["explain", "--video", path, "--item", id, "--fusion", "concat", "--no-parts"]
    _, out, _ = run(capsys, *argv, "--json")
    found = json.loads(out)
    assert found["score"] == pytest.approx(answers[0]["items"][0]["score"], abs=1e-6)
    assert "piano" in found["query"]["audio"]["speech"]["text"].lower()
    code, out, err = run(capsys, *argv)
    assert (code, err) == (0, "")
    assert "piano" in out


def test_what_is_given_beside_a_video_stands_for_its_part(capsys, files):
    video, picture = files("a.mp4", movie(wave=tone())), files("a.jpg", photo().data)
    argv = ["recommend", "--video", video, "--image", picture, "--text", "杯子很好看", "--json"]
    _, out, _ = run(capsys, *argv)
    query = json.loads(out)["query"]
    assert "frames" not in query["image"]
    assert query["text"]["language"] == "zh"
    assert "speech" not in query["audio"]


@pytest.mark.parametrize("language", ["en", "zh"])
def test_bad_videos_are_told_in_one_line(capsys, files, tmp_path, language):
    cases = {
        "video_unreadable": movie()[:600],
        "file_empty": b"",
        "file_too_big": bytes(21 * 2**20),
    }
    for code, data in cases.items():
        path = files("bad.mp4", data)
        exit_code, out, err = run(capsys, "recommend", "--video", path, "--lang", language)
        assert (exit_code, out) == (2, "")
        assert err.strip() == TriadError(code, name="bad.mp4", limit=20).say(language)
    missing = str(tmp_path / "none.mp4")
    assert run(capsys, "recommend", "--video", missing)[0] == 2


def test_a_sound_as_a_video_is_told(capsys, files):
    path = files("a.m4a", sound_only())
    _, _, err = run(capsys, "recommend", "--video", path)
    assert err.strip() == TriadError("video_without_pictures").say("en")


def sound_only():
    import av

    buffer = io.BytesIO()
    with av.open(buffer, "w", format="mp4") as file:
        stream = file.add_stream("aac", rate=48_000, layout="mono")
        frame = av.AudioFrame.from_ndarray(
            tone(0.5)[None].astype(np.float32), format="fltp", layout="mono"
        )
        frame.sample_rate = 48_000
        file.mux(stream.encode(frame))
        file.mux(stream.encode(None))
    return buffer.getvalue()


def test_how_long_a_video_is():
    assert clips.length(movie(seconds=2)) == pytest.approx(2, abs=0.2)
    assert clips.length(b"no video at all") is None


def test_pictures_of_phones_are_no_videos():
    assert clips.is_video(movie())
    assert not clips.is_video(b"\0\0\0\x18ftypheic" + bytes(20))
    assert not clips.is_video(photo().data)
