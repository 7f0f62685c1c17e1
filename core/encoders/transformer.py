"""Texts to vectors by a transformer whose files lie in a folder."""

from __future__ import annotations

import json
from abc import abstractmethod
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from core.encoders.base import Encoded, Encoder, Span
from core.encoders.pooling import Pooling, read_pooling
from core.encoders.segment import text_of, words
from core.types import Clean

if TYPE_CHECKING:
    from torch import Tensor

MOST_PIECES: Final = 512
"""Pieces of a text that are read, if the model can read so many."""

_AT_ONCE: Final = 32
"""Texts in one pass: longer batches would pad more than they save."""


class Transformer(Encoder):
    """Reads pieces of words with attention; a word is the mean of its pieces.

    The pooled vector is made as the model's sentence-transformers files say, or else is the mean of
    all pieces. Tokens are whole words, the same as other text encoders have, so that they can be
    compared; what the model cannot read any more, because the text is too long, has none.

    Parameters
    ----------
    prefix : what the model was trained to see before each text; belongs to no token
    """

    def __init__(self, prefix: str = "") -> None:
        super().__init__()
        self._prefix = prefix
        self._tokenizer: Any
        self._model: Any
        self._pooling: Pooling
        self._limit: int

    @abstractmethod
    def _folder(self) -> Path:
        """Return where config, tokenizer and weights (safetensors) are."""

    def _load(self) -> None:
        folder = self._folder()
        import torch
        from transformers import AutoModel, AutoTokenizer

        own: dict[str, Any] = {"local_files_only": True, "trust_remote_code": False}
        self._pooling = read_pooling(folder)
        self._tokenizer = AutoTokenizer.from_pretrained(folder, **own)
        if not self._tokenizer.is_fast:
            raise ValueError("its tokenizer cannot say where in the text a piece is")
        if self._tokenizer.pad_token is None:  # masked anyway, so any piece will do
            self._tokenizer.pad_token = self._tokenizer.eos_token or self._tokenizer.unk_token
        self._tokenizer.padding_side = "right"
        with _no_progress_bar():
            model = AutoModel.from_pretrained(
                folder, use_safetensors=True, dtype=torch.float32, **own
            )
        model = model.get_encoder() if model.config.is_encoder_decoder else model
        self._limit = _limit(folder, self._tokenizer.model_max_length, model.config)
        self._model = model.eval()

    def _encode(self, batch: Sequence[Clean], tokens: bool) -> Encoded:
        import torch

        texts = [text_of(each) for each in batch]
        pooled: list[Tensor] = []
        vectors: list[Tensor] = []
        labels: list[tuple[Span, ...]] = []
        for start in range(0, len(texts), _AT_ONCE):
            part = texts[start : start + _AT_ONCE]
            states, mask, offsets = self._states(part)
            pooled.append(self._pooling(states, mask))
            for row, text in enumerate(part if tokens else ()):
                spans, means = _merge(states[row], offsets[row], words(text))
                labels.append(spans)
                vectors.append(means)
        if not tokens:
            return Encoded(torch.cat(pooled), None, ((),) * len(batch))
        padded = torch.nn.utils.rnn.pad_sequence(vectors, batch_first=True)
        return Encoded(torch.cat(pooled), padded, tuple(labels))

    def _states(self, texts: Sequence[str]) -> tuple[Tensor, Tensor, Tensor]:
        """Return (B, P, D) states, (B, P) mask, (B, P, 2) first and last character + 1 of pieces."""
        pieces = self._tokenizer(
            [self._prefix + text for text in texts],
            padding=True,
            truncation=True,
            max_length=self._limit,
            return_offsets_mapping=True,
            return_tensors="pt",
        )
        mask = pieces["attention_mask"]
        states = self._model(input_ids=pieces["input_ids"], attention_mask=mask).last_hidden_state
        return states, mask, pieces["offset_mapping"] - len(self._prefix)


def _merge(
    states: Tensor, offsets: Tensor, spans: Sequence[Span]
) -> tuple[tuple[Span, ...], Tensor]:
    """Average the pieces that touch each word; a piece may touch several.

    Parameters
    ----------
    states : (P, D)
    offsets : (P, 2) characters; special pieces, padding and the prefix have nothing after 0
    spans : W words

    Returns
    -------
    the words that are touched at all, and their vectors
    """
    import torch

    starts = torch.tensor([span.start for span in spans])[:, None]
    ends = torch.tensor([span.end for span in spans])[:, None]
    touch = (offsets[:, 0] < ends) & (offsets[:, 1] > starts)
    touched = touch.any(dim=1)
    weights = touch[touched].to(states.dtype)
    means = weights / weights.sum(dim=1, keepdim=True) @ states
    return tuple(s for s, read in zip(spans, touched.tolist(), strict=True) if read), means


def _limit(folder: Path, declared: int, config: Any) -> int:
    """Return how many pieces the model reads.

    A tokenizer that does not know declares an astronomical number. Then two positions stay free:
    models after RoBERTa count positions from two.
    """
    limits = [MOST_PIECES, declared]
    positions = getattr(config, "max_position_embeddings", None)
    if isinstance(positions, int):
        limits.append(positions if declared <= positions else positions - 2)
    listed = folder / "sentence_bert_config.json"
    if listed.is_file():
        limits.append(json.loads(listed.read_text("utf-8")).get("max_seq_length") or MOST_PIECES)
    return min(limits)


@contextmanager
def _no_progress_bar() -> Iterator[None]:
    """Load weights without drawing on stderr."""
    from transformers.utils import logging

    drawn = logging.is_progress_bar_enabled()
    logging.disable_progress_bar()
    try:
        yield
    finally:
        if drawn:
            logging.enable_progress_bar()
