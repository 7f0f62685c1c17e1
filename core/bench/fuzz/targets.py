"""What strangers can hand to Triad: every decoder, importer, file format, address and argument."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Final

from core.bench.fuzz import bombs, catalogs, seeds, spoken
from core.bench.fuzz.engine import Target
from core.clips import frames_of, is_video, length, of_video
from core.encoders.segment import terms
from core.media import decode, loudness, onsets, picture_size, spectrogram, trace, waveform
from core.training import checkpoint
from core.training.config import RunConfig
from core.types import Media, Modality, Passage, Picture, Sound


def _decode(media: Media) -> Any:
    """Decode as the pages do; every second input is looked into step by step, which must agree."""
    if len(media.data) % 2:
        return decode(media)
    steps = trace(media)
    assert steps
    return decode(media)


def _image(data: bytes, _: Path) -> None:
    media = Media(Modality.IMAGE, data, "a.png")
    frames_of(media)
    picture_size(media)
    clean = _decode(media)
    assert isinstance(clean, Picture)
    assert clean.pixels.ndim == 3
    assert max(clean.pixels.shape) <= 1024


def _audio(data: bytes, _: Path) -> None:
    clean = _decode(Media(Modality.AUDIO, data, "a.wav"))
    assert isinstance(clean, Sound)
    assert abs(clean.samples).max() <= 1
    assert len(clean.samples) <= 30.1 * clean.rate
    for look in (waveform, loudness, onsets, spectrogram):
        look(clean)


def _video(data: bytes, _: Path) -> None:
    length(data)
    is_video(data)
    for media in of_video(data, "a.mp4"):
        decode(media)
        frames_of(media)


def _text(data: bytes, _: Path) -> None:
    clean = _decode(Media(Modality.TEXT, data, "a.txt"))
    assert isinstance(clean, Passage)
    terms(clean.text)


def _settings(data: bytes, _: Path) -> None:
    config = RunConfig.from_json(data.decode("utf-8", "surrogateescape"))
    assert RunConfig.from_json(config.to_json()) == config


def _settings_seeds(_: Path) -> list[bytes]:
    whole = RunConfig().to_json().encode()
    odd: list[dict[str, Any]] = [
        {"epochs": 10**400},
        {"rate": 1e-3, "channels": ["image"]},
        {"channels": [["image"], {}]},
        {"fusion": ["gated"], "width": 64.0, "seed": True},
    ]
    deep = [seeds.nested("[", 100_000), seeds.nested('{"a":', 100_000)]
    return [whole, b'{"rate": NaN}', b"{}", *(json.dumps(each).encode() for each in odd), *deep]


def _checkpoint_seeds(place: Path) -> list[bytes]:
    """Return a checkpoint, what claims to be huge, and old ones, in which no digest stops what is damaged."""
    import torch
    from safetensors.torch import save

    path = place / "run.safetensors"
    tensors = {"order": torch.arange(4), "tower.a": torch.ones(64, 32)}
    config = RunConfig().to_json()
    checkpoint.write(path, checkpoint.Checkpoint(config, "shop", "0", {"a": 1}, tensors))
    whole = path.read_bytes()
    facts = {"format": checkpoint.UNSEALED, "config": config, "world": "shop", "data": "0"}
    old = [
        save(tensors, {**facts, "numbers": numbers.decode()})
        for numbers in (b'{"a": 1}', seeds.nested("[", 20_000))
    ]
    return [whole, *(size.to_bytes(8, "little") + whole[8:] for size in (2**63, 2**40)), *old]


def _checkpoint(data: bytes, place: Path) -> None:
    path = place / "run.safetensors"
    path.write_bytes(data)
    RunConfig.from_json(checkpoint.read(path).config)


def _given(*made: Callable[[], Sequence[bytes]]) -> Callable[[Path], list[bytes]]:
    return lambda _: [data for make in made for data in make()]


_MEDIA: Final = ("core/media", "core/clips.py")

TARGETS: Final[dict[str, Target]] = {
    target.name: target
    for target in (
        Target("image", _given(seeds.pictures, bombs.pictures), _image, _MEDIA),
        Target("audio", _given(seeds.sounds, bombs.tracks), _audio, _MEDIA),
        Target("video", _given(seeds.films, bombs.reels), _video, _MEDIA),
        Target(
            "text",
            _given(seeds.texts),
            _text,
            ("core/media", "core/encoders/segment.py"),
            text=True,
            warm=lambda _: terms("读"),  # reads a dictionary
        ),
        *catalogs.TARGETS,
        Target("checkpoint", _checkpoint_seeds, _checkpoint, ("core/training",)),
        Target("settings", _settings_seeds, _settings, ("core/training",), text=True),
        *spoken.TARGETS,
    )
}
"""Every target by name."""
