"""The outline of a sound, for drawing."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from core.types import Sound


def waveform(sound: Sound, bins: int = 400) -> NDArray[np.float32]:
    """Return the lowest and highest sample of each of ``bins`` equal stretches.

    Returns
    -------
    (bins, 2) float32: minimum, maximum; a stretch shorter than a sample repeats the nearest one
    """
    edges = np.linspace(0, len(sound.samples), bins, endpoint=False).astype(np.intp)
    low = np.minimum.reduceat(sound.samples, edges)
    high = np.maximum.reduceat(sound.samples, edges)
    return np.stack([low, high], axis=1).astype(np.float32)
