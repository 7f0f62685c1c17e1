"""EfficientNet-Lite0 through ONNX Runtime, in single precision and in 8 bits."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from core.encoders.image import CROP, EfficientNetLite, Look, imagenet_names, normalised
from core.encoders.onnx_runtime import OnnxNetwork, export, opened, quantize_all
from core.encoders.registry import register

if TYPE_CHECKING:
    from torch import Tensor, nn

_EXAMPLES: Final = 32
"""Pictures on which ranges are found."""

_KEEP: Final = ("/conv_stem", "/blocks/blocks.0/", "/blocks/blocks.1/blocks.1.0/")
"""The first six of 49 convolutions stay in single precision: rounded too, they take the cosine to the
original from 0.99 to 0.91."""


class _Exported(EfficientNetLite):
    """The same network, preprocessing and tokens; only the arithmetic runs elsewhere."""

    def __init__(self) -> None:
        super().__init__()
        self._network: OnnxNetwork

    def _load(self) -> None:
        self._network = opened(self.card, self._write)
        self._names = imagenet_names()

    def _write(self, path: Path) -> None:
        import torch

        export(
            exportable(),
            {"pixels": torch.zeros(1, CROP, CROP, 3, dtype=torch.uint8)},
            ("maps", "pooled", "logits"),
            path,
            free={0: "batch"},
        )

    def _forward(self, pixels: Tensor) -> Look:
        maps, pooled, logits = self._network(pixels=pixels)
        return Look(maps, pooled, logits)


@register
class EfficientNetLiteOnnx(_Exported):
    """EfficientNet-Lite0 by ONNX Runtime: the same vectors, to seven digits, in half the time.

    The default. It keeps the original's revision, since what either encoded serves for both.
    """

    card = replace(
        EfficientNetLite.card,
        id="efficientnet-lite0",
        source=f"{EfficientNetLite.card.source}; ONNX Runtime",
    )


@register
class EfficientNetLiteInt8(_Exported):
    """EfficientNet-Lite0 in 8 bits: a quarter of the size, a third of the time, nearly the vectors."""

    card = replace(
        EfficientNetLite.card,
        id="efficientnet-lite0-int8",
        source=f"{EfficientNetLite.card.source}; Jacob et al., Integer-Arithmetic-Only Inference, 2018",
        revision=f"{EfficientNetLite.card.revision}-1",
        megabytes=5.1,
    )

    def _write(self, path: Path) -> None:
        whole = path.with_suffix(".whole.onnx")
        super()._write(whole)
        seen = [{"pixels": dead_leaves(seed, CROP)[None]} for seed in range(_EXAMPLES)]
        quantize_all(whole, path, seen, spare=_KEEP)


def exportable() -> nn.Module:
    """Return the network from (B, 224, 224, 3) uint8 to maps, pooled and logits, easy to export."""
    from torch import nn

    from core.encoders import efficientnet
    from core.encoders.folding import fold_batch_norms

    body: Any = _with_plain_padding(fold_batch_norms(efficientnet.load()))

    class Whole(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.body = body

        def forward(self, pixels: Tensor) -> tuple[Tensor, Tensor, Tensor]:
            maps = self.body.forward_features(normalised(pixels))
            pooled = self.body.forward_head(maps, pre_logits=True)
            return maps, pooled, self.body.get_classifier()(pooled)

    return Whole().eval()


def _with_plain_padding(network: nn.Module) -> nn.Module:
    """Replace convolutions that measure their input to pad it, in place.

    Exported, the measuring is a hundred nodes, and keeps the runtime from joining the padding with the
    convolution. Here each halves a map of even sides, so the padding is known beforehand.
    """
    from timm.layers import Conv2dSame
    from torch import nn

    for name, old in list(network.named_modules()):
        if isinstance(old, Conv2dSame):
            kernel, stride = old.kernel_size[0], old.stride[0]
            new = nn.Conv2d(
                old.in_channels, old.out_channels, kernel, stride, groups=old.groups, bias=True
            )
            new.load_state_dict(old.state_dict())
            before, both = (kernel - stride) // 2, kernel - stride
            pad = nn.ZeroPad2d((before, both - before, before, both - before))
            network.set_submodule(name, nn.Sequential(pad, new))
    return network


def dead_leaves(seed: int, side: int) -> NDArray[np.uint8]:
    """Return a picture (side, side, 3) of discs that hide each other, as things do in photographs.

    Its edges, areas and contrasts have about the statistics of natural pictures, so a network that has
    to be shown something before it is rounded can be shown this, on any machine, without a data set.

    References
    ----------
    Lee, Mumford & Huang, Occlusion Models for Natural Images, 2001.
    """
    from PIL import Image, ImageDraw

    draw = np.random.default_rng(seed)

    def colour() -> tuple[int, ...]:
        return tuple(draw.integers(0, 256, 3).tolist())

    canvas = Image.new("RGB", (side, side), colour())
    pen = ImageDraw.Draw(canvas)
    for _ in range(200):
        radius = 0.4 * side * draw.uniform(0.02, 1) ** 2
        x, y = draw.uniform(0, side, 2)
        pen.ellipse((x - radius, y - radius, x + radius, y + radius), fill=colour())
    return np.asarray(canvas)
