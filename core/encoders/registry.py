"""All encoders there are, by id. Listing them loads nothing."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from pathlib import Path
from threading import Lock
from typing import Final

from core.encoders.base import Encoder, EncoderCard
from core.encoders.fitted import Fitted, read_fitted
from core.registry import Registry
from core.types import Modality

ENCODERS: Final[Registry[type[Encoder]]] = Registry("encoder")

register = ENCODERS.register
"""Class decorator: files an :class:`Encoder` under the id of its card."""

FITTED: Final[Registry[type[Fitted]]] = Registry("encoder")

register_fitted = FITTED.register
"""Class decorator: files a :class:`Fitted` under the id of its card."""

DEFAULTS: Final[dict[Modality, str]] = {
    Modality.IMAGE: "efficientnet-lite0",
    Modality.TEXT: "use-multilingual-v3",
    Modality.AUDIO: "sound-statistics",
}
"""The encoder of each modality that the built worlds use. It needs no network."""

_making = Lock()


def cards(modality: Modality | None = None) -> tuple[EncoderCard, ...]:
    """Return the cards of all encoders, or of those for one modality, the default first."""
    every = (ENCODERS[key].card for key in ENCODERS)
    chosen = [card for card in every if modality in (None, card.modality)]
    return tuple(sorted(chosen, key=lambda card: card.id != DEFAULTS[card.modality]))


def get(id: str) -> Encoder:
    """Return the encoder, the same instance each time.

    Raises
    ------
    TriadError
        ``unknown_encoder``
    """
    with _making:
        return _instance(id)


@cache
def _instance(id: str) -> Encoder:
    return ENCODERS[id]()


def default(modality: Modality) -> Encoder:
    """Return the encoder for ``modality`` that needs no network: the one in ``DEFAULTS``."""
    return get(DEFAULTS[modality])


def fittable(modality: Modality | None = None) -> tuple[EncoderCard, ...]:
    """Return the cards of what must be fitted on a catalog's texts before it can encode."""
    every = (FITTED[key].card for key in FITTED)
    return tuple(card for card in every if modality in (None, card.modality))


def fit(id: str, texts: Sequence[str], *, seed: int = 0) -> Fitted:
    """Return an encoder of the kind ``id``, fitted on texts; deterministic by order and seed.

    Raises
    ------
    TriadError
        ``unknown_encoder``, ``text_no_words``
    """
    return FITTED[id].fit(texts, seed=seed)


def load_fitted(path: Path) -> Fitted:
    """Return the encoder that :meth:`Fitted.save` wrote.

    Raises
    ------
    TriadError
        ``file_missing``, ``encoder_damaged``
    """
    return read_fitted(path, {key: FITTED[key] for key in FITTED})
