"""Texts to counts of their words, of which rare ones say more."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from core.encoders.bag_of_words import MOST_WORDS, Counted
from core.encoders.base import EncoderCard
from core.encoders.fitted import Floats
from core.encoders.registry import register_fitted
from core.encoders.segment import terms
from core.types import LANGUAGES, Modality


@register_fitted
class TfIdf(Counted):
    """A word weighs ln((1 + N) / (1 + n)) + 1, where n of the N texts of the catalog have it."""

    card = EncoderCard(
        id="tf-idf",
        modality=Modality.TEXT,
        dim=0,
        source="Spärck Jones 1972, Salton & Buckley 1988; scikit-learn's TfidfVectorizer, jieba",
        revision="1",
        licence="BSD-3-Clause",
        languages=LANGUAGES,
        fitted=True,
    )

    @classmethod
    def _learn(cls, texts: Sequence[str], seed: int) -> tuple[Sequence[str], Floats]:
        from sklearn.feature_extraction.text import TfidfVectorizer

        weigher = TfidfVectorizer(analyzer=terms, max_features=MOST_WORDS).fit(texts)
        return weigher.get_feature_names_out().tolist(), weigher.idf_.astype(np.float32)
