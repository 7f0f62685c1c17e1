"""What an explanation asks of the engine, and the pair that it is about."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from core.coalitions import FULL, coalition
from core.errors import TriadError
from core.types import Item, Method, Modality, Request, Result

if TYPE_CHECKING:
    from core.recommenders.features import Scaler
    from core.recommenders.neighbours import Neighbours
    from core.recommenders.two_tower import Entries, TwoTower, Visitor


class Door(Protocol):
    """What an explanation asks of the engine."""

    def recommend(self, request: Request) -> Result:
        """Return the list in which the item stands."""

    def items(self, world: str) -> tuple[Item, ...]:
        """Return the items in the order of the catalog's rows."""

    def model(self, world: str, method: Method) -> TwoTower | Neighbours:
        """Return the model that scores."""

    def entries(self, request: Request) -> Entries:
        """Return what the visitor of a request is made of: ``Result.likes`` in order, then the upload."""

    def scalers(self, world: str) -> Mapping[Modality, Scaler]:
        """Return what turns encoder vectors into features."""

    def encoders(self, world: str) -> Mapping[Modality, str]:
        """Return the ids of the encoders that made the world's vectors, where one did."""

    def shows(self, world: str) -> bool:
        """Return whether items have media."""

    def picture(self, world: str, id: str) -> bytes:
        """Return an item's picture."""

    def sound(self, world: str, id: str) -> bytes:
        """Return an item's sound."""


@dataclass(frozen=True, eq=False)
class Pair:
    """A visitor and an item, with the model that scores them.

    Attributes
    ----------
    entries : what the visitor is made of
    row : of the item in the catalog
    on : the coalition that is switched on
    """

    request: Request
    model: TwoTower | Neighbours
    entries: Entries
    visitor: Visitor
    item: Item
    row: int
    on: int


def pair_of(engine: Door, request: Request, item_id: str) -> Pair:
    """Return who asks and what he asks about (``unknown_item``)."""
    items = engine.items(request.world)
    row = next((n for n, item in enumerate(items) if item.id == item_id), None)
    if row is None:
        raise TriadError("unknown_item", id=item_id)
    model, entries = engine.model(request.world, request.method), engine.entries(request)
    on = FULL & ~coalition(request.method.off)
    return Pair(request, model, entries, model.visitor(entries), items[row], row, on)
