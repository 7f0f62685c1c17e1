from __future__ import annotations

import struct
import tracemalloc
import zlib

import numpy as np
import pytest
from PIL import Image, ImageCms, ImageOps

from core.errors import TriadError
from core.media import decode, picture_size
from core.media.limits import MAX_SIDE
from core.types import Media, Modality


def pixels(media: Media) -> np.ndarray:
    return decode(media).pixels.astype(int)


def png_header(width: int, height: int) -> bytes:
    """A PNG that claims a size and has next to no picture."""
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"\0"))


def chunk(name: bytes, body: bytes) -> bytes:
    check = zlib.crc32(name + body)
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", check)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "GIF", "BMP"])
def test_every_format_gives_the_same_picture(kind, make_scene, save):
    original = make_scene()
    found = pixels(save(original, kind))
    assert found.shape == (240, 320, 3)
    assert np.abs(found - np.asarray(original, dtype=int)).mean() < 8  # GIF has 256 colours


@pytest.mark.parametrize("orientation", range(1, 9))
def test_turned_photo_equals_upright_one(orientation, make_scene, save):
    exif = Image.Exif()
    exif[274] = orientation
    media = save(make_scene(), "PNG", exif=exif)
    expected = make_scene()
    expected.getexif()[274] = orientation
    expected = ImageOps.exif_transpose(expected)
    assert np.array_equal(pixels(media), np.asarray(expected))
    assert picture_size(media) == expected.size


def test_large_photo_is_turned_and_scaled(make_scene, save):
    exif = Image.Exif()
    exif[274] = 6
    media = save(make_scene(2400, 1600), "JPEG", exif=exif)
    found = pixels(media)
    assert found.shape[0] > found.shape[1]
    assert 512 < max(found.shape) <= MAX_SIDE
    assert found[0, -1, 0] < 20, "the left of the sensor, without red, is the top of the picture"
    assert found[-1, 0, 0] > 235
    assert picture_size(media) == (1600, 2400)


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "I;16"])
def test_every_png_mode_becomes_rgb(mode, make_scene, save):
    grey = make_scene().convert("L")
    if mode == "I;16":
        picture = Image.fromarray(np.asarray(grey).astype(np.uint16) * 257)
    else:
        picture = grey.convert("RGB").convert(mode) if mode != "1" else grey.convert("1")
    found = pixels(save(picture, "PNG"))
    assert found.shape == (240, 320, 3)
    assert np.abs(found.mean(axis=(0, 1)) - np.asarray(grey).mean()).max() < 6


def test_cmyk_photo(make_scene, save):
    original = make_scene()
    found = pixels(save(original.convert("CMYK"), "JPEG", quality=95))
    assert np.abs(found - np.asarray(original, dtype=int)).mean() < 8


@pytest.mark.parametrize("mode", ["RGBA", "LA", "P"])
def test_transparency_lies_on_white(mode, save):
    clear = Image.new("RGBA", (20, 10), (0, 0, 0, 0))
    options = {"transparency": 0} if mode == "P" else {}
    picture = Image.new("P", (20, 10), 0) if mode == "P" else clear.convert(mode)
    assert (pixels(save(picture, "PNG", **options)) == 255).all()


def test_half_transparent_red_is_pink(save):
    media = save(Image.new("RGBA", (8, 8), (255, 0, 0, 128)), "PNG")
    assert np.abs(pixels(media)[0, 0] - [255, 127, 127]).max() <= 1


def test_first_frame_of_a_moving_picture(save):
    red, blue = Image.new("RGB", (9, 9), "red"), Image.new("RGB", (9, 9), "blue")
    for kind in ("GIF", "WEBP", "PNG"):
        options = {"lossless": True} if kind == "WEBP" else {}
        media = save(red, kind, save_all=True, append_images=[blue], duration=50, **options)
        assert pixels(media)[4, 4].tolist() == [255, 0, 0], kind


def test_embedded_profile_is_applied(make_scene, save):
    lab = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    same = pixels(save(make_scene(), "PNG", icc_profile=lab))
    assert np.abs(same - np.asarray(make_scene(), dtype=int)).max() <= 2
    damaged = pixels(save(make_scene(), "PNG", icc_profile=b"not a profile"))
    assert np.array_equal(damaged, np.asarray(make_scene()))


@pytest.mark.parametrize("size", [(1, 1), (3000, 1), (1, 3000)])
def test_odd_shapes(size, save):
    found = pixels(save(Image.new("RGB", size, "red"), "PNG"))
    assert found.shape[2] == 3
    assert min(found.shape[:2]) == 1
    assert max(found.shape) <= MAX_SIDE


@pytest.mark.parametrize("size", [(10_000, 10_000), (16_000, 16_000), (8000, 5001)])
def test_claimed_size_is_refused_before_decoding(size):
    media = Media(Modality.IMAGE, png_header(*size), "bomb.png")
    tracemalloc.start()
    with pytest.raises(TriadError) as caught:
        decode(media)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert caught.value.code == "image_too_large"
    assert peak < 2_000_000


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "BMP"])
def test_half_a_file_is_refused(kind, make_scene, save):
    data = save(make_scene(), kind).data
    with pytest.raises(TriadError) as caught:
        decode(Media(Modality.IMAGE, data[: len(data) // 2]))
    assert caught.value.code in {"image_truncated", "image_unreadable"}


def test_name_says_nothing(make_scene, save):
    assert decode(Media(Modality.IMAGE, save(make_scene(), "PNG").data, "photo.mp3"))
    with pytest.raises(TriadError) as caught:
        decode(Media(Modality.IMAGE, b"a text", "photo.png"))
    assert caught.value.code == "image_unreadable"
