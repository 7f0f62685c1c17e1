"""Texts to counts of their words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np

from core.encoders.base import EncoderCard
from core.encoders.fitted import Fitted, Floats, Ids
from core.encoders.registry import register_fitted
from core.encoders.segment import terms
from core.types import LANGUAGES, Modality

MOST_WORDS: Final = 2048
"""Size of the vocabulary; the words that are most frequent in the catalog stay."""


class Counted(Fitted):
    """One axis a word: a text is how often it says each, times what the word weighs.

    Vectors have unit length, so that a long text is not far from everything, and a dot product is a
    cosine. ``numbers`` (V,) are the weights.
    """

    def _width(self) -> int:
        return len(self.vocabulary)

    def _vectors(self, ids: Ids) -> Floats:
        vectors = np.zeros((len(ids), self._width()), np.float32)
        vectors[np.arange(len(ids)), ids] = self.numbers[ids]
        return vectors

    def _pool(self, ids: Ids) -> Floats:
        counts = np.bincount(ids, minlength=self._width()).astype(np.float32) * self.numbers
        length = np.linalg.norm(counts)
        scaled: Floats = counts / length if length else counts
        return scaled


@register_fitted
class BagOfWords(Counted):
    """Every word weighs the same."""

    card = EncoderCard(
        id="bag-of-words",
        modality=Modality.TEXT,
        dim=0,
        source="Harris, Distributional Structure, 1954; scikit-learn's CountVectorizer, jieba",
        revision="1",
        licence="BSD-3-Clause",
        languages=LANGUAGES,
        fitted=True,
    )

    @classmethod
    def _learn(cls, texts: Sequence[str], seed: int) -> tuple[Sequence[str], Floats]:
        from sklearn.feature_extraction.text import CountVectorizer

        counter = CountVectorizer(analyzer=terms, max_features=MOST_WORDS).fit(texts)
        vocabulary = counter.get_feature_names_out().tolist()
        return vocabulary, np.ones(len(vocabulary), np.float32)
