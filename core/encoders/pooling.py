"""How the states of a transformer's pieces become one vector, as sentence-transformers files it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Literal, cast, get_args

if TYPE_CHECKING:
    from torch import Tensor

Mode = Literal["mean", "cls", "max", "lasttoken"]

_OLD_KEYS: Final = {
    "pooling_mode_cls_token": "cls",
    "pooling_mode_max_tokens": "max",
    "pooling_mode_mean_tokens": "mean",
    "pooling_mode_lasttoken": "lasttoken",
    "pooling_mode_mean_sqrt_len_tokens": "mean_sqrt_len_tokens",
    "pooling_mode_weightedmean_tokens": "weightedmean",
}


@dataclass(frozen=True)
class Pooling:
    """What happens to the states of the last layer.

    Attributes
    ----------
    mode : mean over the pieces of a text, or its first state, the largest on each axis, or the last
    unit_length : whether the vector is scaled to unit length
    """

    mode: Mode = "mean"
    unit_length: bool = False

    def __call__(self, states: Tensor, mask: Tensor) -> Tensor:
        """Pool.

        Parameters
        ----------
        states : (B, P, D), padded on the right
        mask : (B, P), 1 where there is a piece

        Returns
        -------
        (B, D)
        """
        from torch.nn import functional

        pooled = _pool(self.mode, states, mask)
        return functional.normalize(pooled, dim=1) if self.unit_length else pooled


def _pool(mode: Mode, states: Tensor, mask: Tensor) -> Tensor:
    match mode:
        case "mean":
            weights = mask / mask.sum(dim=1, keepdim=True)
            return (weights[:, None].to(states.dtype) @ states)[:, 0]
        case "cls":
            return states[:, 0]
        case "max":
            return states.masked_fill(mask[:, :, None] == 0, float("-inf")).amax(dim=1)
        case "lasttoken":
            import torch

            return states[torch.arange(len(states)), mask.sum(dim=1) - 1]


def read_pooling(folder: Path) -> Pooling:
    """Return what a model's folder says about pooling; without a word, it is the plain mean.

    Sentence-transformers lists its modules in ``modules.json``: the transformer, then a ``Pooling``
    with a folder of its own and maybe ``Normalize``.

    Raises
    ------
    ValueError
        There is a module or a way of pooling that we do not have
    """
    listed = folder / "modules.json"
    if not listed.is_file():
        return Pooling()
    mode: Mode = "mean"
    unit_length = False
    for module in json.loads(listed.read_text(encoding="utf-8")):
        match module["type"].rsplit(".", 1)[-1]:
            case "Transformer":
                pass
            case "Pooling":
                config = folder / module["path"] / "config.json"
                mode = _mode(json.loads(config.read_text(encoding="utf-8")))
            case "Normalize":
                unit_length = True
            case other:
                raise ValueError(f"it has a module {other}")
    return Pooling(mode, unit_length)


def _mode(config: dict[str, Any]) -> Mode:
    """Read a pooling config: newer ones name the mode, older ones have a switch for each."""
    named = config.get("pooling_mode") or [new for old, new in _OLD_KEYS.items() if config.get(old)]
    modes = [named] if isinstance(named, str) else list(named) or ["mean"]
    if len(modes) > 1 or modes[0] not in get_args(Mode):
        raise ValueError(f"it pools by {' and '.join(modes)}")
    return cast(Mode, modes[0])
