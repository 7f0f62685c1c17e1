"""What the Why page draws of videos and sounds: the values where they belong, and nothing too large."""

import io
import re

import numpy as np
import pytest
import soundfile

from components.i18n import translator
from components.why_parts import notes_html, strip_html, sum_words, where
from components.why_report import explain_command
from components.why_sound import MOST_BYTES, inlined
from core.encoders.base import Box, Stretch
from core.explain.within import Part, PartsReport
from core.types import LANGUAGES, Modality, Request, Sound

CELLS = (Box(0, 0, 0.5, 1), Box(0.5, 0, 1, 1))
FILM = PartsReport(
    modality=Modality.IMAGE,
    of="upload",
    phi=1.0,
    baseline=0.1,
    occlusion_missing=0.5,
    gradient_missing=0.0,
    gap=0.0,
    parts=tuple(
        Part(cell, 0.0, value, masked, frame)
        for frame, values in enumerate([((0.2, 0.5), (0.0, 0.5)), ((0.8, 0.3), (-0.4, -0.25))])
        for cell, (value, masked) in zip(CELLS, values, strict=True)
    ),
    frames=(Stretch(0.0, 1.0), Stretch(1.0, 2.5)),
    masked_missing=-0.05,
)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_strip_has_every_frame_in_order_under_its_own_shades(language: str) -> None:
    t = translator(language)
    html = strip_html(FILM, "gradient", ("a.webp", "b.webp"), t)
    first, second = re.findall(r"<li.*?</li>", html)
    assert 'src="a.webp"' in first
    assert 'src="b.webp"' in second
    assert re.findall(r'title="([^"]+)"', first) == ["+0.200"]
    assert re.findall(r'title="([^"]+)"', second) == ["+0.800", "−0.400"]
    # One scale for all frames: the strongest part of the video is the darkest.
    shade = {way: float(a) for way, a in re.findall(r'title="([^"]+)".*?opacity:([\d.]+)', html)}
    assert shade["+0.800"] == pytest.approx(4 * shade["+0.200"], abs=0.02)
    assert t("parts.seconds", start="1", end="2.5") in second
    assert "+0.400" in second  # the sum of its parts


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_part_of_a_video_says_when_it_is(language: str) -> None:
    t = translator(language)
    said = where(FILM.parts[3], FILM, t)
    assert "1–2.5" in said
    assert t("parts.cell", row=1, column=2) in said


def test_addresses_are_escaped() -> None:
    html = strip_html(FILM, "gradient", ('x" onerror="y', "b"), translator("en"))
    assert 'onerror="' not in html


@pytest.mark.parametrize("language", LANGUAGES)
def test_covered_up_parts_say_whether_they_happen_to_sum(language: str) -> None:
    t = translator(language)
    both = {"parts": "+1.05", "phi": "+1.00"}
    assert sum_words(FILM, "masked", t) == [t("parts.sum_masked_near", **both)]
    far = PartsReport(**{**vars(FILM), "masked_missing": 0.5})
    assert sum_words(far, "masked", t) == [t("parts.sum_masked", **both)]
    assert t("parts.masked") in notes_html(FILM, "gradient", t)


def test_the_command_measures_as_the_page_does() -> None:
    plain, masked = (explain_command(Request(), "a", "en", m) for m in ("gradient", "masked"))
    assert "--parts" not in plain
    assert "--parts masked" in masked


def test_a_sound_in_a_file_is_whole_and_small() -> None:
    rate = 32000
    wave = (0.3 * np.sin(np.arange(3 * rate) * 0.05)).astype(np.float32)
    data = inlined(Sound(wave, rate))
    assert data
    assert len(data) < wave.nbytes / 4
    heard, at = soundfile.read(io.BytesIO(data))
    assert at == rate
    assert len(heard) == pytest.approx(len(wave), abs=rate / 5)
    assert np.abs(heard).max() == pytest.approx(0.3, abs=0.05)


def test_a_sound_that_is_too_large_stays_outside() -> None:
    noise = np.random.default_rng(0).uniform(-0.5, 0.5, 32000 * 60).astype(np.float32)
    assert inlined(Sound(noise, 32000)) is None
    assert MOST_BYTES == 300_000
