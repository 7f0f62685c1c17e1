"""When something begins in a sound: hits, plucks, notes, syllables."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from core.media.spectrogram import spectrogram
from core.types import Sound

Floats = NDArray[np.float32]

_APART: Final = 0.06
"""Seconds below which two onsets are heard as one."""

_AUDIBLE: Final = 50.0
"""How far below the loudest cell something can begin and still be heard, in dB."""

_CLEAR: Final = 2.0
"""Rise above the surroundings, in dB averaged over mel bands, that counts as an onset."""


def onset_strength(mel_db: Floats) -> Floats:
    """Return how much louder the bands became since the frame before (spectral flux).

    Parameters
    ----------
    mel_db : (M, T), dB

    Returns
    -------
    (T,) float32, dB averaged over bands; what is there in the first frame counts as having begun

    References
    ----------
    Bello et al., A Tutorial on Onset Detection in Music Signals, 2005.
    """
    heard = np.maximum(mel_db, mel_db.max() - _AUDIBLE)
    rise = np.diff(heard, axis=1, prepend=heard.min())
    strength: Floats = np.maximum(rise, 0).mean(axis=0, dtype=np.float32)
    return strength


def pick_onsets(strength: Floats, frames_per_second: float) -> Floats:
    """Return the times in seconds, (N,), at which ``strength`` clearly peaks.

    The very end does not count: a sound that breaks off there looks as if something began.
    """
    from scipy.signal import find_peaks  # a second to import

    distance = max(1, round(_APART * frames_per_second))
    edged = np.append(0.0, strength[:-distance])  # so that the first frame can be a peak
    peaks, _ = find_peaks(edged, prominence=_CLEAR, distance=distance)
    return np.asarray((peaks - 1) / frames_per_second, dtype=np.float32)


def onsets(sound: Sound) -> Floats:
    """Return when things begin in ``sound``, in seconds, (N,)."""
    hop = 512
    mel_db, _, _ = spectrogram(sound, hop=hop)
    return pick_onsets(onset_strength(mel_db), sound.rate / hop)
