"""What holds for every encoder that is fitted on a catalog's texts, and what each one is for."""

from __future__ import annotations

import json
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from itertools import product

import numpy as np
import pytest
import torch
from sklearn.feature_extraction.text import CountVectorizer, TfidfVectorizer
from sklearn.preprocessing import normalize

from core import encoders
from core.encoders import Span
from core.encoders.fitted import MOST_TOKENS
from core.encoders.segment import terms
from core.errors import TriadError
from core.types import Modality, Passage, Sound

COLOURS = {"red": "红色", "blue": "蓝色", "green": "绿色"}
THINGS = {
    "mug for hot coffee and tea": "杯子，用来喝咖啡和热茶",
    "bicycle with fast light wheels": "自行车，车轮又轻又快",
    "sweater of warm soft wool": "毛衣，羊毛柔软保暖",
    "guitar with six steel strings": "吉他，六根钢弦",
}
PAIRS = [
    (f"A {colour} {thing}.", f"一件{farbe}的{ding}。")
    for (colour, farbe), (thing, ding) in product(COLOURS.items(), THINGS.items())
]
CATALOG = [f"{english}\n{chinese}" for english, chinese in PAIRS]
every_kind = pytest.mark.parametrize("card", encoders.fittable(), ids=lambda card: card.id)


@pytest.fixture(scope="module")
def fitted():
    return {card.id: encoders.fit(card.id, CATALOG) for card in encoders.fittable()}


def encode(encoder, *texts: str) -> torch.Tensor:
    return encoder.encode([Passage(text) for text in texts]).pooled


def word(encoder, text: str) -> torch.Tensor:
    return torch.nn.functional.normalize(encode(encoder, text), dim=1)[0]


@every_kind
def test_card(card, fitted):
    encoder = fitted[card.id]
    assert card.fitted
    assert encoder.card.fitted
    assert card.dim in (0, encoder.card.dim)
    assert set(encoder.card.languages) == {"en", "zh"}
    assert len(encoder.card.revision) == 16
    assert card.id not in [ready.id for ready in encoders.cards()]


@every_kind
def test_pooled_and_tokens(card, fitted, batch_of):
    encoder = fitted[card.id]
    batch = [*batch_of(Modality.TEXT), Passage("?!"), Passage("")]
    encoded = encoder.encode(batch, tokens=True)
    assert encoded.pooled.shape == (5, encoder.card.dim)
    assert encoded.pooled.dtype == encoded.tokens.dtype == torch.float32
    assert encoded.pooled.isfinite().all()
    assert encoded.tokens.isfinite().all()
    assert encoded.tokens.shape[1] == max(map(len, encoded.labels))
    for clean, labels, tokens in zip(batch, encoded.labels, encoded.tokens, strict=True):
        assert labels
        assert all(isinstance(label, Span) for label in labels)
        assert (tokens[len(labels) :] == 0).all()
        assert "".join(clean.text[s.start : s.end] for s in labels).strip() == (
            "".join(c for c in clean.text if c.isalnum()) or clean.text
        )
    plain = encoder.encode(batch)
    assert plain.tokens is None
    assert plain.labels == ((),) * 5
    assert torch.equal(plain.pooled, encoded.pooled)


@every_kind
def test_unknown_words_are_zero_and_keep_their_span(card, fitted):
    encoded = fitted[card.id].encode([Passage("a zeppelin of wool")], tokens=True)
    assert encoded.labels[0][1] == Span(2, 10)
    assert (encoded.tokens[0].norm(dim=1) > 0).tolist() == [True, False, True, True]
    known = encode(fitted[card.id], "a of wool")
    assert torch.allclose(encoded.pooled, known)
    assert not encode(fitted[card.id], "zeppelin").any()


@every_kind
def test_batch_equals_single(card, fitted):
    batch = [Passage(text) for text in ("mug", *CATALOG[:3], CATALOG[4] * 3)]
    together = fitted[card.id].encode(batch, tokens=True)
    for row, clean in enumerate(batch):
        alone = fitted[card.id].encode([clean], tokens=True)
        assert alone.labels[0] == together.labels[row]
        assert torch.allclose(alone.pooled[0], together.pooled[row], atol=1e-5)
        length = len(alone.labels[0])
        assert torch.allclose(alone.tokens[0], together.tokens[row, :length], atol=1e-5)


@every_kind
def test_long_texts_have_a_bounded_number_of_tokens(card, fitted):
    encoder = fitted[card.id]
    long = encoder.encode([Passage("mug " * 2 * MOST_TOKENS + "guitar")], tokens=True)
    assert long.tokens.shape[1] == len(long.labels[0]) == MOST_TOKENS
    assert not torch.equal(long.pooled, encode(encoder, "mug " * 2 * MOST_TOKENS))


@every_kind
def test_empty_batch_and_wrong_modality(card, fitted):
    assert fitted[card.id].encode([]).pooled.shape == (0, fitted[card.id].card.dim)
    with pytest.raises(TypeError):
        fitted[card.id].encode([Sound(np.zeros(9, np.float32), 9)])


@every_kind
def test_threads(card, fitted):
    batch = [Passage(text) for text in CATALOG]
    expected = fitted[card.id].encode(batch).pooled
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda _: fitted[card.id].encode(batch).pooled, range(8)))
    assert all(torch.equal(each, expected) for each in found)


@every_kind
def test_same_texts_and_seed_give_the_same(card, fitted):
    again = encoders.fit(card.id, CATALOG, seed=0)
    assert again.card == fitted[card.id].card
    assert again.vocabulary == fitted[card.id].vocabulary
    assert np.array_equal(again.numbers, fitted[card.id].numbers)


@every_kind
def test_revision_is_a_digest_of_kind_texts_and_seed(card, fitted):
    revisions = {
        fitted[card.id].card.revision,
        encoders.fit(card.id, CATALOG[:-1]).card.revision,
        encoders.fit(card.id, CATALOG, seed=1).card.revision,
    }
    assert len(revisions) == 3
    assert len({each.card.revision for each in fitted.values()}) == len(fitted)


@every_kind
def test_fitting_leaves_global_chance_alone(card):
    before = torch.get_rng_state(), np.random.get_state()[1].copy()
    encoders.fit(card.id, CATALOG[:3])
    assert torch.equal(before[0], torch.get_rng_state())
    assert np.array_equal(before[1], np.random.get_state()[1])


@every_kind
def test_saved_and_loaded(card, fitted, tmp_path):
    path = tmp_path / "encoder.npz"
    fitted[card.id].save(path)
    loaded = encoders.load_fitted(path)
    assert type(loaded) is type(fitted[card.id])
    assert loaded.card == fitted[card.id].card
    assert torch.equal(encode(loaded, *CATALOG), encode(fitted[card.id], *CATALOG))
    with np.load(path, allow_pickle=False) as file:
        assert {array.dtype for array in map(file.get, file)} == {
            np.dtype("uint8"),
            np.dtype("float32"),
        }
    first = path.read_bytes()
    loaded.save(path)
    assert path.read_bytes() == first


@pytest.mark.parametrize("damage", ["cut", "text", "other", "pickle", "rows", "nan"])
def test_damaged_files_are_refused(damage, fitted, tmp_path):
    path = tmp_path / "encoder.npz"
    encoder = fitted["tf-idf"]
    encoder.save(path)
    with np.load(path) as file:
        parts = dict(file)
    match damage:
        case "cut":
            path.write_bytes(path.read_bytes()[:200])
        case "text":
            path.write_text("nothing of the kind")
        case "other":
            facts = json.loads(parts["facts"].tobytes()) | {"id": "nobody-knows"}
            np.savez(path, **parts | {"facts": np.frombuffer(json.dumps(facts).encode(), "u1")})
        case "pickle":
            np.savez(path, **parts | {"numbers": np.array([{}], dtype=object)})
        case "rows":
            np.savez(path, **parts | {"numbers": parts["numbers"][1:]})
        case "nan":
            np.savez(path, **parts | {"numbers": parts["numbers"] * np.float32("nan")})
    with pytest.raises(TriadError) as caught:
        encoders.load_fitted(path)
    assert caught.value.code == "encoder_damaged"
    assert "encoder.npz" in caught.value.say("zh")


def test_missing_file(tmp_path):
    with pytest.raises(TriadError) as caught:
        encoders.load_fitted(tmp_path / "encoder.npz")
    assert caught.value.code == "file_missing"


@every_kind
@pytest.mark.parametrize("texts", [[], [""], ["?!", "..."]])
def test_nothing_to_fit_on(card, texts):
    with pytest.raises(TriadError) as caught:
        encoders.fit(card.id, texts)
    assert caught.value.code == "text_no_words"


@every_kind
def test_a_tiny_catalog_is_enough(card):
    encoder = encoders.fit(card.id, ["mug", "", "茶"])
    assert encode(encoder, "mug", "茶").norm(dim=1).min() > 0


def test_bag_of_words_equals_scikit_learns(fitted):
    theirs = CountVectorizer(analyzer=terms).fit_transform(CATALOG)
    ours = encode(fitted["bag-of-words"], *CATALOG)
    assert np.allclose(ours, normalize(theirs.astype(float)).toarray(), atol=1e-6)


def test_tf_idf_equals_scikit_learns(fitted):
    oracle = TfidfVectorizer(analyzer=terms).fit(CATALOG)
    unseen = ["A mug and a guitar, and a mug again", "蓝色的毛衣"]
    for texts in (CATALOG, unseen):
        ours = encode(fitted["tf-idf"], *texts)
        assert np.allclose(ours, oracle.transform(texts).toarray(), atol=1e-6)


def test_tf_idf_listens_to_rare_words(fitted):
    text, thing, article = (word(fitted["tf-idf"], t) for t in ("a red mug", "mug", "a"))
    assert text @ thing > text @ article
    text, thing, article = (word(fitted["bag-of-words"], t) for t in ("a red mug", "mug", "a"))
    assert text @ thing == pytest.approx(float(text @ article))


def test_word2vec_puts_words_of_like_contexts_together():
    likes = [
        f"the {animal} {does} in the {place}"
        for animal, does, place in product(
            ("cat", "dog", "猫"), ("sleeps", "eats", "plays"), ("garden", "house")
        )
    ]
    likes += [
        f"we {drive} this {vehicle} along a {road}"
        for drive, vehicle, road in product(
            ("steer", "park", "repair"), ("car", "truck", "卡车"), ("street", "highway")
        )
    ]
    encoder = encoders.fit("word2vec", likes * 5)
    cat, dog, mao, car, truck = (word(encoder, w) for w in ("cat", "dog", "猫", "car", "truck"))
    assert min(cat @ dog, cat @ mao, car @ truck) > max(cat @ car, dog @ truck, mao @ car)


def test_word2vec_does_not_depend_on_the_process(fitted):
    code = (
        "import sys, json; from core import encoders;"
        "e = encoders.fit('word2vec', json.loads(sys.stdin.read()));"
        "sys.stdout.buffer.write(e.numbers.tobytes())"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        input=json.dumps(CATALOG).encode(),
        capture_output=True,
        check=True,
        env={"PYTHONHASHSEED": "7"},
    )
    assert done.stdout == fitted["word2vec"].numbers.tobytes()


def test_embedding_layer_learns_that_two_languages_say_the_same(fitted):
    encoder = fitted["embedding-layer"]
    mug, cup, bicycle = (word(encoder, w) for w in ("mug", "杯子", "自行车"))
    assert mug @ cup > mug @ bicycle + 0.5
    english, chinese = (
        torch.nn.functional.normalize(encode(encoder, *side), dim=1)
        for side in zip(*PAIRS, strict=True)
    )
    assert (english @ chinese.T).argmax(dim=1).tolist() == list(range(len(PAIRS)))


def test_embedding_layer_shrinks_words_that_say_nothing(fitted):
    article, thing = encode(fitted["embedding-layer"], "a", "mug").norm(dim=1)
    assert article < 0.5 * thing


def test_unknown_kind():
    with pytest.raises(TriadError) as caught:
        encoders.fit("glove", CATALOG)
    assert caught.value.code == "unknown_encoder"
    assert "tf-idf" in str(caught.value)


def test_listing_imports_no_library():
    code = (
        "import sys; from core import encoders; assert encoders.fittable();"
        "heavy = ('torch', 'sklearn', 'gensim', 'jieba', 'transformers', 'huggingface_hub');"
        "print([m for m in heavy if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
