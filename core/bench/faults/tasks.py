"""What the children of the nursery do: small builds, imports, trainings, votes, and looks at them."""

from __future__ import annotations

import hashlib
import io
import json
import os
import time
from collections.abc import Mapping
from contextlib import redirect_stderr, redirect_stdout
from functools import lru_cache
from importlib import import_module
from pathlib import Path
from typing import Any, Final

import numpy as np
import soundfile
import torch
from PIL import Image

from core import build as builder
from core import encoders, imports
from core.catalog import bundle, importers
from core.catalog.rendering import RenderedMedia
from core.classroom.room import Plan, Side
from core.classroom.rooms import Rooms
from core.classroom.store import Store
from core.encoders import bridge
from core.engine import Engine
from core.errors import TriadError
from core.resources import ASSETS
from core.search import search
from core.training import checkpoint
from core.training.presets import preset
from core.training.run import Run
from core.training.train import TrainConfig
from core.types import Modality, Passage, Picture, Query, Request, Sound

WORLD: Final = "shop"
NAME: Final = "mine"
ITEMS: Final = 12
_ITEM: Final = "item-1"


def load() -> None:
    """Load what takes long, and use it once, so that a child finds it ready."""
    torch.set_num_threads(1)
    noise = np.random.default_rng(0).normal(0, 0.1, 32_000).astype(np.float32)
    encoders.default(Modality.IMAGE).encode([Picture(np.zeros((32, 32, 3), np.uint8))])
    encoders.default(Modality.TEXT).encode([Passage("a lamp", "en")])
    encoders.default(Modality.AUDIO).encode([Sound(noise, 32_000)])
    for seed in (1, 2):
        _rendered(seed)


@lru_cache(maxsize=2)
def _rendered(seed: int) -> tuple[Any, ...]:
    return builder.render_dataset(WORLD, items=10, visitors=40, seed=seed)


# What is made -----------------------------------------------------------------------------------------


def catalog(home: Path, seed: int) -> None:
    """Write a folder that can be imported: pictures, a few sounds, texts in two languages."""
    place = home / "source"
    place.mkdir(parents=True, exist_ok=True)
    rng = np.random.default_rng(seed)
    rows = ["id,file_name,audio,title,title_zh"]
    for n in range(ITEMS):
        picture = rng.integers(0, 255, (6, 8, 3), dtype=np.uint8)
        Image.fromarray(picture).resize((64, 48)).save(place / f"{n}.png")
        tone = f"{n}.wav" if n < 4 else ""
        if tone:
            wave = 0.3 * np.sin(2 * np.pi * (220 + 90 * n + seed) * np.arange(8000) / 16_000)
            soundfile.write(place / tone, wave, 16_000)
        rows.append(f"item-{n},{n}.png,{tone},Thing {n} of {seed},东西 {n}")
    (place / "metadata.csv").write_text("\n".join(rows), encoding="utf-8")


def build(home: Path, seed: int = 2) -> Mapping[str, str]:
    """Build a small world into the home's assets; return the digests of its files."""
    root = home / "assets"
    # Rendering and encoding write nothing: without them, more kills fall on what does.
    builder.render_dataset = lambda *_, **__: _rendered(seed)
    builder.build(
        WORLD,
        fusions=("gated",),
        items=10,
        visitors=40,
        seed=seed,
        config=TrainConfig(epochs=1),
        root=root,
        jobs=1,
    )
    return _files(bundle.folder(WORLD, root))


def import_(home: Path, name: str = NAME) -> Mapping[str, str]:
    """Import the home's folder; return the digests of the scenario's files."""
    made = imports.import_source(
        importers.read(home / "source"),
        name,
        simulated=True,
        visitors=64,
        config=TrainConfig(epochs=2, batch=64),
    )
    return _files(made.path)


def _files(folder: Path) -> Mapping[str, str]:
    found: Mapping[str, str] = bundle.Bundle(folder).manifest["files"]
    return found


def train(home: Path, name: str = "run.safetensors") -> Mapping[str, Any]:
    """Train on the imported scenario, from the checkpoint if there is one; return what it ends in."""
    file = home / name
    if file.exists():
        words = ["train", "--resume", str(file)]
    else:
        words = ["train", "--world", NAME, "--preset", "quick", "--epochs", "24", "--check", "4"]
        words += ["--out", str(file)]
    return {**_command(words), **state(home, name)}


def state(home: Path, name: str = "run.safetensors") -> Mapping[str, Any]:
    """Return the epoch of a checkpoint, and a digest of all that a run's future depends on."""
    found = checkpoint.read(home / name)
    at = {**found.numbers, "progress": {**found.numbers["progress"], "seconds": 0}}
    sum = hashlib.sha256(json.dumps([at, found.config, found.data]).encode())
    for key in sorted(found.tensors):
        numbers = found.tensors[key].contiguous().reshape(-1).view(torch.uint8).numpy()
        sum.update(key.encode() + numbers.tobytes())
    return {"epoch": at["progress"]["epoch"], "digest": sum.hexdigest()}


def _command(words: list[str]) -> Mapping[str, Any]:
    """Run the command line; what it says on standard error is the sentence it ends with."""
    said, out = io.StringIO(), io.StringIO()
    with redirect_stderr(said), redirect_stdout(out):
        code = import_module("core.__main__").main(
            words
        )  # which is above, and imports the benchmarks
    if code:
        raise Told(said.getvalue().strip().splitlines()[-1])
    return {"code": code, "out": len(out.getvalue())}


class Told(TriadError):  # noqa: N818  # it is not one of ours
    """The line with which the command line ended."""

    def __init__(self, line: str) -> None:
        super().__init__("told", line=line)
        self.line = line

    def say(self, language: str = "en") -> str:
        """Return the line."""
        return self.line


def command(home: Path, *words: str) -> Mapping[str, Any]:
    """Run a command of the command line; ``HOME`` in a word is the home."""
    return _command([word.replace("HOME", str(home)) for word in words])


def vote(home: Path, votes: int = 60, voter: str = "a") -> int:
    """Open a room, unless there is one, and vote; everything acknowledged is on the disk of ``acks``."""
    rooms = Rooms(Store())
    acks = os.open(home / "acks", os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
    known = (home / "room").read_text() if (home / "room").exists() else ""
    if not known:
        room, _ = rooms.open(Plan(WORLD, "", (("late", "gated"), ("sum", "gated"))))
        (home / "room").write_text(room.code)
        known = room.code
    for n in range(votes):
        side = (Side.LEFT, Side.SAME, Side.RIGHT)[n % 3]
        token = f"{voter}{n % (votes - votes // 4)}"  # the last ones change their minds
        choice = rooms.vote(known, 1, token, side)
        os.write(acks, f"{rooms.room(known).student(token)} {choice}\n".encode())
    return votes


# What is looked at ------------------------------------------------------------------------------------


def votes(home: Path) -> Mapping[str, str]:
    """Return what every student voted, as it is in the database."""
    code = (home / "room").read_text() if (home / "room").exists() else ""
    rooms = Rooms(Store())
    return {student: str(choice) for _, student, choice in rooms.votes(code)} if code else {}


def look(home: Path, world: str = NAME, root: str = "assets") -> Any:
    """Do with a world what the app does: cards, a list, another, pictures, sounds, credits."""
    engine = Engine(home / root, own=home / "data")
    cards = {card.key: card.items for card in engine.worlds()}
    if world not in cards:
        engine.items(world)  # says why
    answers = [
        engine.recommend(Request(world, k=4)),
        engine.recommend(Request(world, method=engine.built(world)[-1], k=4)),
        engine.recommend(Request(world, Query(likes=(engine.items(world)[1].id,)), k=4)),
    ]
    shown = [
        hashlib.sha256(engine.picture(world, item.id, 64)).hexdigest()
        for item in engine.items(world)[:4]
        if "image" in item.modalities
    ]
    heard = [
        hashlib.sha256(engine.sound(world, item.id)).hexdigest()
        for item in engine.items(world)[:4]
        if "audio" in item.modalities
    ]
    engine.credits(world)
    lists = [[(r.item.id, round(r.score, 5)) for r in answer.items] for answer in answers]
    return [lists, shown, heard, {k: v for k, v in cards.items() if k != world}]


def find(home: Path, text: str = "a red thing") -> Any:
    """Search the imported scenario by a sentence, which makes and reads what the search keeps."""
    engine = Engine(home / "assets", own=home / "data")
    found = search(engine, NAME, text, k=4, roots=(home / "assets", home / "data"))
    return [(each.item.id, round(each.cosine, 5)) for each in found]


def tree(home: Path, below: str) -> Mapping[str, str]:
    """Return the digest of every file below a folder."""
    return {
        p.relative_to(home).as_posix(): hashlib.sha256(p.read_bytes()).hexdigest()
        for p in sorted((home / below).rglob("*"))
        if p.is_file()
    }


def tidy(home: Path, below: str) -> list[str]:
    """Return the hidden files and folders below a folder: what somebody left behind."""
    return sorted(p.name for p in (home / below).rglob(".*"))


def keep_array(home: Path) -> Any:
    """Keep and read what the search keeps: a derived array."""
    array = np.arange(12, dtype=np.float32).reshape(3, 4)
    path = bridge.kept_at("array")
    found = bridge.read(path, array.shape)
    if found is None:
        bridge.keep(path, array)
    return (array if found is None else found).tolist()


def render(home: Path) -> str:
    """Show a rendered picture of the built world, which is kept in the cache."""
    media = bundle.Bundle(bundle.folder(WORLD, home / "assets")).media()
    assert isinstance(media, RenderedMedia)
    first = next(iter(media._plans))
    return hashlib.sha256(media.picture(first, 64)).hexdigest()


def start(home: Path) -> None:
    """Begin the training that :func:`train` goes on with, and stop it after a few epochs."""
    run = Run.of_world(NAME, preset("quick", epochs=24, check=4))
    asked = iter([False] * 40)
    for _ in run.events(stop=lambda: next(asked, True), save=home / "run.safetensors"):
        pass


def stare(home: Path, world: str, seconds: float = 3.0) -> int:
    """Look at a world again and again, as a server does while another process replaces it."""
    until, looks = time.monotonic() + seconds, 0
    while time.monotonic() < until:
        look(home, world)
        looks += 1
    return looks


def show(home: Path) -> Any:
    """Show rendered media of a world that ships."""
    engine = Engine()
    first = engine.items(WORLD)[0].id
    return len(engine.picture(WORLD, first, 64))


def page(home: Path) -> int:
    """Open the app's first page, in which nothing may be excused."""
    testing: Any = import_module("streamlit.testing.v1")  # the core itself never needs it
    app = testing.AppTest.from_file(str(ASSETS.parent / "app.py"), default_timeout=90).run()
    if app.exception or app.error:
        raise RuntimeError([e.value for e in (*app.exception, *app.error)])
    return len(app.main)


def open_room(home: Path) -> int:
    """Open a room of a class."""
    room, _ = Rooms(Store()).open(Plan(WORLD, "", (("late", "gated"),)))
    return len(room.rounds)
