"""The fuzzer finds what it should, and a few hundred cases of everything find nothing."""

from __future__ import annotations

import argparse
import faulthandler
import os
import random
import signal
import zipfile
from importlib import import_module
from pathlib import Path

import pytest
from PIL import ImageFile

from core.bench.fuzz import bombs, cage, engine, seeds
from core.bench.fuzz.engine import Target, fuzz_target, run_case
from core.bench.fuzz.mutate import MOST, mutated
from core.bench.fuzz.targets import TARGETS
from core.catalog import importers
from core.errors import TriadError
from core.media import decode, picture_size
from core.types import Media, Modality

CASES = {
    "text": 120,
    "settings": 120,
    "address": 120,
    "image": 50,
    "audio": 60,
    "video": 50,
    "class": 20,
}
"""Cases by target; the others 30. The command line asks a world, which takes seconds to wake: not here."""


def _toy(data: bytes, place: Path) -> object:
    if data.startswith(b"hang"):
        while True:
            pass
    if data.startswith(b"crash"):
        faulthandler.disable()  # it would tell, at length
        os.kill(os.getpid(), signal.SIGSEGV)
    if data.startswith(b"eat"):
        _ = b"x" * 80_000_000  # held for a moment is held
    if data.startswith(b"raise"):
        raise KeyError("no sentence")
    if data.startswith(b"unsaid"):
        raise TriadError("file_too_big")  # its sentence lacks its values
    if data.startswith(b"swallow"):
        try:
            raise MemoryError
        except MemoryError as error:
            raise TriadError("import_stopped") from error
    if data.startswith(b"refuse"):
        raise TriadError("import_stopped")
    return None


def found(tmp_path: Path, *given: bytes, cases: int | None = None):
    target = Target("toy", lambda _: list(given), _toy, ("tests",))
    return fuzz_target(target, cases or len(given), 0, tmp_path)


def test_what_breaks_the_promise_is_found_and_kept(tmp_path, monkeypatch):
    monkeypatch.setattr(cage, "SECONDS", 0.3)
    monkeypatch.setattr(engine, "MEGABYTES", 50)
    bad = (b"hang", b"raise", b"crash", b"unsaid", b"swallow", b"eat")
    tally = found(tmp_path, *bad, b"refuse", b"fine")
    kinds = [f.kind for f in tally.findings]
    assert sorted(kinds) == sorted(
        ["hang", "KeyError", "SIGSEGV", "unsaid file_too_big", "memory", "memory"]
    )
    kept = {path.read_bytes() for path in tmp_path.iterdir()}
    assert kept == set(bad)
    assert tally.peak > 70
    assert tally.cases == len(bad) + 2


def test_refused_and_accepted_are_counted(tmp_path):
    tally = found(tmp_path, b"refuse", b"fine", b"refuse")
    assert (tally.cases, tally.refused, tally.accepted, tally.findings) == (3, 2, 1, [])


def test_mutations_come_from_the_seed_and_stay_small():
    corpus = [*seeds.pictures(), *seeds.texts(), b"", seeds.nested("[", 100_000)]

    def drawn(seed: int) -> list[bytes]:
        rng = random.Random(seed)
        return [mutated(rng, corpus) for _ in range(300)]

    assert drawn(1) == drawn(1) != drawn(2)
    assert max(map(len, drawn(1))) <= MOST
    assert len(set(drawn(1))) > 250


def test_checksums_are_made_right_again(tmp_path):
    """Else hardly a change of a PNG or of a stored entry would be looked at."""
    rng = random.Random(0)
    entry = seeds.zipped({"a": bytes(range(200))}, zipfile.ZIP_STORED)
    read = 0
    for _ in range(200):
        (tmp_path / "a.zip").write_bytes(mutated(rng, [entry]))
        try:
            with zipfile.ZipFile(tmp_path / "a.zip") as archive:
                read += archive.read("a") != bytes(range(200))
        except Exception:
            continue
    assert read > 10


def test_new_lines_make_the_corpus_grow(tmp_path):
    """Only who builds on inputs that reached something new gets through all doors."""
    doors = tmp_path / "doors.py"
    doors.write_text(
        "def run(data):\n    for size in (100, 1000, 4000, 16000):\n"
        "        if len(data) < size:\n            return\n"
        "        if size == 100:\n            first = 1\n        elif size == 1000:\n            second = 1\n"
        "        elif size == 4000:\n            third = 1\n    raise KeyError\n"
    )
    space: dict = {}
    exec(compile(doors.read_text(), str(doors), "exec"), space)

    def opens(watched: str) -> bool:
        target = Target("doors", lambda _: [bytes(12)], lambda d, _: space["run"](d), (watched,))
        return bool(fuzz_target(target, 400, 0, tmp_path).findings)

    assert opens(str(tmp_path))
    assert not opens("nowhere")


@pytest.mark.parametrize("name", [n for n in TARGETS if n != "command line"])
def test_hostile_input_is_refused_in_a_sentence(name, tmp_path):
    cases = CASES.get(name, 30)
    tally = fuzz_target(TARGETS[name], cases, seed=1, folder=tmp_path)
    assert not tally.findings
    assert tally.cases == cases
    assert tally.accepted, "nothing got past the first check"


def test_pictures_that_claim_too_much_are_refused_by_header(monkeypatch):
    monkeypatch.setattr(ImageFile.ImageFile, "load", lambda self: pytest.fail("it was unpacked"))
    for data in bombs.claims():
        for door in (decode, picture_size):
            with pytest.raises(TriadError) as refused:
                door(Media(Modality.IMAGE, data, "bomb"))
            assert refused.value.code in ("image_too_large", "image_unreadable")


def test_archives_that_unpack_to_much_are_refused_by_their_directory(tmp_path, monkeypatch):
    monkeypatch.setattr("zlib.decompressobj", lambda *_: pytest.fail("it was unpacked"))
    big, _, shared, *_ = bombs.archives()
    for data, code in ((big, "zip_bomb"), (shared, "zip_damaged")):
        (tmp_path / "bomb.zip").write_bytes(data)
        with pytest.raises(TriadError) as refused:
            importers.read(tmp_path / "bomb.zip")
        assert refused.value.code == code


def test_a_case_is_named_by_our_own_line(tmp_path):
    target = Target("toy", lambda _: [], _toy, ())
    assert run_case(target, b"fine", tmp_path) == (False, "", "")
    refused, kind, where = run_case(target, b"raise", tmp_path)
    assert (refused, kind) == (False, "KeyError")
    assert where.startswith("test_fuzz.py:")


def test_the_bench_names_every_target(monkeypatch):
    package = import_module("core.bench.fuzz")  # the name in ``core.bench`` is the function
    seen = []

    def once(target, cases, seed, folder):
        seen.append((target.name, cases, seed))
        return package.Tally(cases=cases)

    monkeypatch.setattr(package, "fuzz_target", once)
    rows = package.fuzz(argparse.Namespace(seeds=1, quick=False))
    assert list(rows) == list(TARGETS)
    assert {cases for _, cases, _ in seen} == {10_000}
    assert "findings none" in str(rows["image"])
