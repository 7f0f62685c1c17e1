"""Encoders through ONNX Runtime against the same networks in PyTorch, exported into a folder of their own."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from core import encoders
from core.catalog import bundle, worlds
from core.catalog.rendering import rasterise
from core.encoders.base import EncoderCard
from core.encoders.image import EfficientNetLite
from core.encoders.image_onnx import (
    EfficientNetLiteInt8,
    EfficientNetLiteOnnx,
    dead_leaves,
    exportable,
)
from core.encoders.onnx_runtime import export, opened, quantize_weights
from core.encoders.text_minilm import MiniLm
from core.encoders.text_minilm_onnx import MiniLmInt8, MiniLmOnnx
from core.types import Modality, Passage, Picture

CARD = EncoderCard("tiny", Modality.IMAGE, 3, "a test", "1", "Apache-2.0")
CLOSE = {"onnx": 0.9999, "int8": 0.97}
"""Least cosine of a vector to the original's, of any item."""


@pytest.fixture(scope="module")
def fresh_cache(tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TRIAD_CACHE_DIR", str(tmp_path_factory.mktemp("cache")))
        yield


@pytest.fixture(scope="module")
def pictures():
    """Items of all worlds, as they are drawn for the encoder."""
    drawn = []
    for key in worlds.worlds():
        world = worlds.create(key)
        plans = [
            plan
            for plan in bundle.Bundle(bundle.folder(key)).plans().values()
            if Modality.IMAGE in plan.modalities
        ]
        drawn += [rasterise(world.picture(plan), 256) for plan in plans[:: len(plans) // 14][:14]]
    return drawn


@pytest.fixture(scope="module")
def passages():
    every = [
        item.text(language).whole
        for key in worlds.worlds()
        for language in ("en", "zh")
        for item in bundle.Bundle(bundle.folder(key)).dataset().items[10:200:100]
    ]
    return [Passage(text) for text in every]


def cosines(a, b):
    return torch.cosine_similarity(a, b, dim=-1)


@pytest.mark.slow
@pytest.mark.usefixtures("fresh_cache")
@pytest.mark.parametrize(
    ("exported", "least"),
    [(EfficientNetLiteOnnx, CLOSE["onnx"]), (EfficientNetLiteInt8, CLOSE["int8"])],
    ids=CLOSE,
)
def test_pictures_of_the_worlds_get_the_vectors_of_the_original(exported, least, pictures):
    assert len(pictures) >= 40
    original, encoder = encoders.get(EfficientNetLite.card.id), exported()
    expected, found = (each.encode(pictures, tokens=True) for each in (original, encoder))
    assert cosines(expected.pooled, found.pooled).min() > least
    assert found.labels == expected.labels
    assert found.tokens.shape == expected.tokens.shape
    alone = encoder.encode(pictures[:1])
    assert torch.allclose(alone.pooled[0], found.pooled[0], atol=1e-4)
    names = [
        [said["name"] for said in each.classify(pictures[:8], k=1)[0]]
        for each in (original, encoder)
    ]
    assert names[0] == names[1]


@pytest.mark.slow
@pytest.mark.usefixtures("fresh_cache")
@pytest.mark.parametrize(
    ("exported", "least"), [(MiniLmOnnx, CLOSE["onnx"]), (MiniLmInt8, CLOSE["int8"])], ids=CLOSE
)
def test_texts_of_the_worlds_get_the_vectors_of_the_original(exported, least, passages):
    original, encoder = encoders.get(MiniLm.card.id), exported()
    batch = [*passages, Passage("?!"), Passage("a mug " * 400)]
    expected, found = (each.encode(batch, tokens=True) for each in (original, encoder))
    assert cosines(expected.pooled, found.pooled)[: len(passages)].min() > least
    assert found.labels == expected.labels
    there = expected.tokens.norm(dim=2) > 0
    assert cosines(expected.tokens, found.tokens)[there].min() > 0.9
    alone = encoder.encode(batch[-2:-1])
    assert torch.equal(alone.pooled[0], found.pooled[-2])  # whatever stands beside it


def test_plain_padding_changes_nothing():
    network = exportable()
    pixels = torch.from_numpy(np.stack([dead_leaves(seed, 224) for seed in range(2)]))
    original = encoders.get(EfficientNetLite.card.id)
    look = original.look([Picture(each) for each in pixels.numpy()])
    with torch.inference_mode():
        maps, pooled, logits = network(
            torch.from_numpy(np.stack([framed_alike(p) for p in pixels]))
        )
    assert torch.allclose(look.maps, maps, atol=1e-4)
    assert torch.allclose(look.pooled, pooled, atol=1e-4)
    assert torch.allclose(look.logits, logits, atol=1e-3)


def framed_alike(pixels):
    from core.encoders.image import framed

    return framed(pixels.numpy())


def test_calibration_pictures_depend_on_their_seed_only():
    assert (dead_leaves(3, 64) == dead_leaves(3, 64)).all()
    assert (dead_leaves(3, 64) != dead_leaves(4, 64)).any()
    assert dead_leaves(3, 64).shape == (64, 64, 3)


class Scale(torch.nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.body = torch.nn.Linear(2, 3)

    def forward(self, x):
        return self.body(x)


@pytest.fixture
def tiny(tmp_path, monkeypatch):
    """A network, and a function that writes it and counts how often."""
    monkeypatch.setenv("TRIAD_CACHE_DIR", str(tmp_path / "cache"))
    torch.manual_seed(0)
    network = Scale().eval()
    written = []

    def write(path):
        written.append(path)
        export(network, {"x": torch.zeros(1, 2)}, ("y",), path, free={0: "batch"})

    return network, write, written


def test_a_network_is_exported_once_for_batches_of_any_size(tiny, tmp_path):
    network, write, written = tiny
    for rows in (1, 5):
        x = torch.randn(rows, 2)
        assert torch.allclose(opened(CARD, write)(x=x)[0], network(x), atol=1e-6)
    assert len(written) == 1
    assert [p.name for p in (tmp_path / "cache" / "onnx").iterdir()] == ["tiny-1-1.onnx"]


def test_a_damaged_file_is_made_again(tiny, tmp_path):
    network, write, written = tiny
    opened(CARD, write)
    kept = tmp_path / "cache" / "onnx" / "tiny-1-1.onnx"
    whole = kept.read_bytes()
    for damaged in (b"", b"not a network", whole[: len(whole) // 2]):
        kept.write_bytes(damaged)
        x = torch.randn(2, 2)
        assert torch.allclose(opened(CARD, write)(x=x)[0], network(x), atol=1e-6)
        assert kept.read_bytes() == whole
    assert len(written) == 4


def test_a_folder_that_cannot_be_written_is_done_without(tiny, tmp_path):
    network, write, written = tiny
    (tmp_path / "cache").write_text("a file where the folder should be")
    x = torch.randn(2, 2)
    assert torch.allclose(opened(CARD, write)(x=x)[0], network(x), atol=1e-6)
    assert len(written) == 1


def test_rounded_weights_are_smaller_and_nearly_the_same(tmp_path):
    from core.encoders.onnx_runtime import OnnxNetwork

    torch.manual_seed(0)
    network = torch.nn.Sequential(
        torch.nn.Linear(64, 256), torch.nn.ReLU(), torch.nn.Linear(256, 64)
    )
    whole, rounded = tmp_path / "whole.onnx", tmp_path / "rounded.onnx"
    export(network.eval(), {"x": torch.zeros(1, 64)}, ("y",), whole, free={0: "batch"})
    quantize_weights(whole, rounded)
    x = torch.randn(8, 64)
    exact, near = (OnnxNetwork(path)(x=x)[0] for path in (whole, rounded))
    assert cosines(exact, near).min() > 0.99
    assert not torch.equal(exact, near)
    assert rounded.stat().st_size < whole.stat().st_size / 2
