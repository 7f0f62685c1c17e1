"""Files that hold more than one modality, as the uploads that they amount to.

A video becomes a picture medium of its frames, its sound track, and the words that are said in it; a sound
becomes itself and its words. The engine keeps taking one medium a modality.

The frames travel as an animated WebP that says in its EXIF what it is. So whatever shows or prepares pictures
takes the first frame without knowing about videos, and the content alone decides the vector: the mean of the
frames', weighted by how long each is shown.
"""

from __future__ import annotations

import io
from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Final

import av
import numpy as np
from PIL import ExifTags, Image

from core import encoders
from core.encoders.base import Encoded, Encoder, Stretch
from core.encoders.image import EfficientNetLite
from core.encoders.speech import Transcript, transcribe
from core.encoders.whisper import SHIPPED
from core.errors import TriadError
from core.media import decode
from core.media.limits import MAX_SECONDS
from core.media.sniff import sniff_audio
from core.media.video import FORMATS, MOST_FRAMES, decode_video
from core.types import MODALITIES, Media, Modality, Picture, Sound

if TYPE_CHECKING:
    from numpy.typing import NDArray

MARK: Final = "Triad: frames of a video"
"""What the EXIF of a medium of frames calls its software; other animated pictures stay their first frame."""

SPOKEN: Final = "transcript"
"""Name of a text medium that was said, not written."""

QUALITY: Final = 90

_STILLS: Final = (b"avif", b"avis", b"heic", b"heix", b"heim", b"heis", b"mif1", b"msf1")
"""Brands of pictures in the container that MP4 uses too."""


@dataclass(frozen=True, eq=False)
class Frames:
    """The pictures of a medium of frames, and which seconds of the video each stands for."""

    pictures: tuple[Picture, ...]
    stretches: tuple[Stretch, ...]

    @property
    def weights(self) -> NDArray[np.float64]:
        """(F,) share of the time that each is shown; sums to 1."""
        shown = np.array([each.end - each.start for each in self.stretches])
        shares: NDArray[np.float64] = shown / shown.sum()
        return shares


@dataclass(frozen=True)
class Speech:
    """What was said in the sound of a query, by which model, and whether it became the query's text."""

    transcript: Transcript
    model: str
    used: bool

    def as_json(self) -> dict[str, Any]:
        """Return plain JSON values."""
        return {**asdict(self.transcript), "model": self.model, "used": self.used}


@dataclass(frozen=True)
class Brought:
    """A query's media in canonical order; ``speech`` is None where nobody listened for any."""

    media: tuple[Media, ...]
    speech: Speech | None = None


def gather(
    given: Mapping[Modality, Media],
    listen: bool | None = None,
    model: str = SHIPPED,
    reads: Collection[Modality] = MODALITIES,
) -> Brought:
    """Return what files and a text amount to.

    Parameters
    ----------
    given : at most one medium a modality; the picture and the sound may be of a video file
    listen : whether to write down what the sound says; None means only where there is no text, which it
        then becomes
    model : see :func:`core.encoders.speech.transcribe`
    reads : what the world reads; one without texts gets none from speech

    Raises
    ------
    TriadError
        of :func:`core.media.video.decode_video`, :func:`core.media.decode` and
        :func:`core.encoders.speech.transcribe`
    """
    media = dict(given)
    picture, sound = media.get(Modality.IMAGE), media.get(Modality.AUDIO)
    if picture and is_video(picture.data):
        media[Modality.IMAGE] = frames_medium(picture.data, picture.name)
    speech = None
    free = Modality.TEXT in reads and Modality.TEXT not in media
    if sound and (free if listen is None else listen):
        said = listened(sound, model)
        used = free and bool(said.text)
        if used:
            media[Modality.TEXT] = as_text(said)
        speech = Speech(said, model, used)
    return Brought(tuple(media[m] for m in MODALITIES if m in media), speech)


# Videos -----------------------------------------------------------------------------------------------


def is_video(data: bytes) -> bool:
    """Say whether a file is in a container of videos, by its first bytes."""
    container = sniff_audio(data)
    return container is not None and container.av_format in FORMATS and data[8:12] not in _STILLS


def of_video(data: bytes, name: str = "") -> tuple[Media, ...]:
    """Return a video as a medium of its frames and, where it can be heard, its sound track.

    Raises
    ------
    TriadError
        of :func:`core.media.video.decode_video`
    """
    clip = decode_video(data, name)
    frames = _medium(Frames(clip.frames, _stretches(clip.seconds)), name)
    return (frames,) if clip.sound is None else (frames, Media(Modality.AUDIO, data, name))


def frames_medium(data: bytes, name: str = "") -> Media:
    """Return the frames of a video as one picture medium; raises what :func:`of_video` does."""
    return of_video(data, name)[0]


def length(data: bytes) -> float | None:
    """Return how many seconds a video lasts as its header claims, None where it does not tell."""
    container = sniff_audio(data)
    try:
        with av.open(io.BytesIO(data), format=container.av_format if container else None) as file:
            return None if file.duration is None else float(file.duration / av.time_base)
    except Exception:  # a broken file makes the codecs raise almost anything
        return None


def _stretches(seconds: tuple[float, ...]) -> tuple[Stretch, ...]:
    """Let each frame stand until the next is shown, and the last one as long as usual, or to the limit."""
    usual = float(np.median(np.diff(seconds))) if len(seconds) > 1 else 1.0
    ends = (*seconds[1:], min(seconds[-1] + usual, MAX_SECONDS))
    return tuple(Stretch(start, end) for start, end in zip(seconds, ends, strict=True))


def _medium(frames: Frames, name: str) -> Media:
    exif = Image.Exif()
    exif[ExifTags.Base.Software] = MARK
    size = frames.pictures[0].pixels.shape[1::-1]
    pictures = [Image.fromarray(each.pixels) for each in frames.pictures]
    first, *others = [p if p.size == size else p.resize(size) for p in pictures]
    out = io.BytesIO()
    first.save(
        out,
        "WEBP",
        save_all=True,
        append_images=others,
        duration=[max(1, round(1000 * (each.end - each.start))) for each in frames.stretches],
        exif=exif,
        quality=QUALITY,
        method=0,
    )
    return Media(Modality.IMAGE, out.getvalue(), name)


def frames_of(media: Media) -> Frames | None:
    """Return the frames of a medium of frames, None of any other medium.

    Frames that are much alike come as one that is shown longer: the format stores what changes.

    Raises
    ------
    TriadError
        ``image_too_large``, ``image_unreadable``: somebody tampered with it
    """
    if media.modality is not Modality.IMAGE or MARK.encode() not in media.data:
        return None
    decode(media)  # the limits of a picture hold
    pictures, stretches, start = [], [], 0.0
    try:
        with Image.open(io.BytesIO(media.data), formats=("WEBP",)) as film:
            if film.getexif().get(ExifTags.Base.Software) != MARK:
                return None
            for number in range(min(getattr(film, "n_frames", 1), MOST_FRAMES)):
                film.seek(number)
                pictures.append(Picture(np.asarray(film.convert("RGB"))))
                end = start + max(1, film.info.get("duration", 0)) / 1000
                stretches.append(Stretch(start, end))
                start = end
    except Exception as error:  # see length
        raise TriadError("image_unreadable", name=media.name) from error
    return Frames(tuple(pictures), tuple(stretches))


def encode(frames: Frames, encoder: Encoder) -> Encoded:
    """Encode frames: a token each, and their mean over time as the vector.

    The mean has unit length where the encoder's vectors have.

    Returns
    -------
    Encoded with pooled (1, D) and tokens (1, F, D)
    """
    import torch

    vectors = encoder.encode(frames.pictures).pooled
    weights = torch.from_numpy(frames.weights).to(vectors.dtype)
    mean = (weights @ vectors)[None]
    if bool(((vectors.norm(dim=1) - 1).abs() < 1e-3).all()):
        mean = torch.nn.functional.normalize(mean, dim=1)
    return Encoded(mean, vectors[None], (frames.stretches,))


def describe(frames: Frames, most: int = 5) -> dict[str, Any]:
    """Describe frames by plain JSON values, as :func:`core.encoders.describe` does a picture.

    Returns
    -------
    ``width``, ``height``, ``labels`` (likeliest by the mean of the frames' probabilities) and ``frames``:
    of each its ``start`` and ``end`` in seconds, and its likeliest ``label``
    """
    namer = encoders.default(Modality.IMAGE)
    assert isinstance(namer, EfficientNetLite)
    height, width = frames.pictures[0].pixels.shape[:2]
    named = namer.classify(frames.pictures, k=1000)
    labels: dict[int, dict[str, Any]] = {}
    for weight, each in zip(frames.weights.tolist(), named, strict=True):
        for found in each:
            label = labels.setdefault(found["index"], {**found, "probability": 0.0})
            label["probability"] += weight * found["probability"]
    return {
        "width": width,
        "height": height,
        "labels": sorted(labels.values(), key=lambda label: -label["probability"])[:most],
        "frames": [
            {"start": round(at.start, 2), "end": round(at.end, 2), "label": each[0]}
            for at, each in zip(frames.stretches, named, strict=True)
        ],
    }


# Speech -----------------------------------------------------------------------------------------------


def listened(sound: Media, model: str = SHIPPED) -> Transcript:
    """Decode a sound, or a video's sound track, and write down what is said in it."""
    clean = decode(sound)
    assert isinstance(clean, Sound)
    return transcribe(clean, model)


def as_text(said: Transcript) -> Media:
    """Return a transcript as a text medium."""
    return Media(Modality.TEXT, said.text.encode(), SPOKEN)
