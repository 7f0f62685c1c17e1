"""How a point of the map says which category its item is of: by hue and by shape, never by hue alone."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from components.html import esc
from components.i18n import Translator
from components.palette import Ink
from core.types import Item

Outline = tuple[tuple[float, float], ...]
"""A shape's corners, x to the right and y down, in units of a point's radius."""


def _ring(corners: int, radius: float, turn: float = 0.0, inner: float = 1.0) -> Outline:
    """Return a regular polygon with a corner at the top; every other one at ``inner`` of the radius."""
    angles = (2 * math.pi * n / corners - math.pi / 2 + turn for n in range(corners))
    return tuple(
        (round(r * math.cos(a), 3), round(r * math.sin(a), 3))
        for n, a in enumerate(angles)
        for r in (radius * (inner if n % 2 else 1.0),)
    )


def _plus(turn: float) -> Outline:
    arm, half = 1.25, 0.38
    edge = [(half, -arm), (half, -half), (arm, -half)]
    corners = [
        (x * c - y * s, x * s + y * c)
        for quarter in range(4)
        for c, s in [(math.cos(a), math.sin(a)) for a in (quarter * math.pi / 2 + turn,)]
        for x, y in edge
    ]
    return tuple((round(x, 3), round(y, 3)) for x, y in corners)


@dataclass(frozen=True)
class Mark:
    """How the points of one group are drawn."""

    ink: Ink
    outline: Outline


MARKS: Final[tuple[Mark, ...]] = (
    Mark(Ink("#332288", "#77AADD"), _ring(16, 1)),
    Mark(Ink("#CC6677", "#EE8866"), _ring(4, 1.2, math.pi / 4)),
    Mark(Ink("#117733", "#BBCC33"), _ring(3, 1.35)),
    Mark(Ink("#AA4499", "#FFAABB"), _ring(4, 1.3)),
    Mark(Ink("#44AA99", "#44BB99"), _ring(3, 1.35, math.pi)),
    Mark(Ink("#999933", "#EEDD88"), _plus(0)),
    Mark(Ink("#882255", "#DD8CC4"), _plus(math.pi / 4)),
    Mark(Ink("#2F8FC0", "#99DDFF"), _ring(10, 1.5, inner=0.45)),
)
"""After Paul Tol's muted colours and, in the dark, his light ones, told apart by every kind of colour
vision; the channels' colours are another set."""

OTHER: Final = Mark(Ink("#8A8378", "#8B857B"), _ring(16, 0.72))
"""Of all that have no mark of their own, and of everything where nothing is told apart."""


@dataclass(frozen=True)
class Groups:
    """Which categories have marks of their own, the largest first, and the group of every item.

    Group ``len(names)`` is all others; ``others`` counts them.
    """

    names: tuple[str, ...]
    of: tuple[int, ...]
    others: int

    @property
    def marks(self) -> tuple[Mark, ...]:
        """The mark of every group, that of the others last."""
        return (*MARKS[: len(self.names)], OTHER)


def by_category(items: Sequence[Item]) -> Groups:
    """Group items by category; as many categories as there are marks have their own."""
    counts = Counter(item.category for item in items if item.category)
    most = sorted(counts, key=lambda name: (-counts[name], name))
    names = tuple(most[: len(MARKS)])
    place = {name: n for n, name in enumerate(names)}
    of = tuple(place.get(item.category, len(names)) for item in items)
    return Groups(names, of, of.count(len(names)))


def by_nothing(items: Sequence[Item]) -> Groups:
    """Put all items in one group."""
    return Groups((), (0,) * len(items), 0)


def css(ink: Ink) -> str:
    """Return a colour that follows the theme."""
    return f"light-dark({ink.light},{ink.dark})"


def legend_html(groups: Groups, t: Translator) -> str:
    """Return the key to hues and shapes; nothing where all items are drawn alike."""
    if not groups.names:
        return ""
    names = [t.word("category", name) for name in groups.names]
    said = [*names, t("map.other")] if groups.others else names
    keys = "".join(
        f'<li><span class="tr-map-mark" style="{_cut(mark)}" aria-hidden="true"></span>{esc(name)}</li>'
        for name, mark in zip(said, groups.marks, strict=False)
    )
    return f'<ul class="tr-legend" aria-label="{esc(t("map.legend"))}">{keys}</ul>'


def _cut(mark: Mark) -> str:
    points = ",".join(f"{50 + 31 * x:.0f}% {50 + 31 * y:.0f}%" for x, y in mark.outline)
    return f"background:{css(mark.ink)};clip-path:polygon({points})"
