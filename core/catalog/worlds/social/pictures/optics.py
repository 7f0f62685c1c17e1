"""Stargazing and photography: a telescope and a camera, each on its tripod."""

from __future__ import annotations

from random import Random

from core.catalog.worlds.draw import mix, num, oval
from core.catalog.worlds.social.pictures.brush import Brush, placed, solid, stroke
from core.catalog.worlds.social.pictures.thing import Foot, Thing


def telescope(brush: Brush, random: Random) -> Thing:
    """A long refractor that points at the sky, on a wide wooden or steel tripod."""
    tube, trim = random.choice(
        (
            ("#f6f4ee", "#2f3a4a"),
            ("#3a78c8", "#f0ece0"),
            ("#d8a640", "#7a4a22"),
            ("#c8382e", "#f2ecdf"),
            ("#f6f4ee", "#a8322a"),
        )
    )
    wood = random.choice(("#b07a44", "#8f5f38", "#6c727a"))
    turn, hub = random.uniform(32, 46), -44.0
    tripod, feet = _tripod(brush, hub, random.uniform(27, 31), wood, 4.2)
    barrel = "M-52-8.5H20V8.5H-52Z"
    optic = (
        brush.round(barrel, tube, end=(0.1, 1))
        + brush.round("M-62-11H-44V11H-62Z", trim, end=(0.1, 1))
        + solid(oval(-62, 0, 2.6, 10), mix(brush.light.sky[1], "#ffffff", 0.35))
        + brush.round("M20-6.5H32V6.5H20Z", trim, end=(0.1, 1))
        + brush.round("M32-4H42V4H32Z", "#9aa0a8", end=(0.1, 1))
        + brush.flat("M42-5.5H47V5.5H42Z", "#26282c", tone=0.5)
        + brush.round("M-12-16H18V-11.5H-12Z", trim, end=(0.1, 1))
        + brush.line("M-6-11v3M12-11v3", "#55585e", 2, 0.5)
        + brush.line("M-18-8.5V8.5M6-8.5V8.5", trim, 2.6, 0.6)
        + brush.line("M-50-5.5H18", "#ffffff", 1.3, 1, 0.55)
    )
    mount = brush.round("M-7-50H7L5-38H-5Z", "#4a4e55") + brush.line(
        "M6-42l12 6", "#4a4e55", 2.4, 0.5
    )
    return Thing(tripod + mount + placed(optic, 0, hub - 14, 1, turn), feet)


def camera(brush: Brush, random: Random) -> Thing:
    """A camera that looks out of the picture, on a slender tripod, its strap hanging."""
    shell, leather = random.choice(
        (
            ("#2c2d31", "#2c2d31"),
            ("#c9ccd0", "#2c2a2a"),
            ("#c9ccd0", "#7a4628"),
            ("#3a3634", "#3a3634"),
        )
    )
    strap = random.choice(("#c8382e", "#e0a030", "#7a4628", "#2f6fb0"))
    tripod, feet = _tripod(brush, -42.0, random.uniform(21, 25), "#3c4046", 3.2)
    head = brush.round("M-6-48H6V-40H-6Z", "#55595f") + brush.line(
        "M5-45l15 5", "#3c4046", 2.2, 0.5
    )
    band = "M-27-76C-40-60-36-36-26-34S-14-52-20-50"
    hump = random.choice(
        ("M-11-82L-7-92H9L13-82Z", "M-9-82L-6-90Q0-93 8-90L11-82Z", "M-24-82V-87H-4V-82Z")
    )
    body = (
        brush.line(band, strap, 2.6, 0.75)
        + brush.round(hump, shell, end=(1, 0.4))
        + brush.round(
            "M-29-78Q-29-83-24-83H24Q29-83 29-78V-52Q29-48 24-48H-24Q-29-48-29-52Z",
            shell,
            end=(1, 0.3),
        )
        + brush.round("M-29-74H29V-54H-29Z", leather, end=(1, 0.3))
        + brush.round("M16-87H26V-83H16Z", "#8a8d92")
        + brush.flat(oval(-20, -85, 3.4, 2.4), "#8a8d92")
        + _lens(brush, 2, -64)
        + brush.flat(oval(22, -78, 2.4, 1.8), "#fff6d8")
    )
    return Thing(tripod + head + body, feet)


def _lens(brush: Brush, x: float, y: float) -> str:
    light = brush.light
    glass = brush.sheet.radial(
        [(0, mix(light.sky[1], "#8a6fe0", 0.35), 1), (0.55, "#243058", 1), (1, "#0c0e18", 1)],
        (0.35, 0.32),
        0.75,
    )
    return (
        brush.round(oval(x, y, 16.5, 16.5), "#4a4c52", end=(1, 1))
        + stroke(oval(x, y, 14.4, 14.4), light.lit("#a8acb2"), 1.1, 0.8)
        + brush.flat(oval(x, y, 12.4, 12.4), "#1c1d20", tone=0.5)
        + solid(oval(x, y, 10.2, 10.2), glass)
        + solid(oval(x - 3.6, y - 4, 3.2, 2.3), "#ffffff", 0.85)
        + solid(oval(x + 4, y + 4.4, 1.6, 1.2), "#ffffff", 0.4)
    )


def _tripod(
    brush: Brush, hub: float, spread: float, colour: str, width: float
) -> tuple[str, tuple[Foot, ...]]:
    """Paint three legs from a hub to the ground, with a clamp on each; return them and their feet."""
    ends = ((-spread, 1.0), (spread * 0.95, 0.0), (spread * 0.12, 5.0))
    back = brush.line(
        f"M0 {num(hub)}L{num(spread * 0.12)} -5", mix(colour, "#000000", 0.2), width, 0.2
    )
    legs = "".join(
        brush.tube(f"M0 {num(hub)}L{num(x)} {num(y)}", colour, width) for x, y in ends[:2]
    )
    clamps = "".join(
        brush.line(
            f"M{num(x * 0.55 - 1)} {num(hub * 0.45)}l2 1",
            mix(colour, "#000000", 0.4),
            width + 1.6,
            0.5,
        )
        for x, _ in ends[:2]
    )
    front = brush.tube(f"M0 {num(hub)}L{num(ends[2][0])} {num(ends[2][1])}", colour, width)
    feet = tuple((x, y, 6.0, 1.8) for x, y in ends)
    return back + legs + clamps + front, (*feet, (0.0, 2.0, spread, 3.0))
