"""Encoders by id, and worlds that are built and asked with other encoders than their own."""

from __future__ import annotations

import numpy as np
import pytest

from core import encoders
from core.build import build
from core.encoders.registry import DEFAULTS
from core.engine import Engine
from core.errors import TriadError
from core.training.train import TrainConfig
from core.types import Media, Modality, Passage, Query, Request


def test_registered_ones_and_models_of_the_hubs_have_names(monkeypatch, tmp_path):
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path))
    assert encoders.named("minilm-l6-v2", Modality.TEXT) is encoders.get("minilm-l6-v2")
    for id, modality in (
        ("resnet50", Modality.IMAGE),
        ("nobody/nothing", Modality.TEXT),
        ("nobody/nothing", Modality.AUDIO),
    ):
        with pytest.raises(TriadError) as caught:
            encoders.named(id, modality)
        assert caught.value.code == "needs_hub"
    for id, modality in (("minilm-l6-v2", Modality.IMAGE), ("nothing-of-the-kind", Modality.TEXT)):
        with pytest.raises(TriadError) as caught:
            encoders.named(id, modality)
        assert caught.value.code == "unknown_encoder"
        assert DEFAULTS[modality] in caught.value.say("en")


@pytest.fixture(scope="module")
def engine(tmp_path_factory):
    root = tmp_path_factory.mktemp("assets")
    build(
        "shop",
        name="shop-by-words",
        fusions=("gated",),
        items=40,
        visitors=30,
        by={Modality.TEXT: "tf-idf", Modality.IMAGE: "colour-histogram-lbp"},
        config=TrainConfig(epochs=1),
        jobs=1,
        root=root,
    )
    return Engine(root, own=root / "own")


def test_a_world_can_be_built_by_other_encoders_and_hears_uploads_through_them(engine):
    world = "shop-by-words"
    assert engine.encoders(world)[Modality.TEXT] == "tf-idf"
    assert engine.encoders(world)[Modality.IMAGE] == "colour-histogram-lbp"
    item = next(i for i in engine.items(world) if Modality.TEXT in i.modalities)
    media = Media(Modality.TEXT, item.text("en").whole.encode())
    request = Request(world, Query(media=(media,)))
    assert len(engine.recommend(request).items) == 10
    heard = engine.entries(request).features["text"].numpy()[0]
    scaler = engine.scalers(world)[Modality.TEXT]
    fitted = engine._library.encoder(world, Modality.TEXT)
    expected = scaler(fitted.encode([Passage(item.text("en").whole, "en")]).pooled.numpy())[0]
    np.testing.assert_allclose(heard, expected, atol=1e-4)
