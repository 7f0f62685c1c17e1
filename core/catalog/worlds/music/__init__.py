"""``music``: tracks. What their covers look like, what listeners praise, how they feel."""

from __future__ import annotations

from collections.abc import Mapping

from core.catalog.worlds.base import Plan, World, register
from core.catalog.worlds.music.factors import FACTORS
from core.catalog.worlds.music.pictures import draw
from core.catalog.worlds.music.texts import write
from core.types import ItemText, Sound


@register
class Music(World):
    """The world of music streaming. The calm track often has a calm cover."""

    key = "music"
    category = "genre"
    factors = FACTORS
    seed = 2
    redundancy = 0.5

    def picture(self, plan: Plan) -> str:
        """Draw the cover; see :meth:`World.picture`."""
        return draw(plan)

    def sound(self, plan: Plan) -> Sound:
        """Play the track; see :meth:`World.sound`."""
        # Not needed for a picture, and a second to import.
        from core.catalog.worlds.music.sounds import play

        return play(plan)

    def text(self, plan: Plan) -> Mapping[str, ItemText]:
        """Write title, line, blurb and reviews; see :meth:`World.text`."""
        return write(plan)
