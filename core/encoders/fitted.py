"""Encoders that learn from a catalog's own texts: what a text is, its words add up to."""

from __future__ import annotations

import hashlib
import json
from abc import abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import Any, Final, Self

import numpy as np
from numpy.typing import NDArray

from core.encoders.base import Encoded, Encoder, Span
from core.encoders.segment import term, text_of, words
from core.errors import TriadError
from core.types import Clean

Floats = NDArray[np.float32]
Ids = NDArray[np.intp]

MOST_TOKENS: Final = 256
"""Words of a text that become tokens, from its beginning. The pooled vector reads them all."""

_FORMAT: Final = 1


class Fitted(Encoder):
    """An encoder that was fitted on the texts of a catalog: a vocabulary, and numbers for its words.

    Subclasses say how to learn them, which vector a word has, and how words make a text. Whatever
    was fitted is an npz file of plain arrays and a little JSON.

    Parameters
    ----------
    vocabulary : the words that are known, in the form of ``segment.term``
    numbers : first axis as long as the vocabulary
    revision : digest of what was fitted on
    """

    def __init__(self, vocabulary: Sequence[str], numbers: Floats, revision: str) -> None:
        super().__init__()
        self.vocabulary = tuple(vocabulary)
        self.numbers = numbers
        self._place = {word: place for place, word in enumerate(self.vocabulary)}
        self.card = replace(self.card, dim=self._width(), revision=revision)

    @classmethod
    def fit(cls, texts: Sequence[str], *, seed: int = 0) -> Self:
        """Learn from texts. The same texts in the same order and the same seed give the same.

        Raises
        ------
        TriadError
            ``text_no_words``: there is no word in any of the texts
        """
        if not any(any(map(str.isalnum, text)) for text in texts):
            raise TriadError("text_no_words")
        recipe = [cls.card.id, cls.card.revision, seed, list(texts)]
        revision = hashlib.sha256(json.dumps(recipe).encode()).hexdigest()[:16]
        return cls(*cls._learn(texts, seed), revision)

    @classmethod
    @abstractmethod
    def _learn(cls, texts: Sequence[str], seed: int) -> tuple[Sequence[str], Floats]:
        """Return a vocabulary and numbers for it, from texts of which at least one has a word."""

    @abstractmethod
    def _width(self) -> int:
        """Return D."""

    @abstractmethod
    def _vectors(self, ids: Ids) -> Floats:
        """Return (T, D): the vectors of the words at these places of the vocabulary."""

    @abstractmethod
    def _pool(self, ids: Ids) -> Floats:
        """Return (D,): the vector of a text that has these known words, maybe none."""

    def save(self, path: Path) -> None:
        """Write to ``path``, which should end in ``.npz``."""
        facts = {
            "format": _FORMAT,
            "id": self.card.id,
            "revision": self.card.revision,
            "vocabulary": self.vocabulary,
        }
        text = np.frombuffer(json.dumps(facts).encode(), np.uint8)
        with path.open("wb") as file:
            np.savez_compressed(file, facts=text, numbers=self.numbers)

    def _encode(self, batch: Sequence[Clean], tokens: bool) -> Encoded:
        import torch

        texts = [text_of(each) for each in batch]
        spans = [words(text) for text in texts]
        found = [self._look_up(text, cut) for text, cut in zip(texts, spans, strict=True)]
        pooled = torch.from_numpy(np.stack([self._pool(ids[ids >= 0]) for ids in found]))
        if not tokens:
            return Encoded(pooled, None, ((),) * len(batch))
        labels = tuple(tuple(islice(cut, MOST_TOKENS)) for cut in spans)
        padded = torch.nn.utils.rnn.pad_sequence(
            [torch.from_numpy(self._tokens(ids[:MOST_TOKENS])) for ids in found], batch_first=True
        )
        return Encoded(pooled, padded, labels)

    def _look_up(self, text: str, spans: Sequence[Span]) -> Ids:
        """Return (T,): places in the vocabulary, -1 for words that are not in it."""
        return np.array([self._place.get(term(text, span), -1) for span in spans], dtype=np.intp)

    def _tokens(self, ids: Ids) -> Floats:
        """Return (T, D), zeros for unknown words."""
        vectors = np.zeros((len(ids), self.card.dim), np.float32)
        vectors[ids >= 0] = self._vectors(ids[ids >= 0])
        return vectors


def read_fitted(path: Path, kinds: Mapping[str, type[Fitted]]) -> Fitted:
    """Return the encoder that :meth:`Fitted.save` wrote.

    Parameters
    ----------
    path : the npz file
    kinds : the classes it may be of, by the id of their card

    Raises
    ------
    TriadError
        ``file_missing``, ``encoder_damaged``
    """
    if not path.is_file():
        raise TriadError("file_missing", path=path)
    try:
        with np.load(path, allow_pickle=False) as file:
            facts: dict[str, Any] = json.loads(file["facts"].tobytes())
            numbers = file["numbers"]
        kind, vocabulary = kinds[facts["id"]], facts["vocabulary"]
        sound = (
            facts["format"] == _FORMAT
            and numbers.dtype == np.float32
            and len(numbers) == len(vocabulary) > 0
            and bool(np.isfinite(numbers).all())
        )
        if not sound:
            raise ValueError("vocabulary and numbers do not fit together")
        return kind(vocabulary, numbers, facts["revision"])
    except Exception as error:  # a broken archive makes zipfile and numpy raise almost anything
        raise TriadError("encoder_damaged", file=path.name) from error
