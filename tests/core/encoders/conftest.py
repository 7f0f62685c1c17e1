"""Pictures, passages and sounds to encode, drawn and computed here."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from PIL import Image, ImageDraw

from core.types import Clean, Modality, Passage, Picture, Sound

RATE = 32_000


def drawn(seed: int, size: tuple[int, int] = (320, 240)) -> Picture:
    """A blob on a gradient."""
    draw = np.random.default_rng(seed)
    width, height = size
    ramp = np.linspace(60, 220, width * height * 3).reshape(height, width, 3)
    canvas = Image.fromarray(ramp.astype(np.uint8))
    x, y = draw.uniform(0.2, 0.6, 2) * (width, height)
    colour = tuple(draw.integers(0, 255, 3).tolist())
    ImageDraw.Draw(canvas).ellipse((x, y, x + width / 4, y + height / 3), fill=colour)
    return Picture(np.asarray(canvas))


def mug() -> Picture:
    """A white mug with a handle on a wooden table in front of a grey wall."""
    canvas = Image.new("RGB", (400, 400), (205, 205, 200))
    draw = ImageDraw.Draw(canvas)
    draw.rectangle((0, 290, 400, 400), fill=(150, 105, 65))
    draw.ellipse((95, 315, 300, 350), fill=(110, 75, 45))
    draw.ellipse((235, 165, 335, 275), outline=(225, 222, 215), width=22)
    for step in range(150):  # shaded like a cylinder
        light = int(250 - 90 * abs(step / 149 - 0.35) ** 1.5)
        x = 110 + step
        sag = int(14 * (1 - ((step - 75) / 75) ** 2) ** 0.5)
        draw.line((x, 125 - sag // 2, x, 320 + sag), fill=(light, light, light - 4))
    draw.ellipse((110, 108, 260, 142), fill=(235, 235, 230))
    draw.ellipse((118, 113, 252, 139), fill=(60, 38, 25))
    return Picture(np.asarray(canvas.resize((300, 300), Image.Resampling.LANCZOS)))


def plucked(hertz: float, seconds: float = 1.0, decay: float = 0.3, seed: int = 0) -> Sound:
    """A note of five damped harmonics and a little noise."""
    t = np.arange(int(seconds * RATE)) / RATE
    wave = sum(np.sin(2 * np.pi * hertz * n * t) / n**2 for n in range(1, 6)) * np.exp(-t / decay)
    noise = np.random.default_rng(seed).normal(0, 1e-3, len(t))
    return Sound((0.3 * wave + noise).astype(np.float32), RATE)


def hiss(seconds: float = 1.0, seed: int = 0) -> Sound:
    noise = np.random.default_rng(seed).normal(0, 0.1, int(seconds * RATE))
    return Sound(noise.astype(np.float32), RATE)


BATCHES: dict[Modality, list[Clean]] = {
    Modality.IMAGE: [drawn(0), drawn(1, (200, 500)), mug()],
    Modality.TEXT: [
        Passage("A red enamel mug.", "en"),
        Passage("杯壁很厚，冬天喝咖啡很舒服。手柄也好拿！", "zh"),
        Passage("no punctuation here\nbut two lines", "en"),
    ],
    Modality.AUDIO: [plucked(220, 0.15), plucked(440, 2.2), hiss()],
}


@pytest.fixture(scope="session")
def batch_of() -> Callable[[Modality], list[Clean]]:
    return BATCHES.__getitem__


@pytest.fixture(scope="session")
def make_drawn() -> Callable[..., Picture]:
    return drawn


@pytest.fixture(scope="session")
def make_mug() -> Callable[[], Picture]:
    return mug


@pytest.fixture(scope="session")
def make_plucked() -> Callable[..., Sound]:
    return plucked


@pytest.fixture(scope="session")
def make_hiss() -> Callable[..., Sound]:
    return hiss
