"""The label bridge: what is recognised, in words, in the space of sentences."""

from __future__ import annotations

import numpy as np
import pytest

from core import encoders
from core.encoders import bridge
from core.encoders.bridge import LabelBridge, Recognised
from core.encoders.bridge_words import SOUNDS, TAGS, TRAITS, USUAL, Vocabulary, heard, imagenet
from core.encoders.joint import joint_space
from core.errors import TriadError
from core.types import Modality, Passage

FEW = Vocabulary((("mug", "马克杯"), ("dog", "狗"), ("violin", "小提琴"), ("rain", "雨")))


@pytest.fixture(scope="module", autouse=True)
def own_cache(tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TRIAD_CACHE_DIR", str(tmp_path_factory.mktemp("cache")))
        patch.setattr(bridge, "can_tag", lambda: False)
        yield


@pytest.fixture(scope="module")
def space():
    return LabelBridge()


def test_it_is_the_joint_space_without_a_network():
    assert isinstance(joint_space(), LabelBridge)
    assert joint_space() is joint_space("label-bridge")


def test_every_word_has_two_languages():
    for vocabulary in (imagenet(), SOUNDS, TAGS):
        for english, chinese in vocabulary.words:
            han = any("\u4e00" <= mark <= "\u9fff" for mark in chinese)
            assert english
            assert han or chinese in ("iPod", "T恤"), english
    assert (len(imagenet().words), len(TAGS.words), len(SOUNDS.words)) == (1000, 50, len(TRAITS))
    assert FEW.say(0, "zh") == "马克杯"
    assert FEW.say(0, "fr") == "mug"


def test_a_word_in_either_language_is_nearest_to_its_own(space):
    words = space.words(FEW)
    for language in (0, 1):
        asked = space.text([pair[language] for pair in FEW.words])
        assert (asked @ words.T).argmax(axis=1).tolist() == [0, 1, 2, 3]


def test_what_is_common_to_all_words_is_taken_off(space):
    assert space.words(FEW).mean(axis=0) == pytest.approx(0, abs=1e-6)
    alike = space.placed(Recognised(FEW, np.full((1, 4), 0.25, dtype=np.float32)))
    assert np.abs(alike @ space.text(["a dog"]).T).max() < 1


def test_a_certain_label_lies_at_its_word(space):
    sure = Recognised(FEW, np.eye(4, dtype=np.float32))
    words = space.words(FEW)
    lengths = np.linalg.norm(words, axis=1, keepdims=True)
    assert space.placed(sure) == pytest.approx(words / lengths, abs=1e-6)


def test_the_classifier_on_a_stored_vector_is_the_classifier(space, batch_of):
    """Against the whole network: the same probabilities, without looking at a picture."""
    looker = encoders.get("efficientnet-lite0")
    pictures = batch_of(Modality.IMAGE)
    look = looker.look(pictures)
    seen = space.seen(look.pooled.numpy())
    assert seen.weights == pytest.approx(look.logits.softmax(dim=1).numpy(), abs=1e-5)
    assert seen.weights.sum(axis=1) == pytest.approx(1, abs=1e-5)


def test_a_sentence_finds_the_drawn_mug(space, make_mug, make_drawn):
    places = space.image([make_mug(), make_drawn(0), make_drawn(1)])
    for sentence in ("a mug of coffee", "咖啡杯"):
        assert (places @ space.text([sentence])[0]).argmax() == 0


def test_a_sentence_finds_the_hiss(space, make_plucked, make_hiss):
    places = space.audio([make_plucked(880, 3.0, decay=1.5), make_hiss(3.0)])
    assert places.shape == (2, 512)
    for sentence, row in (("rain and wind", 1), ("下雨", 1), ("a bell rings", 0), ("铃声", 0)):
        assert (places @ space.text([sentence])[0]).argmax() == row, sentence


def test_traits_are_told_against_what_they_are_heard_among():
    usual = np.zeros((1, 256), dtype=np.float32)
    for place, (mean, _) in USUAL.items():
        usual[0, place] = mean
    assert heard(usual) == pytest.approx(1 / len(TRAITS), abs=1e-4)
    crowd = np.random.default_rng(0).normal(size=(40, 256)).astype(np.float32)
    moved = heard(crowd[:3] * 5 + 2, crowd * 5 + 2)
    assert moved == pytest.approx(heard(crowd[:3], crowd), abs=1e-4)
    assert heard(crowd[:3], crowd[:3]) == pytest.approx(heard(crowd[:3]), abs=1e-6)  # too few


def test_tags_keep_their_order(space):
    sure = np.full((1, 50), 0.1, dtype=np.float32)
    sure[0, 9] = 0.9
    tagged = space.tagged(sure)
    assert tagged.weights.argmax() == 9
    assert tagged.vocabulary.say(9, "en") == "jazz music"
    assert tagged.vocabulary.say(9, "zh") == "爵士音乐"
    edges = space.tagged(np.array([[0.0] * 25 + [1.0] * 25], dtype=np.float32))
    assert np.isfinite(edges.weights).all()


def test_words_are_embedded_once_and_kept(space, monkeypatch):
    expected = space.words(FEW)
    fresh = LabelBridge()
    monkeypatch.setattr(fresh, "_text", lambda _: pytest.fail("embedded again"))
    assert fresh.words(FEW) == pytest.approx(expected)


@pytest.mark.parametrize("damage", [b"", b"\x93NUMPY", b"nothing of ours"])
def test_a_damaged_file_is_made_again(space, damage):
    expected = space.words(FEW)
    (kept,) = [
        path
        for path in bridge.kept_at("any").parent.glob("words-*.npy")
        if bridge.read(path, (len(FEW.words), 512)) is not None
    ]
    kept.write_bytes(damage)
    assert LabelBridge().words(FEW) == pytest.approx(expected)
    assert bridge.read(kept, (4, 512)) is not None


def test_a_folder_that_cannot_be_written_is_done_without(space, monkeypatch, tmp_path):
    (tmp_path / "a file").write_text("")
    monkeypatch.setenv("TRIAD_CACHE_DIR", str(tmp_path / "a file"))
    assert LabelBridge().words(FEW) == pytest.approx(space.words(FEW))


def test_what_is_not_a_picture_is_refused(space):
    with pytest.raises(TypeError):
        space.image([Passage("a mug")])
    assert space.image([]).shape == (0, 512)


def test_every_modality_of_the_card_has_a_place(space):
    assert space.card.modalities == (Modality.IMAGE, Modality.AUDIO)
    assert "zh" in space.card.languages
    space._require(Modality.IMAGE)
    with pytest.raises(TriadError):
        space._require(Modality.TEXT)
