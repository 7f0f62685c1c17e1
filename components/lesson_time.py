"""Two forms of one picture encoder, timed on this machine, now."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from components.engine import engine
from core.types import Modality

ENCODERS: Final[Mapping[str, float]] = {"efficientnet-lite0": 18.8, "efficientnet-lite0-int8": 5.1}
"""Encoder -> megabytes of its weights, as on its card; a test compares the two."""

PICTURES: Final = 3


def timed(world: str) -> dict[str, tuple[float, float]]:
    """Return megabytes and median milliseconds a picture of both.

    The first time ever may take a minute: the network of 8 bits is made then.
    """
    from core.encoding import cost, opened, sources  # brings torch
    from core.media import decode

    with_picture = [item for item in engine().items(world) if Modality.IMAGE in item.modalities]
    media = [
        decode(each)
        for item in with_picture[:PICTURES]
        for each in sources(engine(), world, item, Modality.IMAGE)
    ]
    found = {}
    for name in ENCODERS:
        spent = cost(opened(engine(), world, name, Modality.IMAGE), media)
        found[name] = (spent.megabytes or 0.0, spent.ms)
    return found
