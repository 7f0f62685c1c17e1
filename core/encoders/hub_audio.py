"""Sounds to vectors by any audio model of the hub, of torchaudio, or of a folder."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from core.encoders import hub_about
from core.encoders.base import Encoded, Encoder, EncoderCard
from core.encoders.hearing import as_sound, averaged, heard_at, seconds_of
from core.errors import TriadError
from core.types import Clean, Modality

if TYPE_CHECKING:
    from core.encoders.hub import Progress
    from core.encoders.listeners import Heard, Listener

TORCHAUDIO: Final = "torchaudio:"
"""How ids of torchaudio's pipelines begin."""

_WIDTH: Final = ("projection_dim", "hidden_size", "d_model")
"""What families of models call the width of their vectors: CLAP, most, Whisper."""


def hub_audio(
    model_id: str, revision: str | None = None, *, progress: Progress | None = None
) -> HubAudio:
    """Return an encoder for a pretrained audio model.

    Only its configuration is read now; the weights, which must be safetensors, come with the first
    sound. No code of the repository is ever run. Wav2Vec2, HuBERT, WavLM and their kin, Whisper, the
    Audio Spectrogram Transformer and the audio tower of CLAP are understood.

    Parameters
    ----------
    model_id : of the hub, such as ``laion/clap-htsat-unfused``; the path of a folder; or a pipeline
        such as ``torchaudio:HUBERT_BASE``, whose weights come in PyTorch's own format and are read
        as tensors only
    revision : branch, tag or commit of the hub; what is found is pinned by its commit
    progress : told of bytes while the hub's files come

    Raises
    ------
    TriadError
        ``needs_hub`` (it cannot be reached, and the model is not on this machine),
        ``unknown_model``, ``model_unusable``
    """
    if model_id.startswith(TORCHAUDIO):
        return _of_torchaudio(model_id)
    return _of_transformers(model_id, revision, progress)


class HubAudio(Encoder):
    """A model that others trained; made by :func:`hub_audio`.

    Long sounds are heard in equal windows that the model can take. Tokens are means over a second.
    """

    def __init__(self, card: EncoderCard, open_model: Callable[[], Listener]) -> None:
        super().__init__()
        self.card = card
        self._open = open_model
        self._listener: Listener

    def _load(self) -> None:
        try:
            self._listener = self._open()
        except TriadError:
            raise
        except Exception as error:  # whatever a stranger's files make the libraries trip over
            raise hub_about.unusable(self.card.source, error) from error

    def _encode(self, batch: Sequence[Clean], tokens: bool) -> Encoded:
        import torch

        heard = [self._hear(each) for each in batch]
        pooled = torch.stack([each.pooled for each in heard])
        if not tokens:
            return Encoded(pooled, None, ((),) * len(batch))
        lengths = [as_sound(each).seconds for each in batch]
        labels = tuple(map(seconds_of, lengths))
        padded = torch.nn.utils.rnn.pad_sequence(
            [
                torch.from_numpy(averaged(each.frames.numpy(), seconds, stretches))
                for each, seconds, stretches in zip(heard, lengths, labels, strict=True)
            ],
            batch_first=True,
        )
        return Encoded(pooled, padded, labels)

    def _hear(self, clean: Clean) -> Heard:
        """Hear all windows of one sound; they count alike, being of one length."""
        import torch

        from core.encoders.listeners import Heard

        samples = heard_at(clean, self._listener.rate)
        count = math.ceil(len(samples) / (self._listener.window * self._listener.rate))
        windows = [torch.from_numpy(part) for part in np.array_split(samples, count)]
        parts = [self._listener.hear(window) for window in windows]
        pooled = torch.stack([part.pooled for part in parts]).mean(dim=0)
        return Heard(pooled, torch.cat([part.frames for part in parts]))


def _of_transformers(model_id: str, revision: str | None, progress: Progress | None) -> HubAudio:
    from core.encoders.sources import TRANSFORMERS_FILES, hub_snapshot

    about = hub_snapshot(
        model_id, patterns=hub_about.ABOUT, revision=revision, modality=Modality.AUDIO
    )
    config = hub_about.read_config(model_id, about)
    width = next((config[key] for key in _WIDTH if key in config), None)
    if not isinstance(width, int):
        raise TriadError("model_unusable", model=model_id, reason="it is not a model of sounds")
    card = EncoderCard(
        id=hub_about.id_of(model_id, about),
        modality=Modality.AUDIO,
        dim=width,
        source=f"{model_id} ({config.get('model_type', 'transformer')})",
        revision=hub_about.revision_of(model_id, about),
        licence=hub_about.licence_of(about),
    )

    def open_model() -> Listener:
        from core.encoders.listeners import open_transformers

        folder = hub_snapshot(
            model_id,
            patterns=TRANSFORMERS_FILES,
            revision=about.name,
            modality=Modality.AUDIO,
            progress=progress,
        )
        return open_transformers(folder)

    return HubAudio(card, open_model)


def _of_torchaudio(model_id: str) -> HubAudio:
    import torchaudio

    name = model_id.removeprefix(TORCHAUDIO)
    bundle: Any = getattr(torchaudio.pipelines, name, None)
    if not isinstance(bundle, torchaudio.pipelines.Wav2Vec2Bundle):
        raise TriadError("unknown_model", model=model_id)
    card = EncoderCard(
        id=model_id.replace(":", "--"),
        modality=Modality.AUDIO,
        dim=bundle._params["encoder_embed_dim"],
        source=f"{model_id} (torchaudio {torchaudio.__version__})",
        revision=torchaudio.__version__,
        licence="unknown",
    )

    def open_model() -> Listener:
        from core.encoders.listeners import open_pipeline
        from core.encoders.sources import works

        try:
            return open_pipeline(bundle)
        except OSError as error:  # the weights are neither here nor to be had
            names = ", ".join(works(Modality.AUDIO))
            raise TriadError("needs_hub", id=model_id, works=names) from error

    return HubAudio(card, open_model)
