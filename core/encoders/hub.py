"""Files of pretrained models: from the hub, from its cache, or from a folder of one's own."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from core.encoders.registry import cards
from core.errors import TriadError
from core.resources import digest
from core.types import Modality

ABOUT: Final = ("config.json", "README.md")
"""What says what a model is."""

EVERYTHING: Final = ("*.json", "*.txt", "*.model", "*.safetensors", "README.md")
"""What a model needs, without any format that could run code."""


def fetch(model_id: str, revision: str | None, patterns: Sequence[str], kind: Modality) -> Path:
    """Return a folder with the files that match; the hub's are named after their commit.

    Raises
    ------
    TriadError
        ``needs_hub``, ``unknown_model``
    """
    if Path(model_id).is_dir():
        return Path(model_id)
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import (
        HFValidationError,
        RepositoryNotFoundError,
        RevisionNotFoundError,
    )

    try:
        found = snapshot_download(model_id, revision=revision, allow_patterns=list(patterns))
    except (HFValidationError, RepositoryNotFoundError, RevisionNotFoundError) as error:
        raise TriadError("unknown_model", model=model_id) from error
    except OSError as error:  # no network, hub down, offline by choice
        raise needs_hub(model_id, kind) from error
    return Path(found)


def needs_hub(model_id: str, kind: Modality) -> TriadError:
    """Return the error that names what works without a network."""
    known = ", ".join(card.id for card in cards(kind))
    return TriadError("needs_hub", model=model_id, known=known)


def read_config(model_id: str, folder: Path) -> dict[str, Any]:
    """Return the model's configuration.

    Raises
    ------
    TriadError
        ``model_unusable``
    """
    try:
        config: dict[str, Any] = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        reason = "it has no readable config.json"
        raise TriadError("model_unusable", model=model_id, reason=reason) from error
    return config


def licence(folder: Path) -> str:
    """Return the licence that the model's README declares, or ``unknown``."""
    readme = folder / "README.md"
    if not readme.is_file():
        return "unknown"
    from huggingface_hub import metadata_load

    try:
        return str((metadata_load(readme) or {}).get("license") or "unknown")
    except ValueError:  # a README that is not in order says nothing
        return "unknown"


def revision_of(model_id: str, folder: Path) -> str:
    """Return what names the weights: the commit, or a digest of a folder of one's own."""
    if not Path(model_id).is_dir():
        return folder.name[:16]
    read = sorted(path for path in folder.rglob("*") if path.suffix in {".json", ".safetensors"})
    return hashlib.sha256("".join(map(digest, read)).encode()).hexdigest()[:16]
