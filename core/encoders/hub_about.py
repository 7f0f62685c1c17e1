"""What a model's folder says of the model: its configuration, licence, languages and revision."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from core.errors import TriadError
from core.resources import digest

ABOUT: Final = ("config.json", "README.md")
"""The files that say what a model is."""


def read_config(model_id: str, folder: Path) -> dict[str, Any]:
    """Return the model's configuration (``model_unusable`` where there is none)."""
    reason = "it has no readable config.json"
    try:
        config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise TriadError("model_unusable", model=model_id, reason=reason) from error
    if not isinstance(config, dict):
        raise TriadError("model_unusable", model=model_id, reason=reason)
    return config


def declared(folder: Path) -> dict[str, Any]:
    """Return what the head of the README declares, if there is one."""
    readme = folder / "README.md"
    if not readme.is_file():
        return {}
    from huggingface_hub import metadata_load

    try:
        return metadata_load(readme) or {}
    except ValueError:  # a README that is not in order says nothing
        return {}


def licence_of(folder: Path) -> str:
    """Return the licence that the README declares, or ``unknown``."""
    return str(declared(folder).get("license") or "unknown")


def languages_of(folder: Path) -> tuple[str, ...]:
    """Return the languages that the README declares, or ``("und",)``."""
    given = declared(folder).get("language")
    codes = given if isinstance(given, list) else [given]
    return tuple(code for code in codes if isinstance(code, str)) or ("und",)


def id_of(model_id: str, folder: Path) -> str:
    """Return the id under which the model's card goes: of the hub, or the name of its folder."""
    return folder.name if Path(model_id).is_dir() else model_id.strip("/").replace("/", "--")


def revision_of(model_id: str, folder: Path) -> str:
    """Return what names the weights: the commit, or a digest of a folder of one's own."""
    if not Path(model_id).is_dir():
        return folder.name[:16]
    read = sorted(path for path in folder.rglob("*") if path.suffix in {".json", ".safetensors"})
    return hashlib.sha256("".join(map(digest, read)).encode()).hexdigest()[:16]


def unusable(model_id: str, error: Exception) -> TriadError:
    """Return the error for whatever a stranger's files made a library trip over."""
    reason = str(error).strip().split("\n")[0] or type(error).__name__
    return TriadError("model_unusable", model=model_id, reason=reason)


@contextmanager
def quietly() -> Iterator[None]:
    """Let transformers load weights without drawing on stderr."""
    from transformers.utils import logging

    bars: Any = logging  # untyped
    drawn = bars.is_progress_bar_enabled()
    bars.disable_progress_bar()
    try:
        yield
    finally:
        if drawn:
            bars.enable_progress_bar()
