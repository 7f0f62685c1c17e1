"""Joint spaces: texts beside pictures or sounds, so that a sentence finds either.

Two kinds. Models that were trained for it come from the hub: CLIP and its kin for pictures, CLAP for
sounds. Without a network there is the *label bridge* (:mod:`core.encoders.bridge`): what classifiers
recognise is put into words, and the words lie in the space of the multilingual sentence encoder.
"""

from __future__ import annotations

import threading
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Final, TypeVar

import numpy as np
from numpy.typing import NDArray

from core.errors import TriadError
from core.types import Clean, Modality

if TYPE_CHECKING:
    from core.encoders.hub import Progress

Floats = NDArray[np.float32]
T = TypeVar("T")

BRIDGE: Final = "label-bridge"
"""Id of the joint space that needs no network."""


@dataclass(frozen=True)
class JointCard:
    """What a joint space is.

    Attributes
    ----------
    id : stable key
    modalities : what lies in it beside texts
    dim : D, width of its vectors
    source, revision, licence, languages : as in :class:`core.encoders.EncoderCard`
    """

    id: str
    modalities: tuple[Modality, ...]
    dim: int
    source: str
    revision: str
    licence: str
    languages: tuple[str, ...] = ()


class JointSpace(ABC):
    """Turns texts and other media into vectors of one space.

    All vectors have unit length, so a dot product is a cosine; an empty batch gives (0, D). Constructing
    one is cheap: weights are loaded by the first call. Calls from several threads take turns.
    """

    card: JointCard

    def __init__(self) -> None:
        self._turn = threading.RLock()
        self.progress: Progress | None = None

    def text(self, sentences: Sequence[str]) -> Floats:
        """Place sentences: (B, D)."""
        return self._placed(sentences, self._text)

    def image(self, pictures: Sequence[Clean]) -> Floats:
        """Place pictures: (B, D) (``space_lacks`` where there is no place for them)."""
        self._require(Modality.IMAGE)
        return self._placed(pictures, self._image)

    def audio(self, sounds: Sequence[Clean]) -> Floats:
        """Place sounds: (B, D) (``space_lacks`` where there is no place for them)."""
        self._require(Modality.AUDIO)
        return self._placed(sounds, self._audio)

    def _require(self, modality: Modality) -> None:
        if modality not in self.card.modalities:
            raise TriadError("space_lacks", space=self.card.id, modality=modality)

    def _placed(self, batch: Sequence[T], place: Callable[[Sequence[T]], Floats]) -> Floats:
        if not batch:
            return np.zeros((0, self.card.dim), dtype=np.float32)
        with self._turn:
            return unit(place(batch))

    @abstractmethod
    def _text(self, sentences: Sequence[str]) -> Floats:
        """Place sentences, not yet of unit length. Called under the lock, as the others are."""

    def _image(self, pictures: Sequence[Clean]) -> Floats:
        raise NotImplementedError

    def _audio(self, sounds: Sequence[Clean]) -> Floats:
        raise NotImplementedError


def unit(vectors: Floats) -> Floats:
    """Scale (B, D) to unit length; zeros stay zeros."""
    lengths = np.linalg.norm(vectors, axis=-1, keepdims=True)
    return np.asarray(vectors / np.maximum(lengths, 1e-12), dtype=np.float32)


def joint_space(
    id: str = BRIDGE, revision: str | None = None, *, progress: Progress | None = None
) -> JointSpace:
    """Return a joint space, the same instance each time.

    Parameters
    ----------
    id : ``label-bridge``; or a CLIP, SigLIP, Chinese CLIP, AltCLIP or CLAP of the hub, such as
        ``google/siglip2-base-patch16-224``; or the path of a folder with one
    revision : branch, tag or commit of the hub
    progress : told of bytes while the hub's files come

    Raises
    ------
    TriadError
        ``needs_hub``, ``unknown_model``, ``model_unusable``
    """
    space = _made(id, revision)
    if progress is not None:
        space.progress = progress
    return space


@lru_cache(maxsize=3)  # a model is some hundred megabytes
def _made(id: str, revision: str | None) -> JointSpace:
    if id == BRIDGE:
        from core.encoders.bridge import LabelBridge

        return LabelBridge()
    from core.encoders.joint_hub import hub_joint

    return hub_joint(id, revision)
