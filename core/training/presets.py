"""Ready-made training settings."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, replace
from types import MappingProxyType
from typing import Any, Final

from core.errors import TriadError
from core.methods import train_config
from core.training.config import RunConfig
from core.types import Method


def full(method: Method) -> RunConfig:
    """Return how the shipped worlds are trained."""
    return RunConfig.of(_named(method) | asdict(train_config(method)))


def quick(method: Method) -> RunConfig:
    """Return settings for training while one watches: steps that cost a third, with twice the visitors.

    A step of the full settings fuses the history once for every set of channels that some candidate may be
    heard by, up to 15 of them, whatever the number of visitors. Here it has one random coalition instead of
    three, and candidates of two sets of channels, drawn anew each step.
    """
    base = replace(full(method), coalitions=1, patterns=2)
    if method.attention == "user" or method.head != "dot":  # visitors are what costs there
        return replace(base, epochs=12, check=3)
    if method.fusion in _DEAR:
        return replace(base, batch=800, epochs=72, check=8, patience=72)
    return replace(base, batch=256, epochs=64, check=8, patience=64)


def classical(method: Method) -> RunConfig:
    """Return the model by the book: MLP over the concatenation, sigmoid, BCE, Adam at 1e-3.

    As many others as likes are sampled, so that an accuracy of 0.5 is guessing; four times as many rank a
    little better (NDCG@10 on validation of `shop`, 12 epochs: 0.087 and 0.081).

    He et al., Neural Collaborative Filtering, 2017.
    """
    own = {"loss": "bce", "optimiser": "adam", "rate": 1e-3, "decay": 0.0, "negatives": 1}
    return RunConfig.of(asdict(quick(method)) | own | {"epochs": 20, "check": 2, "patience": 20})


_DEAR: Final = ("bottleneck", "mult")
"""A step of these costs three times one of ``gated``: they get fewer steps, with more visitors in each."""

_CLASSICAL: Final = Method("concat", "off", "mlp")

PRESETS: Final[Mapping[str, Callable[[Method], RunConfig]]] = MappingProxyType(
    {"full": full, "quick": quick, "classical": classical}
)


def preset(name: str, **settings: Any) -> RunConfig:
    """Return a preset, with some settings of one's own.

    Parameters
    ----------
    **settings : fields of ``RunConfig``; the method is chosen first, since rate and batch depend on it

    Raises
    ------
    TriadError
        ``unknown_preset``, and what ``RunConfig`` raises
    """
    if name not in PRESETS:
        raise TriadError("unknown_preset", key=name, known=", ".join(PRESETS))
    usual = _CLASSICAL if name == "classical" else Method()
    chosen = _named(usual) | {
        k: v for k, v in settings.items() if k in ("fusion", "attention", "head")
    }
    RunConfig.of(chosen)  # an unknown key is told before anything is made of it
    return RunConfig.of(asdict(PRESETS[name](Method(**chosen))) | settings)


def _named(method: Method) -> dict[str, Any]:
    return {"fusion": method.fusion, "attention": method.attention, "head": method.head}
