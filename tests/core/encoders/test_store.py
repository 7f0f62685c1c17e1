"""Vectors on disk: never the wrong one, whatever happens to the files."""

import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
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


@pytest.mark.parametrize("damage", [b"", b"\x93NUMPY", b"nonsense" * 30, None])
def test_a_damaged_file_is_no_vector(store, damage):
    key = store.key("abc", CARD)
    store.put(key, VECTOR)
    (path,) = store.folder.glob("*/*.npy")
    path.write_bytes(path.read_bytes()[:-5] if damage is None else damage)
    assert store.get(key, 8) is None
    store.put(key, VECTOR)
    np.testing.assert_array_equal(store.get(key, 8), VECTOR)


@pytest.mark.parametrize(
    "wrong", [np.zeros(7, np.float32), np.full(8, np.nan, np.float32), np.zeros((2, 4), np.float32)]
)
def test_a_vector_of_another_shape_or_not_finite_is_none(store, wrong):
    key = store.key("abc", CARD)
    store.put(key, wrong)
    assert store.get(key, 8) is None


def test_objects_are_never_loaded(store):
    key = store.key("abc", CARD)
    store.put(key, VECTOR)
    (path,) = store.folder.glob("*/*.npy")
    np.save(path, np.array([{"a": 1}], dtype=object), allow_pickle=True)
    assert store.get(key, 8) is None


def test_it_stays_within_its_bound_and_keeps_what_was_asked_for_last(tmp_path):
    one = 128 + 8 * 4
    store = VectorStore(tmp_path, max_bytes=20 * one)
    keys = [store.key(str(n), CARD) for n in range(20)]
    for n, key in enumerate(keys):
        store.put(key, VECTOR)
        os.utime(next(tmp_path.glob(f"*/{key}.npy")), (n, n))
    assert store.get(keys[0], 8) is not None
    for n in range(100, 110):
        store.put(store.key(str(n), CARD), VECTOR)
    store.prune()
    assert sum(p.stat().st_size for p in tmp_path.glob("*/*.npy")) <= 20 * one
    assert store.get(keys[0], 8) is not None, "it was asked for lately"
    assert store.get(keys[1], 8) is None, "it was not"


def test_many_writers_of_the_same_vector(store):
    key = store.key("abc", CARD)
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: store.put(key, VECTOR), range(200)))
    np.testing.assert_array_equal(store.get(key, 8), VECTOR)
    assert [p.name for p in store.folder.glob("*/*")] == [f"{key}.npy"]


def test_a_folder_that_cannot_be_written_is_done_without(tmp_path):
    (tmp_path / "file").write_text("in the way")
    store = VectorStore(tmp_path / "file" / "vectors")
    store.put(store.key("abc", CARD), VECTOR)
    assert store.get(store.key("abc", CARD), 8) is None
