"""How long an item takes to be drawn and to be heard."""

from __future__ import annotations

import argparse
from typing import Any

from core.bench.measure import median_ms
from core.catalog import bundle as bundles
from core.catalog.rendering import rasterise


def render(args: argparse.Namespace) -> dict[str, Any]:
    """Time drawing and synthesising one item."""
    from core.catalog import worlds

    world = worlds.create(args.world)
    plans = iter(list(bundles.Bundle(bundles.folder(args.world)).plans().values()) * 2)
    return {
        "picture, 256 px, ms": round(
            median_ms(lambda: rasterise(world.picture(next(plans)), 256), 40), 1
        ),
        "sound, ms": round(median_ms(lambda: world.sound(next(plans)), 40), 1),
    }
