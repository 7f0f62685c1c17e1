"""What an encoder costs: numbers that were learned, megabytes, and time."""

from __future__ import annotations

import statistics
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from core.encoders.base import Encoder
from core.encoders.fitted import Fitted
from core.encoders.registry import ENCODERS
from core.encoders.sources import resolve
from core.encoders.whisper import WhisperSound
from core.types import Clean

ROUNDS: Final = 3
"""Times that one medium is encoded to time it; the median counts."""

STATED: Final = {WhisperSound.card.id: 39_000_000}
"""Parameters of models whose files do not tell: Radford et al., 2022, Table 1; encoder and decoder."""


@dataclass(frozen=True)
class Cost:
    """What an encoder costs.

    Attributes
    ----------
    parameters : how many numbers were learned; None if that is not known
    megabytes : size of the weights, in 10**6 bytes; None if that is not known
    dim : width of the vector
    ms : median time of encoding one medium alone, on this machine, now
    """

    parameters: int | None
    megabytes: float | None
    dim: int
    ms: float


def cost(encoder: Encoder, media: Sequence[Clean]) -> Cost:
    """Weigh an encoder, and time it on one medium at a time, after one that is not counted.

    Parameters
    ----------
    media : one or more to be timed on, in turn; give several, since some encoders remember the last
    """
    encoder.encode(media[-1:])
    took = []
    for number in range(ROUNDS):
        started = time.perf_counter()
        encoder.encode([media[number % len(media)]])
        took.append((time.perf_counter() - started) * 1000)
    return Cost(
        _parameters(encoder), _megabytes(encoder), encoder.card.dim, statistics.median(took)
    )


def _megabytes(encoder: Encoder) -> float | None:
    if isinstance(encoder, Fitted):
        return encoder.numbers.nbytes / 1e6
    if encoder.card.megabytes or encoder.needs is not None:
        return encoder.card.megabytes or (encoder.needs.mb if encoder.needs else None)
    return 0.0 if encoder.card.id in ENCODERS else None  # our own code has no weights


def _parameters(encoder: Encoder) -> int | None:
    """Count what was learned: as the card says, in the networks, or in the files."""
    if isinstance(encoder, Fitted):
        return int(encoder.numbers.size)
    known = encoder.card.parameters or STATED.get(encoder.card.id) or _in_networks(encoder)
    if known:
        return known
    if encoder.needs is None:
        return 0 if encoder.card.id in ENCODERS else None
    arrays = [name for name in encoder.needs.files if name.endswith(".npz")]
    folder, total = resolve(encoder.needs), 0
    for name in arrays:
        with np.load(folder / name, allow_pickle=False) as stored:
            total += sum(stored[key].size for key in stored.files)
    return total or None


def _in_networks(encoder: Encoder) -> int:
    from torch import nn

    networks = [each for each in vars(encoder).values() if isinstance(each, nn.Module)]
    return sum(weight.numel() for network in networks for weight in network.parameters())
