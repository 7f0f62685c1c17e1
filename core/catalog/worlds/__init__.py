"""Rendered worlds: one folder each, found by name."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

from core.catalog.worlds.base import Factor, Plan, World, create, worlds

for _folder in sorted(Path(__file__).parent.glob("[a-z]*/__init__.py")):
    import_module(f"{__name__}.{_folder.parent.name}")

__all__ = ["Factor", "Plan", "World", "create", "worlds"]
