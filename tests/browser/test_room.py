"""The visitors of ``bench room`` do what a browser does."""

from __future__ import annotations

import asyncio
import io
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from PIL import Image

from core.bench.room.bench import summary
from core.bench.room.session import Session
from core.bench.room.visitors import TRAIN, Diary
from tests.browser.conftest import Server


def on(server: Server, act: Callable[[Session], Coroutine[Any, Any, Any]]) -> Any:
    """Return what one visitor came to."""

    async def visit() -> Any:
        async with Session(server.address) as session:
            return await act(session)

    # In a thread of its own: the browser of the other tests has a loop running in this one.
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(lambda: asyncio.run(visit())).result()


def drawn(shown: Any) -> bytes:
    """Return all that is on the screen."""
    return b"".join(e.SerializeToString() for e in shown.elements.values())


def test_a_switch_changes_the_list_and_back_again(server: Server) -> None:
    async def act(session: Session) -> None:
        first = drawn(await session.open("", world="shop", lang="en"))
        assert drawn(await session.choose("_on_", [1, 2, 3])) != first
        assert session.query["on"] == ["text,audio,behaviour"]
        again = await session.choose("_on_", [0, 1, 2, 3])
        assert session.query["on"] == ["image,text,audio,behaviour"]
        assert not again.broken
        assert again.seconds > 0

    on(server, act)


def test_an_uploaded_picture_is_looked_at(server: Server) -> None:
    picture = io.BytesIO()
    Image.new("RGB", (64, 48), "teal").save(picture, "PNG")

    async def act(session: Session) -> None:
        before = await session.open("upload", world="shop", lang="en")
        assert b"64 \xc3\x97 48" not in drawn(before)
        after = await session.upload("file_image", "teal.png", picture.getvalue())
        assert not after.broken
        assert b"64 \xc3\x97 48" in drawn(after)

    on(server, act)


def test_what_is_not_on_the_page_cannot_be_pressed(server: Server) -> None:
    async def act(session: Session) -> None:
        await session.open("about", lang="en")
        with pytest.raises(LookupError, match="train"):
            await session.press("train")

    on(server, act)


def test_a_training_is_not_counted_as_waiting() -> None:
    diary = Diary()
    diary.seconds["switch"] = [0.1] * 19 + [1.0]
    diary.seconds[TRAIN] = [60.0]
    diary.errors["vote"] = ["LookupError: class_vote"]
    rows = summary(diary, 3, 60)
    assert rows["all but the training"] == {"n": 20, "median": 0.1, "p95": 0.15, "slowest": 1.0}
    assert rows["errors"] == 1
