"""Vectors of several channels -> one vector. One strategy a file, found through the registry."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from pathlib import Path

from core.fusion.attention import ATTENTIONS, Attended, Attention, create_attention
from core.fusion.base import FUSIONS, Embeddings, Fused, Fusion

# Adding a strategy is adding one file: every module of this folder registers what it defines. The order of
# the menu is the order of names.
for _file in sorted(Path(__file__).parent.glob("[a-z]*.py")):
    import_module(f"{__name__}.{_file.stem}")


def create_fusion(key: str, dims: Mapping[str, int], width: int) -> Fusion:
    """Return a new fusion (``TriadError`` for an unknown key)."""
    return FUSIONS[key](dims, width)


__all__ = [
    "ATTENTIONS",
    "FUSIONS",
    "Attended",
    "Attention",
    "Embeddings",
    "Fused",
    "Fusion",
    "create_attention",
    "create_fusion",
]
