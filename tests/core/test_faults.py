"""Killed, out of space, damaged, side by side: what was whole stays whole, and what is lost is told."""

import errno
import os
import shutil
import signal
import subprocess
import sys
import threading
from pathlib import Path

import numpy as np
import pytest

from core import durable, imports
from core.build import facts_of
from core.catalog import bundle, importers
from core.classroom.journal import is_whole
from core.classroom.room import Plan, Side
from core.classroom.rooms import Rooms
from core.classroom.store import Store
from core.engine import Engine
from core.errors import TriadError
from core.lab.jobs import Queue
from core.methods import catalog_of, fit_scalers
from core.resources import write_json
from core.training import checkpoint
from core.training.config import RunConfig
from core.training.run import Run
from tests.core.conftest import planted_dataset

ROOT = Path(__file__).parents[2]
CHILD = """
import os, sys
from pathlib import Path
from core.catalog import bundle
from core.classroom.room import Plan, Side
from core.classroom.rooms import Rooms
from core.classroom.store import Store
from core.resources import write_json

def say(*words):
    os.write(1, (" ".join(map(str, words)) + "\\n").encode())

def vote(home):
    rooms = Rooms(Store(f"sqlite:///{home}/votes.sqlite"))
    room, _ = rooms.open(Plan("shop", "", (("late", "gated"),)))
    say("room", room.code)
    for n in range(10_000):
        choice = rooms.vote(room.code, 1, str(n), Side.LEFT)
        say(room.student(str(n)), choice)

def replace(home):
    for n in range(10_000):
        work = Path(home, "work")
        work.mkdir()
        for name in ("a", "b"):
            write_json(work / f"{name}.json", n)
        bundle.put_in_place(work, Path(home, "worlds", "w"))
        say("put", n)

for line in sys.stdin:
    name, home = line.split()
    child = os.fork()
    if not child:
        say(os.getpid())
        globals()[name](home)
        os._exit(0)
    os.waitpid(child, 0)
    say("dead")
"""


@pytest.fixture(scope="module")
def killed():
    """Run a function of CHILD in a process that is killed after so many lines; return those it said."""
    with subprocess.Popen(
        [sys.executable, "-c", CHILD],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as nursery:

        def run(name, home, after):
            nursery.stdin.write(f"{name} {home}\n")
            nursery.stdin.flush()
            child = int(nursery.stdout.readline())
            said = [nursery.stdout.readline() for _ in range(after)]
            os.kill(child, signal.SIGKILL)
            while (line := nursery.stdout.readline()) != "dead\n":
                said.append(line)
            return [line.split() for line in said]

        yield run
        nursery.stdin.close()


@pytest.mark.parametrize("after", [1, 2, 9, 40])
def test_what_was_acknowledged_before_a_kill_is_there_after_it(killed, tmp_path, after):
    (_, code), *acknowledged = killed("vote", tmp_path, after)
    rooms = Rooms(Store(f"sqlite:///{tmp_path}/votes.sqlite"))
    found = {student: str(choice) for _, student, choice in rooms.votes(code)}
    assert dict(acknowledged).items() <= found.items()
    assert len(found) <= len(acknowledged) + 1, "at most the one that was on its way"
    rooms.vote(code, 1, "another", Side.SAME)


@pytest.mark.parametrize("after", [1, 3, 10, 25])
def test_a_folder_that_is_replaced_is_whole_after_a_kill(killed, tmp_path, after):
    (tmp_path / "worlds").mkdir()
    said = killed("replace", tmp_path, after)
    bundle.available(tmp_path)  # what every start does
    goal = tmp_path / "worlds" / "w"
    one, two = ((goal / f"{name}.json").read_text() for name in "ab")
    assert one == two
    assert int(one) in (int(said[-1][1]), int(said[-1][1]) + 1)
    shutil.rmtree(tmp_path / "work", ignore_errors=True)
    work = tmp_path / "work"
    work.mkdir()
    bundle.put_in_place(work, goal)
    assert not list(goal.iterdir())


# No space -----------------------------------------------------------------------------------------------


@pytest.fixture
def full(monkeypatch):
    """Call what is returned, and whatever is put onto the disk from then on finds no space."""

    def no_space(*_, **__):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    def fill():
        monkeypatch.setattr("os.fsync", no_space)
        monkeypatch.setattr(Path, "write_bytes", no_space)

    return fill


def test_without_space_an_older_json_stays_and_nothing_is_left(full, tmp_path):
    path = tmp_path / "figures.json"
    write_json(path, [1])
    full()
    with pytest.raises(TriadError, match="No space left") as caught, durable.writing(path):
        write_json(path, [2])
    assert str(path) in caught.value.say("zh")
    assert path.read_text("utf-8") == "[\n 1\n]\n"
    assert list(tmp_path.iterdir()) == [path]


def test_without_space_what_can_be_made_again_is_done_without(full, tmp_path):
    full()
    durable.keep(tmp_path / "deep" / "array", b"numbers")
    assert durable.kept(tmp_path / "deep" / "array") is None
    assert not list((tmp_path / "deep").iterdir())
    durable.keep(Path(sys.executable) / "array", b"a file is no folder")


@pytest.fixture
def features(tmp_path):
    """A catalog of features without media, which nothing has to be encoded for."""
    home = tmp_path / "features"
    home.mkdir()
    np.save(home / "text_feat.npy", np.eye(6, dtype=np.float32))
    rows = [f"{u}\t{i}\t1\t0" for u in range(4) for i in range(3)]
    (home / "f.inter").write_text("\n".join(["userID\titemID\trating\tx_label", *rows]))
    return home


def test_without_space_an_import_leaves_the_older_scenario(full, features, tmp_path):
    root = tmp_path / "own"
    made = imports.import_source(importers.read(features), "mine", root=root)
    before = {p.name: p.read_bytes() for p in made.path.iterdir() if p.is_file()}
    full()
    with pytest.raises(TriadError, match="No space left") as caught:
        imports.import_source(importers.read(features), "mine", root=root)
    assert caught.value.code == "unwritable"
    assert {p.name: p.read_bytes() for p in made.path.iterdir() if p.is_file()} == before
    assert [p.name for p in (root / "worlds").iterdir()] == ["mine"]


# Side by side -------------------------------------------------------------------------------------------


def test_a_folder_in_the_making_is_kept_while_its_maker_lives_and_swept_afterwards(tmp_path):
    goal = tmp_path / "mine"
    dead = tmp_path / f".mine-{'0' * 32}"
    dead.mkdir()
    (tmp_path / f"{dead.name}.lock").touch()
    other = tmp_path / f".mine-else-{'0' * 32}"
    other.mkdir()
    (tmp_path / f"{other.name}.lock").touch()
    with durable.beside(goal) as first:
        assert not dead.exists()
        with durable.beside(goal) as second:
            assert first.is_dir()
            second.rename(goal)
        assert first.is_dir()
    assert sorted(p.name for p in tmp_path.iterdir()) == [other.name, f"{other.name}.lock", "mine"]


def test_two_that_replace_one_folder_and_one_that_looks_all_end_well(tmp_path):
    goal, failed = tmp_path / "worlds" / "w", []

    def replace(name):
        for n in range(15):
            with durable.beside(goal) as work:
                (work / "manifest.json").write_text(f"{name}{n}")
                (work / "part").write_text(f"{name}{n}")
                bundle.put_in_place(work, goal)

    def guarded(function, *words):
        try:
            function(*words)
        except BaseException as error:
            failed.append(error)

    writers = [threading.Thread(target=guarded, args=(replace, name)) for name in "ab"]
    for writer in writers:
        writer.start()
    while any(writer.is_alive() for writer in writers):
        bundle.available(tmp_path)  # heals what it takes to be left behind
    assert not failed
    assert (goal / "part").read_text() == (goal / "manifest.json").read_text()
    assert [p.name for p in goal.parent.iterdir()] == ["w"]


def test_a_job_that_cannot_be_started_does_not_hold_up_the_next():
    starts = iter([["/nowhere/at/all"], ["echo", '{"event": "fine"}']])
    queue = Queue(command=lambda _: next(starts))
    first, second = queue.submit(()), queue.submit(())
    while not second.over:
        pass
    assert (first.state, second.state) == ("failed", "done")
    assert "/nowhere/at/all" in first.said[-1]
    assert list(second.events) == [{"event": "fine"}]


# Damage -------------------------------------------------------------------------------------------------


def flipped(content, place):
    return content[:place] + bytes([content[place] ^ 0x41]) + content[place + 1 :]


def hurt(path, how):
    """Damage a file; return what is then in it, None for a folder."""
    content = path.read_bytes()
    path.unlink()
    if how == "folder":
        path.mkdir()
        return None
    middle = len(content) // 2
    left = {"cut": content[:middle], "empty": b"", "flip": flipped(content, middle)}[how]
    path.write_bytes(left)
    return left


def tried(function):
    """Return what a function returns, or the error that it tells."""
    try:
        return function(), None
    except TriadError as error:
        return None, error


HOW = ("cut", "empty", "flip", "folder")


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    root = tmp_path_factory.mktemp("own")
    dataset = planted_dataset(items=40, visitors=90)
    for name in ("mine", "other"):
        path = bundle.folder(name, root)
        bundle.write_dataset(path, dataset)
        bundle.write_scalers(path, fit_scalers(dataset))
        (path / "media").mkdir()
        (path / "media" / "a.png").write_bytes(b"picture" * 9)
        write_json(path / "media.json", {"a": {"image": "a.png"}})
        facts = facts_of(dataset) | {"kind": "yours"}
        bundle.write_manifest(path, **facts, encoders={}, quality={}, seal="an older one")
    return root


PARTS = (
    "manifest.json",
    "items.json",
    "visitors.json",
    "interactions.npz",
    "truth.npz",
    "vectors.npz",
)


@pytest.mark.parametrize("how", HOW)
@pytest.mark.parametrize("part", PARTS)
def test_a_damaged_part_of_a_world_is_named_kept_and_costs_no_other(world, tmp_path, part, how):
    shutil.copytree(world, tmp_path / "own")
    path = bundle.folder("mine", tmp_path / "own") / part
    left = hurt(path, how)
    engine = Engine(tmp_path / "nothing", own=tmp_path / "own")
    with pytest.raises(TriadError) as caught:
        engine.items("mine")
    assert str(path) in caught.value.say("en")
    assert "python -m core import PATH --name mine" in caught.value.say("zh")
    assert path.is_dir() if left is None else path.read_bytes() == left
    assert len(engine.items("other")) == 40
    is_manifest = part == "manifest.json"
    assert [card.key for card in engine.worlds()] == (
        ["other"] if is_manifest else ["mine", "other"]
    )
    assert list(engine.damaged()) == (["mine"] if is_manifest else [])


def test_no_changed_byte_of_a_manifest_goes_unnoticed(world, tmp_path):
    shutil.copytree(bundle.folder("mine", world), tmp_path / "mine")
    path = tmp_path / "mine" / "manifest.json"
    content, known = path.read_bytes(), bundle.Bundle(tmp_path / "mine").manifest
    for place in range(0, len(content), 5):
        path.write_bytes(flipped(content, place))
        found, error = tried(lambda: bundle.Bundle(tmp_path / "mine").manifest)
        if error is None:  # only the name of the seal itself
            assert found.items() >= {k: v for k, v in known.items() if k != "seal"}.items()
        else:
            assert error.code == "bundle_damaged"


@pytest.mark.parametrize("how", HOW)
def test_a_damaged_medium_of_an_import_is_named(world, tmp_path, how):
    shutil.copytree(bundle.folder("mine", world), tmp_path / "mine")
    media = bundle.Bundle(tmp_path / "mine").media()
    assert media.raw("a.png") == b"picture" * 9
    hurt(tmp_path / "mine" / "media" / "a.png", how)
    with pytest.raises(TriadError, match=r"a\.png"):
        media.raw("a.png")


@pytest.mark.parametrize("how", HOW)
def test_what_was_kept_and_damaged_is_made_again(tmp_path, how):
    path = tmp_path / "array"
    durable.keep(path, b"numbers" * 20)
    hurt(path, how)
    assert durable.kept(path) is None
    durable.keep(path, b"others" * 20)
    assert durable.kept(path) == (None if how == "folder" else b"others" * 20)
    if how != "folder":
        path.rename(tmp_path / "another")
        assert durable.kept(tmp_path / "another") is None, "it is of something else"
    assert len(list(tmp_path.iterdir())) == 1


def test_no_changed_byte_of_a_checkpoint_goes_unnoticed(tmp_path):
    dataset = planted_dataset(items=30, visitors=60)
    small = RunConfig(fusion="sum", epochs=2, batch=40, width=16, coalitions=1, patterns=2)
    run = Run(dataset, catalog_of(dataset, fit_scalers(dataset)), small)
    file = tmp_path / "run.safetensors"
    run.save(file)
    run.load(file)
    content = file.read_bytes()
    rng = np.random.default_rng(0)
    for place in (0, 7, *rng.integers(0, len(content), 24)):
        file.write_bytes(flipped(content, int(place)))
        with pytest.raises(TriadError) as caught:
            checkpoint.read(file)
        assert caught.value.code == "checkpoint_damaged", place
        assert file.exists()


@pytest.fixture(scope="module")
def voted(tmp_path_factory):
    """A database with votes, as a killed server leaves it, and as one that ended well does."""
    home = tmp_path_factory.mktemp("votes")
    store = Store(f"sqlite:///{home}/class.sqlite")
    rooms = Rooms(store)
    room, _ = rooms.open(Plan("shop", "visitor-0001", (("late", "gated"),)))
    for n in range(8):
        rooms.vote(room.code, 1, str(n), list(Side)[n % 3])
    for path in home.glob("class.sqlite*"):
        shutil.copy(path, home / path.name.replace("class", "killed"))
    votes = rooms.votes(room.code)
    store.close()
    return home, room.code, votes


def votes_in(file, code):
    store = Store(f"sqlite:///{file}")
    try:
        return Rooms(store).votes(code)
    finally:
        store.close()


@pytest.mark.parametrize("name", ["class.sqlite", "killed.sqlite-wal"])
def test_no_changed_byte_takes_votes_untold(voted, tmp_path, monkeypatch, name):
    monkeypatch.setattr("core.classroom.store.time.sleep", lambda _: None)
    home, code, votes = voted
    content = (home / name).read_bytes()
    rng = np.random.default_rng(1)
    whole = name.removesuffix("-wal")
    told = 0
    # The last frame of a log is left out: what is half written when a process is killed looks the same.
    for place in rng.integers(0, len(content) - (4120 if whole != name else 0), 25):
        for path in home.glob(f"{whole}*"):
            shutil.copy(path, tmp_path / path.name)
        (tmp_path / name).write_bytes(flipped(content, int(place)))
        found, error = tried(lambda: votes_in(tmp_path / whole, code))
        if error is None:
            assert found == votes, place
        else:
            told += 1
            assert error.code == "class_database_damaged", place
            assert whole in error.say("en")
            assert (tmp_path / name).read_bytes() == flipped(content, int(place))
        for path in tmp_path.iterdir():
            path.unlink()
    assert told, "some byte must have mattered"


def test_a_log_is_whole_until_a_frame_that_others_follow_is_changed(voted, tmp_path):
    home, _, _ = voted
    content = (home / "killed.sqlite-wal").read_bytes()
    log = tmp_path / "log"
    assert is_whole(log), "there is none"
    log.mkdir()
    assert not is_whole(log)
    log.rmdir()
    for data, whole in (
        (b"", True),
        (content, True),
        (content[:-1], True),  # as a killed process may leave it
        (content[:20], False),
        (flipped(content, 30), False),
        (flipped(content, 32 + 500), False),
        (flipped(content, len(content) - 100), True),
    ):
        log.write_bytes(data)
        assert is_whole(log) is whole, len(data)


def test_an_emptied_database_does_not_take_its_log_with_it(voted, tmp_path):
    home, code, _ = voted
    shutil.copy(home / "killed.sqlite-wal", tmp_path / "killed.sqlite-wal")
    (tmp_path / "killed.sqlite").touch()
    with pytest.raises(TriadError) as caught:
        votes_in(tmp_path / "killed.sqlite", code)
    assert caught.value.code == "class_database_damaged"
    assert (tmp_path / "killed.sqlite-wal").stat().st_size > 0


def test_a_database_that_cannot_be_written_says_so_and_where(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(TriadError, match="cannot be written") as caught:
        Store(f"sqlite:///{tmp_path}/file/class.sqlite")
    assert "class.sqlite" in caught.value.say("zh")
