"""Clean media to vectors: the second layer.

Importing this package imports no framework and loads no weights; the first ``encode`` does.
"""

from __future__ import annotations

from core.encoders.audio import SoundStatistics
from core.encoders.base import Box, Encoded, Encoder, EncoderCard, Span, Stretch, TokenLabel
from core.encoders.image import EfficientNetLite
from core.encoders.registry import cards, default, get, register
from core.encoders.text import MultilingualSentences
from core.encoders.understand import describe

__all__ = [
    "Box",
    "EfficientNetLite",
    "Encoded",
    "Encoder",
    "EncoderCard",
    "MultilingualSentences",
    "SoundStatistics",
    "Span",
    "Stretch",
    "TokenLabel",
    "cards",
    "default",
    "describe",
    "get",
    "register",
]
