"""The files of an index: damage is told in one sentence, and a death leaves the index as it was."""

import json

import numpy as np
import pytest

from core.errors import TriadError
from core.retrieval import ItemIndex
from core.retrieval.store import Growing
from tests.core.retrieval.conftest import built, make_world
from tests.core.retrieval.test_item_index import ask, new_items


@pytest.fixture
def index(world, few, tmp_path):
    return built(tmp_path / "index", world, exact_below=100)


def code_of(action):
    with pytest.raises(TriadError) as told:
        action()
    assert told.value.say("en")
    assert told.value.say("zh")
    return told.value.code


def names(folder):
    return {path.name for path in folder.iterdir()}


def test_every_damage_is_told(index, world, tmp_path):
    folder, tower = tmp_path / "index", world.model.tower
    index.add(new_items(world, 1000, 3)[0])
    index.remove([3])
    for path in sorted(folder.iterdir()):
        whole, half = path.read_bytes(), path.stat().st_size // 2
        broken = [whole[:half]]
        if path.suffix != ".json":
            broken.append(whole[:half] + bytes([whole[half] ^ 1]) + whole[half + 1 :])
        for content in broken:
            path.write_bytes(content)
            assert code_of(lambda: ItemIndex(folder, tower)) == "index_damaged"
        path.unlink()
        assert code_of(lambda: ItemIndex(folder, tower)) in {"index_damaged", "file_missing"}
        path.write_bytes(whole)
    assert len(ItemIndex(folder, tower)) == len(index)


@pytest.mark.parametrize("facts", [[], {}, {"format": 1}, {"format": 1, "files": {"ids": {}}}])
def test_a_manifest_that_is_none(index, world, tmp_path, facts):
    (tmp_path / "index" / "manifest.json").write_text(json.dumps(facts))
    assert code_of(lambda: ItemIndex(tmp_path / "index", world.model.tower)) == "index_damaged"


def test_a_manifest_does_not_lead_elsewhere(index, world, tmp_path):
    manifest = tmp_path / "index" / "manifest.json"
    facts = json.loads(manifest.read_text())
    (tmp_path / "ids.npy").write_bytes(
        (tmp_path / "index" / facts["files"]["ids"]["name"]).read_bytes()
    )
    facts["files"]["ids"]["name"] = "../ids.npy"
    manifest.write_text(json.dumps(facts))
    assert code_of(lambda: ItemIndex(tmp_path / "index", world.model.tower)) == "index_damaged"


def test_another_model_is_told(index, tmp_path):
    other = make_world(seed=1, width=32).model.tower
    assert code_of(lambda: ItemIndex(tmp_path / "index", other)) == "index_other_model"


def test_nothing_is_written_over(index, world, tmp_path):
    assert code_of(lambda: built(tmp_path / "index", world)) == "export_exists"
    assert len(ItemIndex(tmp_path / "index", world.model.tower)) == len(index)


def test_what_was_read_once_is_read_from_the_files_again(index, world, tmp_path):
    first = ask(index, world, 0b0110, 20)
    again = ask(ItemIndex(tmp_path / "index", world.model.tower), world, 0b0110, 20)
    np.testing.assert_array_equal(first.ids, again.ids)
    np.testing.assert_array_equal(first.scores, again.scores)


def test_vectors_stay_in_their_files(index, world):
    ask(index, world)
    assert isinstance(index._shelf.base.channels, np.memmap)
    lists = [unit.lists for unit in index._units._open.values() if unit.lists is not None]
    assert lists
    for each in lists:
        assert type(each.invlists).__name__ != "ArrayInvertedLists"  # that is in memory


@pytest.mark.parametrize("change", ["add", "remove", "merge", "prepare"])
def test_a_death_before_the_last_step_changes_nothing(index, world, tmp_path, monkeypatch, change):
    folder = tmp_path / "index"
    index.add(new_items(world, 1000, 20)[0])
    before = ask(index, world, k=20)
    changes = {
        "add": lambda: index.add(new_items(world, 2000, 20)[0]),
        "remove": lambda: index.remove(before.ids[:5]),
        "merge": index.merge,
        "prepare": lambda: index.prepare(0b0001),
    }
    monkeypatch.setattr(
        "core.retrieval.store.write_json",
        lambda *_: (_ for _ in ()).throw(OSError(28, "No space left")),
    )
    assert code_of(changes[change]) == "index_unwritable"
    monkeypatch.undo()
    for each in (index, ItemIndex(folder, world.model.tower)):
        after = ask(each, world, k=20)
        np.testing.assert_array_equal(after.ids, before.ids)
    changes[change]()  # now it works, and leaves no file behind
    kept = {entry["name"] for entry in index._store.manifest["files"].values()}
    assert names(folder) == kept | {"manifest.json"}


def test_files_grow_to_what_numpy_would_save(tmp_path):
    rows = np.arange(60, dtype=np.float32).reshape(20, 3)
    with Growing(tmp_path / "grown.npy", np.float32, 3) as file:
        for part in (rows[:1], rows[1:15], rows[15:]):
            file.append(part)
    np.save(tmp_path / "saved.npy", rows)
    np.testing.assert_array_equal(np.load(tmp_path / "grown.npy", mmap_mode="r"), rows)
    assert (tmp_path / "grown.npy").read_bytes()[-240:] == (tmp_path / "saved.npy").read_bytes()[
        -240:
    ]
