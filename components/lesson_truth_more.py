"""Answers that more than one list is needed for: pairs of channels, test figures, copies, benchmarks."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from components.engine import built, engine
from components.html import number, signed
from components.lesson_bits import LEVELS, kept_at
from components.lesson_guess import guesses
from components.lesson_knob import at
from components.lesson_plan import figures
from components.lesson_truth import Asked, Truth, Values, listed, measures, request
from components.ranks import kendall_tau
from core.types import CHANNELS, Channel, Media, Method, Modality, Query, Request, Result

HALF = 0.5
"""Where the knob of redundancy stands in the question."""


def sentence_list(world: str, sentence: str, k: int) -> Result:
    """Return what is recommended to somebody who has said one sentence and nothing else."""
    media = (Media(Modality.TEXT, sentence.encode("utf-8", "replace"), "text"),)
    return engine().recommend(Request(world, Query(media=media), Method(), k))


@measures("together")
def together(asked: Asked) -> Truth:
    """Whether the channels of the second column boost each other or repeat each other."""
    import numpy as np

    from core.coalitions import FULL
    from core.explain.interactions import interactions
    from core.recommenders.two_tower import TwoTower

    table: dict[str, tuple[float, float]] = {}
    rows = {item.id: n for n, item in enumerate(engine().items(asked.before.world))}
    for fusion, _ in asked.before.columns:
        model = engine().model(asked.before.world, Method(fusion))
        assert isinstance(model, TwoTower)
        best = [rows[found.item.id] for found in listed(asked.before, fusion=fusion).items]
        who = model.visitor(engine().entries(request(asked.before)))
        pairs = interactions(model.values(who, np.array(best), FULL)) / 2  # each stands there twice
        boost, repeat = pairs.clip(min=0).sum(), -pairs.clip(max=0).sum()
        table[fusion] = (float(boost) / len(best), float(repeat) / len(best))
    (early, late) = list(table.values())[:2]
    option = "overlap" if late[1] > 2 * late[0] else "boost" if late[0] > 2 * late[1] else "neither"
    values: Values = {
        "late_boost": number(late[0]),
        "late_overlap": number(late[1]),
        "early_boost": number(early[0]),
        "early_overlap": number(early[1]),
    }
    return Truth(option, values, table)


def quality_table(methods: tuple[Method, ...]) -> dict[str, dict[str, float]]:
    """Return the test figure of methods, for every rendered world that has all of them."""
    table = {}
    for world in (card.key for card in engine().worlds() if card.kind == "rendered"):
        if set(methods) <= set(built(world)):
            table[world] = {m.fusion: engine().quality(world, m)["ndcg@10"] for m in methods}
    return table


@measures("wins")
def wins(asked: Asked) -> Truth:
    """Which of the columns' methods stands first in most worlds on held-out choices."""
    table = quality_table(tuple(Method(fusion) for fusion, _ in asked.before.columns))
    firsts = [max(row, key=row.__getitem__) for row in table.values()]
    winner = max(dict.fromkeys(firsts), key=firsts.count)
    row = table.get(asked.before.world) or next(iter(table.values()))
    values: Values = {name: number(value, 3) for name, value in row.items()}
    values |= {"winner": asked.t.name("fusion", winner), "worlds": firsts.count(winner)}
    return Truth(winner, {**values, "of": len(firsts)}, table)


@measures("order")
def order(asked: Asked) -> Truth:
    """How alike the worlds rank the fusions: Kendall's tau, averaged over pairs of worlds."""
    worlds = [card.key for card in engine().worlds() if card.kind == "rendered"]
    plain = [{m for m in built(world) if m == Method(m.fusion)} for world in worlds]
    table = quality_table(tuple(sorted(set.intersection(*plain), key=lambda m: m.fusion)))
    ranked = [sorted(row, key=lambda f, row=row: -row[f]) for row in table.values()]  # type: ignore[misc]
    taus = [kendall_tau(a, b) or 0.0 for n, a in enumerate(ranked) for b in ranked[n + 1 :]] or [
        1.0
    ]
    tau = sum(taus) / len(taus)
    top = asked.t("punct.list").join(asked.t.name("fusion", each[0]) for each in ranked)
    values: Values = {
        "tau": number(tau),
        "low": number(min(taus)),
        "high": number(max(taus)),
        "top": top,
    }
    return Truth(asked.step.option(tau), {**values, "count": len(ranked[0])}, table)


@measures("guess")
def guess(asked: Asked) -> Truth:
    """How often the invented sound is closer to its own item's than to another's."""
    table = guesses(asked.before.world)
    own = table[Channel.AUDIO]
    values: Values = {"closer": round(100 * own.closer), "first": round(100 * own.first)}
    return Truth(asked.step.option(100 * own.closer), values, table)


@measures("heard")
def heard(asked: Asked) -> Truth:
    """Which channels contribute for a visitor of whom there is one sentence."""
    said = asked.t("lessons.sentence")
    items = sentence_list(asked.before.world, said, asked.before.k).items
    there = [c for c in CHANNELS if any(found.contributions[c] for found in items)]
    option = {1: "text", 3: "modalities"}.get(len(there), "all")
    names = asked.t("punct.list").join(asked.t.name("channel", c) for c in there)
    return Truth(option, {"channels": names, "first": items[0].item.text(asked.t.language).title})


@measures("knob")
def knob(asked: Asked) -> Truth:
    """How much of what fusion gains is left when half of text and sound repeats the picture."""
    alone, nothing, half = (at(asked.before.world, share) for share in (1.0, 0.0, HALF))
    left = (half - alone) / (nothing - alone) if nothing != alone else 0.0
    values: Values = {
        "alone": number(alone, 3),
        "fused": number(nothing, 3),
        "half": number(half, 3),
        "left": round(100 * left),
    }
    return Truth(asked.step.option(left), values)


@measures("eight")
def eight(asked: Asked) -> Truth:
    """How many of ten items stay when every weight is one of 255."""
    table = kept_at(asked.before.world, asked.before.fusion)
    return Truth(asked.step.option(table[8]), {"kept": number(table[8], 1)}, table)


@measures("breaks")
def breaks(asked: Asked) -> Truth:
    """The most bits at which fewer than eight of ten items stay."""
    table = kept_at(asked.before.world, asked.before.fusion)
    broken = next((bits for bits in LEVELS if bits < 8 and table[bits] < 8), LEVELS[-1])
    before = LEVELS[LEVELS.index(broken) - 1]
    values: Values = {
        "bits": broken,
        "kept": number(table[broken], 1),
        "before": before,
        "before_kept": number(table[before], 1),
    }
    return Truth(str(broken), values, table)


def _ratio(asked: Asked, above: float, below: float, **more: Any) -> Truth:
    values: Values = {
        "above": number(above, 3),
        "below": number(below, 3),
        "times": number(above / below),
    }
    return Truth(
        asked.step.option(above / below),
        {**values, "percent": round(100 * (above / below - 1)), **more},
    )


@measures("three")
def three(asked: Asked) -> Truth:
    """What three modalities reach over the best single one, measured beforehand."""
    shop: Mapping[str, float] = figures()["shop"]
    return _ratio(asked, shop["three"], max(shop[m] for m in Modality))


@measures("fourth")
def fourth(asked: Asked) -> Truth:
    """What behaviour adds to the three, measured beforehand."""
    shop = figures()["shop"]
    return _ratio(asked, shop["everything"], shop["three"], alone=number(shop["behaviour"], 3))


@measures("faster")
def faster(asked: Asked) -> Truth:
    """How much faster the picture encoder of 8 bits is, measured beforehand."""
    speed = {name: each["speed"] for name, each in figures()["picture_encoder"].items()}
    cosine = figures()["picture_encoder"]["efficientnet-lite0-int8"]["cosine"]
    above, below = speed["efficientnet-lite0-int8"], speed["efficientnet-lite0"]
    return _ratio(asked, above, below, cosine=number(cosine, 3))


@measures("popular")
def popular(asked: Asked) -> Truth:
    """What a model reaches over plain popularity on real listeners, measured beforehand."""
    real = figures()["lastfm"]
    return _ratio(asked, real["two-tower/sum"], real["popular"])


@measures("interval")
def interval(asked: Asked) -> Truth:
    """Whether the gate is better than the sum on real listeners, measured beforehand."""
    low, high = figures()["lastfm_interval"]
    option = "neither" if low <= 0 <= high else "gated" if low > 0 else "sum"
    real = figures()["lastfm"]
    values: Values = {
        "sum": number(real["two-tower/sum"], 3),
        "gated": number(real["two-tower/gated"], 3),
    }
    return Truth(
        option,
        {
            **values,
            "low": signed(low, 3),
            "high": signed(high, 3),
            "most": number(max(-low, high), 3),
        },
    )


@measures("cold")
def cold(asked: Asked) -> Truth:
    """Who is best at artists whom nobody has heard yet, measured beforehand."""
    real = figures()["lastfm_cold"]
    values: Values = {
        name.replace("-", "_").replace("/", "_"): number(v, 3) for name, v in real.items()
    }
    return Truth(max(real, key=real.__getitem__), values)
