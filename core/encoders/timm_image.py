"""Pictures to vectors by any model of timm, from the hub or from a folder."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from core.encoders import hub_about
from core.encoders.base import Box, Encoded, Encoder, EncoderCard
from core.encoders.image import pixels_of
from core.errors import TriadError
from core.types import Clean, Modality

if TYPE_CHECKING:
    from torch import Tensor

    from core.encoders.hub import Progress

WEIGHTS: Final = "model.safetensors"

_AT_ONCE: Final = 16
"""Pictures in one pass: more would take memory and no less time."""


def hub_image(
    model_id: str, revision: str | None = None, *, progress: Progress | None = None
) -> HubImage:
    """Return an encoder for a pretrained model of timm: VGG, ResNet, ConvNeXt, ViT, DINOv2 and so on.

    Only its configuration is read now; the weights, which must be safetensors, come with the first
    picture.

    Parameters
    ----------
    model_id : of the hub, such as ``timm/vit_small_patch14_dinov2.lvd142m``; timm's own name, such as
        ``resnet50`` or ``vgg16.tv_in1k``; or the path of a folder
    revision : branch, tag or commit of the hub; what is found is pinned by its commit
    progress : told of bytes while the weights come

    Raises
    ------
    TriadError
        ``needs_hub`` (it cannot be reached, and the model is not on this machine),
        ``unknown_model``, ``model_unusable``
    """
    from core.encoders.sources import hub_snapshot

    repository = _repository(model_id)
    about = hub_snapshot(
        repository, patterns=hub_about.ABOUT, revision=revision, modality=Modality.IMAGE
    )
    architecture = hub_about.read_config(model_id, about).get("architecture")
    if not isinstance(architecture, str):
        raise TriadError("model_unusable", model=model_id, reason="it is not a model of timm")
    blank = _blank(model_id, about)
    parameters = sum(each.numel() for each in blank.parameters())
    card = EncoderCard(
        id=hub_about.id_of(repository, about),
        modality=Modality.IMAGE,
        dim=blank.num_features,
        source=f"{model_id} (timm {architecture})",
        revision=hub_about.revision_of(repository, about),
        licence=hub_about.licence_of(about),
        parameters=parameters,
        megabytes=round(parameters * 4 / 1e6, 1),
    )
    return HubImage(card, repository, about, progress)


class HubImage(Encoder):
    """A model of timm; made by :func:`hub_image`.

    Tokens are the cells of the last feature map, or a transformer's patches; its class and register
    tokens belong to no place and are left out. The pooled vector is what the model's own head would
    classify, or the mean of the tokens where the head first changes the width, as VGG's does.
    """

    def __init__(
        self, card: EncoderCard, repository: str, about: Path, progress: Progress | None
    ) -> None:
        super().__init__()
        self.card = card
        self._repository = repository
        self._about = about
        self._progress = progress
        self._model: Any
        self._transform: Any
        self._data: dict[str, Any]

    def _load(self) -> None:
        from core.encoders.sources import hub_snapshot

        folder = hub_snapshot(
            self._repository,
            patterns=("config.json", WEIGHTS),
            revision=self._about.name,
            modality=Modality.IMAGE,
            progress=self._progress,
        )
        if not (folder / WEIGHTS).is_file():  # timm would take a pickle instead
            reason = f"it has no {WEIGHTS}"
            raise TriadError("model_unusable", model=self._repository, reason=reason)
        try:
            self._open(folder)
        except Exception as error:  # whatever a stranger's files make timm trip over
            raise hub_about.unusable(self._repository, error) from error

    def _open(self, folder: Path) -> None:
        import timm
        from timm.data import create_transform, resolve_data_config

        # With all of its head: asked for another one, timm no longer minds weights that are missing.
        self._model = timm.create_model(f"local-dir:{folder}", pretrained=True).eval()
        self._data = resolve_data_config(model=self._model)
        if self._data["crop_mode"] == "border":  # cells beside the picture would be of nothing
            self._data["crop_mode"] = "squash"
        self._transform = create_transform(**self._data)

    def _encode(self, batch: Sequence[Clean], tokens: bool) -> Encoded:
        import torch

        starts = range(0, len(batch), _AT_ONCE)
        parts = [self._look(batch[start : start + _AT_ONCE]) for start in starts]
        pooled = torch.cat([part[0] for part in parts])
        if not tokens:
            return Encoded(pooled, None, ((),) * len(batch))
        cells = torch.cat([part[1] for part in parts])
        labels = tuple(self._boxes(each, *cells.shape[1:3]) for each in batch)
        return Encoded(pooled, cells.flatten(1, 2), labels)

    def _look(self, batch: Sequence[Clean]) -> tuple[Tensor, Tensor]:
        """Return pooled (B, D) and cells (B, rows, columns, D)."""
        import torch
        from PIL import Image

        pixels = torch.stack([self._transform(Image.fromarray(pixels_of(x))) for x in batch])
        features = self._model.forward_features(pixels)
        cells = self._cells(features)
        pooled = self._model.forward_head(features, pre_logits=True)
        if pooled.shape != (len(batch), self.card.dim):
            pooled = cells.mean(dim=(1, 2))
        return pooled.float(), cells.float()

    def _cells(self, features: Tensor) -> Tensor:
        """Lay features out as (B, rows, columns, D), whichever way the model returns them."""
        width = self.card.dim
        if features.ndim == 4 and features.shape[1] == width:
            return features.permute(0, 2, 3, 1)
        if features.ndim == 4 and features.shape[3] == width:
            return features
        if features.ndim == 3 and features.shape[2] == width:
            patches = features[:, getattr(self._model, "num_prefix_tokens", 0) :]
            grid = getattr(getattr(self._model, "patch_embed", None), "grid_size", None)
            side = math.isqrt(patches.shape[1])
            rows, columns = grid if grid and math.prod(grid) == patches.shape[1] else (side, side)
            if rows * columns == patches.shape[1]:
                return patches.reshape(-1, rows, columns, width)
        reason = "its features lie on no grid"
        raise TriadError("model_unusable", model=self._repository, reason=reason)

    def _boxes(self, clean: Clean, rows: int, columns: int) -> tuple[Box, ...]:
        """Return the boxes of the cells, row by row, in fractions of the whole picture."""
        height, width = pixels_of(clean).shape[:2]
        across, down = seen_part(height, width, self._data)
        xs = ((1 - across) / 2 + across * np.linspace(0, 1, columns + 1)).tolist()
        ys = ((1 - down) / 2 + down * np.linspace(0, 1, rows + 1)).tolist()
        return tuple(
            Box(xs[column], ys[row], xs[column + 1], ys[row + 1])
            for row in range(rows)
            for column in range(columns)
        )


def seen_part(height: int, width: int, data: dict[str, Any]) -> tuple[float, float]:
    """Return which fractions of width and height the model sees; the rest is cut off on both sides.

    Parameters
    ----------
    height, width : of the picture, in pixels
    data : timm's data configuration: scale so that the picture covers ``input_size / crop_pct``, then
        cut out the middle
    """
    down, across = data["input_size"][1:]
    goal_down, goal_across = (math.floor(side / data["crop_pct"]) for side in (down, across))
    if data["crop_mode"] == "squash":
        return min(1.0, across / goal_across), min(1.0, down / goal_down)
    scale = max(goal_down / height, goal_across / width)
    return min(1.0, across / (scale * width)), min(1.0, down / (scale * height))


def _repository(model_id: str) -> str:
    """Return a folder or the hub's id as it is, and for one of timm's names its place in the hub."""
    if "/" in model_id or Path(model_id).is_dir():
        return model_id
    from timm.models import get_pretrained_cfg

    config = get_pretrained_cfg(model_id)
    if config is None or not config.hf_hub_id:
        raise TriadError("unknown_model", model=model_id)
    return str(config.hf_hub_id)


def _blank(model_id: str, about: Path) -> Any:
    """Return the model without numbers in it, which costs nothing: to see how wide and large it is."""
    import timm
    import torch

    try:
        with torch.device("meta"):
            return timm.create_model(f"local-dir:{about}", pretrained=False)
    except Exception as error:  # an architecture that this timm does not know, or arguments
        raise hub_about.unusable(model_id, error) from error
