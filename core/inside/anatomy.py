"""What the Inside page shows of one request: five layers, their live parts, and the fusion's own weights.

Everything here is plain: strings, numbers, tuples and dicts, so ``dataclasses.asdict`` of an
:class:`Anatomy` is JSON.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

Shape = Mapping[str, int]
"""Axis -> its length, in order: ``{"items": 320, "channels": 4, "width": 64}``. Empty for one number."""


@dataclass(frozen=True)
class Part:
    """One live object at work in a layer.

    Attributes
    ----------
    kind : which sort of part: ``clean``, ``stored``, ``encoder``, ``given``, ``scaler``, ``project``,
        ``behaviour``, ``attention``, ``fusion``, ``pool``, ``cosines``, ``train``, ``head``, ``top``,
        ``explain``
    name : id or key of the object where it has one: of the encoder, fusion, attention or head
    channel : the channel that it serves, or ""
    side : ``visitor``, ``item``, or "" for what belongs to neither
    parameters : how many numbers of it were learned
    formula : LaTeX, or ""
    facts : whatever else is known of it
    """

    kind: str
    name: str = ""
    channel: str = ""
    side: str = ""
    takes: Shape = field(default_factory=dict)
    gives: Shape = field(default_factory=dict)
    parameters: int = 0
    formula: str = ""
    facts: Mapping[str, str | int | float] = field(default_factory=dict)


@dataclass(frozen=True)
class Layer:
    """One of the five.

    Attributes
    ----------
    key : preprocess | extract | fuse | train | recommend
    milliseconds : what it took for this request by stage of ``Result.timing_ms``; empty for training,
        which was done before
    """

    key: str
    parts: tuple[Part, ...]
    milliseconds: Mapping[str, float]

    @property
    def parameters(self) -> int:
        """Number of learned numbers in the layer."""
        return sum(part.parameters for part in self.parts)


Cell = float | None
"""A weight, or None where there was nothing to weigh."""

Grid = tuple[tuple[Cell, ...], ...]


@dataclass(frozen=True)
class AttentionMap:
    """Who reads whom, item by item: internal weights, not contributions.

    Attributes
    ----------
    key : name of the map; ``cross`` where it is put together from directed ones
    readers, sources : what the rows and columns are: a channel (``image``), a part of it (``image.2``),
        or a number of what has no name (``experts.1``)
    weights : for each recommended item in order (R, S)
    """

    key: str
    readers: tuple[str, ...]
    sources: tuple[str, ...]
    weights: tuple[Grid, ...]

    def mean(self) -> Grid:
        """Return (R, S) averaged over the items that have the weight; None where none has."""
        return tuple(
            tuple(_mean(grid[r][s] for grid in self.weights) for s in range(len(self.sources)))
            for r in range(len(self.readers))
        )


def _mean(cells: Iterator[Cell]) -> Cell:
    there = [cell for cell in cells if cell is not None]
    return sum(there) / len(there) if there else None


@dataclass(frozen=True)
class Anatomy:
    """One request, opened up.

    Attributes
    ----------
    world, fusion, attention, head : what was asked for
    items : ids of the list, best first
    likes : how many items and uploads the visitor is made of
    layers : the five, in order
    parameters : of the whole tower, the encoders not counted
    maps : of attention; empty where the method has none
    gates : for each item of the list (C,) the fusion's weight of every channel, None where the channel is
        absent; None where the fusion has no gates
    milliseconds : what the whole request took
    """

    world: str
    fusion: str
    attention: str
    head: str
    items: tuple[str, ...]
    likes: int
    layers: tuple[Layer, ...]
    parameters: int
    maps: tuple[AttentionMap, ...]
    gates: Grid | None
    milliseconds: float
