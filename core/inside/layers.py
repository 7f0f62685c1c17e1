"""The five layers, read off the objects that answer a request."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from torch import nn

from core.coalitions import COALITIONS
from core.engine import HEADS, Engine
from core.inside.anatomy import Layer, Part, Shape
from core.media import decode
from core.media.limits import MAX_CHARACTERS, MAX_SECONDS, MAX_SIDE, SAMPLE_RATE
from core.recommenders.neighbours import Neighbours
from core.recommenders.tower import Side
from core.recommenders.two_tower import TwoTower
from core.types import CHANNELS, Channel, Clean, Modality, Passage, Picture, Result

PREPARE: Mapping[Modality, str] = {
    Modality.IMAGE: rf"(H', W') = (H, W) \cdot \min\big(1,\ {MAX_SIDE} / \max(H, W)\big)",
    Modality.TEXT: rf"x' = \mathrm{{NFC}}(x),\quad |x'| \le {MAX_CHARACTERS}",
    Modality.AUDIO: rf"T' = \frac{{{SAMPLE_RATE}}}{{r}}\, T,\quad T' \le {MAX_SECONDS * SAMPLE_RATE:.0f}",
}
ENCODE = r"e_m = E_m(x_m) \in \mathbb{R}^{D_m}"
SCALE = r"f_m = \frac{e_m - \mu_m}{\sigma_m}\, A_m"
PROJECT = r"x_m = W_m f_m + b_m"
BEHAVIOUR = r"x_b = B_i"
POOL = (
    r"u = \tanh\big(W \sqrt{n} \textstyle\sum_i a_i z_i\big),"
    r"\quad a = \mathrm{softmax}_i\, v^\top \tanh(V z_i)"
)
COSINES = r"s = \sum_m \cos(u_m, f_m)"
SHAPLEY = (
    r"\phi_c = \sum_{S \not\ni c} w_S\, [v(S \cup c) - v(S)],"
    r"\quad w_S = \frac{|S|!\,(n - |S| - 1)!}{n!}"
)


def layers(
    engine: Engine, result: Result, model: TwoTower | Neighbours, likes: int
) -> tuple[Layer, ...]:
    """Return the five layers.

    Parameters
    ----------
    result : the answer whose layers are asked for
    model : what gave it
    likes : how many items and uploads the visitor is made of
    """
    spent = result.timing_ms
    trained = isinstance(model, TwoTower)
    items = len(model.catalog)
    plan: tuple[tuple[str, Iterator[Part], tuple[str, ...]], ...] = (
        ("preprocess", _preprocess(engine, result), ("decode",)),
        ("extract", _extract(engine, result), ("encode",)),
        ("fuse", _fuse(model, items, likes), ("fuse",)),
        ("train", _train(engine, result) if trained else iter(()), ()),
        ("recommend", _recommend(model, result, items), ("score", "explain")),
    )
    return tuple(
        Layer(key, tuple(parts), {stage: spent[stage] for stage in stages})
        for key, parts, stages in plan
    )


def _modalities(engine: Engine, world: str) -> tuple[Modality, ...]:
    """Return the modalities that items of a world have."""
    return tuple(m for m, scaler in engine.scalers(world).items() if scaler.cap > 0)


def _preprocess(engine: Engine, result: Result) -> Iterator[Part]:
    world = result.request.world
    brought = {media.modality: media for media in result.request.query.media}
    for m in _modalities(engine, world):
        if m in brought:
            shape = _shape(decode(brought[m]))
            yield Part("clean", channel=m, gives=shape, formula=PREPARE[m])
        else:
            count = sum(m in item.modalities for item in engine.items(world))
            yield Part("stored", channel=m, gives={"items": count}, formula=PREPARE[m])


def _shape(clean: Clean) -> Shape:
    if isinstance(clean, Picture):
        return dict(zip(("rows", "columns", "colours"), clean.pixels.shape, strict=True))
    if isinstance(clean, Passage):
        return {"characters": len(clean.text)}
    return {"samples": len(clean.samples)}


def _extract(engine: Engine, result: Result) -> Iterator[Part]:
    world = result.request.world
    used, scalers = engine.encoders(world), engine.scalers(world)
    cards = {card.key: card.card for card in engine.methods() if card.family == "encoder"}
    for m in _modalities(engine, world):
        wide, narrow = scalers[m].axes.shape
        vector = {"numbers": int(wide)}
        if m in used:
            card = cards.get(used[m], {})
            yield Part(
                "encoder",
                used[m],
                m,
                gives=vector,
                parameters=int(card.get("parameters", 0)),
                formula=ENCODE,
                facts=_plain(card, "source", "licence", "megabytes"),
            )
        else:
            yield Part("given", channel=m, gives=vector)
        yield Part("scaler", channel=m, takes=vector, gives={"features": narrow}, formula=SCALE)


def _plain(card: Mapping[str, Any], *names: str) -> dict[str, str | int | float]:
    return {name: card[name] for name in names if card.get(name)}


def _fuse(model: TwoTower | Neighbours, items: int, likes: int) -> Iterator[Part]:
    if isinstance(model, Neighbours):
        yield Part(
            "cosines",
            side="visitor",
            takes={"likes": likes},
            gives={"features": sum(x.shape[1] for x in model.catalog.features.values())},
            formula=COSINES,
        )
        return
    tower = model.tower
    width = {"width": tower.config.width}
    yield from _side(tower.liked, "visitor", {"likes": likes}, items)
    yield Part(
        "pool",
        side="visitor",
        takes={"likes": likes, **width},
        gives=width,
        parameters=_count(tower.pool) + _count(tower.mix),
        formula=POOL,
    )
    yield from _side(tower.offered, "item", {"items": items}, items)


def _side(side: Side, name: str, rows: Shape, items: int) -> Iterator[Part]:
    """Yield the parts of one side of the tower."""
    width = {"width": side.fusion.width}
    for channel in CHANNELS:
        if channel is Channel.BEHAVIOUR:
            table = {"items": items, **width}
            count = side.behaviour.numel()
            yield Part("behaviour", "", channel, name, table, width, count, BEHAVIOUR)
        else:
            linear = side.project[channel]
            takes = {"features": int(linear.get_parameter("weight").shape[1])}
            yield Part("project", "", channel, name, takes, width, _count(linear), PROJECT)
    every = {**rows, "channels": len(CHANNELS), **width}
    attention, fusion = side.attention, side.fusion
    for kind, module, gives in (
        ("attention", attention, every),
        ("fusion", fusion, {**rows, **width}),
    ):
        card = module.card
        yield Part(
            kind, card.key, "", name, every, gives, _count(module), card.formula, _source(card)
        )


def _source(card: Any) -> dict[str, str | int | float]:
    return {} if card.source == "-" else {"source": card.source}


def _train(engine: Engine, result: Result) -> Iterator[Part]:
    method = result.request.method
    reached = engine.quality(result.request.world, method)
    yield Part("train", method.head, formula=HEADS[method.head]["loss"], facts=dict(reached))


def _recommend(model: TwoTower | Neighbours, result: Result, items: int) -> Iterator[Part]:
    method, count = result.request.method, len(result.items)
    if isinstance(model, TwoTower):
        tower = model.tower
        # Whatever the two sides and the pooling do not own is the head's.
        rest = sum(p.numel() for name, p in tower.named_parameters() if not name.startswith(_FUSE))
        yield Part(
            "head",
            method.head,
            takes={"items": items, "width": tower.config.width},
            gives={"items": items},
            parameters=rest,
            formula=HEADS[method.head]["formula"],
            facts={"source": HEADS[method.head]["source"]},
        )
    yield Part("top", takes={"items": items}, gives={"items": count})
    yield Part(
        "explain",
        takes={"coalitions": COALITIONS, "items": count},
        gives={"channels": len(CHANNELS), "items": count},
        formula=SHAPLEY,
    )


_FUSE = ("liked.", "offered.", "pool.", "mix.")


def _count(module: nn.Module) -> int:
    return sum(p.numel() for p in module.parameters())
