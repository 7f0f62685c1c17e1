"""The menu of hub models, and the command that says where weights are and fetches them."""

from __future__ import annotations

import argparse
import json
import math

import pytest

from core import encoders
from core.encoders import hub, sources, weights_command
from core.encoders.menu import MENU, entries, entry
from core.encoders.registry import ENCODERS
from core.encoders.sources import Place
from core.errors import TriadError
from core.types import MODALITIES, Modality
from tests.core.encoders.played_hub import running

LICENCES = {"Apache-2.0", "BSD-3-Clause", "MIT"}


def run(*argv):
    parser = argparse.ArgumentParser()
    weights_command.add_arguments(parser)
    answer = weights_command.run(parser.parse_args(argv))
    return json.loads(json.dumps(answer))


@pytest.fixture(autouse=True)
def no_network(monkeypatch, tmp_path):
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path / "hub"))


# The menu


def test_the_menu_is_in_order():
    assert len({each.id for each in MENU}) == len(MENU)
    for each in MENU:
        assert each.id.count("/") == 1
        assert each.name
        assert each.about
        assert each.mb > 0
        assert each.licence in LICENCES
        assert entry(each.id) is each
    for modality in MODALITIES:
        assert {e for e in MENU if modality in e.modalities} == set(entries(modality))
        assert entries(modality)
    assert entries() == MENU
    joint = {e.name for e in entries(Modality.IMAGE, Modality.TEXT)}
    assert joint == {"CLIP ViT-L/14", "SigLIP B/16", "SigLIP 2 B/16"}
    with pytest.raises(TriadError):
        entry("somebody/something")


@pytest.mark.parametrize("each", [e for e in MENU if e.library == "timm"], ids=lambda e: e.name)
def test_timm_knows_these(each):
    """Its own table has the same repository and licence, and as many weights of four bytes."""
    import timm
    import torch
    from timm.models import get_pretrained_cfg

    config = get_pretrained_cfg(each.id.removeprefix("timm/"))
    assert config.hf_hub_id == each.id
    assert config.license == each.licence.lower()
    with torch.device("meta"):
        model = timm.create_model(config.architecture)
    size = sum(4 * p.numel() for p in model.parameters()) / 1e6
    assert math.isclose(each.mb, size, rel_tol=0.03)


def test_faster_whisper_knows_these():
    from faster_whisper.utils import _MODELS

    whispers = {e.id for e in MENU if e.library == "whisper"}
    assert whispers <= set(_MODELS.values())


# The command


def test_every_encoder_is_listed_with_its_place():
    answer = run()
    assert [row["key"] for row in answer["encoders"]] == list(ENCODERS)
    assert [row["key"] for row in answer["menu"]] == [each.id for each in MENU]
    for row in answer["encoders"]:
        card = ENCODERS[row["key"]].card
        assert row["licence"] == card.licence
        assert row["modalities"] == [str(card.modality)]
        assert row["place"] in list(Place)
        assert (row["mb"] > 0) == (row["place"] != "built-in")
        assert "happened" not in row
    assert {row["place"] for row in answer["menu"]} == {"hub"}
    assert set(answer["works"]) == set(sources.works())
    for modality in MODALITIES:
        assert encoders.default(modality).card.id in answer["works"]


def test_keys_choose():
    answer = run("use-multilingual-v3", "timm/resnet50.a1_in1k")
    assert [row["key"] for row in answer["encoders"]] == ["use-multilingual-v3"]
    assert [row["key"] for row in answer["menu"]] == ["timm/resnet50.a1_in1k"]


def test_an_unknown_key_is_named():
    with pytest.raises(TriadError) as caught:
        run("use-multilingual-v3", "no-such-thing")
    assert caught.value.code == "unknown_encoder"
    assert caught.value.values["key"] == "no-such-thing"


def test_fetching_says_for_each_what_happened(monkeypatch):
    """One is here, one comes, one cannot: each is told, none keeps the others away."""
    with running() as played:
        url = f"{played.endpoint}/{{repo_id}}/resolve/{{revision}}/{{filename}}"
        monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", False)
        monkeypatch.setattr("huggingface_hub.constants.ENDPOINT", played.endpoint)
        monkeypatch.setattr("huggingface_hub.constants.HUGGINGFACE_CO_URL_TEMPLATE", url)
        files = {"config.json": b"{}", "model.safetensors": b"numbers"}
        played.repositories = {"timm/resnet50.a1_in1k": files}
        keys = ("timm/vgg16.tv_in1k", "timm/resnet50.a1_in1k", "minilm-l6-v2")
        answer = run("--fetch", *keys)
        told = {row["key"]: row for row in (*answer["encoders"], *answer["menu"])}
        assert [told[key]["happened"] for key in keys] == ["failed", "fetched", "here"]
        assert [told[key]["place"] for key in keys] == ["hub", "cached", "installed"]
        assert "timm/vgg16.tv_in1k" in told[keys[0]]["why"]
        played.asked.clear()
        again = run("--fetch", "timm/resnet50.a1_in1k")
        assert again["menu"][0]["happened"] == "here"
        assert played.asked == []


def test_without_keys_only_what_is_registered_is_fetched(monkeypatch):
    asked = []
    monkeypatch.setattr(weights_command, "resolve", lambda needs, **_: asked.append(needs))
    monkeypatch.setattr(hub, "snapshot", lambda *_: pytest.fail("the menu is fetched by name only"))
    answer = run("--fetch")
    assert asked == [ENCODERS[key].needs for key in ENCODERS if ENCODERS[key].needs]
    assert all(row["happened"] in ("here", "fetched") for row in answer["encoders"])
    assert not any("happened" in row for row in answer["menu"])
