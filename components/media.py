"""Pictures and sounds as addresses that the browser can load and keep."""

from __future__ import annotations

import base64
import hashlib
import io
from typing import Final

import streamlit as st
from PIL import Image
from streamlit.runtime import exists, get_instance

from components.engine import engine

CARD_PIXELS: Final = 320
THUMB_PIXELS: Final = 96


def address(data: bytes, mime: str) -> str:
    """Return an address for some bytes.

    Inside a running app it is a short one that the browser caches by content, so that a rerun sends a few
    kilobytes and not the media again; elsewhere the bytes themselves.
    """
    if not exists():
        return f"data:{mime};base64,{base64.b64encode(data).decode()}"
    place = f"triad-{hashlib.sha256(data).hexdigest()[:24]}"
    return get_instance().media_file_mgr.add(data, mime, place).lstrip("/")


def webp(image: Image.Image, side: int) -> bytes:
    """Return a picture as WebP whose longest side is at most ``side`` pixels."""
    small = image.convert("RGB")
    small.thumbnail((side, side), Image.Resampling.LANCZOS)
    out = io.BytesIO()
    small.save(out, "WEBP", quality=84, method=2)
    return out.getvalue()


@st.cache_data(max_entries=2000, show_spinner=False)
def _item_picture(world: str, id: str, side: int) -> bytes:
    return webp(Image.open(io.BytesIO(engine().picture(world, id, CARD_PIXELS))), side)


@st.cache_data(max_entries=400, show_spinner=False)
def _item_sound(world: str, id: str) -> bytes:
    return engine().sound(world, id)


def picture_url(world: str, id: str) -> str:
    """Return the address of an item's picture, as large as a card needs it."""
    return address(_item_picture(world, id, CARD_PIXELS), "image/webp")


def thumb_url(world: str, id: str) -> str | None:
    """Return the address of an item's thumbnail, or None where the item has no picture."""
    if "image" not in engine().item(world, id).modalities:
        return None
    return address(_item_picture(world, id, THUMB_PIXELS), "image/webp")


def sound_url(world: str, id: str) -> str:
    """Return the address of an item's sound."""
    return address(_item_sound(world, id), "audio/wav")
