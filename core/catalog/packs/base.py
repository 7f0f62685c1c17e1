"""What a pack is: a reader for the real media of one Debian package."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar, Final

from core.catalog.importers.source import Source
from core.registry import Registry

SHARE: Final = Path("/usr/share")
"""Where Debian puts what does not depend on the machine; the root of every path in a pack."""


@dataclass(frozen=True)
class PackCard:
    """What a pack is, before it is installed.

    Attributes
    ----------
    key : name of the scenario
    package : name of the Debian package
    megabytes : how much is downloaded to install it, about
    licence : the licences in it; each item's own is in its credit
    homepage : of the project that made it
    """

    key: str
    package: str
    megabytes: int
    licence: str
    homepage: str


class Pack(ABC):
    """Reads one package. Paths are looked up under ``root``, so that tests can build their own."""

    card: ClassVar[PackCard]

    @abstractmethod
    def installed(self, root: Path = SHARE) -> bool:
        """Say whether the package's files are there."""

    @abstractmethod
    def read(self, root: Path = SHARE) -> Source:
        """List what is in the package. No picture or sound is opened.

        Returns
        -------
        Source of kind ``pack``; its problems have the codes

        - ``media_missing`` {name}: the item is there without this picture
        - ``text_missing``: the item has no name, and was left out
        - ``id_twice`` {id}: another item has the same id, and this one was left out
        - ``table_unreadable``, ``archive_unreadable``: nothing of this file was taken
        - those of :func:`core.catalog.importers.folder.open_folder`, which follows no link that leads out

        Raises
        ------
        TriadError
            ``too_many_files``
        """


PACKS: Final[Registry[type[Pack]]] = Registry("pack")

register = PACKS.register
"""Class decorator: files a :class:`Pack` under the key of its card."""
