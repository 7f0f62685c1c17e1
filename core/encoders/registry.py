"""All encoders there are, by id. Listing them loads nothing."""

from __future__ import annotations

from functools import cache
from threading import Lock
from typing import Final

from core.encoders.base import Encoder, EncoderCard
from core.registry import Registry
from core.types import Modality

ENCODERS: Final[Registry[type[Encoder]]] = Registry("encoder")

register = ENCODERS.register
"""Class decorator: files an :class:`Encoder` under the id of its card."""

_making = Lock()


def cards(modality: Modality | None = None) -> tuple[EncoderCard, ...]:
    """Return the cards of all encoders, or of those for one modality, the default first."""
    every = (ENCODERS[key].card for key in ENCODERS)
    return tuple(card for card in every if modality in (None, card.modality))


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
    """Return the encoder for ``modality`` that needs no network: the one registered first."""
    return get(cards(modality)[0].id)
