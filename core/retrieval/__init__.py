"""Recommending from catalogs of a million items: candidates from an index, the rest exactly."""

from core.retrieval.index import Found, ItemIndex
from core.retrieval.stock import Stock, newcomers, stocked

__all__ = ["Found", "ItemIndex", "Stock", "newcomers", "stocked"]
