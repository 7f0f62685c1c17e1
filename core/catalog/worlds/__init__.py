"""Rendered worlds: one folder each, found by name and imported when one is made."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

from core.catalog.worlds.base import Factor, Plan, World, registered

__all__ = ["Factor", "Plan", "World", "create", "worlds"]


def worlds() -> tuple[str, ...]:
    """Return the keys of all worlds: the names of the folders beside this file."""
    return tuple(sorted(p.parent.name for p in Path(__file__).parent.glob("[a-z]*/__init__.py")))


def create(key: str) -> World:
    """Return the world whose folder is ``key`` (KeyError when there is none).

    Only then is its code imported: a list of worlds costs no synthesis library.
    """
    if key not in worlds():
        raise KeyError(key)
    import_module(f"{__name__}.{key}")
    return registered(key)
