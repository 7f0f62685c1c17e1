from __future__ import annotations

import json

import numpy as np
import pytest
import torch

from core import encoders
from core.encoders import efficientnet, weights
from core.encoders.image import boxes, framed, imagenet_names, normalised
from core.errors import TriadError
from core.resources import ASSETS
from core.types import Modality, Picture


@pytest.fixture(scope="module")
def encoder():
    return encoders.default(Modality.IMAGE)


def test_a_mug_is_a_mug(encoder, make_mug):
    labels = encoder.classify([make_mug()])[0]
    assert len(labels) == 5
    assert {"coffee mug", "cup", "espresso"} & {label["name"] for label in labels}
    probabilities = [label["probability"] for label in labels]
    assert probabilities == sorted(probabilities, reverse=True)
    assert 0 < sum(probabilities) <= 1
    assert json.loads(json.dumps(labels)) == labels


def test_encode_and_classify_share_one_pass(encoder, make_drawn, monkeypatch):
    passes = []
    forward = encoder._forward
    monkeypatch.setattr(encoder, "_forward", lambda x: passes.append(1) or forward(x))
    picture = make_drawn(99)
    encoder.encode([picture])
    encoder.classify([picture])
    encoder.encode([picture], tokens=True)
    assert passes == [1]


def test_tokens_average_to_the_pooled_vector(encoder, make_drawn):
    encoded = encoder.encode([make_drawn(0)], tokens=True)
    assert encoded.tokens.shape == (1, 49, 1280)
    assert torch.allclose(encoded.tokens.mean(dim=1), encoded.pooled, atol=1e-4)


def test_token_of_a_change_lies_where_the_change_is(encoder):
    plain = np.full((300, 400, 3), 128, np.uint8)
    spotted = plain.copy()
    spotted[225:255, 260:290] = (255, 0, 0)
    tokens = encoder.encode([Picture(plain), Picture(spotted)], tokens=True)
    moved = (tokens.tokens[1] - tokens.tokens[0]).norm(dim=1)
    box = tokens.labels[1][int(moved.argmax())]
    assert box.x0 - 0.1 < 275 / 400 < box.x1 + 0.1
    assert box.y0 - 0.1 < 240 / 300 < box.y1 + 0.1


def test_boxes_tile_the_square_in_the_middle():
    tiles = boxes(height=200, width=400)
    assert len(tiles) == 49
    assert tiles[0].y0 == pytest.approx((1 - 7 / 8) / 2)
    assert tiles[0].x0 == pytest.approx((1 - 7 / 16) / 2)
    assert tiles[-1].x1 == pytest.approx(1 - tiles[0].x0)
    assert sum((t.x1 - t.x0) * (t.y1 - t.y0) for t in tiles) == pytest.approx(7 / 8 * 7 / 16)


@pytest.mark.parametrize("size", [(1, 1), (1, 1024), (1024, 3), (224, 224), (600, 800)])
def test_any_size_is_framed(size):
    assert framed(np.zeros((*size, 3), np.uint8)).shape == (224, 224, 3)


def test_normalised():
    pixels = torch.tensor([0, 255], dtype=torch.uint8).repeat(3, 1).T.reshape(1, 1, 2, 3)
    assert normalised(pixels).flatten().tolist() == [-1, 1, -1, 1, -1, 1]


def test_all_weights_find_their_place():
    model = efficientnet.load()
    assert not model.training
    assert sum(p.numel() for p in model.parameters()) == 4_652_008


def test_folding_changes_nothing():
    encoder = encoders.get("efficientnet-lite0-torch")
    encoder.encode([Picture(np.zeros((8, 8, 3), dtype=np.uint8))])  # loads it
    pixels = torch.rand(2, 3, 224, 224, generator=torch.Generator().manual_seed(0)) * 2 - 1
    with torch.inference_mode():
        plain, folded = efficientnet.load()(pixels), encoder._model(pixels)
    assert torch.allclose(plain, folded, atol=1e-4)
    assert not any(isinstance(m, torch.nn.BatchNorm2d) for m in encoder._model.modules())


def test_changed_weights_are_refused(monkeypatch):
    monkeypatch.setattr(weights, "digest", lambda path: "0" * 64)
    with pytest.raises(TriadError) as caught:
        efficientnet.load()
    assert caught.value.code == "weights_changed"


def test_chinese_names_of_all_classes():
    names = json.loads((ASSETS / "locales" / "imagenet.zh.json").read_text(encoding="utf-8"))
    assert len(names) == len(imagenet_names()) == 1000
    assert all(isinstance(name, str) and 0 < len(name) <= 12 for name in names)
    assert [names[i] for i in (504, 281, 291, 954)] == ["马克杯", "虎斑猫", "狮子", "香蕉"]
