"""Supposing something else of an item or of its visitor, and the list that there would be then."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from core.coalitions import FULL, coalition
from core.errors import TriadError
from core.explain.door import Door
from core.types import LANGUAGES, Channel, Item, Media, Modality, Passage, Request

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from torch import Tensor

    from core.recommenders.neighbours import Neighbours
    from core.recommenders.two_tower import TwoTower, Visitor


@dataclass(frozen=True)
class Off:
    """Channels are switched off, for the whole list."""

    channels: tuple[Channel, ...]


@dataclass(frozen=True)
class TurnedDown:
    """A channel counts less, for the whole list; see :func:`core.explain.counterfactual.slider`."""

    channel: Channel
    weight: float


@dataclass(frozen=True)
class Swapped:
    """The item has another item's image, text or sound."""

    modality: Modality
    other: str


@dataclass(frozen=True)
class Rewritten:
    """Other words are written about the item in one language; its other languages stay."""

    text: str
    language: str


@dataclass(frozen=True)
class Said:
    """The visitor's review has other words."""

    text: str


Supposed = Off | TurnedDown | Swapped | Rewritten | Said


@dataclass(frozen=True)
class Outcome:
    """The item's ``score`` in logits and ``rank`` from 1 then, and the ids of the list, best first.

    ``rank`` is None for an item that the visitor has.
    """

    score: float
    rank: int | None
    ids: tuple[str, ...]


def what_if(engine: Door, request: Request, item_id: str, supposed: Supposed) -> Outcome:
    """Return what becomes of an item and of the list it stands in.

    Raises
    ------
    TriadError
        ``unknown_item``, ``nothing_on``, ``item_lacks``, and what :meth:`Engine.recommend` raises
    """
    from core.explain.counterfactual import rank_of

    items = engine.items(request.world)
    rows = {item.id: row for row, item in enumerate(items)}
    if item_id not in rows:
        raise TriadError("unknown_item", id=item_id)
    likes = engine.recommend(replace(request, k=1)).likes
    hidden = np.array([rows[id] for id in likes], dtype=np.int64)
    row = rows[item_id]
    scores = _scores(engine, request, items, rows, row, supposed)
    order = np.argsort(
        -np.where(np.isin(np.arange(len(items)), hidden), -np.inf, scores), kind="stable"
    )
    return Outcome(
        score=float(scores[row]),
        rank=None if row in hidden else rank_of(scores, row, hidden),
        ids=tuple(items[n].id for n in order[: min(request.k, len(items) - len(set(likes)))]),
    )


def _scores(
    engine: Door,
    request: Request,
    items: tuple[Item, ...],
    rows: Mapping[str, int],
    row: int,
    supposed: Supposed,
) -> NDArray[np.float32]:
    """Return the scores (I,) of the whole catalog then."""
    from core.explain.counterfactual import slider, swapped

    model, on = engine.model(request.world, request.method), FULL & ~coalition(request.method.off)
    if isinstance(supposed, Said):
        request = _saying(engine, request, supposed.text)
    visitor = model.visitor(engine.entries(request))
    match supposed:
        case Off(channels):
            left = on & ~coalition(channels)
            if not left:
                raise TriadError("nothing_on")
            return model.scores(visitor, left)
        case TurnedDown(channel, weight):
            return slider(model, visitor, on, channel)(weight)
        case Swapped(modality, other):
            if other not in rows:
                raise TriadError("unknown_item", id=other)
            for item in (items[row], items[rows[other]]):
                if modality not in item.modalities:
                    raise TriadError("item_lacks", id=item.id, modality=modality)
            scores = model.scores(visitor, on).copy()
            nothing = np.array([], dtype=np.int64)
            change = swapped(model, visitor, row, on, nothing, modality, rows[other])
            scores[row] = change.score
            return scores
        case Rewritten(text, language):
            if Modality.TEXT not in items[row].modalities:
                raise TriadError("item_lacks", id=items[row].id, modality=Modality.TEXT)
            features = _rewritten(engine, request.world, items[row], text, language)
            scores = model.scores(visitor, on).copy()
            scores[row] = _with_text(model, visitor, row, on, features)
            return scores
        case Said():
            return model.scores(visitor, on)


def _saying(engine: Door, request: Request, text: str) -> Request:
    """Put a review in the place of the visitor's, who stays the same otherwise."""
    query = request.query
    if query.visitor is None and not query.likes and not query.media:
        # A default visitor who says something is no newcomer.
        query = replace(query, visitor=engine.recommend(replace(request, k=1)).visitor)
    rest = tuple(media for media in query.media if media.modality is not Modality.TEXT)
    said = Media(Modality.TEXT, text.encode("utf-8", "replace"), "text")
    return replace(request, query=replace(query, media=(*rest, said)))


def _rewritten(engine: Door, world: str, item: Item, text: str, language: str) -> Tensor:
    """Return the features (1, P) of an item's text, which is the mean over its languages."""
    import torch

    from core import encoders
    from core.media import decode

    clean = decode(Media(Modality.TEXT, text.encode("utf-8", "replace"), "text"))
    assert isinstance(clean, Passage)
    passages = [Passage(clean.text, language)]
    passages += [
        Passage(other.whole, code)
        for code, other in item.texts.items()
        if code != language and code in LANGUAGES
    ]
    encoder = encoders.get(engine.encoders(world)[Modality.TEXT])
    vector = encoder.encode(passages).pooled.mean(0, keepdim=True).numpy()
    return torch.from_numpy(engine.scalers(world)[Modality.TEXT](vector))


def _with_text(
    model: TwoTower | Neighbours, visitor: Visitor, row: int, on: int, features: Tensor
) -> float:
    """Return the score of an item with other features of its text."""
    import torch

    from core.explain.scoring import embedded, heard, logits, popularity
    from core.recommenders.neighbours import Neighbours
    from core.recommenders.two_tower import Catalog

    here = np.array([row], dtype=np.int64)
    if isinstance(model, Neighbours):
        catalog = model.catalog
        one = {m: x[here] for m, x in catalog.features.items()} | {"text": features}
        other = Neighbours(Catalog(one, catalog.present[here]))
        return float(other.scores(visitor, on)[0])
    with torch.inference_mode():
        rows = torch.tensor([row])
        code = torch.from_numpy(heard(model, visitor, here, on))
        x = embedded(model, rows, {"text": features})
        popular = popularity(model.tower, rows)
        return float(logits(model.tower, visitor.vectors[code], x, code, popular)[0])
