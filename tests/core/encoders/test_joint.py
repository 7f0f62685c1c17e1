"""Joint spaces of the hub: small models of the real classes, made, saved and loaded here."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import torch
import transformers
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors

from core.encoders.hub_audio import hub_audio
from core.encoders.joint import JointSpace, joint_space
from core.errors import TriadError
from core.types import Modality, Passage

SENTENCES = ["a red mug", "the long sound of a bell over the hills", "雨"]
TEXT = {
    "vocab_size": 40, "hidden_size": 16, "num_hidden_layers": 2, "num_attention_heads": 2,
    "intermediate_size": 32,
}  # fmt: skip
EYE = {
    "hidden_size": 16, "num_hidden_layers": 2, "num_attention_heads": 2, "intermediate_size": 32,
    "image_size": 32, "patch_size": 8,
}  # fmt: skip


def tokenizer(longest: int) -> transformers.PreTrainedTokenizerFast:
    """One piece a character; after CLIP's manner the last piece of a text is its largest."""
    letters = sorted({mark for sentence in SENTENCES for mark in sentence if mark != " "})
    pieces = ["[PAD]", "[UNK]", *letters]
    pieces += [f"[{n}]" for n in range(38 - len(pieces))] + ["[BOS]", "[EOS]"]
    made = Tokenizer(models.WordLevel({p: n for n, p in enumerate(pieces)}, unk_token="[UNK]"))
    made.normalizer = normalizers.Lowercase()
    made.pre_tokenizer = pre_tokenizers.Split("", "isolated")
    made.post_processor = processors.TemplateProcessing(
        single="[BOS] $A [EOS]", special_tokens=[("[BOS]", 38), ("[EOS]", 39)]
    )
    return transformers.PreTrainedTokenizerFast(
        tokenizer_object=made, pad_token="[PAD]", unk_token="[UNK]", bos_token="[BOS]",
        eos_token="[EOS]", model_max_length=longest,
    )  # fmt: skip


def clip(folder: Path) -> None:
    config = transformers.CLIPConfig(
        text_config={**TEXT, "max_position_embeddings": 24, "bos_token_id": 38, "eos_token_id": 39},
        vision_config=EYE,
        projection_dim=12,
    )
    transformers.CLIPModel(config).save_pretrained(folder)
    size = {"size": {"shortest_edge": 32}, "crop_size": {"height": 32, "width": 32}}
    transformers.CLIPImageProcessor(**size).save_pretrained(folder)
    tokenizer(24).save_pretrained(folder)


def siglip(folder: Path) -> None:
    config = transformers.SiglipConfig(
        text_config={**TEXT, "max_position_embeddings": 24, "projection_size": 16},
        vision_config=EYE,
    )
    transformers.SiglipModel(config).save_pretrained(folder)
    size = {"size": {"height": 32, "width": 32}}
    transformers.SiglipImageProcessor(**size).save_pretrained(folder)
    tokenizer(24).save_pretrained(folder)


def clap(folder: Path) -> None:
    config = transformers.ClapConfig(
        audio_config={
            "hidden_size": 16, "patch_embeds_hidden_size": 8, "depths": [1, 1], "num_hidden_layers": 2,
            "num_attention_heads": [2, 2], "num_mel_bins": 16, "spec_size": 64, "window_size": 4,
            "num_classes": 3, "projection_dim": 12,
        },
        text_config={**TEXT, "projection_dim": 12, "max_position_embeddings": 24, "pad_token_id": 0},
        projection_dim=12,
    )  # fmt: skip
    transformers.ClapModel(config).save_pretrained(folder)
    transformers.ClapFeatureExtractor(
        feature_size=16, max_length_s=2, truncation="rand_trunc", padding="repeatpad"
    ).save_pretrained(folder)
    tokenizer(22).save_pretrained(folder)


FAMILIES = {"clip": (clip, 12), "siglip": (siglip, 16), "clap": (clap, 12)}


@pytest.fixture(scope="module")
def folder_of(tmp_path_factory):
    """Return the folder of a family's model, made when first asked for."""
    made: dict[str, Path] = {}

    def of(name: str) -> Path:
        if name not in made:
            made[name] = tmp_path_factory.mktemp("joint") / name
            torch.manual_seed(0)
            FAMILIES[name][0](made[name])
        return made[name]

    return of


@pytest.fixture
def space_of(folder_of):
    return lambda name: joint_space(str(folder_of(name)))


@pytest.fixture
def media(batch_of):
    return {Modality.IMAGE: batch_of(Modality.IMAGE), Modality.AUDIO: batch_of(Modality.AUDIO)}


def placed(space: JointSpace, media):
    (modality,) = space.card.modalities
    return (space.image if modality is Modality.IMAGE else space.audio), media[modality]


@pytest.mark.parametrize("name", FAMILIES)
def test_a_batch_is_the_same_as_one_by_one(name, space_of, media):
    space = space_of(name)
    place, batch = placed(space, media)
    for call, given in ((space.text, SENTENCES), (place, batch)):
        together = call(given)
        assert together.shape == (3, space.card.dim) == (3, FAMILIES[name][1])
        assert together.dtype == np.float32
        assert np.linalg.norm(together, axis=1) == pytest.approx(1, abs=1e-5)
        assert together == pytest.approx(np.concatenate([call([each]) for each in given]), abs=1e-5)
        assert np.abs(together[0] - together[1]).max() > 1e-3
        assert call([]).shape == (0, space.card.dim)


@pytest.mark.parametrize("name", ["clip", "siglip"])
def test_cosines_are_those_of_the_whole_model(name, space_of, folder_of, media):
    """The model's own forward pass, which scales and shifts cosines, is the oracle."""
    folder = folder_of(name)
    model = transformers.AutoModel.from_pretrained(folder).eval()
    read = transformers.AutoTokenizer.from_pretrained(folder)
    look = transformers.AutoImageProcessor.from_pretrained(folder)
    filled = "max_length" if name == "siglip" else True
    texts = read(SENTENCES, padding=filled, truncation=True, max_length=24, return_tensors="pt")
    pictures = look(
        images=[each.pixels.copy() for each in media[Modality.IMAGE]], return_tensors="pt"
    )
    with torch.inference_mode():
        out = model(
            input_ids=texts["input_ids"],
            attention_mask=None if name == "siglip" else texts["attention_mask"],
            pixel_values=pictures["pixel_values"],
        )
        bias = getattr(model, "logit_bias", torch.zeros(1))
        expected = ((out.logits_per_text - bias) / model.logit_scale.exp()).numpy()
    space = space_of(name)
    found = space.text(SENTENCES) @ space.image(media[Modality.IMAGE]).T
    assert found == pytest.approx(expected, abs=1e-5)


def test_sounds_lie_where_the_audio_encoder_puts_them(space_of, folder_of, media):
    pooled = hub_audio(str(folder_of("clap"))).encode(media[Modality.AUDIO]).pooled.numpy()
    pooled /= np.linalg.norm(pooled, axis=1, keepdims=True)
    assert space_of("clap").audio(media[Modality.AUDIO]) == pytest.approx(pooled, abs=1e-5)


def test_a_long_sentence_is_cut_where_the_model_ends(space_of):
    for name in FAMILIES:
        vectors = space_of(name).text(["a bell " * 200, "a bell " * 300])
        assert vectors[0] == pytest.approx(vectors[1], abs=1e-6)


def test_what_has_no_place_is_told(space_of, media):
    with pytest.raises(TriadError) as caught:
        space_of("clip").audio(media[Modality.AUDIO])
    assert caught.value.code == "space_lacks"
    with pytest.raises(TriadError) as caught:
        space_of("clap").image(media[Modality.IMAGE])
    assert "clap" in caught.value.say("zh")
    with pytest.raises(TypeError):
        space_of("clip").image([Passage("a mug")])


def test_the_same_space_each_time(space_of):
    assert space_of("clip") is space_of("clip")


def test_other_models_are_refused(tmp_path):
    (tmp_path / "config.json").write_text(json.dumps({"model_type": "bert", "hidden_size": 8}))
    with pytest.raises(TriadError) as caught:
        joint_space(str(tmp_path))
    assert caught.value.code == "model_unusable"
    assert "siglip" in caught.value.say("en")


def test_a_pickle_is_refused(folder_of, tmp_path):
    for file in folder_of("clip").iterdir():
        if file.suffix != ".safetensors":
            (tmp_path / file.name).write_bytes(file.read_bytes())
    torch.save({}, tmp_path / "pytorch_model.bin")
    with pytest.raises(TriadError) as caught:
        joint_space(str(tmp_path)).text(["a mug"])
    assert caught.value.code == "model_unusable"
