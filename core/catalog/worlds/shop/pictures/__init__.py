"""The pictures of the shop: 16 kinds of household things in 6 looks, drawn as product shots.

``TEMPLATES`` say what a thing is, :class:`Surface` what it is made of, ``SETS`` what it stands in
front of; none of them knows the others' lists.
"""

from __future__ import annotations

from collections.abc import Mapping
from random import Random
from typing import Final

from core.catalog.worlds.base import Plan
from core.catalog.worlds.draw import Sheet, backdrop, grain, mix, num, soft_shadow
from core.catalog.worlds.shop.factors import LOOK, PATTERN, TYPE
from core.catalog.worlds.shop.pictures import figures, furniture, lights, timepieces, vessels
from core.catalog.worlds.shop.pictures.palette import choose
from core.catalog.worlds.shop.pictures.product import FLOOR, Template
from core.catalog.worlds.shop.pictures.sets import SETS
from core.catalog.worlds.shop.pictures.surface import Surface

TEMPLATES: Final[Mapping[str, Template]] = {
    "mug": vessels.mug,
    "teapot": vessels.teapot,
    "pitcher": vessels.pitcher,
    "vase": vessels.vase,
    "bowl": vessels.bowl,
    "bottle": vessels.bottle,
    "goblet": vessels.goblet,
    "bucket": vessels.bucket,
    "candle": lights.candle,
    "lamp": lights.lamp,
    "clock": timepieces.clock,
    "hourglass": timepieces.hourglass,
    "umbrella": figures.umbrella,
    "piggy_bank": figures.piggy_bank,
    "birdhouse": figures.birdhouse,
    "rocking_chair": furniture.rocking_chair,
}
"""How to draw every value of the factor ``type``."""


def draw(plan: Plan) -> str:
    """Draw an item as an SVG document of viewBox 0 0 256 256.

    Form, colours and studio are drawn from separate streams of the plan's seed: the same seed in
    another look is the same thing made of something else.

    Parameters
    ----------
    plan : its seed and its values of ``type``, ``look`` and ``pattern`` are read
    """
    kind = TYPE.values[plan.values[TYPE.name]]
    look = LOOK.values[plan.values[LOOK.name]]
    pattern = PATTERN.values[plan.values[PATTERN.name]]
    form, colours, studio = (Random(f"{plan.seed}/{s}") for s in ("form", "colours", "studio"))

    sheet = Sheet()
    palette = choose(look, colours)
    surface = Surface(sheet, look, palette, pattern, colours)
    product = TEMPLATES[kind](surface, form)

    horizon = studio.uniform(150, 176) if product.feet else 300
    wall = palette.wall if product.feet else mix(palette.wall, palette.table, 0.5)
    backdrop(sheet, wall, palette.table, horizon, softness=studio.uniform(2, 10))
    SETS[look](sheet, palette, horizon, studio)
    scale, slide = studio.uniform(0.94, 1.04), studio.uniform(-5, 5)
    shadow = mix(palette.dark, "#1a1a1a", 0.4)
    place = (
        f"translate({num(128 + slide)} {num(FLOOR)}) scale({num(scale)}) translate(-128"
        f" {num(-FLOOR)})"
    )
    sheet.add(f'<g transform="{place}">', product.behind)
    for foot in product.feet:
        soft_shadow(
            sheet,
            *foot,
            shadow,
            contact=0 if product.hovers else 0.75,
            caustic=palette.light if surface.clear else None,
        )
    sheet.add(product.marks, "</g>")
    grain(sheet, plan.seed)
    return sheet.document()


__all__ = ["TEMPLATES", "draw"]
