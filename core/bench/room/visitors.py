"""What visitors do in a room: they look, think, and do the next thing."""

from __future__ import annotations

import asyncio
import io
from collections import defaultdict
from collections.abc import Awaitable, Mapping
from dataclasses import dataclass, field
from typing import Final

import numpy as np
from PIL import Image

from core.bench.room.session import Session, Shown
from core.errors import TriadError
from core.types import CHANNELS

THINK_S: Final = (5.0, 15.0)
"""Shortest and longest time between two actions."""

HABITS: Final[Mapping[str, float]] = {"switch": 0.45, "compare": 0.2, "upload": 0.2, "vote": 0.15}
"""Action -> how often it is chosen."""

TRAIN: Final = "watch a training to its end"


@dataclass
class Diary:
    """What happened to everybody.

    Attributes
    ----------
    seconds : action -> how long each took
    errors : action -> what went wrong, a line each
    """

    seconds: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    errors: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))

    async def write(self, action: str, done: Awaitable[Shown]) -> None:
        """Wait for an action and note it."""
        try:
            shown = await done
        except (TriadError, LookupError, OSError) as error:
            self.errors[action].append(f"{type(error).__name__}: {error}")
            return
        self.seconds[action].append(shown.seconds)
        if shown.broken:
            self.errors[action].append("the page shows an exception")


@dataclass
class Visitor:
    """One visitor with habits of his own.

    Attributes
    ----------
    number : makes his choices and his uploads his own
    room : code of the class that he sits in
    """

    number: int
    session: Session
    diary: Diary
    room: str
    think: tuple[float, float] = THINK_S

    def __post_init__(self) -> None:
        self.rng = np.random.default_rng([self.number, 0x0200])

    async def stay(self, until: float) -> None:
        """Act and think in turn until the loop's clock says ``until``."""
        clock = asyncio.get_running_loop().time
        await asyncio.sleep(self.rng.uniform(0, self.think[1]))  # not everybody comes at once
        await self.diary.write("come", self.session.open("", world="shop", lang="en"))
        while clock() < until:
            await asyncio.sleep(self.rng.uniform(*self.think))
            await self.do(str(self.rng.choice(list(HABITS), p=list(HABITS.values()))))

    async def do(self, action: str) -> None:
        """Do something, and go where it can be done before, if another page is open."""
        page, query = {
            "switch": ("discover", {"world": "shop"}),
            "compare": ("compare", {"world": "shop"}),
            "upload": ("upload", {"world": "shop"}),
            "vote": ("class", {"room": self.room}),
        }[action]
        if self.session.page != page:
            await self.diary.write(f"go to {page}", self.session.open(page, lang="en", **query))
            await asyncio.sleep(self.rng.uniform(*self.think))
        done = {
            "switch": self.switch,
            "compare": self.compare,
            "upload": self.upload,
            "vote": self.vote,
        }[action]
        await self.diary.write(action, done())

    async def train(self) -> None:
        """Start one training in the Lab, and go on."""
        await self.diary.write("open the lab", self.session.open("lab", world="shop", lang="en"))
        button = next(
            e.button
            for e in self.session.shown.elements.values()
            if e.WhichOneof("type") == "button" and e.button.label == "Train"
        )
        await self.diary.write(TRAIN, self.session.press(button.id))

    async def switch(self) -> Shown:
        """Turn some channels off."""
        on = self.rng.random(len(CHANNELS)) < 0.7
        on[self.rng.integers(len(CHANNELS))] = True
        return await self.session.choose("_on_", np.flatnonzero(on).tolist())

    async def compare(self) -> Shown:
        """Put another fusion into the first column."""
        return await self.session.select("compare_fusion_0", int(self.rng.integers(1000)))

    async def upload(self) -> Shown:
        """Give a picture that nobody has given before, or a sentence."""
        if self.rng.random() < 0.5:
            return await self.session.write(
                "text_text", f"Light enough to carry, {self.rng.random()}"
            )
        noise = self.rng.integers(0, 255, size=(9, 12, 3), dtype=np.uint8)
        photo = io.BytesIO()
        Image.fromarray(noise).resize((2000, 1500), Image.Resampling.BICUBIC).save(photo, "JPEG")
        return await self.session.upload("file_image", "photo.jpg", photo.getvalue())

    async def vote(self) -> Shown:
        """Say which list is better, perhaps another than before."""
        return await self.session.choose("class_vote", [int(self.rng.integers(3))])
