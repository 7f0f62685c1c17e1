"""Bytes to clean arrays: the first layer. Nothing here imports torch.

:func:`decode` is the door. It looks at the content, never at a file's name, checks the limits
before it decodes, and raises :class:`core.errors.TriadError` for whatever a visitor can put right.
"""

from __future__ import annotations

from typing import Any, Final

from core.errors import TriadError
from core.media.audio import AUDIO_CHAIN
from core.media.image import IMAGE_CHAIN, picture_size
from core.media.level import loudness
from core.media.limits import MAX_BYTES
from core.media.onsets import onsets
from core.media.spectrogram import spectrogram
from core.media.steps import Chain, Step
from core.media.text import TEXT_CHAIN
from core.media.waveform import waveform
from core.types import Clean, Media, Modality

__all__ = [
    "decode",
    "fingerprint",
    "loudness",
    "onsets",
    "picture_size",
    "spectrogram",
    "trace",
    "waveform",
]

_CHAINS: Final[dict[Modality, Chain[Any, Any]]] = {
    Modality.IMAGE: IMAGE_CHAIN,
    Modality.TEXT: TEXT_CHAIN,
    Modality.AUDIO: AUDIO_CHAIN,
}


def decode(media: Media) -> Clean:
    """Decode, clean and normalise one upload.

    Returns
    -------
    Picture, Passage or Sound, by ``media.modality``

    Raises
    ------
    TriadError
        ``file_empty``, ``file_too_big``, or one of the modality's own: see
        :func:`core.media.image.decode_image`, :func:`core.media.text.decode_text` and
        :func:`core.media.audio.decode_audio`.
    """
    clean: Clean = _checked(media).run(media)
    return clean


def trace(media: Media) -> tuple[Step, ...]:
    """Say what each step of :func:`decode` did to one upload; raises what that raises.

    The last step's ``after`` shows what :func:`decode` returns.
    """
    return _checked(media).trace(media)


def fingerprint(modality: Modality) -> str:
    """Return the SHA-256 of how media are prepared: step names, parameters and version.

    It belongs in the key under which a vector is kept, see
    :meth:`core.encoders.store.VectorStore.key`.
    """
    return _CHAINS[modality].fingerprint


def _checked(media: Media) -> Chain[Any, Any]:
    if not media.data:
        raise TriadError("file_empty", name=media.name)
    if len(media.data) > MAX_BYTES:
        raise TriadError("file_too_big", name=media.name, limit=MAX_BYTES // 2**20)
    return _CHAINS[media.modality]
