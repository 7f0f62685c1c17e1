"""The pictures of the social world: six landscapes at four hours, with what the post is about in front.

``SCENES`` say where it is, :mod:`light` what the hour does to every colour, ``THINGS`` what stands
in the foreground; none of them knows the others' lists.
"""

from __future__ import annotations

from collections.abc import Mapping
from random import Random
from typing import Final

from core.catalog.worlds.base import Plan
from core.catalog.worlds.draw import SIZE, Sheet, mix, oval
from core.catalog.worlds.social.factors import HOUR, SCENE, TOPIC
from core.catalog.worlds.social.pictures import bicycle, camp, dog, guitar, kite, optics, weather
from core.catalog.worlds.social.pictures.brush import Brush, placed, solid
from core.catalog.worlds.social.pictures.city import CITY
from core.catalog.worlds.social.pictures.desert import DESERT
from core.catalog.worlds.social.pictures.forest import FOREST
from core.catalog.worlds.social.pictures.light import choose
from core.catalog.worlds.social.pictures.mountain import MOUNTAIN
from core.catalog.worlds.social.pictures.sea import SEA
from core.catalog.worlds.social.pictures.sky import sky
from core.catalog.worlds.social.pictures.snow import SNOW
from core.catalog.worlds.social.pictures.thing import Template, Thing
from core.catalog.worlds.social.pictures.view import Scene, View

SCENES: Final[Mapping[str, Scene]] = {
    "sea": SEA,
    "mountain": MOUNTAIN,
    "city": CITY,
    "forest": FOREST,
    "desert": DESERT,
    "snow": SNOW,
}
"""How to paint every value of the factor ``scene``."""

THINGS: Final[Mapping[str, Template]] = {
    "camping": camp.tent,
    "cycling": bicycle.bicycle,
    "pets": dog.dog,
    "cooking": camp.campfire,
    "kites": kite.kite,
    "stargazing": optics.telescope,
    "photography": optics.camera,
    "music": guitar.guitar,
}
"""What stands for every value of the factor ``topic``."""


def draw(plan: Plan) -> str:
    """Draw a post's picture as an SVG document of viewBox 0 0 256 256.

    Light, land, thing and weather are drawn from separate streams of the plan's seed: the same seed
    with another topic is the same place with something else in it. Everything is painted with the
    light from the left; half of the pictures are mirrored at the end.

    Parameters
    ----------
    plan : its seed and its values of ``scene``, ``hour`` and ``topic`` are read
    """
    scene = SCENES[SCENE.values[plan.values[SCENE.name]]]
    hour = HOUR.values[plan.values[HOUR.name]]
    topic = TOPIC.values[plan.values[TOPIC.name]]
    air, land, form, falling = (
        Random(f"{plan.seed}/{s}") for s in ("air", "land", "form", "falling")
    )

    light = choose(hour, air)
    raining = scene.wet == "rain" and falling.random() < 0.16
    if raining:
        light = light.overcast()
    sheet = Sheet()
    brush = Brush(sheet, light)
    horizon = land.uniform(*scene.horizon)
    mirrored = land.random() < 0.5
    spot = land.uniform(128, 182), land.uniform(226, 236)
    if mirrored:
        sheet.add(f'<g transform="translate({SIZE} 0) scale(-1 1)">')
    sun = sky(brush, air, horizon, 1.0 if raining else air.choice((0.0, 0.25, 0.5, 0.8)))
    scene.paint(brush, land, View(horizon, sun))
    if falling.random() < (0.55 if hour == "dawn" else 0.15):
        weather.mist(brush, falling, horizon + 12, 0.55)
    _stand(brush, THINGS[topic](brush, form), spot)
    if raining:
        weather.rain(brush, falling)
    elif scene.wet == "snow" and falling.random() < 0.75:
        weather.snowfall(brush, falling, falling.uniform(0.4, 1.1))
    if mirrored:
        sheet.add("</g>")
    return sheet.document()


def _stand(brush: Brush, thing: Thing, spot: tuple[float, float]) -> None:
    """Put a thing on the ground: its shadow, away from the light, and a lantern when it is dark."""
    x, y = spot
    light = brush.light
    dark = mix(light.shade("#2c2630"), "#0c0a14", 0.3)
    wide = brush.sheet.radial([(0, dark, 0.5), (0.5, dark, 0.28), (1, dark, 0)])
    tight = brush.sheet.radial([(0, dark, 0.8), (0.65, dark, 0.4), (1, dark, 0)])
    reach = 0.35 if light.high else 0.8
    shadow = "".join(
        solid(oval(fx + rx * reach, fy + ry * 0.5, rx * (1.25 + reach), ry * 1.9), wide)
        + solid(oval(fx, fy + ry * 0.1, rx * 1.12, ry), tight)
        for fx, fy, rx, ry in thing.feet
    )
    edge = min(fx - rx for fx, _, rx, _ in thing.feet)
    lantern = _lantern(brush, edge - 11) if light.stars and not thing.shines else ""
    brush.sheet.add(placed(shadow + lantern + thing.marks, x, y))


def _lantern(brush: Brush, x: float) -> str:
    """A lantern on the ground whose light falls on what stands beside it."""
    pane, iron = (
        "M-4.5-12H4.5V-2H-4.5Z",
        "M-5.5-2H5.5V1H-5.5ZM-5.5-14H5.5V-11.5H-5.5ZM-2.5-17H2.5V-14H-2.5Z",
    )
    return (
        brush.halo(x + 40, -34, 92, "#ffd892", 0.42)
        + brush.halo(x, -8, 34, "#ffe0a0", 0.9)
        + placed(solid(pane, "#fff4cc") + solid(iron, "#2a2624"), x, 0)
    )


__all__ = ["SCENES", "THINGS", "draw"]
