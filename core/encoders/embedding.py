"""Texts to the mean of an embedding layer, trained so that a text's two halves know each other."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from core.encoders.base import EncoderCard
from core.encoders.fitted import Floats
from core.encoders.registry import register_fitted
from core.encoders.segment import terms
from core.encoders.word2vec import Averaged, frequent
from core.types import LANGUAGES, Modality

if TYPE_CHECKING:
    from torch import Generator, Tensor, nn

DIM: Final = 64
_STEPS: Final = 300
_BATCH: Final = 128
_LONGEST: Final = 128
"""Different words that are read of one text."""
_RATE: Final = 0.01
_TEMPERATURE: Final = 0.1


@register_fitted
class EmbeddingLayer(Averaged):
    """``nn.Embedding`` and a mean, from random vectors, by contrast within batches of texts.

    Each step deals the words of a text into two hands; the mean of the one has to find the mean of
    the other among those of all texts in the batch. So words of the same items come together, in
    whichever language they are, and words that say nothing about the item shrink. It needs no
    labels; but it knows nothing beyond the catalog.
    """

    card = EncoderCard(
        id="embedding-layer",
        modality=Modality.TEXT,
        dim=DIM,
        source="Own; the classical trainable embedding layer, with the loss of van den Oord et al., "
        "Contrastive Predictive Coding, 2018; jieba",
        revision="1",
        licence="MIT",
        languages=LANGUAGES,
        fitted=True,
    )

    @classmethod
    def _learn(cls, texts: Sequence[str], seed: int) -> tuple[Sequence[str], Floats]:
        read = [terms(text) for text in texts]
        vocabulary = frequent(read)
        place = {word: n for n, word in enumerate(vocabulary)}
        distinct = [
            [place[word] for word in dict.fromkeys(each) if word in place][:_LONGEST]
            for each in read
        ]
        return vocabulary, _train(distinct, len(vocabulary), seed)


def _train(texts: Sequence[Sequence[int]], vocabulary: int, seed: int) -> Floats:
    """Return (V, D) vectors, learned from texts given as places of distinct words."""
    import torch
    from torch import nn

    generator = torch.Generator().manual_seed(seed)
    start = torch.randn(vocabulary, DIM, generator=generator) / DIM**0.5
    layer = nn.Embedding.from_pretrained(start, freeze=False)
    hands = [torch.tensor(each) for each in texts if len(each) > 1]  # one word cannot be dealt
    if len(hands) > 1:
        ids = nn.utils.rnn.pad_sequence(hands, batch_first=True, padding_value=-1)
        optimizer = torch.optim.Adam(layer.parameters(), lr=_RATE)
        for _ in range(_STEPS):
            batch = ids[torch.randperm(len(ids), generator=generator)[:_BATCH]]
            loss = _contrast(layer, batch, generator)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
    vectors: Floats = layer.weight.detach().numpy()
    return vectors


def _contrast(layer: nn.Embedding, ids: Tensor, generator: Generator) -> Tensor:
    """Return how badly the hands of (B, T) texts find each other; padding is -1."""
    import torch
    from torch.nn import functional

    vectors = layer(ids.clamp(min=0))
    there = ids >= 0
    left = there & (torch.rand(ids.shape, generator=generator) < 0.5)
    hands = [_mean(vectors, dealt) for dealt in (left, there & ~left)]
    one, other = (functional.normalize(hand, dim=1) for hand in hands)
    alike = one @ other.T / _TEMPERATURE
    own = torch.arange(len(ids))
    loss: Tensor = functional.cross_entropy(alike, own) + functional.cross_entropy(alike.T, own)
    return loss


def _mean(vectors: Tensor, chosen: Tensor) -> Tensor:
    """Mean of (B, T, D) over the (B, T) chosen ones; zero where none is."""
    weights = chosen.float() / chosen.sum(dim=1, keepdim=True).clamp(min=1)
    return (weights[:, None] @ vectors)[:, 0]
