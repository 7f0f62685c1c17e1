"""What a rendered world is: planted factors, and pictures, sounds and texts drawn from them.

A world is one folder that defines a subclass of :class:`World`. The machinery that all worlds share
(sampling factors, simulating visitors, the oracle) is in ``plan.py`` and ``visitors.py``.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import ClassVar

from core.types import ItemText, Modality, Sound


@dataclass(frozen=True)
class Factor:
    """One planted property of an item.

    ``modality`` is the only modality that shows it, or None for a factor that several show (what the thing
    is). ``main`` marks the one factor a modality that tastes are mostly about; the main factors of all
    modalities have equally many values, and value *k* of one goes with value *k* of the others: how often
    they agree is the world's redundancy.
    """

    name: str
    values: tuple[str, ...]
    modality: Modality | None = None
    main: bool = False


@dataclass(frozen=True)
class Plan:
    """The planted factors of one item: ``values[name]`` is an index into that factor's values.

    ``seed`` drives everything about the item that is not a factor (proportions, shade, wording).
    """

    id: str
    index: int
    seed: int
    values: Mapping[str, int]
    modalities: frozenset[Modality]


class World(ABC):
    """A scenario whose media are made by our own code, so that what is true about it is known."""

    key: ClassVar[str]
    """Stable name, used in URLs and on the command line."""
    category: ClassVar[str]
    """Name of the factor that is an item's category."""
    factors: ClassVar[tuple[Factor, ...]]
    seed: ClassVar[int] = 0
    """Which draw ships. Each world has its own, or the same visitors would live in all of them."""
    redundancy: ClassVar[float]
    """Default probability that a modality's main factor follows the item's shared style, in [0, 1]."""

    @abstractmethod
    def picture(self, plan: Plan) -> str:
        """Draw the item as an SVG document of viewBox 0 0 256 256."""

    @abstractmethod
    def sound(self, plan: Plan) -> Sound:
        """Synthesise the item's sound at -18 LUFS."""

    @abstractmethod
    def text(self, plan: Plan) -> Mapping[str, ItemText]:
        """Write the item's text in every language of ``core.types.LANGUAGES``."""

    def main(self, modality: Modality) -> Factor:
        """Return the main factor of a modality."""
        return next(f for f in self.factors if f.main and f.modality == modality)


_WORLDS: dict[str, Callable[[], World]] = {}


def register(world: type[World]) -> type[World]:
    """Class decorator: make the world known under its key."""
    _WORLDS[world.key] = world
    return world


def registered(key: str) -> World:
    """Return the world registered as ``key`` (KeyError when there is none)."""
    return _WORLDS[key]()
