"""Vectors on disk: never the wrong one, whatever happens to the files."""

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.encoders import default
from core.encoders.store import VectorStore
from core.types import Modality

CARD = replace(default(Modality.IMAGE).card, dim=8)
VECTOR = np.arange(8, dtype=np.float32)


@pytest.fixture
def store(tmp_path):
    return VectorStore(tmp_path / "vectors")


def test_what_is_put_comes_back(store):
    key = store.key("abc", CARD)
    assert store.get(key, 8) is None
    store.put(key, VECTOR)
    np.testing.assert_array_equal(store.get(key, 8), VECTOR)
    np.testing.assert_array_equal(VectorStore(store.folder).get(key, 8), VECTOR)


@pytest.mark.parametrize(
    "other",
    [
        ("abd", CARD, ""),
        ("abc", replace(CARD, id="another"), ""),
        ("abc", replace(CARD, revision="2"), ""),
        ("abc", replace(CARD, dim=16), ""),
        ("abc", CARD, "crop 3"),
    ],
)
def test_a_change_of_anything_it_depends_on_meets_no_old_vector(store, other):
    store.put(store.key("abc", CARD), VECTOR)
    assert store.get(store.key(*other), 8) is None


@given(st.lists(st.tuples(st.text(), st.text(), st.text()), min_size=2, max_size=2, unique=True))
def test_no_two_things_share_a_name(parts):
    keys = {VectorStore.key(d, replace(CARD, id=i), p) for d, i, p in parts}
    assert len(keys) == 2


def flipped(content: bytes, place: int) -> bytes:
    return content[:place] + bytes([content[place] ^ 1]) + content[place + 1 :]


@pytest.mark.parametrize(
    "damage",
    [
        lambda _: b"",
        lambda _: b"nonsense" * 6,
        lambda content: content[:-5],
        lambda content: content + b"more",
        lambda content: content[: len(content) // 2],
        *(lambda content, place=place: flipped(content, place) for place in (0, 15, 16, 20, -1)),
    ],
)
def test_a_cut_or_garbled_file_is_no_vector_and_is_replaced(store, damage):
    key = store.key("abc", CARD)
    store.put(key, VECTOR)
    (path,) = store.folder.glob("*/*")
    path.write_bytes(damage(path.read_bytes()))
    assert store.get(key, 8) is None
    store.put(key, VECTOR)
    np.testing.assert_array_equal(store.get(key, 8), VECTOR)


def test_a_file_under_another_name_is_no_vector(store):
    one, other = store.key("abc", CARD), store.key("abd", CARD)
    store.put(one, VECTOR)
    store.put(other, VECTOR + 1)
    paths = {path.name: path for path in store.folder.glob("*/*")}
    paths[other].write_bytes(paths[one].read_bytes())
    assert store.get(other, 8) is None
    assert store.get(one, 8) is not None


def test_a_matrix_is_no_vector(store):
    with pytest.raises(ValueError, match="one dimension"):
        store.put(store.key("abc", CARD), np.zeros((2, 4), np.float32))


@pytest.mark.parametrize("wrong", [np.zeros(7, np.float32), np.full(8, np.nan, np.float32)])
def test_a_vector_of_another_shape_or_not_finite_is_none(store, wrong):
    key = store.key("abc", CARD)
    store.put(key, wrong)
    assert store.get(key, 8) is None


ONE = 16 + 8 * 4
"""Bytes of a vector on disk."""


def put_at(store, name, time):
    """Put a vector that was last asked for at a time, in seconds."""
    key = store.key(name, CARD)
    store.put(key, VECTOR)
    path = next(store.folder.glob(f"*/{key}"))
    os.utime(path, (time, time))
    return key, path


def used(store):
    return sum(path.stat().st_size for path in store.folder.glob("*/*"))


@settings(max_examples=25)
@given(st.lists(st.integers(0, 60), min_size=1, max_size=120))
def test_it_stays_within_its_bound_whatever_is_put(tmp_path_factory, names):
    store = VectorStore(tmp_path_factory.mktemp("store"), max_bytes=64 * ONE)
    for name in names:
        store.put(store.key(str(name), CARD), VECTOR)
        assert used(store) <= store.max_bytes


def test_what_lies_there_from_before_counts(tmp_path):
    first = VectorStore(tmp_path, max_bytes=1000 * ONE)
    for n in range(100):
        put_at(first, str(n), n)
    again = VectorStore(tmp_path, max_bytes=64 * ONE)
    again.put(again.key("new", CARD), VECTOR)
    assert used(again) <= 48 * ONE
    assert again.get(again.key("new", CARD), 8) is not None


def test_what_was_not_asked_for_the_longest_goes(tmp_path):
    store = VectorStore(tmp_path, max_bytes=1000 * ONE)
    keys = [put_at(store, str(n), n)[0] for n in range(20)]
    assert store.get(keys[0], 8) is not None  # asked for now
    store.max_bytes = 16 * ONE  # of which three quarters are 12
    store.prune()
    left = {n for n, key in enumerate(keys) if store.get(key, 8) is not None}
    assert left == {0, *range(9, 20)}


def test_what_is_read_while_others_are_deleted_stays(tmp_path, monkeypatch):
    """Another process asks for the oldest vector after it was counted and before it is deleted."""
    store = VectorStore(tmp_path, max_bytes=1000 * ONE)
    keys = [put_at(store, str(n), n)[0] for n in range(20)]
    counted = sorted(store._files())
    assert VectorStore(tmp_path).get(keys[0], 8) is not None
    monkeypatch.setattr(store, "_files", lambda: counted)
    store.max_bytes = 16 * ONE
    store.prune()
    left = {n for n, key in enumerate(keys) if store.get(key, 8) is not None}
    assert left == {0, *range(9, 20)}


def test_deleting_in_the_middle_of_reading_does_no_harm(store, monkeypatch):
    key = store.key("abc", CARD)
    store.put(key, VECTOR)
    read = type(store.folder).read_bytes

    def slow(path):
        content = read(path)
        path.unlink()
        return content

    monkeypatch.setattr(type(store.folder), "read_bytes", slow)
    np.testing.assert_array_equal(store.get(key, 8), VECTOR)


def test_halves_of_killed_processes_go_too(tmp_path):
    store = VectorStore(tmp_path, max_bytes=1000 * ONE)
    keys = [put_at(store, str(n), n + 10)[0] for n in range(10)]
    half = tmp_path / keys[0][:2] / f".{keys[0]}-0123"
    half.write_bytes(bytes(5 * ONE))
    os.utime(half, (1, 1))
    store.max_bytes = 16 * ONE
    store.prune()
    assert not half.exists()
    assert all(store.get(key, 8) is not None for key in keys)


def test_a_vector_that_would_drive_out_all_others_is_not_kept(tmp_path):
    store = VectorStore(tmp_path, max_bytes=64 * ONE)
    key = store.key("small", CARD)
    store.put(key, VECTOR)
    store.put(store.key("large", CARD), np.zeros(100, np.float32))
    assert store.get(store.key("large", CARD), 100) is None
    assert store.get(key, 8) is not None


WRITER = """
import sys
import numpy as np
from core.encoders import default
from core.encoders.store import VectorStore
from core.types import Modality

me, folder = int(sys.argv[1]), sys.argv[2]
from pathlib import Path
store, card = VectorStore(Path(folder)), default(Modality.IMAGE).card
print("ready", flush=True)
sys.stdin.readline()
for n in range(150):
    store.put(store.key(f"{me} {n}", card), np.full(500, n, np.float32))
    store.put(store.key(f"shared {n % 3}", card), np.full(20_000, me, np.float32))
"""


def test_two_processes_writing_at_once_lose_nothing_and_tear_nothing(tmp_path):
    """And a third reads meanwhile: of the vectors that both write it sees the one or the other."""
    card = default(Modality.IMAGE).card
    store = VectorStore(tmp_path)
    writers = [
        subprocess.Popen(
            [sys.executable, "-c", WRITER, str(me), str(tmp_path)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for me in (1, 2)
    ]
    assert [writer.stdout.readline() for writer in writers] == ["ready\n"] * 2
    for writer in writers:
        writer.stdin.write("\n")
        writer.stdin.flush()
    seen = set()
    while any(writer.poll() is None for writer in writers):
        for n in range(3):
            vector = store.get(store.key(f"shared {n}", card), 20_000)
            if vector is not None:
                assert vector.min() == vector.max()
                seen.add(float(vector[0]))
    assert [writer.wait() for writer in writers] == [0, 0]
    assert seen <= {1.0, 2.0}
    for me in (1, 2):
        for n in range(150):
            vector = store.get(store.key(f"{me} {n}", card), 500)
            np.testing.assert_array_equal(vector, np.full(500, n, np.float32))
    assert len(list(tmp_path.glob("*/*"))) == 303, "nothing is left beside"
    for writer in writers:
        writer.stdin.close()
        writer.stdout.close()


def test_many_writers_of_the_same_vector(store):
    key = store.key("abc", CARD)
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: store.put(key, VECTOR), range(200)))
    np.testing.assert_array_equal(store.get(key, 8), VECTOR)
    assert [p.name for p in store.folder.glob("*/*")] == [key]


def test_a_folder_that_cannot_be_written_is_done_without(tmp_path):
    (tmp_path / "file").write_text("in the way")
    store = VectorStore(tmp_path / "file" / "vectors")
    store.put(store.key("abc", CARD), VECTOR)
    assert store.get(store.key("abc", CARD), 8) is None
