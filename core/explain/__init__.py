"""Why this item: exact contributions of the channels."""

from core.explain.shapley import shapley

__all__ = ["shapley"]
