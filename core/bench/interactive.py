"""How long a visitor waits for the engine."""

from __future__ import annotations

import argparse
import io
import itertools
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
from PIL import Image

from core.bench.measure import median_ms
from core.catalog.rendering import wav
from core.engine import Engine
from core.types import CHANNELS, MODALITIES, Media, Modality, Query, Request, Sound


def interactive(args: argparse.Namespace) -> dict[str, Any]:
    """Time three uploads to an explained list, and a switch, warm."""
    engine = Engine()
    world = args.world
    items = [i for i in engine.items(world) if len(i.modalities) == len(MODALITIES)]

    def uploads(number: int) -> tuple[Media, ...]:
        """Make three uploads that no cache has seen."""
        item = items[number % len(items)]
        text = f"{item.text('zh').line}，第 {number} 条评价"
        return (
            Media(Modality.IMAGE, _photo(number)),
            Media(Modality.TEXT, text.encode()),
            Media(Modality.AUDIO, _clip(number)),
        )

    drawn = [uploads(n) for n in range(21)]
    queries = iter([Query(media=media) for media in drawn])
    cold = median_ms(lambda: engine.recommend(Request(world, next(queries))), 20)
    visitor = Query(media=drawn[0])
    rows: dict[str, Any] = {"three new uploads to explained list, ms": round(cold, 1)}
    for method in engine.built(world):
        rows[f"a switch, {method.name}, ms"] = round(
            median_ms(_switches(engine, Request(world, visitor, method)), 40), 1
        )
    return rows


def _switches(engine: Engine, request: Request) -> Callable[[], Any]:
    """Return a function that answers with another channel off at every call."""
    offs = itertools.cycle([(c,) for c in CHANNELS])
    return lambda: engine.recommend(
        replace(request, method=replace(request.method, off=next(offs)))
    )


def _photo(number: int) -> bytes:
    """Return a 12-megapixel JPEG, as from a phone: smooth shapes under a little noise."""
    rng = np.random.default_rng(number)
    small = rng.integers(0, 255, size=(12, 16, 3), dtype=np.uint8)
    out = io.BytesIO()
    Image.fromarray(small).resize((4000, 3000), Image.Resampling.BICUBIC).save(out, "JPEG")
    return out.getvalue()


def _clip(number: int) -> bytes:
    """Return ten seconds of a decaying chord as WAV."""
    t = np.arange(32000 * 10) / 32000
    notes = 220 * 2 ** (np.array([0, 4, 7]) / 12 + number / 24)
    wave = sum(np.sin(2 * np.pi * f * t) for f in notes) * np.exp(-t) / 4
    return wav(Sound(np.asarray(wave, dtype=np.float32), 32000))
