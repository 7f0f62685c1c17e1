"""Models of the hub that menus offer by name; any other id may be typed in.

Every one has its weights in a format that holds numbers only (safetensors, or CTranslate2 for Whisper).
Where the main branch still has a pickle, ``revision`` names the hub's own conversion. Identifiers, licences
and sizes were looked up: in timm's and faster-whisper's tables, which the tests compare, and on the pages of
the repositories.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

from core.encoders.sources import TIMM_FILES, TRANSFORMERS_FILES, WHISPER_FILES
from core.errors import TriadError
from core.types import Modality

Library = Literal["timm", "transformers", "whisper"]

_FILES: Final[dict[Library, tuple[str, ...]]] = {
    "timm": TIMM_FILES,
    "transformers": TRANSFORMERS_FILES,
    "whisper": WHISPER_FILES,
}

_IMAGE, _TEXT, _AUDIO = (Modality.IMAGE,), (Modality.TEXT,), (Modality.AUDIO,)
_IMAGE_TEXT, _TEXT_AUDIO = (*_IMAGE, *_TEXT), (*_TEXT, *_AUDIO)


@dataclass(frozen=True)
class Entry:
    """A model of the hub.

    Attributes
    ----------
    modalities : what it reads; several in one space where there are several
    id : of the hub
    name : what people call it
    about : what it is, in one line
    mb : about how many megabytes have to be downloaded
    licence : SPDX identifier of the weights
    library : what opens it
    revision : branch, or reference of a conversion to safetensors
    """

    modalities: tuple[Modality, ...]
    id: str
    name: str
    about: str
    mb: int
    licence: str
    library: Library = "transformers"
    revision: str | None = None

    @property
    def files(self) -> tuple[str, ...]:
        """Patterns of the files that it takes, as ``hub_snapshot`` wants them."""
        return _FILES[self.library]


def _timm(id: str, name: str, about: str, mb: int, licence: str = "Apache-2.0") -> Entry:
    return Entry(_IMAGE, f"timm/{id}", name, about, mb, licence, "timm")


def _whisper(id: str, name: str, about: str, mb: int) -> Entry:
    return Entry(_AUDIO, id, f"Whisper {name}", about, mb, "MIT", "whisper")


MENU: Final[tuple[Entry, ...]] = (
    _timm("vgg16.tv_in1k", "VGG-16", "convolutions one after the other, 2014", 554, "BSD-3-Clause"),
    _timm("resnet50.a1_in1k", "ResNet-50", "residual convolutions, 2015", 102),
    _timm(
        "efficientnet_b0.ra_in1k", "EfficientNet-B0", "depth, width and size in balance, 2019", 21
    ),
    _timm("convnext_tiny.fb_in22k_ft_in1k", "ConvNeXt-T", "convolutions of the 2020s", 114),
    _timm("vit_small_patch16_224.augreg_in21k_ft_in1k", "ViT-S/16", "attention over patches", 88),
    _timm("vit_base_patch16_224.augreg_in21k_ft_in1k", "ViT-B/16", "attention over patches", 346),
    _timm("vit_small_patch14_dinov2.lvd142m", "DINOv2-S", "learned without labels, 2023", 88),
    _timm("vit_base_patch14_dinov2.lvd142m", "DINOv2-B", "learned without labels, 2023", 346),
    Entry(
        _TEXT,
        "intfloat/multilingual-e5-small",
        "multilingual E5 small",
        "about 100 languages; wants the prefix 'query: '",
        493,
        "MIT",
    ),
    Entry(
        _TEXT,
        "intfloat/multilingual-e5-base",
        "multilingual E5 base",
        "about 100 languages; wants the prefix 'query: '",
        1134,
        "MIT",
    ),
    Entry(
        _TEXT,
        "sentence-transformers/paraphrase-multilingual-MiniLM-L12-v2",
        "MiniLM multilingual",
        "50 languages, distilled from English paraphrases",
        485,
        "Apache-2.0",
    ),
    Entry(
        _TEXT,
        "BAAI/bge-m3",
        "BGE-M3",
        "about 100 languages, texts up to 8192 pieces",
        2293,
        "MIT",
        revision="refs/pr/38",
    ),
    Entry(
        _IMAGE_TEXT,
        "openai/clip-vit-large-patch14",
        "CLIP ViT-L/14",
        "pictures and English captions in one space, 2021",
        1715,
        "MIT",
    ),
    Entry(
        _IMAGE_TEXT,
        "google/siglip-base-patch16-224",
        "SigLIP B/16",
        "as CLIP, each pair judged by itself, 2023",
        814,
        "Apache-2.0",
    ),
    Entry(
        _IMAGE_TEXT,
        "google/siglip2-base-patch16-224",
        "SigLIP 2 B/16",
        "pictures and captions in many languages, Chinese too, 2025",
        1535,
        "Apache-2.0",
    ),
    Entry(
        _TEXT_AUDIO,
        "laion/clap-htsat-fused",
        "CLAP",
        "sounds and English captions in one space, 2022",
        618,
        "Apache-2.0",
        revision="refs/pr/3",
    ),
    Entry(
        _AUDIO,
        "MIT/ast-finetuned-audioset-10-10-0.4593",
        "AST",
        "attention over spectrograms; 527 kinds of sounds",
        346,
        "BSD-3-Clause",
    ),
    Entry(
        _AUDIO,
        "facebook/wav2vec2-base-960h",
        "wav2vec 2.0",
        "speech, learned from English recordings",
        378,
        "Apache-2.0",
    ),
    Entry(
        _AUDIO,
        "facebook/hubert-base-ls960",
        "HuBERT",
        "speech, learned by guessing hidden units",
        378,
        "Apache-2.0",
        revision="refs/pr/2",
    ),
    _whisper("Systran/faster-whisper-tiny", "tiny", "speech of 99 languages to text", 78),
    _whisper("Systran/faster-whisper-base", "base", "speech of 99 languages to text", 148),
    _whisper("Systran/faster-whisper-small", "small", "speech of 99 languages to text", 486),
    _whisper("Systran/faster-whisper-medium", "medium", "speech of 99 languages to text", 1531),
    _whisper(
        "mobiuslabsgmbh/faster-whisper-large-v3-turbo", "turbo", "large, with a short decoder", 1620
    ),
    _whisper(
        "Systran/faster-whisper-large-v3", "large-v3", "speech of 100 languages to text", 3090
    ),
)


def entries(*modalities: Modality) -> tuple[Entry, ...]:
    """Return what reads all of these modalities; everything without one."""
    return tuple(each for each in MENU if set(modalities) <= set(each.modalities))


def entry(id: str) -> Entry:
    """Return the entry of an id.

    Raises
    ------
    TriadError
        ``unknown_encoder``
    """
    for each in MENU:
        if each.id == id:
            return each
    raise TriadError("unknown_encoder", key=id, known=", ".join(each.id for each in MENU))
