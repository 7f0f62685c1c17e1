"""Any encoder by its id: registered ones, and models of the hubs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from typing import Final

from core.encoders.base import Encoder
from core.encoders.hub_audio import hub_audio
from core.encoders.hub_text import hub_text
from core.encoders.registry import ENCODERS, get
from core.encoders.timm_image import hub_image
from core.errors import TriadError
from core.types import Modality

_HUB: Final[Mapping[Modality, Callable[[str], Encoder]]] = {
    Modality.IMAGE: hub_image,
    Modality.TEXT: hub_text,
    Modality.AUDIO: hub_audio,
}


@cache
def named(id: str, modality: Modality) -> Encoder:
    """Return the encoder of a modality, the same instance each time. Nothing is loaded yet.

    Parameters
    ----------
    id : of a registered encoder; ``owner/name`` of a timm, transformers or sentence-transformers model; the
        plain name of a timm model

    Raises
    ------
    TriadError
        ``unknown_encoder``, also for an encoder of another modality; what the hub's encoders raise
    """
    if id in ENCODERS and ENCODERS[id].card.modality == modality:
        return get(id)
    if "/" in id or (modality is Modality.IMAGE and _in_timm(id)):
        return _HUB[modality](id)
    known = [key for key in ENCODERS if ENCODERS[key].card.modality == modality]
    raise TriadError("unknown_encoder", key=id, known=", ".join(known))


def _in_timm(name: str) -> bool:
    import timm

    return bool(timm.is_model(name))
