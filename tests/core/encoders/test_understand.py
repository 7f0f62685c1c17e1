from __future__ import annotations

import io
import json

import pytest
import soundfile
from PIL import Image

from core.encoders import describe
from core.media import decode
from core.types import Media, Modality


def understand(media: Media) -> dict:
    found = describe(media, decode(media))
    assert json.loads(json.dumps(found)) == found
    return found


def test_picture(make_mug):
    buffer = io.BytesIO()
    exif = Image.Exif()
    exif[274] = 6
    Image.fromarray(make_mug().pixels[:, :200]).save(buffer, "JPEG", exif=exif)
    found = understand(Media(Modality.IMAGE, buffer.getvalue()))
    assert (found["width"], found["height"]) == (300, 200)
    assert [set(label) for label in found["labels"]] == [{"index", "name", "probability"}] * 5


def test_text():
    found = understand(Media(Modality.TEXT, "杯壁很厚，冬天喝咖啡很舒服".encode()))
    assert found["language"] == "zh"
    assert found["characters"] == 13
    assert found["tokens"][0] == "杯壁很厚"


def test_sound(make_plucked):
    buffer = io.BytesIO()
    soundfile.write(buffer, make_plucked(440, 2.0).samples, 32_000, format="WAV")
    found = understand(Media(Modality.AUDIO, buffer.getvalue()))
    assert found["seconds"] == pytest.approx(2.0)
    assert -40 < found["loudness_lufs"] < -5
    assert found["onsets_per_second"] == 0.5
    assert found["silent"] is False
