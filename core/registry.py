"""A registry: the single source for menus, the command line, docs tables and parametrised tests."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

from core.errors import TriadError


@dataclass(frozen=True)
class Card:
    """What a method is: shown in the app, printed by ``python -m core methods``.

    ``formula`` is LaTeX; ``source`` names the paper; ``tokens`` says whether it looks inside modalities.
    """

    key: str
    family: str
    formula: str
    source: str
    year: int | None = None
    tokens: bool = False


class Carded(Protocol):
    """A class that carries its card."""

    card: Card


T = TypeVar("T", bound=type)


class Registry(Generic[T]):
    """Classes by the key of their card, in the order in which they were registered.

    Parameters
    ----------
    kind : what is registered; an unknown key raises ``TriadError("unknown_<kind>")``
    """

    def __init__(self, kind: str) -> None:
        self._kind = kind
        self._entries: dict[str, T] = {}

    def register(self, entry: T) -> T:
        """Class decorator that files ``entry`` under ``entry.card.key``."""
        key = entry.card.key  # type: ignore[attr-defined]
        if key in self._entries:
            raise ValueError(f"{self._kind} {key!r} is registered twice")
        self._entries[key] = entry
        return entry

    def __getitem__(self, key: str) -> T:
        if key not in self._entries:
            raise TriadError(f"unknown_{self._kind}", key=key, known=", ".join(self))
        return self._entries[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._entries)

    def __len__(self) -> int:
        return len(self._entries)

    def __contains__(self, key: object) -> bool:
        return key in self._entries

    def cards(self) -> tuple[Card, ...]:
        """Return the cards of everything registered."""
        return tuple(entry.card for entry in self._entries.values())  # type: ignore[attr-defined]
