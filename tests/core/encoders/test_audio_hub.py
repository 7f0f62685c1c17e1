"""Any audio model of the hub: small ones of the real classes, made, saved and loaded here."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import torch
import torchaudio
import transformers

from core.encoders import Stretch
from core.encoders.hearing import averaged, seconds_of
from core.encoders.hub_audio import hub_audio
from core.errors import TriadError
from core.types import Passage, Sound

RATE = 32_000


def hubert():
    config = transformers.HubertConfig(
        hidden_size=24, num_hidden_layers=2, num_attention_heads=2, intermediate_size=32,
        conv_dim=(16, 16, 16), conv_kernel=(10, 8, 4), conv_stride=(5, 8, 8), num_feat_extract_layers=3,
        num_conv_pos_embeddings=16, num_conv_pos_embedding_groups=2,
    )  # fmt: skip
    return transformers.HubertModel(config), transformers.Wav2Vec2FeatureExtractor()


def wav2vec2_ctc():
    """With a head that nobody asked for, as most published ones have."""
    config = transformers.Wav2Vec2Config(
        hidden_size=24, num_hidden_layers=2, num_attention_heads=2, intermediate_size=32,
        conv_dim=(16, 16), conv_kernel=(10, 8), conv_stride=(10, 16), num_feat_extract_layers=2,
        num_conv_pos_embeddings=16, num_conv_pos_embedding_groups=2, vocab_size=7,
    )  # fmt: skip
    return transformers.Wav2Vec2ForCTC(config), transformers.Wav2Vec2FeatureExtractor()


def ast():
    config = transformers.ASTConfig(
        hidden_size=24, num_hidden_layers=2, num_attention_heads=2, intermediate_size=32,
        max_length=200, num_mel_bins=32, patch_size=16, frequency_stride=8, time_stride=10,
    )  # fmt: skip
    return transformers.ASTModel(config), transformers.ASTFeatureExtractor(
        num_mel_bins=32, max_length=200
    )


def clap():
    config = transformers.ClapConfig(
        audio_config={
            "hidden_size": 16, "patch_embeds_hidden_size": 8, "depths": [1, 1], "num_hidden_layers": 2,
            "num_attention_heads": [2, 2], "num_mel_bins": 16, "spec_size": 64, "window_size": 4,
            "num_classes": 3, "projection_dim": 24,
        },
        text_config={
            "vocab_size": 20, "hidden_size": 16, "num_hidden_layers": 1, "num_attention_heads": 2,
            "intermediate_size": 16, "projection_dim": 24, "max_position_embeddings": 20,
        },
        projection_dim=24,
    )  # fmt: skip
    return transformers.ClapModel(config), transformers.ClapFeatureExtractor(
        feature_size=16, max_length_s=2, truncation="rand_trunc", padding="repeatpad"
    )


def whisper():
    config = transformers.WhisperConfig(
        d_model=24, encoder_layers=1, decoder_layers=1, encoder_attention_heads=2,
        decoder_attention_heads=2, encoder_ffn_dim=32, decoder_ffn_dim=32, num_mel_bins=80,
        max_source_positions=1500, max_target_positions=20, vocab_size=50,
        pad_token_id=0, bos_token_id=1, eos_token_id=2, decoder_start_token_id=1,
    )  # fmt: skip
    return transformers.WhisperModel(config), transformers.WhisperFeatureExtractor()


FAMILIES = {each.__name__: each for each in (hubert, wav2vec2_ctc, ast, clap, whisper)}


@pytest.fixture(scope="module")
def saved(tmp_path_factory):
    """Return the folder of a family's model, made when first asked for."""
    folder = tmp_path_factory.mktemp("models")

    def of(name: str) -> Path:
        place = folder / name
        if not place.exists():
            torch.manual_seed(0)
            model, extractor = FAMILIES[name]()
            model.save_pretrained(place)
            extractor.save_pretrained(place)
        return place

    return of


@pytest.fixture
def sounds(make_plucked, make_hiss):
    return [make_plucked(220, 0.15), make_plucked(440, 3.4), make_hiss(1.0)]


@pytest.mark.parametrize("family", FAMILIES)
def test_every_family(family, saved, sounds):
    folder = saved(family)
    encoder = hub_audio(str(folder))
    assert encoder.card.id == family
    assert encoder.card.dim == 24
    encoded = encoder.encode(sounds, tokens=True)
    assert encoded.pooled.shape == (3, 24)
    assert encoded.tokens.shape == (3, 3, 24)
    assert [len(labels) for labels in encoded.labels] == [1, 3, 1]
    assert encoded.labels[1] == (Stretch(0.0, 1.0), Stretch(1.0, 2.0), Stretch(2.0, 3.4))
    assert (encoded.tokens[0, 1:] == 0).all()
    assert encoded.pooled.isfinite().all()
    assert encoded.pooled.dtype == encoded.tokens.dtype == torch.float32
    assert not torch.allclose(encoded.pooled[1], encoded.pooled[2], atol=1e-4)
    alone = encoder.encode(sounds[1:2], tokens=True)
    assert torch.allclose(alone.pooled[0], encoded.pooled[1], atol=1e-5)
    assert torch.allclose(alone.tokens[0], encoded.tokens[1], atol=1e-5)
    assert encoder.encode([]).pooled.shape == (0, 24)
    with pytest.raises(TypeError):
        encoder.encode([Passage("hello")])


def test_the_weights_are_those_that_were_saved(saved, make_plucked):
    """HuBERT run by hand on what the encoder hears gives the same vector."""
    folder = saved("hubert")
    model = transformers.HubertModel.from_pretrained(folder).eval()
    extractor = transformers.Wav2Vec2FeatureExtractor.from_pretrained(folder)
    sound = make_plucked(300, 1.0)
    from core.encoders.hearing import heard_at

    inputs = extractor(heard_at(sound, 16_000), sampling_rate=16_000, return_tensors="pt")
    with torch.inference_mode():
        expected = model(**inputs).last_hidden_state[0].mean(dim=0)
    assert torch.allclose(hub_audio(str(folder)).encode([sound]).pooled[0], expected, atol=1e-5)


def test_clap_is_in_the_space_of_its_texts(saved, make_plucked):
    folder = saved("clap")
    encoded = hub_audio(str(folder)).encode([make_plucked(300, 1.0)])
    assert encoded.pooled.norm() == pytest.approx(1.0, abs=1e-5)


@pytest.mark.parametrize("family", FAMILIES)
def test_tokens_know_their_time(family, saved, make_plucked, make_hiss):
    """A sound that changes only in its second half changes the token there most."""
    note, hiss = make_plucked(300, 2.0, decay=9.0), make_hiss(1.0)
    changed = np.concatenate([note.samples[:RATE], hiss.samples])
    tokens = hub_audio(str(saved(family))).encode([note, Sound(changed, RATE)], tokens=True).tokens
    first, second = (tokens[0] - tokens[1]).norm(dim=1).tolist()
    assert second > first


def test_a_pickle_is_refused(saved, tmp_path, make_plucked):
    folder = saved("hubert")
    for file in ("config.json", "preprocessor_config.json"):
        (tmp_path / file).write_bytes((folder / file).read_bytes())
    torch.save({}, tmp_path / "pytorch_model.bin")
    with pytest.raises(TriadError) as caught:
        hub_audio(str(tmp_path)).encode([make_plucked(300)])
    assert caught.value.code == "model_unusable"


def test_code_of_a_repository_is_not_run(saved, tmp_path, make_plucked):
    folder = saved("hubert")
    for file in folder.iterdir():
        (tmp_path / file.name).write_bytes(file.read_bytes())
    config = json.loads((tmp_path / "config.json").read_text())
    config["model_type"] = "mine"
    config["auto_map"] = {"AutoConfig": "mine.Config", "AutoModel": "mine.Model"}
    (tmp_path / "config.json").write_text(json.dumps(config))
    (tmp_path / "mine.py").write_text("raise SystemExit('this ran')")
    with pytest.raises(TriadError) as caught:
        hub_audio(str(tmp_path)).encode([make_plucked(300)])
    assert caught.value.code == "model_unusable"


def test_no_configuration(tmp_path):
    for content in (None, "{", "{}"):
        if content is not None:
            (tmp_path / "config.json").write_text(content)
        with pytest.raises(TriadError) as caught:
            hub_audio(str(tmp_path))
        assert caught.value.code == "model_unusable"


def test_without_a_network(monkeypatch, tmp_path):
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path))
    with pytest.raises(TriadError) as caught:
        hub_audio("laion/clap-htsat-unfused")
    assert caught.value.code == "needs_hub"
    assert "sound-statistics" in caught.value.say("en")
    with pytest.raises(TriadError) as caught:
        hub_audio("no such/name at all")
    assert caught.value.code == "unknown_model"


@pytest.fixture
def tiny_pipeline(monkeypatch, tmp_path):
    """A HuBERT of torchaudio, small, whose weights wait where torchaudio would download them to."""
    parameters = dict(torchaudio.pipelines.HUBERT_BASE._params)
    parameters |= {
        "extractor_conv_layer_config": [(16, 10, 5), (16, 8, 8), (16, 4, 8)],
        "encoder_embed_dim": 24, "encoder_num_layers": 2, "encoder_num_heads": 2,
        "encoder_ff_interm_features": 32, "encoder_pos_conv_kernel": 16,
        "encoder_pos_conv_groups": 2,
    }  # fmt: skip
    bundle = torchaudio.pipelines.Wav2Vec2Bundle("tiny.pth", parameters, 16_000, False, "Wav2Vec2")
    monkeypatch.setattr(torchaudio.pipelines, "TINY", bundle, raising=False)
    monkeypatch.setenv("TORCH_HOME", str(tmp_path))
    place = tmp_path / "hub" / "checkpoints" / "tiny.pth"
    place.parent.mkdir(parents=True)
    torch.manual_seed(0)
    model = torchaudio.models.wav2vec2_model(**parameters)
    return place, model


def test_torchaudio(tiny_pipeline, sounds):
    place, model = tiny_pipeline
    torch.save(model.state_dict(), place)
    encoder = hub_audio("torchaudio:TINY")
    assert encoder.card.id == "torchaudio--TINY"
    encoded = encoder.encode(sounds, tokens=True)
    assert encoded.pooled.shape == (3, encoder.card.dim) == (3, 24)
    assert encoded.tokens.shape == (3, 3, 24)


class Trap:
    """Unpickled, it would leave a file."""

    def __init__(self, sign: Path) -> None:
        self.sign = sign

    def __reduce__(self):
        return Path.touch, (self.sign,)


def test_torchaudio_reads_tensors_only(tiny_pipeline, sounds, tmp_path):
    place, model = tiny_pipeline
    sign = tmp_path / "this ran"
    torch.save(model.state_dict() | {"trap": Trap(sign)}, place)
    with pytest.raises(TriadError) as caught:
        hub_audio("torchaudio:TINY").encode(sounds)
    assert caught.value.code == "model_unusable"
    assert not sign.exists()
    torch.load(place, weights_only=False)  # the trap is a real one
    assert sign.exists()


def test_torchaudio_without_a_network(tiny_pipeline, sounds, monkeypatch):
    def refuse(*_args, **_kwargs):
        raise OSError("no network in tests")

    monkeypatch.setattr("torch.hub.download_url_to_file", refuse)
    with pytest.raises(TriadError) as caught:
        hub_audio("torchaudio:TINY").encode(sounds)
    assert caught.value.code == "needs_hub"


def test_torchaudio_has_no_such_pipeline():
    for name in ("NOBODY", "TACOTRON2_WAVERNN_CHAR_LJSPEECH", "__name__"):
        with pytest.raises(TriadError) as caught:
            hub_audio(f"torchaudio:{name}")
        assert caught.value.code == "unknown_model"


def test_seconds():
    assert seconds_of(0.3) == (Stretch(0.0, 0.3),)
    assert seconds_of(2.4) == (Stretch(0.0, 1.0), Stretch(1.0, 2.4))
    assert seconds_of(2.6) == (Stretch(0.0, 1.0), Stretch(1.0, 2.0), Stretch(2.0, 2.6))


def test_averages_over_stretches():
    frames = np.arange(8, dtype=np.float32)[:, None]
    two = (Stretch(0.0, 1.0), Stretch(1.0, 2.0))
    assert averaged(frames, 2.0, two)[:, 0].tolist() == [1.5, 5.5]
    assert averaged(frames[:1], 2.0, two)[:, 0].tolist() == [0.0, 0.0]
