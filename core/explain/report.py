"""Everything there is to say about why one item is where it is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from itertools import combinations
from typing import TYPE_CHECKING, Any

import numpy as np

from core.coalitions import FULL, MEMBERS
from core.explain.background import background, background_values, disagree
from core.explain.counterfactual import Change, rank_of, smallest_drop, switched
from core.explain.door import Door, pair_of
from core.explain.evidence import nearest
from core.explain.interactions import interactions
from core.explain.leave_out import leave_one_out
from core.explain.masked import masking
from core.explain.shapley import shapley
from core.explain.within import PartsReport, within
from core.explain.words import Sentence, sentence
from core.types import CHANNELS, LANGUAGES, Channel, Item, Modality, Request

if TYPE_CHECKING:
    from numpy.typing import NDArray


@dataclass(frozen=True)
class Against:
    """Contributions counted from what other items show; see ``core.explain.background``.

    ``disagree`` are the channels whose sign is the other one here.
    """

    base: float
    contributions: Mapping[Channel, float]
    disagree: tuple[Channel, ...]


@dataclass(frozen=True)
class Together:
    """What two channels do together: above 0 synergy, below 0 redundancy, in logits."""

    first: Channel
    second: Channel
    value: float


@dataclass(frozen=True)
class Evidence:
    """The liked item (``id``), or the upload (None), that is nearest in a modality."""

    modality: Modality
    id: str | None
    cosine: float


@dataclass(frozen=True)
class Explanation:
    """Why an item is where it is; everything in logits.

    Attributes
    ----------
    rank : from 1 among the items that the visitor does not have; None for one that he has
    contributions : Shapley values; ``base + sum == score``
    present : which channels the item and the visitor have and are on; others have a contribution of 0
    against : the same against other items
    interactions : pairs of channels that are both there, the strongest first
    leave_one_out : what the score loses without each channel
    gates : the fusion's internal weights. **Not contributions**; None where it has none
    parts : which patches, phrases and seconds of the item and of the uploads carried it
    evidence : what the item resembles
    off : what switching channels off does
    smallest : the smallest change that takes the item out of the list; None where it is not in it, or
        where no change does
    """

    request: Request
    item: Item
    rank: int | None
    base: float
    score: float
    contributions: Mapping[Channel, float]
    present: Mapping[Channel, bool]
    against: Against
    interactions: tuple[Together, ...]
    leave_one_out: Mapping[Channel, float]
    gates: Mapping[Channel, float] | None
    parts: tuple[PartsReport, ...]
    evidence: tuple[Evidence, ...]
    off: tuple[Change, ...]
    smallest: Change | None
    sentence: Sentence

    def as_json(self) -> dict[str, Any]:
        """Return plain JSON values."""
        method = self.request.method
        return {
            "world": self.request.world,
            "method": asdict(method),
            "item": {"id": self.item.id, "category": self.item.category},
            "rank": self.rank,
            "base": self.base,
            "score": self.score,
            "contributions": dict(self.contributions),
            "present": dict(self.present),
            "against_background": asdict(self.against),
            "interactions": [asdict(pair) for pair in self.interactions],
            "leave_one_out": dict(self.leave_one_out),
            "gates": None
            if self.gates is None
            else {"what": "internal weight, not contribution", "weights": dict(self.gates)},
            "parts": [asdict(part) for part in self.parts],
            "evidence": [asdict(found) for found in self.evidence],
            "counterfactuals": {
                "off": [asdict(change) for change in self.off],
                "smallest": None if self.smallest is None else asdict(self.smallest),
            },
            "sentence": {language: self.sentence.say(language) for language in LANGUAGES},
        }


def explain(
    engine: Door,
    request: Request,
    item_id: str,
    *,
    parts: bool = True,
    masked: bool = False,
    language: str = "en",
) -> Explanation:
    """Explain one item of a request's list, or any other item of the world.

    Parameters
    ----------
    parts : whether to look within the modalities too, which runs the encoders
    masked : whether to measure the parts by taking them out of the media as well, which runs the encoders
        once a part; :func:`core.explain.masked.masking` does it step by step
    language : whose text is looked into

    Raises
    ------
    TriadError
        ``unknown_item``, and whatever :meth:`Engine.recommend` raises
    """
    pair = pair_of(engine, request, item_id)
    model, visitor, row, on = pair.model, pair.visitor, pair.row, pair.on
    result = engine.recommend(request)
    items = engine.items(request.world)
    rows = {item.id: n for n, item in enumerate(items)}
    hidden = np.array([rows[id] for id in result.likes], dtype=np.int64)
    here = np.array([row], dtype=np.int64)

    values = model.values(visitor, here, on)
    phi = shapley(values)[:, 0]
    other = background_values(model, visitor, here, on, background(len(items)))
    other_phi = shapley(other)[:, 0]
    opposite = disagree(phi, other_phi)
    gates = model.gates(visitor, here, on)
    present = model.catalog.present.numpy()[row] & MEMBERS[on & visitor.channels]
    pairs = interactions(values)[:, :, 0]
    base, score = float(values[0, 0]), float(values[FULL, 0])
    rank = None if row in hidden else rank_of(model.scores(visitor, on), row, hidden)
    contributions = _by_channel(phi)
    within_it = within(engine, pair, language) if parts else ()
    if masked:
        for step in masking(engine, request, item_id, within_it, language):
            within_it = step.reports
    return Explanation(
        request=request,
        item=items[row],
        rank=rank,
        base=base,
        score=score,
        contributions=contributions,
        present={c: bool(p) for c, p in zip(CHANNELS, present, strict=True)},
        against=Against(
            float(other[0, 0]),
            _by_channel(other_phi),
            tuple(c for c, flag in zip(CHANNELS, opposite, strict=True) if flag),
        ),
        interactions=tuple(
            sorted(
                (
                    Together(CHANNELS[i], CHANNELS[j], float(pairs[i, j]))
                    for i, j in combinations(np.flatnonzero(present), 2)
                ),
                key=lambda pair: -abs(pair.value),
            )
        ),
        leave_one_out=_by_channel(leave_one_out(values)[:, 0]),
        gates=None if gates is None else _by_channel(gates[0]),
        parts=within_it,
        evidence=tuple(
            Evidence(n.modality, result.likes[n.entry] if n.entry < len(hidden) else None, n.cosine)
            for n in nearest(model.catalog, pair.entries, row)
        ),
        off=switched(model, visitor, row, on, hidden),
        smallest=smallest_drop(model, visitor, row, on, hidden, request.k)
        if rank is not None and rank <= request.k
        else None,
        sentence=sentence(contributions, base, score),
    )


def _by_channel(values: NDArray[np.floating]) -> dict[Channel, float]:
    return {c: float(v) for c, v in zip(CHANNELS, values, strict=True)}
