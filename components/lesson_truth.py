"""What the answer to a lesson's question is: measured, when it is asked, on what answers every request.

A measurement gets the step and the views before and after the answer. It says which option holds, what
to print in the words that follow, and what the widget draws.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, Final

from components.engine import built, engine
from components.html import number, signed
from components.i18n import Translator
from components.lesson_plan import Step
from components.ranks import overlap
from components.view_state import View
from core.types import CHANNELS, Channel, Method, Modality, Recommendation, Request, Result

Values = dict[str, str | int]
"""What fills the places in the words."""

FAR: Final = 100
"""How far down the list an item is looked for that shows what the lesson is about."""


@dataclass(frozen=True, eq=False)
class Asked:
    """A step's question, and the views before and after its answer."""

    step: Step
    before: View
    after: View
    t: Translator


@dataclass(frozen=True, eq=False)
class Truth:
    """The option that holds, what fills the places in the words, and what the widget draws."""

    option: str
    values: Values
    facts: Any = None


Measure = Callable[[Asked], Truth]
MEASURES: Final[dict[str, Measure]] = {}


def measures(ask: str) -> Callable[[Measure], Measure]:
    """Register the measurement that answers a question."""

    def register(measure: Measure) -> Measure:
        MEASURES[ask] = measure
        return measure

    return register


def request(view: View) -> Request:
    """Return the request behind a view's list."""
    return Request(view.world, view.query, view.method, view.k)


def listed(view: View, **changes: Any) -> Result:
    """Return the list of a view, with parts of its method or its length changed."""
    k = changes.pop("k", view.k)
    return engine().recommend(replace(request(view), method=replace(view.method, **changes), k=k))


def ids(result: Result) -> tuple[str, ...]:
    """Return the ids of a list, best first."""
    return tuple(found.item.id for found in result.items)


def kept_without(view: View, **changes: Any) -> dict[Channel, int]:
    """Return how many of a list's items stay when one channel is switched off, for each."""
    whole = ids(listed(view, **changes))
    return {c: overlap(whole, ids(listed(view, **changes, off=(c,)))) for c in CHANNELS}


@measures("kept")
def kept(asked: Asked) -> Truth:
    """How many items the lists before and after have in common."""
    count = overlap(ids(listed(asked.before)), ids(listed(asked.after)))
    return Truth(asked.step.option(count), {"kept": count, "k": asked.before.k})


@measures("carries")
def carries(asked: Asked) -> Truth:
    """Which channel has the largest share of all contributions in the list."""
    items = listed(asked.before).items
    sums = {c: sum(abs(found.contributions[c]) for found in items) for c in CHANNELS}
    whole = sum(sums.values()) or 1.0
    first, second, *_, last = sorted(CHANNELS, key=lambda c: -sums[c])
    values: Values = {}
    for name, channel in (("first", first), ("second", second), ("last", last)):
        values[name] = asked.t.name("channel", channel)
        values[f"{name}_share"] = round(100 * sums[channel] / whole)
    return Truth(str(first), values, {c: sums[c] / whole for c in CHANNELS})


@measures("agree")
def agree(asked: Asked) -> Truth:
    """In how many items the widest gate is the largest contribution."""
    items = [found for found in listed(asked.before).items if found.weights]
    count = sum(widest(found) == _most(found) for found in items)
    return Truth(asked.step.option(count), {"agree": count, "k": len(items)}, items)


def widest(found: Recommendation) -> Channel:
    """Return the channel with the widest gate."""
    weights = found.weights or found.contributions
    return max((c for c in CHANNELS if found.present[c]), key=lambda c: weights[c])


def _most(found: Recommendation) -> Channel:
    return max(CHANNELS, key=lambda c: found.contributions[c])


@dataclass(frozen=True)
class Case:
    """One item of a list; ``without`` is its rank with ``channel`` off, None beyond the list."""

    found: Recommendation
    channel: Channel
    without: int | None = None


@measures("wide")
def wide(asked: Asked) -> Truth:
    """What a wide gate did to the item that suffers most behind its widest one."""
    items = listed(asked.before, k=FAR).items
    cases = [(found, widest(found)) for found in items if any(found.present.values())]
    met = [each for each in cases if each[1] is not Channel.BEHAVIOUR] or cases
    found, channel = min(met, key=lambda each: each[0].contributions[each[1]])
    then = listed(asked.before, k=FAR, off=(channel,)).items
    rank = next((other.rank for other in then if other.item.id == found.item.id), None)
    phi = found.contributions[channel]
    values: Values = {
        "title": found.item.text(asked.t.language).title,
        "channel": asked.t.name("channel", channel),
        "gate": number((found.weights or {}).get(channel, 0.0)),
        "phi": signed(phi),
        "rank": found.rank,
        "without": rank or f"> {FAR}",
    }
    option = "nothing" if abs(phi) < 0.005 else "raised" if phi > 0 else "lowered"
    return Truth(option, values, Case(found, channel, rank))


@measures("read")
def read(asked: Asked) -> Truth:
    """Whether the list changes more without the channel that is read most, or read least."""
    from core.inside import inside  # brings torch

    maps = inside(engine(), request(asked.before)).maps
    map = next(map for map in maps if map.sources == CHANNELS)
    columns = zip(*map.mean(), strict=True)
    shares = {}
    for channel, column in zip(CHANNELS, columns, strict=True):
        there = [v for v in column if v is not None]
        shares[channel] = sum(there) / len(there) if there else 0.0
    most, least = max(shares, key=shares.__getitem__), min(shares, key=shares.__getitem__)
    left = kept_without(asked.before)
    gap = left[least] - left[most]
    values: Values = {
        "most": asked.t.name("channel", most),
        "least": asked.t.name("channel", least),
        "most_share": round(100 * shares[most]),
        "least_share": round(100 * shares[least]),
        "most_kept": left[most],
        "least_kept": left[least],
        "k": asked.before.k,
    }
    option = "more" if gap > 0 else "less" if gap < 0 else "same"
    return Truth(option, values, {"map": map, "kept": {asked.before.method: left}})


@measures("absent")
def absent(asked: Asked) -> Truth:
    """What the picture contributes to the first item that has none."""
    items = listed(asked.before, k=FAR).items
    bare = [found for found in items if Modality.IMAGE not in found.item.modalities]
    found = (bare or list(items))[0]
    phi = found.contributions[Channel.IMAGE]
    others = [f.contributions[Channel.IMAGE] for f in items if f.present[Channel.IMAGE]]
    values: Values = {
        "title": found.item.text(asked.t.language).title,
        "rank": found.rank,
        "phi": number(phi),
        "mean": signed(sum(others) / len(others)) if others else "0",
    }
    option = "zero" if phi == 0 else "lowered" if phi < 0 else "average"
    return Truth(option, values, Case(found, Channel.IMAGE))


@measures("steadier")
def steadier(asked: Asked) -> Truth:
    """Which list keeps more of its items without sound: that of the guess, or that of the gate."""
    there = {method.fusion for method in built(asked.before.world)}
    table = {
        Method(fusion): kept_without(asked.before, fusion=fusion)
        for fusion in ("gan", "gated", "concat", "mean", "sum")
        if fusion in there
    }
    guess = table.get(Method("gan"), {}).get(Channel.AUDIO, 0)
    gate = table.get(Method("gated"), {}).get(Channel.AUDIO, 0)
    option = "same" if guess == gate else "gan" if guess > gate else "gated"
    return Truth(option, {"gan": guess, "gated": gate, "k": asked.before.k}, {"kept": table})
