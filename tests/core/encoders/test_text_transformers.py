"""Transformers: MiniLM as it comes with pip, and small models of the classes that the hub has."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import torch
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors
from transformers import (
    AutoModel,
    BertConfig,
    BertModel,
    DistilBertConfig,
    DistilBertModel,
    GPT2Config,
    GPT2Model,
    PreTrainedTokenizerFast,
    T5Config,
    T5Model,
    XLMRobertaConfig,
    XLMRobertaModel,
)

from core import encoders
from core.encoders import E5_PREFIX, Span, hub, hub_text, text_minilm, weights
from core.encoders.segment import words
from core.errors import TriadError
from core.types import Modality, Passage, Picture

SIZE = {"vocab_size": 200, "hidden_size": 16, "num_hidden_layers": 2, "num_attention_heads": 2}
TEXTS = ["A red enamel mug.", "杯壁很厚，冬天喝咖啡很舒服。手柄也好拿！", "bicycle", "?!"]


def make(kind: str) -> torch.nn.Module:
    torch.manual_seed(0)
    match kind:
        case "bert":
            return BertModel(BertConfig(**SIZE, intermediate_size=32, max_position_embeddings=64))
        case "xlm-roberta":
            return XLMRobertaModel(
                XLMRobertaConfig(**SIZE, intermediate_size=32, max_position_embeddings=66)
            )
        case "distilbert":
            return DistilBertModel(
                DistilBertConfig(vocab_size=200, dim=16, n_layers=2, n_heads=2, hidden_dim=32)
            )
        case "t5":
            return T5Model(
                T5Config(vocab_size=200, d_model=16, d_kv=8, d_ff=32, num_layers=2, num_heads=2)
            )
        case _:
            return GPT2Model(GPT2Config(vocab_size=200, n_embd=16, n_layer=2, n_head=2))


def make_tokenizer(kind: str) -> PreTrainedTokenizerFast:
    """Word pieces after BERT's rules, or sentence pieces that run across blanks and words."""
    letters = sorted({c for text in TEXTS for c in text.casefold()} | set("query:abcdefghijklmnop"))
    special = ["[PAD]", "[UNK]", "[CLS]", "[SEP]"]
    if kind in ("bert", "distilbert"):
        pieces = [*special, *letters, *(f"##{c}" for c in letters), "mug", "##cycle"]
        places = {piece: n for n, piece in enumerate(pieces)}
        tokenizer = Tokenizer(models.WordPiece(places, unk_token="[UNK]"))
        tokenizer.normalizer = normalizers.BertNormalizer()
        tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    else:
        pieces = [*special, "▁", *letters, "▁mug", "很厚，冬"]
        scores = [(piece, -float(len(pieces)) / len(piece)) for piece in pieces]
        tokenizer = Tokenizer(models.Unigram(scores, unk_id=1))
        tokenizer.normalizer = normalizers.Lowercase()
        tokenizer.pre_tokenizer = pre_tokenizers.Metaspace()
    tokenizer.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]", special_tokens=[("[CLS]", 2), ("[SEP]", 3)]
    )
    padding = {} if kind == "gpt2" else {"pad_token": "[PAD]"}
    return PreTrainedTokenizerFast(
        tokenizer_object=tokenizer,
        unk_token="[UNK]",
        cls_token="[CLS]",
        sep_token="[SEP]",
        eos_token="[SEP]",
        **padding,
    )


def write_modules(folder: Path, pooling: dict | None, *more: str) -> None:
    kinds = ["Transformer", *(["Pooling"] if pooling is not None else []), *more]
    modules = [
        {"idx": n, "path": f"{n}_{kind}" if n else "", "type": f"sentence_transformers.{kind}"}
        for n, kind in enumerate(kinds)
    ]
    (folder / "modules.json").write_text(json.dumps(modules))
    if pooling is not None:
        (folder / "1_Pooling").mkdir(exist_ok=True)
        (folder / "1_Pooling" / "config.json").write_text(json.dumps(pooling))


@pytest.fixture
def saved(tmp_path):
    def save(kind: str) -> Path:
        folder = tmp_path / f"tiny-{kind}"
        make(kind).save_pretrained(folder)
        make_tokenizer(kind).save_pretrained(folder)
        return folder

    return save


def states(folder: Path, text: str) -> torch.Tensor:
    """What the model makes of the pieces of one text, without our code."""
    pieces = PreTrainedTokenizerFast.from_pretrained(folder)(text, return_tensors="pt")
    model = AutoModel.from_pretrained(folder).eval()
    with torch.inference_mode():
        return model(input_ids=pieces["input_ids"]).last_hidden_state[0]


def encode(encoder, *texts: str, tokens: bool = False):
    return encoder.encode([Passage(text) for text in texts], tokens=tokens)


@pytest.mark.parametrize("kind", ["bert", "xlm-roberta", "distilbert", "t5", "gpt2"])
def test_contract_on_every_class(kind, saved):
    encoder = hub_text(str(saved(kind)))
    assert (encoder.card.dim, encoder.card.id) == (16, f"tiny-{kind}")
    encoded = encode(encoder, *TEXTS, tokens=True)
    assert encoded.pooled.shape == (4, 16)
    assert encoded.pooled.dtype == encoded.tokens.dtype == torch.float32
    assert encoded.pooled.isfinite().all()
    assert encoded.tokens.isfinite().all()
    assert encoded.labels == tuple(map(words, TEXTS))
    for row, text in enumerate(TEXTS):
        alone = encode(encoder, text, tokens=True)
        length = len(alone.labels[0])
        assert torch.allclose(alone.pooled[0], encoded.pooled[row], atol=1e-5)
        assert torch.allclose(alone.tokens[0], encoded.tokens[row, :length], atol=1e-5)
        assert (encoded.tokens[row, :length].norm(dim=1) > 0).all()
        assert (encoded.tokens[row, length:] == 0).all()
    plain = encode(encoder, *TEXTS)
    assert plain.tokens is None
    assert torch.allclose(plain.pooled, encoded.pooled, atol=1e-5)
    assert encoder.encode([]).pooled.shape == (0, 16)
    with pytest.raises(TypeError):
        encoder.encode([Picture(torch.zeros(2, 2, 3).byte().numpy())])


@pytest.mark.parametrize("kind", ["bert", "xlm-roberta", "distilbert"])
def test_a_folder_without_a_word_on_pooling_is_averaged(kind, saved):
    folder = saved(kind)
    expected = states(folder, TEXTS[0]).mean(dim=0)
    assert torch.allclose(encode(hub_text(str(folder)), TEXTS[0]).pooled[0], expected, atol=1e-5)


@pytest.mark.parametrize(
    ("pooling", "expected"),
    [
        ({"pooling_mode_mean_tokens": True}, lambda x: x.mean(dim=0)),
        ({"pooling_mode": "mean"}, lambda x: x.mean(dim=0)),
        ({"pooling_mode_cls_token": True, "pooling_mode_mean_tokens": False}, lambda x: x[0]),
        ({"pooling_mode": ["cls"]}, lambda x: x[0]),
        ({"pooling_mode_max_tokens": True}, lambda x: x.amax(dim=0)),
        ({"pooling_mode": "lasttoken"}, lambda x: x[-1]),
        ({}, lambda x: x.mean(dim=0)),
    ],
)
def test_pooling_as_sentence_transformers_files_it(pooling, expected, saved):
    folder = saved("bert")
    write_modules(folder, pooling)
    found = encode(hub_text(str(folder)), TEXTS[2], TEXTS[1])  # with padding
    assert torch.allclose(found.pooled[0], expected(states(folder, TEXTS[2])), atol=1e-5)
    write_modules(folder, pooling, "Normalize")
    scaled = encode(hub_text(str(folder)), TEXTS[2])
    unit = torch.nn.functional.normalize(found.pooled[:1], dim=1)
    assert torch.allclose(scaled.pooled, unit, atol=1e-5)


@pytest.mark.parametrize("kind", ["bert", "xlm-roberta"])
def test_prefix_is_read_but_is_no_token(kind, saved):
    folder = saved(kind)
    encoder = hub_text(str(folder), prefix=E5_PREFIX)
    encoded = encode(encoder, TEXTS[0], tokens=True)
    assert encoded.labels[0] == words(TEXTS[0])
    expected = states(folder, E5_PREFIX + TEXTS[0]).mean(dim=0)
    assert torch.allclose(encoded.pooled[0], expected, atol=1e-5)
    assert encoder.card.revision != hub_text(str(folder)).card.revision


def test_words_are_means_of_their_pieces(saved):
    folder = saved("bert")
    encoded = encode(hub_text(str(folder)), "mug bicycle", tokens=True)
    pieces = states(folder, "mug bicycle")  # [CLS] mug b ##i ##cycle [SEP]
    assert len(pieces) == 6
    assert encoded.labels[0] == (Span(0, 3), Span(4, 11))
    assert torch.allclose(encoded.tokens[0, 0], pieces[1], atol=1e-5)
    assert torch.allclose(encoded.tokens[0, 1], pieces[2:5].mean(dim=0), atol=1e-5)


@pytest.mark.parametrize("kind", ["bert", "xlm-roberta"])
def test_long_texts_are_read_as_far_as_the_model_can(kind, saved):
    encoder = hub_text(str(saved(kind)))
    encoded = encode(encoder, "mug " * 500, tokens=True)
    assert 20 <= len(encoded.labels[0]) < 70
    assert encoded.tokens.isfinite().all()


def test_max_length_of_sentence_transformers(saved):
    folder = saved("bert")
    (folder / "sentence_bert_config.json").write_text('{"max_seq_length": 5}')
    encoded = encode(hub_text(str(folder)), "mug mug mug mug mug", tokens=True)
    assert len(encoded.labels[0]) == 3


def test_revision_follows_the_weights(saved):
    folder = saved("bert")
    first = hub_text(str(folder)).card.revision
    torch.manual_seed(1)
    BertModel(BertConfig(**SIZE, intermediate_size=32)).save_pretrained(folder)
    assert hub_text(str(folder)).card.revision != first


def test_model_card_is_read(saved):
    folder = saved("bert")
    assert hub_text(str(folder)).card.languages == ("und",)
    front = "---\nlicense: mit\nlanguage: [zh, en]\n---\n"
    (folder / "README.md").write_text(front, encoding="utf-8")
    card = hub_text(str(folder)).card
    assert (card.licence, card.languages) == ("mit", ("zh", "en"))


def unusable(folder: Path) -> str:
    with pytest.raises(TriadError) as caught:
        encode(hub_text(str(folder)), "mug")
    assert caught.value.code == "model_unusable"
    assert caught.value.say("zh")
    return caught.value.say()


def test_pickled_weights_are_refused(saved):
    folder = saved("bert")
    (folder / "model.safetensors").unlink()
    torch.save(make("bert").state_dict(), folder / "pytorch_model.bin")
    assert "safetensors" in unusable(folder)


def test_code_of_strangers_is_never_run(saved):
    folder = saved("bert")
    config = json.loads((folder / "config.json").read_text())
    config |= {"model_type": "mine", "auto_map": {"AutoModel": "m.M", "AutoConfig": "m.C"}}
    (folder / "config.json").write_text(json.dumps(config))
    (folder / "m.py").write_text("import pathlib; pathlib.Path(__file__ + '.ran').touch()")
    unusable(folder)
    assert not (folder / "m.py.ran").exists()


@pytest.mark.parametrize(
    ("pooling", "more"),
    [
        ({"pooling_mode": "weightedmean"}, ()),
        ({"pooling_mode": ["cls", "max"]}, ()),
        ({}, ("Dense",)),
    ],
)
def test_unknown_ways_of_pooling_are_refused(pooling, more, saved):
    folder = saved("bert")
    write_modules(folder, pooling, *more)
    assert any(name in unusable(folder) for name in ("weightedmean", "cls and max", "Dense"))


@pytest.mark.parametrize("config", ["", "[", '{"model_type": "clip"}'])
def test_what_is_no_text_model_is_refused_at_once(config, tmp_path):
    (tmp_path / "config.json").write_text(config)
    with pytest.raises(TriadError) as caught:
        hub_text(str(tmp_path))
    assert caught.value.code == "model_unusable"


def test_without_the_hub_it_says_what_works(monkeypatch):
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)
    with pytest.raises(TriadError) as caught:
        hub_text("nobody/a-model-that-nobody-has")
    assert caught.value.code == "needs_hub"
    assert "use-multilingual-v3" in caught.value.say("en")
    assert "minilm-l6-v2" in caught.value.say("zh")


@pytest.mark.parametrize("name", ["not//a name", "../..", "a/b/c"])
def test_impossible_names(name, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)
    with pytest.raises(TriadError) as caught:
        hub_text(name)
    assert caught.value.code in ("unknown_model", "model_unusable")


def test_files_of_the_hub_are_pinned_by_commit(monkeypatch, saved):
    """The hub, played by a folder: first what tells about the model, then the rest of that commit."""
    folder = saved("bert")
    commit = folder.rename(folder.with_name("0123456789abcdef0123456789abcdef01234567"))
    asked = []

    def download(model_id, patterns, revision, progress):
        asked.append((model_id, revision, "*.safetensors" in patterns))
        assert not any(pattern.endswith((".bin", ".py", ".pkl")) for pattern in patterns)
        return commit

    monkeypatch.setattr(hub, "snapshot", download)
    encoder = hub_text("somebody/tiny", "main")
    assert encoder.card.id == "somebody--tiny"
    assert encoder.card.revision == commit.name[:16]
    encode(encoder, "mug")
    assert asked == [("somebody/tiny", "main", False), ("somebody/tiny", commit.name, True)]


def test_threads_share_one_load(saved, monkeypatch):
    encoder = hub_text(str(saved("bert")))
    loads, load = [], encoder._load
    monkeypatch.setattr(encoder, "_load", lambda: loads.append(1) or load())
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda _: encode(encoder, *TEXTS).pooled, range(8)))
    assert loads == [1]
    assert all(torch.equal(each, found[0]) for each in found)


def test_loading_draws_nothing(saved, capfd):
    encoder = hub_text(str(saved("bert")))
    capfd.readouterr()
    encode(encoder, "mug")
    assert capfd.readouterr().err == ""


@pytest.fixture(scope="module")
def minilm():
    return encoders.get("minilm-l6-v2")


def test_minilm_is_what_its_package_says(minilm):
    theirs = pytest.importorskip("sentence_transformers").SentenceTransformer(
        str(minilm._folder()), device="cpu", local_files_only=True
    )
    texts = ["A thick mug keeps coffee warm.", "Light and fast", "long " * 400]
    expected = torch.from_numpy(theirs.encode(texts))
    assert torch.allclose(encode(minilm, *texts).pooled, expected, atol=1e-5)


def test_minilm_understands_english(minilm):
    mug, cup, bicycle = encode(
        minilm,
        "A thick mug keeps coffee warm in winter.",
        "This cup is sturdy; hot drinks stay hot.",
        "The bicycle is light and fast.",
    ).pooled
    assert mug @ cup > mug @ bicycle + 0.3
    assert minilm.card.languages == ("en",)


def test_minilm_words_depend_on_their_context(minilm):
    encoded = encode(minilm, "the bank of the river", "the bank lends money", tokens=True)
    assert encoded.labels[0][1] == encoded.labels[1][1] == Span(4, 8)
    assert (encoded.tokens[0, 1] - encoded.tokens[1, 1]).norm() > 0.5


def test_changed_weights_are_refused(monkeypatch):
    monkeypatch.setattr(weights, "digest", lambda path: "0" * 64)
    with pytest.raises(TriadError) as caught:
        encode(text_minilm.MiniLm(), "mug")
    assert caught.value.code == "weights_changed"


def test_the_multilingual_encoder_stays_the_default():
    assert encoders.default(Modality.TEXT).card.id == "use-multilingual-v3"
