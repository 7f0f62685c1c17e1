"""Media of items that were brought along and lie in files."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Final

from PIL import Image

from core.catalog.rendering import wav
from core.errors import TriadError
from core.media import decode
from core.types import Media, Modality, Picture, Sound

UNKNOWN: Final[Mapping[str, str]] = MappingProxyType({})


class StoredMedia:
    """Reads, and makes ready for a page, the media of one imported catalog.

    Parameters
    ----------
    folder : where the files lie
    files : item id -> modality -> file name
    digests : file name -> SHA-256 of what was imported, where that is known
    """

    def __init__(
        self,
        folder: Path,
        files: Mapping[str, Mapping[str, str]],
        digests: Mapping[str, str] = UNKNOWN,
    ) -> None:
        self._folder = folder
        self._files = files
        self._digests = digests

    def picture(self, id: str, size: int) -> bytes:
        """Return the item's picture as WebP: whole, its longer side ``size`` pixels at most."""
        clean = self._decoded(id, Modality.IMAGE)
        assert isinstance(clean, Picture)
        image = Image.fromarray(clean.pixels)
        image.thumbnail((size, size), Image.Resampling.LANCZOS)
        out = io.BytesIO()
        image.save(out, "WEBP", quality=86, method=4)
        return out.getvalue()

    def sound(self, id: str) -> bytes:
        """Return the item's sound as WAV."""
        clean = self._decoded(id, Modality.AUDIO)
        assert isinstance(clean, Sound)
        return wav(clean)

    def raw(self, name: str) -> bytes:
        """Return the content of a file as it was imported (``media_unreadable``)."""
        try:
            data = (self._folder / name).read_bytes()
        except OSError:
            raise TriadError("media_unreadable", name=name) from None
        if self._digests.get(name) not in (None, hashlib.sha256(data).hexdigest()):
            raise TriadError("media_unreadable", name=name)
        return data

    def _decoded(self, id: str, modality: Modality) -> Picture | Sound:
        name = self._files[id][modality]
        clean = decode(Media(modality, self.raw(name), name))
        assert isinstance(clean, Picture | Sound)
        return clean
