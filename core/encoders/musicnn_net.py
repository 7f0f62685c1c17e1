"""The network of musicnn in torch, and its weights from the TensorFlow checkpoint of the wheel."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final, NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from core.encoders.checkpoint import DATA, INDEX, read_checkpoint

RATE, WINDOW, HOP, BANDS = 16_000, 512, 256, 96
FRAMES: Final = 187
"""Frames in a patch: what the network saw at once in training, 2.99 seconds."""

TAGS: Final = 50
WIDTH: Final = 753
"""Curves over time inside the network: 561 of the front end and three times 64 after it."""


class Heard(NamedTuple):
    """Of P patches: ``embedding`` (P, 753), the curves' means over time, and ``logits`` (P, 50)."""

    embedding: Tensor
    logits: Tensor


class Front(nn.Module):
    """A convolution, ReLU and batch norm over (time, bands), then the maximum over all bands."""

    def __init__(self, filters: int, time: int, bands: int) -> None:
        super().__init__()
        self.conv = nn.Conv2d(1, filters, (time, bands))
        self.norm = nn.BatchNorm2d(filters, eps=1e-3)
        self._pad = ((time - 1) // 2, time // 2)  # TensorFlow pads more at the end

    def forward(self, x: Tensor) -> Tensor:
        """(P, 1, T, M) -> (P, filters, T)."""
        found: Tensor = self.norm(F.relu(self.conv(F.pad(x, (0, 0, *self._pad)))))
        return found.amax(dim=3)


class MusicnnNet(nn.Module):
    """Filters as musicians listen: upright ones for timbre, flat ones for rhythm, then three layers.

    References
    ----------
    Pons & Serra, musicnn: Pre-trained convolutional neural networks for music audio tagging, 2019.
    """

    def __init__(self) -> None:
        super().__init__()
        self.norm = nn.BatchNorm2d(1, eps=1e-3)
        self.front = nn.ModuleList(
            Front(*shape)
            for shape in ((204, 7, 38), (204, 7, 67), (51, 128, 1), (51, 64, 1), (51, 32, 1))
        )
        self.middle = nn.ModuleList(Front(64, 7, seen) for seen in (561, 64, 64))
        self.pooled_norm = nn.BatchNorm1d(2 * WIDTH, eps=1e-3)
        self.dense = nn.Linear(2 * WIDTH, 200)
        self.dense_norm = nn.BatchNorm1d(200, eps=1e-3)
        self.tags = nn.Linear(200, TAGS)

    def forward(self, patches: Tensor) -> Heard:
        """Listen to patches (P, T, 96) of a log-mel spectrum."""
        x = self.norm(patches[:, None])
        curves = [torch.cat([front(x) for front in self.front], dim=1)]
        for layer in self.middle:  # all but the first add to what they were given
            found = layer(curves[-1].transpose(1, 2)[:, None])
            curves.append(found if len(curves) == 1 else found + curves[-1])
        every = torch.cat(curves, dim=1)
        mean = every.mean(dim=2)
        pooled = torch.stack([every.amax(dim=2), mean], dim=2).flatten(1)
        hidden = self.dense_norm(F.relu(self.dense(self.pooled_norm(pooled))))
        return Heard(mean, self.tags(hidden))


def load(folder: Path) -> MusicnnNet:
    """Return the network with the weights of a checkpoint's folder, in eval mode."""
    index, data = ((folder / part).read_bytes() for part in (INDEX, DATA))
    network = MusicnnNet()
    network.load_state_dict(to_torch(read_checkpoint(index, data), network))
    return network.eval()


def to_torch(weights: Mapping[str, Any], network: MusicnnNet) -> dict[str, Tensor]:
    """Rename TensorFlow's layers, which it numbered by kind in the order in which they were made."""
    state = dict(network.state_dict())  # counts of batches stay as they are
    convolutions = [
        *(f"front.{n}" for n in range(len(network.front))),
        *(f"middle.{n}" for n in range(len(network.middle))),
    ]
    norms = ["norm", *(f"{name}.norm" for name in convolutions), "pooled_norm", "dense_norm"]
    for number, name in enumerate(convolutions):
        theirs = _numbered("conv2d", number)
        state[f"{name}.conv.weight"] = _tensor(weights[f"{theirs}/kernel"]).permute(3, 2, 0, 1)
        state[f"{name}.conv.bias"] = _tensor(weights[f"{theirs}/bias"])
    for number, name in enumerate(norms):
        theirs = _numbered("batch_normalization", number)
        state[f"{name}.weight"] = _tensor(weights[f"{theirs}/gamma"])
        state[f"{name}.bias"] = _tensor(weights[f"{theirs}/beta"])
        state[f"{name}.running_mean"] = _tensor(weights[f"{theirs}/moving_mean"])
        state[f"{name}.running_var"] = _tensor(weights[f"{theirs}/moving_variance"])
    for number, name in enumerate(("dense", "tags")):
        theirs = _numbered("dense", number)
        state[f"{name}.weight"] = _tensor(weights[f"{theirs}/kernel"]).T
        state[f"{name}.bias"] = _tensor(weights[f"{theirs}/bias"])
    return state


def _numbered(kind: str, number: int) -> str:
    return f"{kind}_{number}" if number else kind


def _tensor(values: Any) -> Tensor:
    return torch.from_numpy(values.copy())
