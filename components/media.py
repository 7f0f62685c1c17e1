"""Pictures and sounds as addresses that the browser can load and keep.

A rendered item may take a third of a second to draw for the first time. The page does not wait
for that: what
is there is shown, what is not shows its place, and the page looks again when it has arrived.
"""

from __future__ import annotations

import base64
import hashlib
import io
import logging
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from typing import Final

import streamlit as st
from PIL import Image
from streamlit.runtime import exists, get_instance

from components.engine import engine
from components.html import WAITING
from components.view import draw_again

CARD_PIXELS: Final = 320
THUMB_PIXELS: Final = 96
PATIENCE: Final = 0.15
"""For how many seconds a run waits for media, all of them together."""
PULSE: Final = 0.05
"""How often a run that waits looks whether it is still wanted, in seconds."""
REDRAW: Final = 1.0
"""After how many seconds a page is drawn again with a part of the media that were missing."""
LONGEST: Final = 60.0
"""For how many seconds a page waits for media at all."""
RETRY: Final = 10.0

_log = logging.getLogger(__name__)


def address(data: bytes, mime: str) -> str:
    """Return an address for some bytes.

    Inside a running app it is a short one that the browser caches by content, so that a rerun
    sends a few kilobytes and not the media again; elsewhere the bytes themselves.
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


class Workshop:
    """Makes media in the background, each once, and remembers the latest.

    Parameters
    ----------
    size : how many are remembered
    retry : after how many seconds what could not be made is tried again
    """

    def __init__(self, size: int, retry: float = RETRY) -> None:
        self._pool = ThreadPoolExecutor(max_workers=2, thread_name_prefix="media")
        self._orders: OrderedDict[tuple[str, ...], tuple[Future[bytes], float]] = OrderedDict()
        self._size, self._retry = size, retry
        self._turn = threading.Lock()

    def order(self, key: tuple[str, ...], make: Callable[[], bytes]) -> Future[bytes]:
        """Return the future of ``key``; the first to ask has it made, and some time after a failure again."""
        with self._turn:
            found, since = self._orders.get(key, (None, 0.0))
            if found is None or (
                found.done() and found.exception() and time.monotonic() - since >= self._retry
            ):
                found = self._pool.submit(make)
                self._orders[key] = found, time.monotonic()
                while len(self._orders) > self._size:
                    self._orders.popitem(last=False)
            self._orders.move_to_end(key)
            return found


@st.cache_resource(max_entries=1, show_spinner=False)
def _workshop() -> Workshop:
    return Workshop(800)


def _get(key: tuple[str, ...], make: Callable[[], bytes], mime: str) -> str | None:
    """Return an address, :data:`WAITING` while it is made, None when it cannot be made."""
    order = _workshop().order(key, make)
    started = time.monotonic()
    try:
        data = order.result(timeout=st.session_state.get("_media_patience", 0.0))
    except TimeoutError:
        st.session_state.setdefault("_media_awaited", []).append(order)
        return WAITING
    except Exception:
        _log.exception("cannot make %s", key)
        return None
    finally:
        left = st.session_state.get("_media_patience", 0.0) - (time.monotonic() - started)
        st.session_state["_media_patience"] = max(0.0, left)
    return address(data, mime)


def picture_url(world: str, id: str) -> str | None:
    """Return the address of an item's picture, as large as a card needs it."""
    source = engine()
    if "image" not in source.item(world, id).modalities:
        return None
    return _get((world, id, "card"), lambda: source.picture(world, id, CARD_PIXELS), "image/webp")


def thumb_url(world: str, id: str) -> str | None:
    """Return the address of an item's thumbnail, or None where the item has no picture."""
    source = engine()
    if "image" not in source.item(world, id).modalities:
        return None

    def make() -> bytes:
        return webp(Image.open(io.BytesIO(source.picture(world, id, CARD_PIXELS))), THUMB_PIXELS)

    return _get((world, id, "thumb"), make, "image/webp")


def sound_url(world: str, id: str) -> str | None:
    """Return the address of an item's sound, or None where it has none."""
    source = engine()
    if "audio" not in source.item(world, id).modalities:
        return None
    return _get((world, id, "sound"), lambda: source.sound(world, id), "audio/wav")


@contextmanager
def arriving() -> Iterator[None]:
    """Let a page be drawn with the media that are there; see :func:`redraw_when_arrived`."""
    st.session_state["_media_patience"] = PATIENCE
    st.session_state["_media_awaited"] = []
    yield


def redraw_when_arrived() -> None:
    """Wait for the media that the page was drawn without, and draw it again; for the end of a run.

    A click ends the wait. (A fragment that the browser runs every half second would do the same, but its
    request may carry the address from before, and it may cut off the end of the run before it.)
    """
    awaited: list[Future[bytes]] = st.session_state["_media_awaited"]
    drawn = time.monotonic()
    while awaited and time.monotonic() - drawn < LONGEST:
        wait(awaited, timeout=PULSE)
        st.session_state.get("_view")  # any access lets Streamlit end a run that is out of date
        come = sum(order.done() for order in awaited)
        if come == len(awaited) or (come and time.monotonic() - drawn > REDRAW):
            draw_again()
