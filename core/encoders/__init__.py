"""Clean media to vectors: the second layer.

Importing this package imports no framework and loads no weights; the first ``encode`` does.
"""

from __future__ import annotations

from core.encoders.audio import SoundStatistics
from core.encoders.bag_of_words import BagOfWords
from core.encoders.base import Box, Encoded, Encoder, EncoderCard, Span, Stretch, TokenLabel
from core.encoders.embedding import EmbeddingLayer
from core.encoders.fitted import Fitted
from core.encoders.histogram import ColourAndTexture
from core.encoders.hub_audio import HubAudio, hub_audio
from core.encoders.hub_text import E5_PREFIX, HubText, hub_text
from core.encoders.image import EfficientNetLite
from core.encoders.image_onnx import EfficientNetLiteInt8, EfficientNetLiteOnnx
from core.encoders.joint import BRIDGE, JointCard, JointSpace, joint_space
from core.encoders.musicnn import MusicnnMagna, MusicnnMillionSong
from core.encoders.named import named
from core.encoders.registry import (
    cards,
    default,
    fit,
    fittable,
    get,
    load_fitted,
    register,
    register_fitted,
)
from core.encoders.speech import Transcript, transcribe
from core.encoders.text import MultilingualSentences
from core.encoders.text_minilm import MiniLm
from core.encoders.text_minilm_onnx import MiniLmInt8, MiniLmOnnx
from core.encoders.tfidf import TfIdf
from core.encoders.timm_image import HubImage, hub_image
from core.encoders.understand import describe
from core.encoders.whisper import WhisperSound
from core.encoders.word2vec import Word2Vec

__all__ = [
    "E5_PREFIX",
    "BRIDGE",
    "BagOfWords",
    "Box",
    "ColourAndTexture",
    "EfficientNetLite",
    "EfficientNetLiteInt8",
    "EfficientNetLiteOnnx",
    "EmbeddingLayer",
    "Encoded",
    "Encoder",
    "EncoderCard",
    "Fitted",
    "HubImage",
    "HubAudio",
    "HubText",
    "JointCard",
    "JointSpace",
    "MiniLm",
    "MiniLmInt8",
    "MiniLmOnnx",
    "MultilingualSentences",
    "MusicnnMagna",
    "MusicnnMillionSong",
    "SoundStatistics",
    "Span",
    "Stretch",
    "TfIdf",
    "TokenLabel",
    "Transcript",
    "WhisperSound",
    "Word2Vec",
    "cards",
    "default",
    "describe",
    "fit",
    "fittable",
    "get",
    "hub_image",
    "hub_audio",
    "hub_text",
    "joint_space",
    "load_fitted",
    "named",
    "register",
    "register_fitted",
    "transcribe",
]
