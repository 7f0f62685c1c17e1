"""Joint spaces of the hub: CLIP and its kin, and CLAP, through transformers."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from core.encoders import hub_about
from core.encoders.base import EncoderCard
from core.encoders.hub_audio import HubAudio
from core.encoders.joint import Floats, JointCard, JointSpace
from core.errors import TriadError
from core.types import Clean, Modality, Picture

FAMILIES: Final = {
    "clip": Modality.IMAGE,
    "siglip": Modality.IMAGE,
    "siglip2": Modality.IMAGE,
    "chinese_clip": Modality.IMAGE,
    "altclip": Modality.IMAGE,
    "metaclip_2": Modality.IMAGE,
    "clap": Modality.AUDIO,
}
"""``model_type`` of a configuration, and what lies beside the texts."""

_FILLED: Final = ("siglip", "siglip2")
"""Trained on texts that were always filled up to their greatest length, without a mask."""

_AT_ONCE: Final = 16


def hub_joint(model_id: str, revision: str | None = None) -> HubJoint:
    """Return a joint space of the hub or of a folder; weights, in safetensors, come with the first use."""
    from core.encoders.sources import hub_snapshot

    about = hub_snapshot(model_id, patterns=hub_about.ABOUT, revision=revision)
    kind = hub_about.read_config(model_id, about).get("model_type")
    if kind not in FAMILIES:
        known = ", ".join(FAMILIES)
        reason = f"it has no joint space that Triad knows ({known})"
        raise TriadError("model_unusable", model=model_id, reason=reason)
    card = JointCard(
        id=hub_about.id_of(model_id, about),
        modalities=(FAMILIES[kind],),
        dim=_width(model_id, about),
        source=f"{model_id} ({kind})",
        revision=hub_about.revision_of(model_id, about),
        licence=hub_about.licence_of(about),
        languages=hub_about.languages_of(about),
    )
    return HubJoint(card, model_id, about)


class HubJoint(JointSpace):
    """A model of transformers with one tower for texts and one for pictures or sounds.

    References
    ----------
    Radford et al., Learning Transferable Visual Models From Natural Language Supervision, 2021.
    Zhai et al., Sigmoid Loss for Language Image Pre-Training, 2023.
    Wu et al., Large-Scale Contrastive Language-Audio Pretraining, 2023.
    """

    def __init__(self, card: JointCard, model_id: str, about: Path) -> None:
        super().__init__()
        self.card = card
        self._model_id = model_id
        self._about = about
        self._model: Any = None
        self._tokenizer: Any
        self._eye: Any
        self._ear: HubAudio

    def _text(self, sentences: Sequence[str]) -> Floats:
        model = self._loaded()
        kind = model.config.model_type
        return self._in_parts(
            sentences,
            lambda part: model.get_text_features(
                **self._tokenizer(
                    list(part),
                    padding="max_length" if kind in _FILLED else True,
                    truncation=True,
                    max_length=_limit(self._tokenizer.model_max_length, model.config.text_config),
                    return_attention_mask=kind not in _FILLED,
                    return_tensors="pt",
                )
            ),
        )

    def _image(self, pictures: Sequence[Clean]) -> Floats:
        model = self._loaded()
        return self._in_parts(
            pictures,
            lambda part: model.get_image_features(
                **self._eye(
                    images=[_pixels(each) for each in part],
                    input_data_format="channels_last",
                    return_tensors="pt",
                )
            ),
        )

    def _audio(self, sounds: Sequence[Clean]) -> Floats:
        self._loaded()
        return np.asarray(self._ear.encode(sounds).pooled.numpy(), dtype=np.float32)

    def _in_parts(self, batch: Sequence[Any], run: Any) -> Floats:
        import torch

        with torch.inference_mode():
            parts = [
                run(batch[start : start + _AT_ONCE]).pooler_output.float().numpy()
                for start in range(0, len(batch), _AT_ONCE)
            ]
        return np.concatenate(parts)

    def _loaded(self) -> Any:
        if self._model is None:
            try:
                self._load()
            except TriadError:
                raise
            except Exception as error:  # whatever a stranger's files make transformers trip over
                raise hub_about.unusable(self._model_id, error) from error
        return self._model

    def _load(self) -> None:
        from core.encoders.sources import TRANSFORMERS_FILES, hub_snapshot

        folder = hub_snapshot(
            self._model_id,
            patterns=TRANSFORMERS_FILES,
            revision=self._about.name,
            progress=self.progress,
        )
        import torch
        from transformers import AutoFeatureExtractor, AutoImageProcessor, AutoModel, AutoTokenizer

        own: dict[str, Any] = {"local_files_only": True, "trust_remote_code": False}
        self._tokenizer = AutoTokenizer.from_pretrained(folder, **own)
        with hub_about.quietly():
            model = AutoModel.from_pretrained(
                folder, use_safetensors=True, dtype=torch.float32, **own
            ).eval()
        if Modality.IMAGE in self.card.modalities:
            eyes: Any = AutoImageProcessor  # untyped, as are extractors
            self._eye = eyes.from_pretrained(folder, **own)
        else:
            from core.encoders.listeners import Clap

            ears: Any = AutoFeatureExtractor
            clap = Clap(model, ears.from_pretrained(folder, **own))
            self._ear = HubAudio(_as_encoder(self.card), lambda: clap)
        self._model = model


def _width(model_id: str, folder: Path) -> int:
    """Return D. The configuration's class fills in what the file leaves out."""
    from transformers import AutoConfig

    try:
        config: Any = AutoConfig.from_pretrained(
            folder, local_files_only=True, trust_remote_code=False
        )
    except Exception as error:
        raise hub_about.unusable(model_id, error) from error
    if hasattr(config, "projection_dim"):
        return int(config.projection_dim)
    return int(getattr(config.text_config, "projection_size", config.text_config.hidden_size))


def _limit(declared: int, config: Any) -> int:
    """Return how many pieces of a text are read: see ``core.encoders.transformer``."""
    positions = int(config.max_position_embeddings)
    return declared if declared <= positions else positions - 2


def _as_encoder(card: JointCard) -> EncoderCard:
    return EncoderCard(card.id, Modality.AUDIO, card.dim, card.source, card.revision, card.licence)


def _pixels(clean: Clean) -> NDArray[np.uint8]:
    if not isinstance(clean, Picture):
        raise TypeError(f"pictures have a place here, not {type(clean).__name__}")
    return clean.pixels.copy()  # torch warns of arrays that it must not write to
