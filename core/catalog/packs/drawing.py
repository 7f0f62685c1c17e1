"""Drawings of a package as pictures: SVG to PNG, transparency kept, shape kept."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Final

import resvg_py

from core.catalog.importers.source import Blob
from core.media.limits import MAX_BYTES

SIDE: Final = 512
"""Longest side of the picture, in pixels."""

_LEADS_OUT: Final = re.compile(r"""(\bhref\s*=\s*["'])(?!\s*(?:#|data:))[^"']*""")


def drawn(svg: Blob) -> Blob:
    """Return the blob of the drawing's PNG. It is drawn when it is read; ``size`` is the drawing's."""
    return replace(
        svg, name=f"{svg.name.removesuffix('.svg')}.png", read=lambda: rasterise(svg.read())
    )


def rasterise(svg: bytes, side: int = SIDE) -> bytes:
    """Draw an SVG document as PNG, its longest side ``side`` pixels.

    References to files and addresses are emptied first: the renderer would open any picture on disk.

    Raises
    ------
    OSError
        when it is not a drawing
    """
    if len(svg) > MAX_BYTES:
        raise OSError("the drawing is too large")
    text = _LEADS_OUT.sub(r"\1", svg.decode("utf-8", "replace"))
    try:
        # Without dpi the renderer takes every length in points or millimetres for zero.
        return bytes(resvg_py.svg_to_bytes(svg_string=text, width=side, height=side, dpi=96))
    except ValueError as error:
        raise OSError("the drawing is damaged") from error
