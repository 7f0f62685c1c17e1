"""The label bridge: what is recognised in a picture or sound, in words, in the space of sentences.

It is not CLIP. A classifier says how likely each of its labels is; each label, in English and in
Chinese, has a vector by the multilingual sentence encoder; the picture's vector is the mean of those,
weighted by the probabilities, after what all labels have in common is taken off. So it finds what the
classifier has a word for, in any language that the sentence encoder reads, and nothing else.

====== ===================================================== ======
what   recognised by                                         labels
====== ===================================================== ======
image  EfficientNet-Lite0, from the vector that it pools      1000
audio  musicnn, where its weights are on this machine           50
audio  elsewhere, statistics of the sound (``bridge_words``)    15
====== ===================================================== ======
"""

from __future__ import annotations

import hashlib
import io
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np

from core import durable
from core.encoders.audio import SoundStatistics
from core.encoders.bridge_words import SOUNDS, TAGS, Vocabulary, heard, imagenet, softmax
from core.encoders.efficientnet import FILE, WEIGHTS
from core.encoders.joint import BRIDGE, Floats, JointCard, JointSpace, unit
from core.encoders.musicnn import MusicnnMillionSong
from core.encoders.registry import DEFAULTS, get
from core.encoders.sources import resolve, whereabouts
from core.encoders.text import MultilingualSentences
from core.resources import cache_dir
from core.types import Clean, Modality, Passage

_TEMPERATURE: Final = 0.5
"""Of the tags: they do not exclude one another, and a flat mean of fifty says nothing."""


@dataclass(frozen=True, eq=False)
class Recognised:
    """Which words were recognised in B media: ``weights`` (B, L), rows sum to 1."""

    vocabulary: Vocabulary
    weights: Floats


class LabelBridge(JointSpace):
    """See the module."""

    card = JointCard(
        id=BRIDGE,
        modalities=(Modality.IMAGE, Modality.AUDIO),
        dim=MultilingualSentences.card.dim,
        source="Own; labels of EfficientNet-Lite0 and musicnn, statistics of sounds, USE multilingual",
        revision="1",
        licence="Apache-2.0",
        languages=MultilingualSentences.card.languages,
    )

    def __init__(self) -> None:
        super().__init__()
        self._words: dict[Vocabulary, Floats] = {}
        self._head: tuple[Floats, Floats] | None = None

    def seen(self, pooled: Floats) -> Recognised:
        """Name what vectors (B, 1280) of EfficientNet-Lite0 show, by its classifier."""
        weights, bias = self._classifier()
        return Recognised(imagenet(), softmax(pooled @ weights.T + bias))

    def heard(self, statistics: Floats, among: Floats | None = None) -> Recognised:
        """Name how sounds are by ``sound-statistics`` (B, 256); see :func:`bridge_words.heard`."""
        return Recognised(SOUNDS, heard(statistics, among))

    def tagged(self, probabilities: Floats) -> Recognised:
        """Take over the probabilities (B, 50) of musicnn's tags."""
        odds = np.clip(probabilities, 1e-6, 1 - 1e-6)
        return Recognised(TAGS, softmax(np.log(odds / (1 - odds)) / _TEMPERATURE))

    def placed(self, recognised: Recognised) -> Floats:
        """Place media: (B, 512) of unit length."""
        return unit(recognised.weights @ self.words(recognised.vocabulary))

    def _classifier(self) -> tuple[Floats, Floats]:
        """Return the last layer of EfficientNet-Lite0 alone: (1000, 1280) and (1000,)."""
        with self._turn:
            if self._head is None:
                import torch

                path = resolve(WEIGHTS, modality=Modality.IMAGE) / FILE
                state = torch.load(path, map_location="cpu", weights_only=True)
                self._head = state["_fc.weight"].numpy(), state["_fc.bias"].numpy()
            return self._head

    def words(self, vocabulary: Vocabulary) -> Floats:
        """Return the vectors of a vocabulary, (L, 512), without what all of its words have in common."""
        with self._turn:
            if vocabulary not in self._words:
                vectors = self._kept(vocabulary)
                self._words[vocabulary] = vectors - vectors.mean(axis=0)
            return self._words[vocabulary]

    def _kept(self, vocabulary: Vocabulary) -> Floats:
        """Return the vectors of words, from the cache folder if they are there: a thousand take seconds."""
        encoder = MultilingualSentences.card
        key = f"{encoder.id} {encoder.revision} {self.card.revision} {vocabulary.words}"
        path = kept_at(f"words-{hashlib.sha256(key.encode()).hexdigest()[:32]}")
        vectors = read(path, (len(vocabulary.words), encoder.dim))
        if vectors is None:
            english, chinese = zip(*vocabulary.words, strict=True)
            vectors = unit(unit(self._text(english)) + unit(self._text(chinese)))
            keep(path, vectors)
        return vectors

    def _text(self, sentences: Sequence[str]) -> Floats:
        encoder = get(MultilingualSentences.card.id)
        return encoder.encode([Passage(each) for each in sentences]).pooled.numpy()

    def _image(self, pictures: Sequence[Clean]) -> Floats:
        pooled = get(DEFAULTS[Modality.IMAGE]).encode(pictures).pooled.numpy()
        return self.placed(self.seen(pooled))

    def _audio(self, sounds: Sequence[Clean]) -> Floats:
        if can_tag():
            return self.placed(self.tagged(tag(sounds)))
        statistics = get(SoundStatistics.card.id).encode(sounds).pooled.numpy()
        return self.placed(self.heard(statistics))


def can_tag() -> bool:
    """Say whether musicnn's weights are on this machine."""
    return whereabouts(MusicnnMillionSong.needs).here


def tag(sounds: Sequence[Clean]) -> Floats:
    """Return how likely each tag of musicnn is, (B, 50)."""
    tagger = get(MusicnnMillionSong.card.id)
    assert isinstance(tagger, MusicnnMillionSong)
    named = tagger.name_tags(sounds, k=len(TAGS.words))
    rows = [sorted(row, key=lambda tag: int(tag["index"])) for row in named]
    return np.array([[tag["probability"] for tag in row] for row in rows], dtype=np.float32)


def kept_at(name: str) -> Path:
    """Return where the bridge keeps an array that takes long to make."""
    return cache_dir() / "bridge" / f"{name}.npy"


def read(path: Path, shape: tuple[int, ...]) -> Floats | None:
    """Return an array that was kept, or None where there is no sound one."""
    content = durable.kept(path)
    if content is None:
        return None
    array = np.load(io.BytesIO(content), allow_pickle=False)
    if array.shape != shape or array.dtype != np.float32 or not np.isfinite(array).all():
        return None
    return np.asarray(array, dtype=np.float32)


def keep(path: Path, array: Floats) -> None:
    """Keep an array; a folder that cannot be written is done without."""
    out = io.BytesIO()
    np.save(out, array.astype(np.float32), allow_pickle=False)
    durable.keep(path, out.getvalue())
