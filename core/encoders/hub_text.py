"""Texts to vectors by any transformer of the hub, or of a folder."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from core.encoders.base import EncoderCard
from core.encoders.sources import TRANSFORMERS_FILES, hub_snapshot
from core.encoders.transformer import Transformer
from core.errors import TriadError
from core.resources import digest
from core.types import Modality

E5_PREFIX: Final = "query: "
"""What E5 models want to see before every text that is compared with others of its kind."""

_WIDTH: Final = ("hidden_size", "d_model", "dim", "n_embd")
"""What families of models call the width of their states: BERT, T5, DistilBERT, GPT-2."""

_ABOUT: Final = ("config.json", "README.md")


def hub_text(model_id: str, revision: str | None = None, *, prefix: str = "") -> HubText:
    """Return an encoder for a transformers or sentence-transformers model.

    Only its configuration is read now; the weights, which must be safetensors, come with the first
    text. No code of the repository is ever run.

    Parameters
    ----------
    model_id : of the hub, such as ``intfloat/multilingual-e5-small``, or the path of a folder
    revision : branch, tag or commit of the hub; what is found is pinned by its commit
    prefix : put before every text; E5 models need ``E5_PREFIX``

    Raises
    ------
    TriadError
        ``needs_hub`` (it cannot be reached, and the model is not on this machine),
        ``unknown_model``, ``model_unusable``
    """
    folder = _fetch(model_id, revision, _ABOUT)
    config = _config(model_id, folder)
    width = next((config[key] for key in _WIDTH if key in config), None)
    if not isinstance(width, int):
        raise TriadError("model_unusable", model=model_id, reason="it is not a model of texts")
    about = _about(folder)
    card = EncoderCard(
        id=model_id.strip("/").replace("/", "--") if not _is_folder(model_id) else folder.name,
        modality=Modality.TEXT,
        dim=width,
        source=f"{model_id} ({config.get('model_type', 'transformer')})",
        revision=_revision(model_id, folder, prefix),
        licence=str(about.get("license") or "unknown"),
        languages=_languages(about.get("language")),
    )
    return HubText(card, model_id, folder, prefix)


class HubText(Transformer):
    """A transformer of the hub; made by :func:`hub_text`."""

    def __init__(self, card: EncoderCard, model_id: str, about: Path, prefix: str) -> None:
        super().__init__(prefix)
        self.card = card
        self._model_id = model_id
        self._about = about

    def _folder(self) -> Path:
        return _fetch(self._model_id, self._about.name, TRANSFORMERS_FILES)

    def _load(self) -> None:
        try:
            super()._load()
        except TriadError:
            raise
        except Exception as error:  # whatever a stranger's files make transformers trip over
            reason = str(error).strip().split("\n")[0] or type(error).__name__
            raise TriadError("model_unusable", model=self._model_id, reason=reason) from error


def _is_folder(model_id: str) -> bool:
    return Path(model_id).is_dir()


def _fetch(model_id: str, revision: str | None, patterns: Sequence[str]) -> Path:
    return hub_snapshot(model_id, patterns=patterns, revision=revision, modality=Modality.TEXT)


def _config(model_id: str, folder: Path) -> dict[str, Any]:
    try:
        config: dict[str, Any] = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise TriadError(
            "model_unusable", model=model_id, reason="it has no readable config.json"
        ) from error
    return config


def _about(folder: Path) -> dict[str, Any]:
    """Return what the model card declares, if there is one."""
    readme = folder / "README.md"
    if not readme.is_file():
        return {}
    from huggingface_hub import metadata_load

    try:
        return metadata_load(readme) or {}
    except ValueError:  # a card that is not in order says nothing
        return {}


def _languages(declared: object) -> tuple[str, ...]:
    codes = declared if isinstance(declared, list) else [declared]
    return tuple(code for code in codes if isinstance(code, str)) or ("und",)


def _revision(model_id: str, folder: Path, prefix: str) -> str:
    """Return what names the vectors: commit, or content of a local folder, and the prefix."""
    of_files = folder.name
    if _is_folder(model_id):
        read = sorted(p for p in folder.rglob("*") if p.suffix in {".json", ".safetensors"})
        of_files = hashlib.sha256("".join(map(digest, read)).encode()).hexdigest()
    if not prefix:
        return of_files[:16]
    return of_files[:8] + hashlib.sha256(prefix.encode()).hexdigest()[:8]
