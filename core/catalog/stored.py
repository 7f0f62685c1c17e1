"""Media of items that were brought along and lie in files."""

from __future__ import annotations

import io
from collections.abc import Mapping
from pathlib import Path

from PIL import Image

from core.catalog.rendering import wav
from core.media import decode
from core.types import Media, Modality, Picture, Sound


class StoredMedia:
    """Reads, and makes ready for a page, the media of one imported catalog.

    Parameters
    ----------
    folder : where the files lie
    files : item id -> modality -> file name
    """

    def __init__(self, folder: Path, files: Mapping[str, Mapping[str, str]]) -> None:
        self._folder = folder
        self._files = files

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

    def _decoded(self, id: str, modality: Modality) -> Picture | Sound:
        name = self._files[id][modality]
        clean = decode(Media(modality, (self._folder / name).read_bytes(), name))
        assert isinstance(clean, Picture | Sound)
        return clean
