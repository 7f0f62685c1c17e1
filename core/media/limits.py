"""What the media layer accepts. Checked before anything is decoded."""

from __future__ import annotations

from typing import Final

MAX_BYTES: Final = 20 * 1024 * 1024
"""Largest upload, in bytes."""

MAX_PIXELS: Final = 40_000_000
"""Largest picture, width times height as its header claims."""

MAX_SIDE: Final = 1024
"""Longest side of a decoded picture in pixels; larger ones are scaled down while decoding."""

MAX_SECONDS: Final = 30.0
"""Only this much of the beginning of a sound is ever decoded."""

MIN_SECONDS: Final = 0.1
"""Shortest sound in which there is something to hear."""

SAMPLE_RATE: Final = 32_000
"""Rate of every decoded sound, in Hz."""

SILENCE: Final = 1e-3
"""Largest swing (half of peak to peak) of a sound that counts as silent: -60 dBFS."""

MAX_CHARACTERS: Final = 5_000
"""Longest text, in Unicode code points."""
