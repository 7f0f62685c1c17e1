"""How each family of audio models is run, and where in its output time goes."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final, NamedTuple

import torch
from torch import Tensor
from torch.nn import functional as F

from core.encoders import hub_about


class Heard(NamedTuple):
    """Of one sound: ``pooled`` (D,), and ``frames`` (F, D) evenly spaced over it."""

    pooled: Tensor
    frames: Tensor


class Listener(ABC):
    """A model that hears one sound of at most ``window`` seconds at ``rate`` Hz."""

    rate: int
    window: float = 10.0  # what most were trained on, and memory stays small

    @abstractmethod
    def hear(self, samples: Tensor) -> Heard:
        """Run the model on samples (T,)."""


class _Transformers(Listener):
    """A model of transformers and the feature extractor that goes with it."""

    def __init__(self, model: Any, extractor: Any) -> None:
        self._model = model
        self._extractor = extractor
        self.rate = int(extractor.sampling_rate)

    def _inputs(self, samples: Tensor) -> Any:
        return self._extractor(samples.numpy(), sampling_rate=self.rate, return_tensors="pt")

    def _own(self, frames: Tensor, samples: Tensor) -> Tensor:
        """Keep of frames (F, D) over a window those that are the sound, not what filled it up."""
        share = len(samples) / self.rate / self.window
        return frames[: max(1, min(len(frames), round(share * len(frames))))]


class Waves(_Transformers):
    """Wav2Vec2, HuBERT, WavLM and whatever else turns samples into a row of states."""

    def hear(self, samples: Tensor) -> Heard:
        """See :class:`Listener`. The pooled vector is the mean of the last layer's states."""
        frames = self._model(**self._inputs(samples)).last_hidden_state[0]
        return Heard(frames.mean(dim=0), frames)


class WhisperStates(_Transformers):
    """Whisper's encoder, which hears 30 seconds whatever the length."""

    def __init__(self, model: Any, extractor: Any) -> None:
        super().__init__(model, extractor)
        self.window = float(extractor.chunk_length)

    def hear(self, samples: Tensor) -> Heard:
        """See :class:`Listener`. What is not the sound itself does not count."""
        inputs = self._inputs(samples)["input_features"]
        states = self._model.get_encoder()(inputs).last_hidden_state[0]
        frames = self._own(states, samples)
        return Heard(frames.mean(dim=0), frames)


class Ast(_Transformers):
    """The Audio Spectrogram Transformer: patches of frequency and time, and two tokens for all.

    References
    ----------
    Gong et al., AST: Audio Spectrogram Transformer, 2021.
    """

    def __init__(self, model: Any, extractor: Any) -> None:
        super().__init__(model, extractor)
        self.window = model.config.max_length / 100  # frames of 10 ms

    def hear(self, samples: Tensor) -> Heard:
        """See :class:`Listener`. Patches at the same time are averaged over frequency."""
        config = self._model.config
        out = self._model(**self._inputs(samples))
        rows = (config.num_mel_bins - config.patch_size) // config.frequency_stride + 1
        states = out.last_hidden_state[0, 2:].unflatten(0, (rows, -1)).mean(dim=0)
        return Heard(out.pooler_output[0], self._own(states, samples))


class Clap(_Transformers):
    """The audio tower of CLAP, in the space that it shares with texts.

    References
    ----------
    Wu et al., Large-Scale Contrastive Language-Audio Pretraining, 2023.
    """

    def __init__(self, model: Any, extractor: Any) -> None:
        super().__init__(model, extractor)
        self.window = extractor.nb_max_samples / self.rate

    def hear(self, samples: Tensor) -> Heard:
        """See :class:`Listener`. Frames go through the same projection as the whole."""
        out = self._model.get_audio_features(**self._inputs(samples))
        states = out.last_hidden_state[0].mean(dim=1).T  # (channels, frequencies, times)
        frames = F.normalize(self._model.audio_projection(states), dim=-1)
        return Heard(out.pooler_output[0], self._own(frames, samples))


class Pipeline(Listener):
    """A Wav2Vec2 or HuBERT of torchaudio."""

    def __init__(self, model: Any, rate: int) -> None:
        self._model = model
        self.rate = rate

    def hear(self, samples: Tensor) -> Heard:
        """See :class:`Listener`. The pooled vector is the mean of the last layer's states."""
        frames = self._model.extract_features(samples[None])[0][-1][0]
        return Heard(frames.mean(dim=0), frames)


_FAMILIES: Final[dict[str, Callable[[Any, Any], Listener]]] = {
    "audio-spectrogram-transformer": Ast,
    "clap": Clap,
    "whisper": WhisperStates,
}


def open_transformers(folder: Path) -> Listener:
    """Load a model of transformers from a folder: safetensors only, no code of the folder's own."""
    from transformers import AutoFeatureExtractor, AutoModel

    own: dict[str, Any] = {"local_files_only": True, "trust_remote_code": False}
    extractors: Any = AutoFeatureExtractor  # untyped
    extractor = extractors.from_pretrained(folder, **own)
    with hub_about.quietly():
        model = AutoModel.from_pretrained(folder, use_safetensors=True, dtype=torch.float32, **own)
    return _FAMILIES.get(model.config.model_type, Waves)(model.eval(), extractor)


def open_pipeline(bundle: Any) -> Listener:
    """Load a pipeline of torchaudio: tensors only, whatever else the file may hold."""
    model = bundle.get_model(dl_kwargs={"weights_only": True, "progress": False})
    return Pipeline(model.eval(), int(bundle.sample_rate))
