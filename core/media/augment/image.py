"""Pictures of the same thing: from nearer, mirrored, in another light.

References
----------
Krizhevsky et al., ImageNet classification with deep convolutional neural networks, 2012.
Szegedy et al., Going deeper with convolutions, 2015.
"""

from __future__ import annotations

import numpy as np
from PIL import Image, ImageEnhance

from core.media.augment.seeds import Seed
from core.types import Picture


def cropped(picture: Picture, seed: Seed, *, least: float = 0.7, stretch: float = 1.15) -> Picture:
    """Cut out a part and bring it back to the whole's size, bicubic.

    Parameters
    ----------
    picture : (H, W, 3), and so is the result
    least : smallest share of the area that is kept, in (0, 1]
    stretch : by which factor the sides' ratio may change, at least 1
    """
    rng = np.random.default_rng(seed)
    side = np.sqrt(rng.uniform(least, 1.0))
    bend = np.sqrt(stretch) ** rng.uniform(-1, 1)
    height, width = picture.pixels.shape[:2]
    w, h = min(1.0, side * bend) * width, min(1.0, side / bend) * height
    x, y = rng.uniform(0, width - w), rng.uniform(0, height - h)
    part = Image.fromarray(picture.pixels).resize(
        (width, height), Image.Resampling.BICUBIC, box=(x, y, x + w, y + h)
    )
    return Picture(np.asarray(part))


def flipped(picture: Picture, seed: Seed, *, probability: float = 0.5) -> Picture:
    """Mirror left and right, or not. What is written in the picture is mirrored too."""
    if np.random.default_rng(seed).random() >= probability:
        return picture
    return Picture(np.ascontiguousarray(picture.pixels[:, ::-1]))


def jittered(picture: Picture, seed: Seed, *, light: float = 0.2, hue: float = 0.02) -> Picture:
    """Change brightness, contrast, saturation and hue.

    Parameters
    ----------
    light : brightness, contrast and saturation are each multiplied by 1 - light to 1 + light
    hue : turned by -hue to +hue of a full circle; a blue thing has to stay blue
    """
    rng = np.random.default_rng(seed)
    image = Image.fromarray(picture.pixels)
    for enhance in (ImageEnhance.Brightness, ImageEnhance.Contrast, ImageEnhance.Color):
        image = enhance(image).enhance(float(rng.uniform(1 - light, 1 + light)))
    return Picture(np.asarray(turned_hue(image, float(rng.uniform(-hue, hue)))))


def turned_hue(image: Image.Image, turn: float) -> Image.Image:
    """Turn the hue of an RGB picture by ``turn`` of a full circle, -0.5 to 0.5."""
    hue, saturation, value = image.convert("HSV").split()
    turned = (np.asarray(hue).astype(int) + int(turn * 255)) % 256
    bands = (Image.fromarray(turned.astype(np.uint8)), saturation, value)
    return Image.merge("HSV", bands).convert("RGB")
