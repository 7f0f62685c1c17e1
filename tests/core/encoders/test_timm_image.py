"""Models of timm, small ones that the tests make and save as the hub keeps them."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import timm
import torch
from PIL import Image
from safetensors.torch import load_file, save_file
from timm.data import create_transform, resolve_data_config
from timm.models import save_for_hf

from core import encoders
from core.encoders import efficientnet, hub_image, sources
from core.encoders.timm_image import seen_part
from core.errors import TriadError
from core.types import Modality, Passage, Picture

VIT = {"embed_dim": 32, "depth": 2, "num_heads": 2}
KINDS = {
    "vgg": ("vgg11", {"mlp_ratio": 0.01, "num_classes": 5}, 64, 512),
    "resnet": (
        "resnet18",
        {"layers": [1, 1, 1, 1], "channels": [8, 16, 24, 32], "num_classes": 5},
        64,
        32,
    ),
    "convnext": (
        "convnext_atto",
        {"depths": [1, 1, 1, 1], "dims": [8, 16, 24, 32], "num_classes": 5},
        64,
        32,
    ),
    "vit": ("vit_tiny_patch16_224", {**VIT, "img_size": 64, "num_classes": 5}, 64, 32),
    "dinov2": ("vit_small_patch14_reg4_dinov2", {**VIT, "img_size": 70}, 70, 32),
    "swin": (
        "swin_tiny_patch4_window7_224",
        {"embed_dim": 8, "depths": [1, 1], "num_heads": [1, 2], "img_size": 56, "num_classes": 5},
        56,
        16,
    ),
}


def save(folder: Path, kind: str, **about: object) -> Path:
    """Save a small model with random weights as ``config.json`` and ``model.safetensors``."""
    name, size, side, _ = KINDS[kind]
    torch.manual_seed(0)
    model = timm.create_model(name, **size)
    with torch.no_grad():  # a layer scale near nothing would make all patches the same
        for key, value in model.named_parameters():
            if key.endswith(("gamma", "ls1", "ls2")):
                value.fill_(1)
    model.pretrained_cfg = {
        **model.pretrained_cfg,
        **{"input_size": (3, side, side), "crop_pct": 0.875, "crop_mode": "center"},
        **about,
    }
    args = {key: value for key, value in size.items() if key != "num_classes"}
    save_for_hf(model, folder, model_args=args, safe_serialization=True)
    return folder


@pytest.fixture(scope="module", params=KINDS)
def saved(request, tmp_path_factory):
    return request.param, save(
        tmp_path_factory.mktemp("timm") / f"tiny-{request.param}", request.param
    )


def opened(folder: Path):
    """The model and its transform as timm itself loads them."""
    model = timm.create_model(f"local-dir:{folder}", pretrained=True).eval()
    return model, create_transform(**resolve_data_config(model=model))


def seen(folder: Path, pictures):
    """The model, and the pictures as timm prepares them."""
    model, transform = opened(folder)
    return model, torch.stack([transform(Image.fromarray(each.pixels)) for each in pictures])


def test_tokens_are_the_last_map_without_class_and_registers(saved, make_drawn):
    kind, folder = saved
    pictures = [make_drawn(0), make_drawn(1, (200, 500))]
    encoded = hub_image(str(folder)).encode(pictures, tokens=True)
    model, pixels = seen(folder, pictures)
    with torch.inference_mode():
        last = model.forward_intermediates(pixels, indices=1, norm=True, intermediates_only=True)[
            -1
        ]
    assert encoded.tokens.shape[2] == KINDS[kind][3]
    assert torch.allclose(encoded.tokens, last.flatten(2).transpose(1, 2), atol=1e-5)
    assert encoded.tokens.std(dim=1).max() > 1e-4


def test_pooled_is_what_the_head_would_classify(saved, make_drawn):
    kind, folder = saved
    pictures = [make_drawn(0), make_drawn(1, (200, 500))]
    encoder = hub_image(str(folder))
    encoded = encoder.encode(pictures)
    model, pixels = seen(folder, pictures)
    assert encoded.pooled.shape == (2, encoder.card.dim)
    with torch.inference_mode():
        if kind == "vgg":  # its head is wider than its map
            expected = model.forward_features(pixels).mean(dim=(2, 3))
            assert torch.allclose(encoded.pooled, expected, atol=1e-5)
        else:
            known = model.get_classifier()(encoded.pooled)
            assert torch.allclose(known, model(pixels), atol=1e-5)


def test_card(saved):
    kind, folder = saved
    card = hub_image(str(folder)).card
    model = opened(folder)[0]
    assert (card.id, card.modality) == (folder.name, Modality.IMAGE)
    assert card.dim == KINDS[kind][3]
    assert card.parameters == sum(each.numel() for each in model.parameters())
    assert card.source == f"{folder} (timm {KINDS[kind][0]})"
    assert card.revision == hub_image(str(folder)).card.revision


def test_batches_of_any_length_are_alike(saved, make_drawn):
    encoder = hub_image(str(saved[1]))
    batch = [make_drawn(seed, (40, 30)) for seed in range(18)]  # more than go through at once
    together = encoder.encode(batch, tokens=True)
    for row in (0, 15, 16, 17):
        alone = encoder.encode([batch[row]], tokens=True)
        assert torch.allclose(alone.pooled[0], together.pooled[row], atol=1e-4)
        assert torch.allclose(alone.tokens[0], together.tokens[row], atol=1e-4)
        assert alone.labels[0] == together.labels[row]
    assert encoder.encode([]).pooled.shape == (0, encoder.card.dim)
    with pytest.raises(TypeError):
        encoder.encode([Passage("a mug")])


@pytest.mark.parametrize("size", [(400, 200), (200, 400), (300, 300), (64, 1000)])
@pytest.mark.parametrize("mode", ["center", "squash"])
@pytest.mark.parametrize("goal", [(64, 64), (64, 128), (96, 48)])
def test_seen_part_is_what_timm_leaves_of_a_ramp(size, mode, goal):
    height, width = size
    data = {"input_size": (3, *goal), "crop_pct": 0.8, "crop_mode": mode}
    transform = create_transform(
        **data, interpolation="bilinear", mean=(0, 0, 0), std=(1, 1, 1), is_training=False
    )
    ramps = np.zeros((height, width, 3), np.uint8)
    ramps[..., 0] = np.linspace(0, 255, width)
    ramps[..., 1] = np.linspace(0, 255, height)[:, None]
    right, down = transform(Image.fromarray(ramps))[:2]
    across, along = seen_part(height, width, data)
    assert float(right[0, -1] - right[0, 0]) == pytest.approx(across, abs=0.03)
    assert float(down[-1, 0] - down[0, 0]) == pytest.approx(along, abs=0.03)


def test_what_timm_would_frame_is_squeezed(tmp_path, make_drawn):
    encoder = hub_image(str(save(tmp_path / "framed", "vit", crop_mode="border", crop_pct=1.0)))
    labels = encoder.encode([make_drawn(0, (300, 100))], tokens=True).labels[0]
    assert len(labels) == 16
    assert sum((each.x1 - each.x0) * (each.y1 - each.y0) for each in labels) == pytest.approx(1)


def test_a_change_moves_the_patch_that_lies_there(tmp_path):
    encoder = hub_image(str(save(tmp_path / "vit", "vit")))
    plain = np.full((300, 400, 3), 128, np.uint8)
    spotted = plain.copy()
    spotted[225:255, 260:290] = (255, 0, 0)
    encoded = encoder.encode([Picture(plain), Picture(spotted)], tokens=True)
    moved = (encoded.tokens[1] - encoded.tokens[0]).norm(dim=1)
    box = encoded.labels[1][int(moved.argmax())]
    assert box.x0 - 0.05 < 275 / 400 < box.x1 + 0.05
    assert box.y0 - 0.05 < 240 / 300 < box.y1 + 0.05


def test_the_default_network_from_a_folder_is_the_default_encoder(tmp_path, make_mug, make_drawn):
    save_for_hf(efficientnet.load(), tmp_path / "lite0", safe_serialization=True)
    pictures = [make_mug(), make_drawn(1, (200, 500))]
    ours = encoders.get("efficientnet-lite0").encode(pictures, tokens=True)
    theirs = hub_image(str(tmp_path / "lite0")).encode(pictures, tokens=True)
    assert torch.cosine_similarity(ours.pooled, theirs.pooled).min() > 0.97
    for mine, other in zip(ours.labels, theirs.labels, strict=True):
        assert len(mine) == len(other) == 49
        for a, b in zip(mine, other, strict=True):
            assert (a.x0, a.y0, a.x1, a.y1) == pytest.approx((b.x0, b.y0, b.x1, b.y1), abs=0.01)


@pytest.mark.parametrize(
    ("name", "repository"),
    [
        ("resnet50", "timm/resnet50.a1_in1k"),
        ("vgg16.tv_in1k", "timm/vgg16.tv_in1k"),
        ("facebook/some-model", "facebook/some-model"),
    ],
)
def test_names_of_timm_lead_to_the_hub(monkeypatch, name, repository):
    asked = []

    def refuse(id, **how):
        asked.append(id)
        raise TriadError("needs_hub", id=id, works="")

    monkeypatch.setattr(sources, "hub_snapshot", refuse)
    with pytest.raises(TriadError):
        hub_image(name)
    assert asked == [repository]


def refusal(call) -> str:
    with pytest.raises(TriadError) as caught:
        call()
    assert caught.value.say("zh") != caught.value.say("en")
    return caught.value.code + ": " + str(caught.value.values.get("reason", ""))


def test_what_is_not_usable_is_refused_in_a_sentence(tmp_path, make_drawn):
    folder = save(tmp_path / "tiny", "resnet")
    config = json.loads((folder / "config.json").read_text())

    def encode():
        return hub_image(str(folder)).encode([make_drawn(0)])

    assert refusal(lambda: hub_image("no-such-network")).startswith("unknown_model")
    (folder / "config.json").write_text(json.dumps({**config, "architecture": "resnet_of_dreams"}))
    assert "resnet_of_dreams" in refusal(encode)
    (folder / "config.json").write_text(json.dumps({"model_type": "clip"}))
    assert "not a model of timm" in refusal(encode)
    (folder / "config.json").write_text(json.dumps(config))
    weights = load_file(folder / "model.safetensors")
    weights.pop("layer1.0.conv1.weight")
    save_file(weights, folder / "model.safetensors")
    assert refusal(encode).startswith("model_unusable")


def test_pickles_are_never_read(tmp_path, make_drawn):
    folder = save(tmp_path / "tiny", "resnet")
    torch.save(load_file(folder / "model.safetensors"), folder / "pytorch_model.bin")
    (folder / "model.safetensors").unlink()
    encoder = hub_image(str(folder))
    assert "model.safetensors" in refusal(lambda: encoder.encode([make_drawn(0)]))
