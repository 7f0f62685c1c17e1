"""What every trained listener needs: the sound at its own rate, and names for stretches of it."""

from __future__ import annotations

from itertools import pairwise
from typing import Final

import numpy as np
from numpy.typing import NDArray

from core.encoders.base import Stretch
from core.media.audio import resample
from core.media.level import at_loudness
from core.types import Clean, Sound

Floats = NDArray[np.float32]

SECOND: Final = 1.0
"""Seconds in a token of models that hear frame by frame."""


def heard_at(clean: Clean, rate: int, lufs: float = -18.0) -> Floats:
    """Return the samples of a sound, (T,), at ``rate`` Hz and at one loudness.

    Recordings differ in level for reasons that say nothing of what was recorded. Peaks that would
    exceed 1 lower the whole sound.
    """
    sound = as_sound(clean)
    levelled = at_loudness(sound, lufs)
    peak = max(1.0, float(np.abs(levelled).max()))
    return resample((levelled / peak).astype(np.float32), sound.rate, rate)


def as_sound(clean: Clean) -> Sound:
    """Return a sound as it is, and refuse whatever else it may be."""
    if not isinstance(clean, Sound):
        raise TypeError(f"an audio encoder takes sounds, not {type(clean).__name__}")
    return clean


def seconds_of(total: float, each: float = SECOND) -> tuple[Stretch, ...]:
    """Cut ``total`` seconds into stretches of ``each``; a remainder below half joins the last one."""
    count = max(1, int(total / each + 0.5))
    edges = [each * n for n in range(count)] + [total]
    return tuple(Stretch(start, end) for start, end in pairwise(edges))


def averaged(frames: Floats, seconds: float, stretches: tuple[Stretch, ...]) -> Floats:
    """Average frames over stretches.

    Parameters
    ----------
    frames : (F, D), evenly spaced over ``seconds``
    stretches : T of them

    Returns
    -------
    (T, D): the mean of the frames whose middle lies in the stretch, or the nearest frame if none does
    """
    middles = (np.arange(len(frames)) + 0.5) * seconds / len(frames)
    rows = []
    for stretch in stretches:
        inside = (stretch.start <= middles) & (middles < stretch.end)
        if not inside.any():
            inside = np.abs(middles - (stretch.start + stretch.end) / 2)
            inside = inside == inside.min()
        rows.append(frames[inside].mean(axis=0))
    return np.stack(rows).astype(np.float32)
