"""Pixels and samples of rendered items: made when asked for, kept in a bounded folder."""

from __future__ import annotations

import hashlib
import io
import os
import threading
import wave
from collections.abc import Callable, Mapping
from contextlib import suppress
from functools import cached_property
from pathlib import Path
from typing import Final

import numpy as np
import resvg_py
from PIL import Image

from core import durable
from core.catalog.worlds import Plan, World, create
from core.resources import cache_dir
from core.types import Picture, Sound

MAX_BYTES: Final = 256 * 2**20
"""How much rendered media is kept on disk."""


def rasterise(svg: str, size: int) -> Picture:
    """Draw an SVG document at ``size`` x ``size`` pixels."""
    png = resvg_py.svg_to_bytes(svg_string=svg, width=size, height=size)
    with Image.open(io.BytesIO(bytes(png))) as image:
        return Picture(np.asarray(image.convert("RGB")))


def webp(picture: Picture) -> bytes:
    """Return the picture as WebP, small enough to go into a page by the dozen."""
    out = io.BytesIO()
    Image.fromarray(picture.pixels).save(out, "WEBP", quality=86, method=4)
    return out.getvalue()


def wav(sound: Sound) -> bytes:
    """Return the sound as 16-bit WAV."""
    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(sound.rate)
        file.writeframes((np.clip(sound.samples, -1, 1) * 32767).astype("<i2").tobytes())
    return out.getvalue()


class RenderedMedia:
    """Makes and keeps the media of one world.

    Several threads and processes may share the folder: files are written aside and moved into place, and a
    folder that can't be written is done without.

    Parameters
    ----------
    world : key; its code is imported when the first medium is asked for
    plans : by item id
    version : of the bundle; part of the names of what is kept
    """

    def __init__(self, world: str, plans: Mapping[str, Plan], version: str) -> None:
        self._key = world
        self._plans = plans
        self._version = version
        self._turn = threading.Lock()

    @cached_property
    def _world(self) -> World:
        return create(self._key)

    def picture(self, id: str, size: int) -> bytes:
        """Return the item's picture, ``size`` x ``size``, as WebP."""
        plan = self._plans[id]
        return self._kept(
            f"{id}-{size}.webp",
            plan,
            lambda: webp(rasterise(self._world.picture(plan), size)),
        )

    def sound(self, id: str) -> bytes:
        """Return the item's sound as WAV."""
        plan = self._plans[id]
        return self._kept(f"{id}.wav", plan, lambda: wav(self._world.sound(plan)))

    def _kept(self, name: str, plan: Plan, make: Callable[[], bytes]) -> bytes:
        key = f"{self._version}:{plan.seed}:{sorted(plan.values.items())}:{name}"
        stamp = hashlib.sha256(key.encode()).hexdigest()[:16]
        path = cache_dir() / "media" / self._key / f"{stamp}-{name}"
        data = durable.kept(path)
        if data:
            return data
        data = make()
        with self._turn:
            _write(path, data)
        return data


def _write(path: Path, data: bytes) -> None:
    durable.keep(path, data)
    with suppress(OSError):
        _prune(path.parent.parent)


def _prune(root: Path) -> None:
    """Delete the oldest files once there is more than ``MAX_BYTES``; looks only now and then."""
    if int.from_bytes(os.urandom(1)) >= 8:
        return
    files = sorted((p for p in root.glob("*/*") if p.is_file()), key=lambda p: p.stat().st_mtime)
    excess = sum(p.stat().st_size for p in files) - MAX_BYTES
    for path in files:
        if excess <= 0:
            break
        excess -= path.stat().st_size
        path.unlink(missing_ok=True)
