"""Valid inputs of every kind, small, made in memory."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Mapping
from importlib import import_module
from typing import Any, Final

import av
import numpy as np
import soundfile
from PIL import Image, ImageCms

_SOUNDS: Final = (
    *(
        ("WAV", "PCM_16"),
        ("WAV", "FLOAT"),
        ("WAV", "IMA_ADPCM"),
        ("RF64", "PCM_24"),
        ("FLAC", "PCM_16"),
    ),
    *(("OGG", "VORBIS"), ("OGG", "OPUS"), ("MP3", "MPEG_LAYER_III"), ("AIFF", "PCM_16")),
)
_FILMS: Final = (
    ("mp4", "mpeg4", "aac"),
    ("mov", "mjpeg", "pcm_s16le"),
    ("webm", "libvpx", "libopus"),
)
_TRACKS: Final = (("ipod", "aac"), ("webm", "libopus"), ("adts", "aac"))


def _pixels(width: int, height: int) -> np.ndarray[Any, np.dtype[np.uint8]]:
    y, x = np.mgrid[:height, :width]
    return np.stack([7 * x, 5 * y, 3 * (x ^ y)], axis=-1).astype(np.uint8)


def pictures() -> list[bytes]:
    """JPEG, PNG, WebP, GIF and BMP in their modes: grey, palette, transparent, turned, animated."""
    scene = Image.fromarray(_pixels(24, 16))
    clear, exif = scene.convert("RGBA"), Image.Exif()
    clear.putalpha(Image.linear_gradient("L").resize(clear.size))
    exif[0x0112] = 6
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    wide = Image.fromarray(_pixels(24, 16)[..., 0].astype(np.uint16) * 200)
    made: list[tuple[Image.Image, str, dict[str, Any]]] = [
        (scene, "JPEG", {"exif": exif, "icc_profile": profile}),
        (scene, "JPEG", {"progressive": True}),
        (scene.convert("CMYK"), "JPEG", {}),
        (clear, "PNG", {"exif": exif}),
        (wide, "PNG", {}),
        (scene.quantize(16), "PNG", {"transparency": 3}),
        (scene, "PNG", {"save_all": True, "append_images": [scene.rotate(90)], "duration": 50}),
        (clear, "WEBP", {"lossless": True, "exif": exif}),
        (scene, "WEBP", {"save_all": True, "append_images": [scene.rotate(180)], "duration": 50}),
        (scene, "GIF", {"save_all": True, "append_images": [scene.rotate(180)], "duration": 50}),
        (scene, "BMP", {}),
        (scene.quantize(4), "BMP", {}),
        (scene.convert("1"), "BMP", {}),
    ]
    return [_saved(picture, kind, **options) for picture, kind, options in made]


def _saved(picture: Image.Image, kind: str, **options: Any) -> bytes:
    out = io.BytesIO()
    picture.save(out, kind, **options)
    return out.getvalue()


def _tone(seconds: float, rate: int) -> np.ndarray[Any, np.dtype[np.float32]]:
    t = np.arange(int(seconds * rate)) / rate
    return (0.5 * np.sin(2 * np.pi * 440 * t)).astype(np.float32)


def sounds() -> list[bytes]:
    """What libsndfile writes, and what FFmpeg does; a fifth of a second each."""
    made = []
    for container, codec in _SOUNDS:
        out = io.BytesIO()
        rate = 48_000 if codec == "OPUS" else 16_000
        tone = np.stack([_tone(0.2, rate)] * 2, axis=1)
        soundfile.write(out, tone, rate, format=container, subtype=codec)
        made.append(out.getvalue())
    return made + [_film(container, "", codec) for container, codec in _TRACKS]


def films() -> list[bytes]:
    """MP4, MOV and WebM with six small frames and a sound."""
    return [_film(*each) for each in _FILMS]


def _film(container: str, video: str, audio: str) -> bytes:
    out = io.BytesIO()
    with av.open(out, "w", format=container) as file:
        picture = file.add_stream(video, rate=10) if video else None
        sound = file.add_stream(audio, rate=48_000, layout="mono")
        packets: list[Any] = []
        if picture is not None:
            picture.width, picture.height = 48, 32
            picture.pix_fmt = "yuvj420p" if video == "mjpeg" else "yuv420p"
            for turn in range(6):
                frame = av.VideoFrame.from_ndarray(
                    np.roll(_pixels(48, 32), turn, 1), format="rgb24"
                )
                packets += picture.encode(frame)
            packets += picture.encode(None)
        kind = "s16" if audio.startswith("pcm") else "flt"
        samples = _tone(0.6, 48_000) * (32767 if kind == "s16" else 1)
        wave = samples.astype(np.int16 if kind == "s16" else np.float32).reshape(1, -1)
        tone = av.AudioFrame.from_ndarray(wave, format=kind, layout="mono")
        tone.sample_rate = 48_000
        for packet in [*packets, *sound.encode(tone), *sound.encode(None)]:
            file.mux(packet)
    return out.getvalue()


def texts() -> list[bytes]:
    """Texts in several scripts, and what is not quite text."""
    written = (
        *(
            "Light and sturdy. I take it everywhere!",
            "很轻便，随身带着一点也不累。",
            "Très joli, déjà-vu",
        ),
        *(
            "\u202eevil\u202c \u200bzero\u200d width",
            "=cmd|' /C calc'!A0",
            "<script>alert(1)</script>",
        ),
        *(
            "👩‍👩‍👧 ok",
            "日本語のテキスト",
            "สวัสดี",
            "a" * 4999,
            "x\0y",
            "e\u0301" * 50,
            "שלום עולם",
            "١٢٣",
        ),
    )
    return [text.encode() for text in written] + [
        b"\xff\xfea\0b\0",
        b"\xed\xa0\x80",
        b"\xef\xbb\xbfok",
    ]


def npy(array: np.ndarray[Any, Any]) -> bytes:
    """Return an array as a ``.npy`` file."""
    out = io.BytesIO()
    np.save(out, array, allow_pickle=False)
    return out.getvalue()


def parquet(rows: Mapping[str, list[Any]]) -> bytes | None:
    """Return a table as Parquet, or None where its library is not installed."""
    try:
        library: Any = import_module("pyarrow.parquet")
    except ImportError:
        return None
    out = io.BytesIO()
    library.write_table(import_module("pyarrow").table(dict(rows)), out)
    return out.getvalue()


def zipped(files: Mapping[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """Return files as a zip archive."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for name, data in files.items():
            archive.writestr(zipfile.ZipInfo(name), data, method)
    return out.getvalue()


METADATA: Final = (
    "id,file_name,audio,title,text,description,reviews,category,language,author,license,title_zh\r\n"
    'a,a.png,a.wav,A lamp,"Bright, warm",It glows.,"[""good"", ""fine""]",lamps,en,Ann,CC0,灯\r\n'
    '"b/2",b.png,,=1+1,,"two\nlines",,,zh-CN,,,\r\n'
    ",,,Third,text,,,,,,,\r\n"
).encode()
INTERACTIONS: Final = (
    b"user_id,item_id,rating,timestamp,part\n"
    b"u1,a,4.5,1600000000,train\nu1,b/2,3,1600000100,valid\nu2,a,1,2020-01-01T00:00:00+02:00,test\n"
)
JSON_LINES: Final = (
    b'{"id": "a", "title": "A lamp", "text": "Bright", "reviews": ["good", "fine"], "image": "a.png"}\n'
    b'{"id": 7, "title": null, "text": 1.5, "class": true, "language": "\xe4\xb8\xad\xe6\x96\x87"}\n'
)
INTER: Final = (
    b"user_id:token\titem_id:token\trating:float\ttimestamp:float\n"
    b"u1\ti1\t4\t1600000000\nu1\ti2\t3\t1600000001\nu2\ti1\t5\t1600000002\n"
)
ITEM: Final = (
    b"item_id:token\ttitle:token_seq\tclass:token_seq\timage_emb:float_seq\n"
    b"i1\tA lamp\tlamps\t0.1 0.2 0.3\ni2\tA \xe7\x81\xaf\tlamps\t1e3 -2 0\n"
)
MMREC: Final = (
    b"userID\titemID\trating\ttimestamp\tx_label\n0\t0\t5\t10\t0\n0\t1\t4\t11\t1\n1\t1\t3\t12\t2\n"
)


def nested(opening: str, times: int) -> bytes:
    """Return JSON that is nested so deep."""
    closing = "]" if opening == "[" else "}"
    return (opening * times + json.dumps(1) + closing * times).encode()
