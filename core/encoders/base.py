"""What every encoder is: cleaned media in, one vector each out and, on request, one a part."""

from __future__ import annotations

import threading
from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from core.types import Clean, Modality

if TYPE_CHECKING:
    from torch import Tensor

    from core.encoders.sources import Weights


@dataclass(frozen=True)
class EncoderCard:
    """What an encoder is: shown in menus, printed by ``python -m core methods``.

    Attributes
    ----------
    id : stable key
    modality : what it reads
    dim : D, width of the pooled vector
    source : paper or package that it comes from
    revision : version of the weights, or of our own code if there are none; belongs in cache keys
    licence : SPDX identifier of the weights
    languages : ISO 639-1 codes that it was trained on; empty where that means nothing
    fitted : whether it learns from a catalog's texts, so that each catalog has its own. The card of
        the class then says what is true of all: ``dim`` is 0 where the texts decide it
    parameters : how many numbers were learned; 0 if none, or if that is not known
    megabytes : size of the weights as they are read, in 10**6 bytes; 0 if there are none, or not known
    """

    id: str
    modality: Modality
    dim: int
    source: str
    revision: str
    licence: str
    languages: tuple[str, ...] = ()
    fitted: bool = False
    parameters: int = 0
    megabytes: float = 0.0

    @property
    def key(self) -> str:
        """The id, under the name that registries look for."""
        return self.id


@dataclass(frozen=True)
class Box:
    """Which part of a picture a token is: fractions of its width and height from the upper left."""

    x0: float
    y0: float
    x1: float
    y1: float


@dataclass(frozen=True)
class Span:
    """Which characters of a text a token is: ``text[start:end]``."""

    start: int
    end: int


@dataclass(frozen=True)
class Stretch:
    """Which seconds of a sound a token is."""

    start: float
    end: float


TokenLabel = Box | Span | Stretch


@dataclass(frozen=True, eq=False)
class Encoded:
    """What an encoder returns for a batch of B.

    Attributes
    ----------
    pooled : (B, D) float32, finite
    tokens : (B, T, D) float32, or None where they were not asked for. Entries of unequal length are
        padded with zeros at the end: entry b has ``len(labels[b])`` tokens
    labels : for each entry, what each of its tokens is; empty tuples where there are no tokens
    """

    pooled: Tensor
    tokens: Tensor | None
    labels: tuple[tuple[TokenLabel, ...], ...]


class Encoder(ABC):
    """Turns media into vectors. Constructing one is cheap: weights are loaded by the first call.

    Calls from several threads take turns, since the models inside keep scratch state and the cores
    are shared anyway. ``core.encoders.get`` hands out one instance a process.
    """

    card: EncoderCard
    needs: ClassVar[Weights | None] = None
    """What :func:`core.encoders.sources.resolve` has to find; None for one without weights of its own."""

    def __init__(self) -> None:
        self._turn = threading.RLock()
        self._loaded = False

    def encode(self, batch: Sequence[Clean], *, tokens: bool = False) -> Encoded:
        """Encode a batch.

        Parameters
        ----------
        batch : B cleaned media of the encoder's modality; may be empty
        tokens : whether to encode the parts too, which may cost several times as much

        Returns
        -------
        Encoded
        """
        import torch

        with self._ready(), torch.inference_mode():
            if not batch:
                return Encoded(torch.empty(0, self.card.dim), None, ())
            return self._encode(batch, tokens)

    def _ready(self) -> threading.RLock:
        """Load what is not loaded yet; return the lock to hold while using it."""
        with self._turn:
            if not self._loaded:
                self._load()
                self._loaded = True
        return self._turn

    def _load(self) -> None:  # noqa: B027  an encoder without weights has nothing to do here
        """Read weights. Called once, under the lock."""

    @abstractmethod
    def _encode(self, batch: Sequence[Clean], tokens: bool) -> Encoded:
        """Encode a batch that is not empty. Called under the lock, in inference mode."""
