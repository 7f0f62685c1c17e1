"""The nouns that every part of Triad shares.

Everything that holds several modalities is a dict keyed by :class:`Modality` (or :class:`Channel`), in the
order of the enum, never parallel arguments: a fourth modality costs one entry, not a rewrite.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


class Modality(StrEnum):
    """What a visitor can bring and an item can carry."""

    IMAGE = "image"
    TEXT = "text"
    AUDIO = "audio"


class Channel(StrEnum):
    """What a recommender can listen to: the modalities, and who liked the item.

    Members compare and hash as their plain strings, so ``Channel.IMAGE == Modality.IMAGE``.
    """

    IMAGE = "image"
    TEXT = "text"
    AUDIO = "audio"
    BEHAVIOUR = "behaviour"


MODALITIES: Final[tuple[Modality, ...]] = tuple(Modality)
CHANNELS: Final[tuple[Channel, ...]] = tuple(Channel)
LANGUAGES: Final[tuple[str, ...]] = ("en", "zh")


@dataclass(frozen=True, eq=False)
class Media:
    """One uploaded file or typed text, undecoded. Equal when modality and content are equal.

    Text is carried as UTF-8 bytes. ``name`` is only for messages.
    """

    modality: Modality
    data: bytes = field(repr=False)
    name: str = ""

    @cached_property
    def digest(self) -> str:
        """SHA-256 of the content, in hexadecimal."""
        return hashlib.sha256(self.data).hexdigest()

    def __eq__(self, other: object) -> bool:
        return (
            isinstance(other, Media)
            and self.modality == other.modality
            and self.digest == other.digest
        )

    def __hash__(self) -> int:
        return hash((self.modality, self.digest))


@dataclass(frozen=True, eq=False)
class Picture:
    """A decoded picture: sRGB, upright, without transparency. ``pixels`` is (H, W, 3) uint8."""

    pixels: NDArray[np.uint8]


@dataclass(frozen=True, eq=False)
class Sound:
    """A decoded sound: mono float32 in [-1, 1], finite. ``samples`` is (T,), ``rate`` in Hz."""

    samples: NDArray[np.float32]
    rate: int

    @property
    def seconds(self) -> float:
        """Length in seconds."""
        return len(self.samples) / self.rate


@dataclass(frozen=True)
class Passage:
    """A cleaned text and its guessed language (ISO 639-1 code, or ``"und"`` when there is no telling)."""

    text: str
    language: str = "und"


Clean = Picture | Passage | Sound
"""What the media layer hands to the encoders."""


@dataclass(frozen=True)
class ItemText:
    """What is written about an item in one language. ``line`` is a one-line description for a card."""

    title: str
    line: str
    description: str = ""
    reviews: tuple[str, ...] = ()

    @property
    def whole(self) -> str:
        """Everything that the text encoder reads, as one string."""
        return "\n".join(
            part for part in (self.title, self.line, self.description, *self.reviews) if part
        )


@dataclass(frozen=True)
class Item:
    """One thing that can be recommended. ``texts`` is keyed by language code."""

    id: str
    texts: Mapping[str, ItemText]
    category: str
    modalities: frozenset[Modality]

    def text(self, language: str) -> ItemText:
        """Return the text in ``language``, or in whichever language there is."""
        return self.texts.get(language) or next(iter(self.texts.values()))


@dataclass(frozen=True)
class Query:
    """Who asks: a known visitor of the world, liked item ids and uploads, in any combination.

    An empty query means the world's default visitor. As soon as there are likes or uploads, the visitor
    is exactly those (plus the history of ``visitor`` if one is named).
    """

    visitor: str | None = None
    likes: tuple[str, ...] = ()
    media: tuple[Media, ...] = ()


@dataclass(frozen=True)
class Method:
    """How to recommend: the keys of a fusion, an attention and a head, and what is switched off."""

    fusion: str = "gated"
    attention: str = "off"
    head: str = "dot"
    off: tuple[Channel, ...] = ()

    @property
    def name(self) -> str:
        """The name under which its weights are filed; what is switched off has no part in it."""
        return f"{self.fusion}-{self.attention}-{self.head}"


@dataclass(frozen=True)
class Request:
    """One call of the engine. Hashable: the same request gives the same answer."""

    world: str = "shop"
    query: Query = Query()
    method: Method = Method()
    k: int = 10


@dataclass(frozen=True)
class Recommendation:
    """One recommended item. ``base + sum(contributions.values()) == score`` to 1e-5; all in logits.

    ``contributions`` and ``present`` have one entry a channel. ``present`` is False where the item has no
    such channel or it is switched off; its contribution is then exactly 0.
    ``weights`` are the fusion's own gates for this item, or None where it has none: internal weights,
    not contributions.
    """

    item: Item
    rank: int
    score: float
    base: float
    contributions: Mapping[Channel, float]
    present: Mapping[Channel, bool]
    weights: Mapping[Channel, float] | None = None


@dataclass(frozen=True)
class Result:
    """A ranked list and how it came about.

    ``understood`` says what was made of each upload (plain JSON values, see ``core.encoders``);
    ``timing_ms`` has decode, encode, fuse, score, explain, total.
    """

    request: Request
    visitor: str | None
    likes: tuple[str, ...]
    understood: Mapping[Modality, Mapping[str, Any]]
    base: float
    items: tuple[Recommendation, ...]
    timing_ms: Mapping[str, float]
