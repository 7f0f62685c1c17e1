"""How a tower is trained, as plain frozen values; a run adds what is trained, and travels as JSON."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any, Final, Self, get_type_hints

from core.errors import TriadError
from core.fusion import ATTENTIONS, FUSIONS
from core.recommenders.tower import HEADS
from core.training.losses import LOSSES
from core.types import CHANNELS, Channel, Method

OPTIMISERS: Final = ("adamw", "adam")


@dataclass(frozen=True)
class TrainConfig:
    """How a tower is trained.

    Attributes
    ----------
    full : share of visitors for whom every channel is on in a step; for the others a random non-empty
        coalition is, so that every v(S) is in distribution
    coalitions : how many different ones are drawn a step
    cold : share of items whose behaviour is hidden in a step
    candidates : how many items are scored a step where every pair costs a pass of its own, and with the
        sampled softmax
    negatives : sampled for every like, with the BCE and BPR losses
    check : validation is looked at every so many epochs, and after the last
    validate : on at most so many visitors, where every pair costs a pass of its own
    patience : epochs without a better validation before training stops
    channels : which the model has at all (for baselines)
    loss : of ``LOSSES``; empty for the head's own, which is softmax for dot and bce for mlp
    optimiser : of ``OPTIMISERS``
    patterns : how many different sets of channels the candidates of a step may have, 0 for any number: the
        history is fused once for each, and that is most of the work
    """

    epochs: int = 45
    batch: int = 128
    rate: float = 4e-3
    decay: float = 1e-4
    full: float = 0.4
    coalitions: int = 3
    cold: float = 0.1
    candidates: int = 320
    negatives: int = 4
    check: int = 5
    validate: int = 256
    patience: int = 30
    channels: tuple[Channel, ...] = CHANNELS
    seed: int = 0
    loss: str = ""
    optimiser: str = "adamw"
    patterns: int = 0

    def loss_under(self, head: str) -> str:
        """Return the loss that is meant, under a head."""
        return self.loss or ("softmax" if head == "dot" else "bce")


LIMITS: Final[Mapping[str, tuple[float, float]]] = {
    "epochs": (1, 1000),
    "batch": (1, 4096),
    "rate": (1e-6, 1),
    "decay": (0, 1),
    "full": (0, 1),
    "coalitions": (1, 15),
    "cold": (0, 1),
    "candidates": (2, 100_000),
    "negatives": (1, 100),
    "check": (1, 1000),
    "validate": (1, 100_000),
    "patience": (1, 1000),
    "patterns": (0, 15),
    "seed": (0, 2**32 - 1),
    "width": (16, 512),
    "views": (0, 16),
}
"""Lowest and highest value of every number that a run takes."""


@dataclass(frozen=True)
class RunConfig(TrainConfig):
    """What is trained, and how. Everything in it is checked when it is made.

    Attributes
    ----------
    fusion, attention, head : keys of the method
    width : of the fused vector; a multiple of 16
    views : how many augmented views of an item a step draws from, beside the item as it is; 0 for none

    Raises
    ------
    TriadError
        ``unknown_fusion``, ``unknown_attention``, ``unknown_head``, ``unknown_loss``,
        ``unknown_optimiser``, ``unknown_channel``, ``nothing_on``, ``setting_range``, ``setting_type``
    """

    fusion: str = "gated"
    attention: str = "off"
    head: str = "dot"
    width: int = 64
    views: int = 0

    def __post_init__(self) -> None:
        for name, kind in KINDS.items():
            value = getattr(self, name)
            if kind is float and type(value) is int and abs(value) < 2**53:
                object.__setattr__(self, name, float(value))
            elif type(value) is not kind and not (kind is float and type(value) is int):
                raise TriadError("setting_type", name=name, value=value, kind=kind.__name__)
        FUSIONS[self.fusion]
        ATTENTIONS[self.attention]
        _one_of("head", self.head, HEADS)
        _one_of("loss", self.loss or LOSSES[0], LOSSES)
        _one_of("optimiser", self.optimiser, OPTIMISERS)
        for name, (low, high) in LIMITS.items():
            value = getattr(self, name)
            if not low <= value <= high:  # which no NaN is
                raise TriadError("setting_range", name=name, value=value, low=low, high=high)
        if self.width % 16:
            raise TriadError("setting_width", value=self.width)
        for channel in self.channels:
            _one_of("channel", channel, CHANNELS)
        if not self.channels:
            raise TriadError("nothing_on")
        object.__setattr__(self, "channels", tuple(c for c in CHANNELS if c in self.channels))

    @property
    def method(self) -> Method:
        """What is trained."""
        return Method(self.fusion, self.attention, self.head)

    def to_json(self) -> str:
        """Return the config as one line of JSON, which :meth:`from_json` reads back."""
        return json.dumps(asdict(self), sort_keys=True)

    @classmethod
    def from_json(cls, text: str) -> Self:
        """Read what :meth:`to_json` wrote, or an object with some of its settings.

        Raises
        ------
        TriadError
            ``settings_unreadable``, ``unknown_setting``, and what the constructor raises
        """
        try:
            found = json.loads(text)
        except (ValueError, RecursionError):
            found = None
        if not isinstance(found, dict):
            raise TriadError("settings_unreadable")
        return cls.of(found)

    @classmethod
    def of(cls, settings: Mapping[str, Any]) -> Self:
        """Return a config with some settings, the others by default; see :meth:`from_json`."""
        known = [field.name for field in fields(cls)]
        for name in settings:
            if name not in known:
                raise TriadError("unknown_setting", key=name, known=", ".join(known))
        channels = settings.get("channels", CHANNELS)
        if not isinstance(channels, (list, tuple)):
            raise TriadError("setting_type", name="channels", value=channels, kind="list")
        return cls(**{**settings, "channels": tuple(channels)})


KINDS: Final[Mapping[str, type]] = {
    name: kind for name, kind in get_type_hints(RunConfig).items() if kind in (int, float, str)
}


def _one_of(kind: str, key: str, known: tuple[str, ...]) -> None:
    if key not in known:
        raise TriadError(f"unknown_{kind}", key=key, known=", ".join(known))
