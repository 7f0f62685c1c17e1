"""Picture files to upright sRGB pixels without transparency."""

from __future__ import annotations

import io
import warnings
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from PIL import ExifTags, Image, ImageCms

from core.errors import TriadError
from core.media.limits import MAX_PIXELS, MAX_SIDE
from core.media.steps import Chain, Look, Op, Stage, Value
from core.types import Media, Picture

# What Pillow warns of is refused or ignored here; on stderr it would be one message too many.
warnings.filterwarnings("ignore", category=Image.DecompressionBombWarning)
warnings.filterwarnings("ignore", category=UserWarning, module=r"PIL\.")

FORMATS: Final = ("JPEG", "PNG", "WEBP", "GIF", "BMP")

_TURNS: Final = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}

_SRGB: Final = ImageCms.createProfile("sRGB")


@dataclass(frozen=True, eq=False)
class Canvas:
    """A picture on its way, with what its file says about it: EXIF orientation and ICC profile."""

    picture: Image.Image
    orientation: int
    profile: bytes | None


def decode_image(media: Media) -> Picture:
    """Decode the first frame of a JPEG, PNG, WebP, GIF or BMP.

    Parameters
    ----------
    media : an image, at most ``MAX_PIXELS`` as its header claims

    Returns
    -------
    Picture with pixels (H, W, 3) uint8, longest side at most ``MAX_SIDE``

    Raises
    ------
    TriadError
        ``image_unreadable``, ``image_truncated``, ``image_too_large``
    """
    return IMAGE_CHAIN.run(media)


def picture_size(media: Media) -> tuple[int, int]:
    """Return width and height in pixels of the upright picture; reads the header only.

    Raises
    ------
    TriadError
        ``image_unreadable``, ``image_too_large``
    """
    picture = _open(media)
    width, height = picture.size
    return (height, width) if _orientation(picture) in (5, 6, 7, 8) else (width, height)


def _open(media: Media) -> Image.Image:
    """Read the header, and refuse what it claims to be too large."""
    too_large = TriadError("image_too_large", name=media.name, limit=MAX_PIXELS // 1_000_000)
    try:
        picture = Image.open(io.BytesIO(media.data), formats=FORMATS)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise too_large from error
    except Exception as error:  # a broken file makes the codecs raise almost anything
        raise TriadError("image_unreadable", name=media.name) from error
    if picture.width * picture.height > MAX_PIXELS:
        raise too_large
    return picture


def _read(media: Media) -> Canvas:
    picture = _open(media)
    try:
        canvas = Canvas(picture, _orientation(picture), picture.info.get("icc_profile"))
        _ask_for_less(picture)
        picture.load()
    except Exception as error:  # see _open
        raise _broken(error, media) from error
    return canvas


def _broken(error: Exception, media: Media) -> TriadError:
    code = "image_truncated" if "truncated" in str(error) else "image_unreadable"
    return TriadError(code, name=media.name)


def _orientation(picture: Image.Image) -> int:
    """Return the EXIF orientation, 1 to 8; damaged EXIF says nothing, which is 1."""
    try:
        return int(picture.getexif().get(ExifTags.Base.Orientation, 1))
    except Exception:  # EXIF is a foreign format inside the file, and often damaged
        return 1


def _ask_for_less(picture: Image.Image) -> None:
    """Let the JPEG decoder scale by 1/2, 1/4 or 1/8 while it decodes: most of a photo's cost."""
    scale = 0.75 * MAX_SIDE / max(picture.size)
    if scale < 1:
        width, height = picture.size
        picture.draft(None, (max(1, int(width * scale)), max(1, int(height * scale))))


def to_eight_bits(picture: Image.Image) -> Image.Image:
    """Bring any mode to L, LA, RGB, RGBA or CMYK; 16-bit grey keeps its range."""
    if picture.mode.startswith("I"):
        wide = np.asarray(picture).astype(np.int64)
        return Image.fromarray(np.clip(wide >> 8, 0, 255).astype(np.uint8))
    if picture.mode in ("L", "LA", "RGB", "RGBA", "CMYK"):
        return picture
    return picture.convert("RGBA" if picture.has_transparency_data else "RGB")


def shrink(picture: Image.Image) -> Image.Image:
    """Scale down, in proportion, until the longest side is at most ``MAX_SIDE``."""
    if max(picture.size) > MAX_SIDE:
        picture.thumbnail((MAX_SIDE, MAX_SIDE), Image.Resampling.BICUBIC)
    return picture


def turned(picture: Image.Image, orientation: int) -> Image.Image:
    """Turn a picture upright, given its EXIF orientation."""
    turn = _TURNS.get(orientation)
    return picture if turn is None else picture.transpose(turn)


def to_srgb(picture: Image.Image, profile: bytes | None) -> Image.Image:
    """Convert from the embedded colour profile, if there is one that can be read."""
    if profile is None:
        return picture
    mode = "RGBA" if picture.mode in ("LA", "RGBA") else "RGB"
    try:
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        converted = ImageCms.profileToProfile(picture, source, _SRGB, outputMode=mode)
    except (ImageCms.PyCMSError, OSError, ValueError):
        return picture
    return converted or picture


def on_white(picture: Image.Image) -> Image.Image:
    """Composite transparency on white and return RGB."""
    if not picture.has_transparency_data:
        return picture.convert("RGB")
    layer = picture.convert("RGBA")
    white = Image.new("RGBA", layer.size, "white")
    return Image.alpha_composite(white, layer).convert("RGB")


def _look(canvas: Canvas) -> Look:
    """Return pixels as grey, RGB or RGBA, of at most ``MAX_SIDE``; the facts are of the whole."""
    picture = canvas.picture
    extrema = picture.getextrema()
    bands = extrema if isinstance(extrema[0], tuple) else (extrema,)
    facts: dict[str, Value] = {
        "width": picture.width,
        "height": picture.height,
        "mode": picture.mode,
        "low": min(int(low) for low, _ in bands),
        "high": max(int(high) for _, high in bands),
    }
    if picture.mode.startswith(("I", "F")):
        return Look(np.asarray(picture), facts)
    shown = picture.convert("RGBA" if picture.has_transparency_data else "RGB")
    shown.thumbnail((MAX_SIDE, MAX_SIDE), Image.Resampling.BOX, reducing_gap=1.0)
    return Look(np.asarray(shown), facts)


def _on(work: Callable[[Canvas], Image.Image]) -> Callable[[Canvas], Canvas]:
    """Return a step that replaces the picture only; the same canvas where nothing was done."""

    def step(canvas: Canvas) -> Canvas:
        size, done = canvas.picture.size, work(canvas)
        same = done is canvas.picture and done.size == size  # thumbnails are made in place
        return canvas if same else replace(canvas, picture=done)

    return step


IMAGE_CHAIN: Final[Chain[Canvas, Picture]] = Chain(
    version=1,
    read=_read,
    parameters={"formats": " ".join(FORMATS), "max_pixels": MAX_PIXELS, "draft": MAX_SIDE * 3 // 4},
    ops=(
        Op("eight_bits", Stage.CLEAN, _on(lambda c: to_eight_bits(c.picture))),
        Op(
            "shrink",
            Stage.NORMALISE,
            _on(lambda c: shrink(c.picture)),
            {"max_side": MAX_SIDE, "filter": "bicubic"},
        ),
        Op("upright", Stage.CLEAN, _on(lambda c: turned(c.picture, c.orientation))),
        Op("srgb", Stage.NORMALISE, _on(lambda c: to_srgb(c.picture, c.profile))),
        Op("opaque", Stage.CLEAN, _on(lambda c: on_white(c.picture)), {"ground": "white"}),
    ),
    finish=lambda canvas: Picture(np.asarray(canvas.picture)),
    look=_look,
    broken=_broken,
)
