"""``shop``: household products. What they look like, what reviews praise, what they sound like struck."""

from __future__ import annotations

from collections.abc import Mapping

from core.catalog.worlds.base import Plan, World, register
from core.catalog.worlds.shop.factors import FACTORS
from core.catalog.worlds.shop.pictures import draw
from core.catalog.worlds.shop.texts import write
from core.types import ItemText, Sound


@register
class Shop(World):
    """The e-commerce world."""

    key = "shop"
    category = "type"
    factors = FACTORS
    redundancy = 0.3

    def picture(self, plan: Plan) -> str:
        """Draw the product shot; see :meth:`World.picture`."""
        return draw(plan)

    def sound(self, plan: Plan) -> Sound:
        """Strike the product; see :meth:`World.sound`."""
        # Not needed for a picture, and a second to import.
        from core.catalog.worlds.shop.sounds import strike

        return strike(plan)

    def text(self, plan: Plan) -> Mapping[str, ItemText]:
        """Write title, line, description and reviews; see :meth:`World.text`."""
        return write(plan)
