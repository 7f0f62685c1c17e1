"""Bytes to clean arrays: the first layer. Nothing here imports torch.

:func:`decode` is the door. It looks at the content, never at a file's name, checks the limits
before it decodes, and raises :class:`core.errors.TriadError` for whatever a visitor can put right.
"""

from __future__ import annotations

from collections.abc import Callable

from core.errors import TriadError
from core.media.audio import decode_audio
from core.media.image import decode_image, picture_size
from core.media.level import loudness
from core.media.limits import MAX_BYTES
from core.media.onsets import onsets
from core.media.spectrogram import spectrogram
from core.media.text import decode_text
from core.media.waveform import waveform
from core.types import Clean, Media, Modality

__all__ = ["decode", "loudness", "onsets", "picture_size", "spectrogram", "waveform"]

_DECODERS: dict[Modality, Callable[[Media], Clean]] = {
    Modality.IMAGE: decode_image,
    Modality.TEXT: decode_text,
    Modality.AUDIO: decode_audio,
}


def decode(media: Media) -> Clean:
    """Decode one upload.

    Returns
    -------
    Picture, Passage or Sound, by ``media.modality``

    Raises
    ------
    TriadError
        ``file_empty``, ``file_too_big``, or one of the modality's own: see :func:`decode_image`,
        :func:`decode_text` and :func:`decode_audio`.
    """
    if not media.data:
        raise TriadError("file_empty", name=media.name)
    if len(media.data) > MAX_BYTES:
        raise TriadError("file_too_big", name=media.name, limit=MAX_BYTES // 2**20)
    return _DECODERS[media.modality](media)
