"""What happens in the model: one request opened up, from the live objects that answer it."""

from __future__ import annotations

import numpy as np

from core.coalitions import FULL, coalition
from core.engine import Engine
from core.inside.anatomy import Anatomy, AttentionMap, Cell, Grid, Layer, Part, Shape
from core.inside.layers import layers
from core.inside.weights import fuse_again, gates_of, maps_of
from core.recommenders.two_tower import TwoTower
from core.types import Request

__all__ = ["Anatomy", "AttentionMap", "Cell", "Grid", "Layer", "Part", "Shape", "inside"]


def inside(engine: Engine, request: Request) -> Anatomy:
    """Answer a request, and say by what.

    Raises
    ------
    TriadError
        as :meth:`Engine.recommend` does
    """
    model = engine.model(request.world, request.method)  # first: else a stored list might answer
    result = engine.recommend(request)
    entries = engine.entries(request)
    maps: tuple[AttentionMap, ...] = ()
    if isinstance(model, TwoTower) and result.items:
        row = {item.id: n for n, item in enumerate(engine.items(request.world))}
        rows = np.array([row[found.item.id] for found in result.items])
        on = FULL & ~coalition(request.method.off)
        maps = maps_of(*fuse_again(model, model.visitor(entries), rows, on))
    return Anatomy(
        world=request.world,
        fusion=request.method.fusion,
        attention=request.method.attention,
        head=request.method.head,
        items=tuple(found.item.id for found in result.items),
        likes=len(entries),
        layers=layers(engine, result, model, len(entries)),
        parameters=model.parameters,
        maps=maps,
        gates=gates_of(result),
        milliseconds=result.timing_ms["total"],
    )
