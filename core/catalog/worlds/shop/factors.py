"""The planted factors of the shop: what a product is, looks like, sounds like and is praised for.

Value *k* of ``look``, of ``praise`` and of ``substance`` go together: the world's redundancy says
how often they agree.
"""

from __future__ import annotations

from typing import Final

from core.catalog.worlds.base import Factor
from core.types import Modality

TYPE: Final = Factor(
    name="type",
    values=(
        "mug",
        "teapot",
        "pitcher",
        "vase",
        "bowl",
        "bottle",
        "goblet",
        "bucket",
        "candle",
        "lamp",
        "clock",
        "hourglass",
        "umbrella",
        "piggy_bank",
        "birdhouse",
        "rocking_chair",
    ),
)
"""What the product is. All of them are ImageNet classes, so a pretrained encoder can name them."""

LOOK: Final = Factor(
    name="look",
    values=("glass", "wood", "steel", "ceramic", "plastic", "paper"),
    modality=Modality.IMAGE,
    main=True,
)
"""What the product looks made of: palette and surface."""

PATTERN: Final = Factor(name="pattern", values=("plain", "bands", "dots"), modality=Modality.IMAGE)
"""The decoration on its body."""

PRAISE: Final = Factor(
    name="praise",
    values=("elegant", "cosy", "durable", "handmade", "bargain", "light"),
    modality=Modality.TEXT,
    main=True,
)
"""What its reviews praise."""

PRICE: Final = Factor(name="price", values=("low", "mid", "high"), modality=Modality.TEXT)
"""Its price band."""

SUBSTANCE: Final = Factor(
    name="substance",
    values=("glass", "wood", "steel", "ceramic", "plastic", "paper"),
    modality=Modality.AUDIO,
    main=True,
)
"""What it sounds made of when it is struck."""

SIZE: Final = Factor(name="size", values=("small", "medium", "large"), modality=Modality.AUDIO)
"""How large it sounds: the larger, the lower the pitch."""

FACTORS: Final[tuple[Factor, ...]] = (TYPE, LOOK, PATTERN, PRAISE, PRICE, SUBSTANCE, SIZE)
