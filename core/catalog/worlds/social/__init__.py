"""``social``: posts. What their pictures show, how their authors feel, what is heard around."""

from __future__ import annotations

from collections.abc import Mapping

from core.catalog.worlds.base import Plan, World, register
from core.catalog.worlds.social.factors import FACTORS
from core.catalog.worlds.social.pictures import draw
from core.catalog.worlds.social.texts import write
from core.types import ItemText, Sound


@register
class Social(World):
    """The world of social media."""

    key = "social"
    category = "topic"
    factors = FACTORS
    seed = 1
    redundancy = 0.3

    def picture(self, plan: Plan) -> str:
        """Draw the landscape; see :meth:`World.picture`."""
        return draw(plan)

    def sound(self, plan: Plan) -> Sound:
        """Listen around; see :meth:`World.sound`."""
        # Not needed for a picture, and a second to import.
        from core.catalog.worlds.social.sounds import listen

        return listen(plan)

    def text(self, plan: Plan) -> Mapping[str, ItemText]:
        """Write caption, line, post and comments; see :meth:`World.text`."""
        return write(plan)
