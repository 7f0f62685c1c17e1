"""Texts to the mean of word vectors, learned from the words that stand around each word."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Final

import numpy as np

from core.encoders.base import EncoderCard
from core.encoders.fitted import Fitted, Floats, Ids
from core.encoders.registry import register_fitted
from core.encoders.segment import terms
from core.types import LANGUAGES, Modality

DIM: Final = 64
MOST_WORDS: Final = 20_000
_TO_READ: Final = 2_000_000
"""Words to train on. A small catalog is read again and again until it comes to that."""


class Averaged(Fitted):
    """A text is the mean of the vectors of its words, as far as they are known.

    ``numbers`` (V, D) are the vectors.
    """

    def _width(self) -> int:
        return int(self.numbers.shape[1])

    def _vectors(self, ids: Ids) -> Floats:
        return self.numbers[ids]

    def _pool(self, ids: Ids) -> Floats:
        if not len(ids):
            return np.zeros(self._width(), np.float32)
        mean: Floats = self.numbers[ids].mean(axis=0, dtype=np.float32)
        return mean


@register_fitted
class Word2Vec(Averaged):
    """Skip-gram with negative sampling: a word's vector predicts the words around it."""

    card = EncoderCard(
        id="word2vec",
        modality=Modality.TEXT,
        dim=DIM,
        source="Mikolov et al., Distributed Representations of Words and Phrases, 2013; "
        "gensim, jieba",
        revision="1",
        licence="LGPL-2.1-only",
        languages=LANGUAGES,
        fitted=True,
    )

    @classmethod
    def _learn(cls, texts: Sequence[str], seed: int) -> tuple[Sequence[str], Floats]:
        from gensim.models import word2vec

        read = [terms(text) for text in texts]
        known = frozenset(frequent(read))
        read = [[word for word in each if word in known] for each in read]
        model = word2vec.Word2Vec(
            read,
            vector_size=DIM,
            window=20,  # wide windows learn what words are about, narrow ones their grammar
            alpha=0.05,  # twice gensim's, for texts that are few
            min_count=1,  # a word that one item has may be what sets it apart
            sg=1,
            epochs=min(max(_TO_READ // sum(map(len, read)), 5), 100),
            seed=seed,
            workers=1,  # with more, the order of updates would be up to chance
        )
        return model.wv.index_to_key, model.wv.vectors.astype(np.float32)


def frequent(read: Sequence[Sequence[str]]) -> list[str]:
    """Return the words of all texts, the most frequent first, at most ``MOST_WORDS``."""
    counts = Counter(word for each in read for word in each)
    return [word for word, _ in counts.most_common(MOST_WORDS)]
