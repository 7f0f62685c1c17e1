"""Small uploads made in memory."""

import io

import numpy as np
from PIL import Image

from core.catalog.rendering import wav
from core.types import Media, Modality, Sound


def photo():
    out = io.BytesIO()
    pixels = np.random.default_rng(0).integers(0, 255, (60, 80, 3), dtype=np.uint8)
    Image.fromarray(pixels).resize((320, 240)).save(out, "JPEG")
    return Media(Modality.IMAGE, out.getvalue(), "photo.jpg")


def clip():
    t = np.arange(32000) / 32000
    samples = (np.sin(2 * np.pi * 880 * t) * np.exp(-6 * t)).astype(np.float32)
    return Media(Modality.AUDIO, wav(Sound(samples, 32000)), "clip.wav")


def review():
    return Media(Modality.TEXT, "很轻便，随身带着一点也不累。".encode())
