"""A trained model with its weights rounded to few bits, and how much of its lists that leaves."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import streamlit as st

from components.engine import engine
from core.types import Method, Query, Request

LEVELS: Final = (32, 8, 6, 4, 3, 2)
"""Bits a weight; 32 is as it was trained."""

ASKED: Final = 24
"""How many visitors are asked."""

TOP: Final = 10


@st.cache_data(max_entries=8, show_spinner=False)
def kept_at(world: str, fusion: str) -> Mapping[int, float]:
    """Return, for every number of bits, how many of ten items stay in a list, on average.

    A row of a weight matrix is divided into 2**bits - 1 steps, alike on both sides of zero.
    """
    from copy import deepcopy

    import torch

    from core.coalitions import FULL
    from core.recommenders.two_tower import Entries, TwoTower

    model = engine().model(world, Method(fusion))
    assert isinstance(model, TwoTower)
    asked = [
        engine().entries(Request(world, Query(visitor=visitor), Method(fusion)))
        for visitor in engine().visitors(world)[:ASKED]
    ]

    def lists(model: TwoTower) -> list[set[int]]:
        return [_list(model, entries) for entries in asked]

    def _list(model: TwoTower, entries: Entries) -> set[int]:
        scores = model.scores(model.visitor(entries), FULL)
        scores[entries.rows.numpy()] = -float("inf")
        return {int(row) for row in (-scores).argsort(kind="stable")[:TOP]}

    whole, found = lists(model), {LEVELS[0]: float(TOP)}
    for bits in LEVELS[1:]:
        tower = deepcopy(model.tower)
        with torch.no_grad():
            for weight in tower.parameters():
                weight.copy_(rounded(weight, bits))
        small = lists(TwoTower(tower, model.catalog))
        found[bits] = sum(len(a & b) for a, b in zip(whole, small, strict=True)) / len(asked)
    return found


def rounded(weight, bits: int):  # type: ignore[no-untyped-def]
    """Round a tensor (..., N) to ``bits`` bits a number, every row on a scale of its own."""
    steps = 2 ** (bits - 1) - 1
    most = weight.abs().amax(dim=-1, keepdim=True) if weight.ndim else weight.abs()
    scale = (most / steps).clamp(min=1e-12)
    return (weight / scale).round() * scale
