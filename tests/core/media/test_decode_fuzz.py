"""Whatever the bytes, decoding either works or raises a TriadError."""

from __future__ import annotations

from contextlib import suppress

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.errors import TriadError
from core.media import decode, picture_size
from core.media.limits import MAX_CHARACTERS, MAX_SIDE
from core.types import Clean, Media, Modality, Passage, Picture, Sound

EXAMPLES = settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
BEGINNINGS = st.sampled_from(
    [
        *(b"", b"\xff\xd8\xff", b"GIF89a", b"BM", b"\x89PNG\r\n\x1a\n", b"RIFF\0\0\0\0WEBPVP8 "),
        *(b"RIFF\0\0\0\0WAVEfmt ", b"fLaC", b"OggS", b"FORM\0\0\0\0AIFF", b"ID3", b"\xff\xfb"),
        *(b"\xff\xf1", b"\0\0\0\x18ftypM4A ", b"\x1a\x45\xdf\xa3"),
    ]
)


def check(clean: Clean) -> None:
    match clean:
        case Picture(pixels):
            assert pixels.dtype == np.uint8
            assert pixels.ndim == 3
            assert pixels.shape[2] == 3
            assert max(pixels.shape) <= MAX_SIDE
        case Sound(samples, _):
            assert samples.dtype == np.float32
            assert np.isfinite(samples).all()
            assert np.abs(samples).max() <= 1
            assert clean.seconds <= 30.01
        case Passage(text, _):
            assert 0 < len(text) <= 2 * MAX_CHARACTERS


def attempt(media: Media) -> None:
    with suppress(TriadError):
        check(decode(media))
        if media.modality is Modality.IMAGE:
            picture_size(media)


@EXAMPLES
@given(BEGINNINGS, st.binary(max_size=400), st.sampled_from(list(Modality)))
def test_random_bytes(beginning, rest, modality):
    attempt(Media(modality, beginning + rest))


@EXAMPLES
@given(st.text(max_size=300))
def test_random_text(text):
    attempt(Media(Modality.TEXT, text.encode("utf-8", "surrogatepass")))


@st.composite
def damage(draw: st.DrawFn) -> tuple[float, list[tuple[float, int]]]:
    """Where to cut off, and which bytes to change into what; places are shares of the length."""
    share = st.floats(0, 1, exclude_max=True)
    changes = draw(st.lists(st.tuples(share, st.integers(0, 255)), max_size=8))
    return draw(st.one_of(st.just(1.0), share)), changes


def damaged(data: bytes, how: tuple[float, list[tuple[float, int]]]) -> bytes:
    end, changes = how
    bent = bytearray(data)
    for place, value in changes:
        bent[int(place * len(bent))] = value
    return bytes(bent[: int(end * len(bent))])


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "GIF", "BMP"])
def test_damaged_pictures(kind, make_scene, save):
    exif = make_scene().getexif()
    exif[274] = 6
    options = {"exif": exif} if kind in ("JPEG", "PNG", "WEBP") else {}
    data = save(make_scene(64, 48), kind, **options).data

    @EXAMPLES
    @given(damage())
    def run(how):
        attempt(Media(Modality.IMAGE, damaged(data, how)))

    run()


def test_damaged_sounds(sound_kind, make_tone, write):
    data = write(make_tone(0.3), 48_000, sound_kind).data

    @EXAMPLES
    @given(damage())
    def run(how):
        attempt(Media(Modality.AUDIO, damaged(data, how)))

    run()
