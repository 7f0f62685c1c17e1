"""What every importer returns: a catalog as it was found, before anything is decoded or encoded.

A reader looks at names and tables only. Media stay where they are, behind :class:`Blob`, until they are
asked for one by one, so a catalog larger than memory can be read. Nothing is dropped silently: every row that
was not taken stands in :attr:`Source.problems`, and every decision that was made for the reader in
:attr:`Source.notes`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from core.media.text import has_words
from core.types import ItemText, Modality


@dataclass(frozen=True, eq=False)
class Blob:
    """The bytes of one file, read when asked for.

    Attributes
    ----------
    name : path inside the catalog, for its extension and for messages
    size : bytes
    read : returns them, exactly ``size`` many; may raise OSError
    """

    name: str
    size: int
    read: Callable[[], bytes]


@dataclass(frozen=True)
class Credit:
    """Where an item's media come from."""

    author: str = ""
    licence: str = ""
    source: str = ""


@dataclass(frozen=True, eq=False)
class Found:
    """One item as it was found.

    ``id`` is safe for URLs and file names (letters, digits, ``.``, ``_``, ``-``; the first one a letter, a
    digit or ``_``; 1 to 64 characters); ``texts`` by language code, or ``"und"`` where the language is not
    said, never empty; ``media`` has image and audio only.
    """

    id: str
    texts: Mapping[str, ItemText]
    category: str = ""
    media: Mapping[Modality, Blob] = field(default_factory=dict)
    credit: Credit = Credit()

    @property
    def wordless(self) -> bool:
        """Whether nothing is written about the item: its title is only its id, or has no letters."""
        texts = (text.whole for text in self.texts.values())
        return all(text == self.id or not has_words(text) for text in texts)


@dataclass(frozen=True)
class Problem:
    """A row that was not taken, or was taken in part; or a note, in the same form.

    Attributes
    ----------
    file : path inside the catalog
    code : key of the sentence in the locales, under ``problems``
    row : as a person counts: the first line of a table is row 1; None where it is about the whole file
    values : what the sentence's placeholders stand for
    """

    file: str
    code: str
    row: int | None = None
    values: Mapping[str, str | int] = field(default_factory=dict)

    @property
    def where(self) -> str:
        """File and row, such as ``metadata.csv, row 7``."""
        return self.file if self.row is None else f"{self.file}, row {self.row}"

    @property
    def count(self) -> int:
        """How many rows this stands for: 1, unless it says how many more of a kind there are."""
        return int(self.values["count"]) if self.code == "more" else 1


@dataclass(frozen=True, eq=False)
class Event:
    """One interaction: who took which item. ``rating`` is 1 to 5, ``time`` in seconds since the epoch.

    ``part`` is the authors' own split where the data has one: 0 train, 1 validation, 2 test.
    """

    user: str
    item: str
    rating: float = 5.0
    time: int = 0
    part: int | None = None


@dataclass(frozen=True, eq=False)
class Source:
    """A catalog as it was found.

    Attributes
    ----------
    kind : ``folder`` | ``recbole`` | ``mmrec`` | ``pack``
    items : in the order of the table
    events : interactions that name known items
    vectors : modality -> (I, D) features that came with the data, in the order of ``items``, zeros where the
        item lacks the modality; without an entry where media and texts are to be encoded
    problems : what was not taken, and why
    notes : what was decided for the reader and lost nothing, such as an encoding or a scale
    """

    kind: str
    items: tuple[Found, ...]
    events: tuple[Event, ...] = ()
    vectors: Mapping[Modality, NDArray[np.float32]] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()
    notes: tuple[Problem, ...] = ()

    def has(self, modality: Modality) -> NDArray[np.bool_]:
        """Return (I,) bool, which items have a modality: by its features if they came, else by its media."""
        if modality in self.vectors:
            return np.asarray(self.vectors[modality].any(axis=1))
        if modality is Modality.TEXT:
            return np.array([not item.wordless for item in self.items], dtype=np.bool_)
        return np.array([modality in item.media for item in self.items], dtype=np.bool_)
