"""One encoder at a time: neighbours against brute force, resuming, parts, and what an encoder costs."""

from dataclasses import replace

import numpy as np
import pytest

from core import encoders
from core.encoders import Box, ColourAndTexture, Span
from core.encoders.store import VectorStore
from core.encoding import closeness, cost, made_of, nearest, opened, space
from core.engine import Engine
from core.errors import TriadError
from core.media import decode
from core.types import Item, ItemText, Media, Modality, Passage, Picture

TEXTS = (
    ("a red cup", "红色的杯子"),
    ("a blue cup with a handle", "有把手的蓝杯子"),
    ("a wooden chair", "木椅子"),
    ("a chair of steel and wood", "钢木椅子"),
    ("a lamp of paper", "纸灯"),
)


class Words:
    """All that is asked of an engine, over a few texts; the last item has no text that could be read."""

    def __init__(self):
        self._items = tuple(
            Item(
                f"item-{n}",
                {"en": ItemText(en, ""), "zh": ItemText(zh, "")},
                "thing",
                frozenset({Modality.TEXT} if n != 2 else {Modality.IMAGE}),
            )
            for n, (en, zh) in enumerate(TEXTS)
        )
        blank = Item("blank", {"en": ItemText("", "")}, "thing", frozenset({Modality.TEXT}))
        self._items += (blank,)

    def items(self, world):
        return self._items


def text(said):
    return Media(Modality.TEXT, said.encode(), "asked")


@pytest.fixture
def store(tmp_path):
    return VectorStore(tmp_path / "vectors")


def vector(encoder, *said):
    return np.mean([encoder.encode([Passage(s)]).pooled[0].numpy() for s in said], axis=0)


def test_closeness_is_the_cosine_of_the_differences_from_the_mean():
    rng = np.random.default_rng(0)
    x, asked = rng.normal(size=(9, 4)).astype(np.float32) + 5, rng.normal(size=4)
    asked = asked.astype(np.float32) + 5
    a, b = x - x.mean(0), asked - x.mean(0)
    expected = [row @ b / np.sqrt(row @ row) / np.sqrt(b @ b) for row in a]
    np.testing.assert_allclose(closeness(x, asked), expected, rtol=1e-4)
    assert closeness(x, x.mean(0)).tolist() == [0] * 9


@pytest.mark.parametrize("id", ["bag-of-words", "tf-idf", "use-multilingual-v3"])
def test_the_nearest_are_those_of_brute_force(id, store):
    engine = Words()
    encoder = opened(engine, "words", id, Modality.TEXT)
    rows = [0, 1, 3, 4]
    x = np.stack([vector(encoder, *TEXTS[n]) for n in rows])
    asked = vector(encoder, "a steel chair")
    a, b = x - x.mean(0), asked - x.mean(0)
    cosines = a @ b / np.linalg.norm(a, axis=1) / np.linalg.norm(b)
    found = nearest(engine, "words", id, text("a steel chair"), 3, store=store)
    order = np.argsort(-cosines)[:3]
    assert [near.item.id for near in found] == [f"item-{rows[n]}" for n in order]
    np.testing.assert_allclose([near.cosine for near in found], cosines[order], atol=1e-4)
    assert found[0].item.id == "item-3"


def test_several_media_are_averaged_and_the_item_itself_can_be_left_out(store):
    engine = Words()
    both = [text(said) for said in TEXTS[0]]
    found = nearest(engine, "words", "bag-of-words", both, 6, store=store)
    assert found[0].item.id == "item-0"
    assert found[0].cosine == pytest.approx(1, abs=1e-5)
    others = nearest(engine, "words", "bag-of-words", both, 6, without=["item-0"], store=store)
    assert others == found[1:]


@pytest.mark.parametrize("k", [0, 101])
def test_a_list_of_no_length_or_too_long_is_refused(k, store):
    with pytest.raises(TriadError) as error:
        nearest(Words(), "words", "bag-of-words", text("cup"), k, store=store)
    assert error.value.code == "bad_k"


class Counting(ColourAndTexture):
    """Counts what it encodes; its vectors say what it was asked."""

    card = replace(ColourAndTexture.card, id="counting", modality=Modality.TEXT, dim=2)

    def __init__(self):
        super().__init__()
        self.asked = []

    def _encode(self, batch, tokens):
        import torch

        self.asked += [each.text for each in batch]
        pooled = torch.tensor([[len(each.text), 1.0] for each in batch])
        return encoders.Encoded(pooled, None, ((),) * len(batch))


class Enough(BaseException):
    """What a page raises when it is to stop."""


def test_what_was_stopped_goes_on(store):
    encoder, engine = Counting(), Words()

    def say(done, total):
        assert total == 5
        if done == 2:
            raise Enough

    with pytest.raises(Enough):
        space(engine, "words", encoder, store=store, say=say)
    before = list(encoder.asked)
    assert before == [*TEXTS[0], *TEXTS[1]]
    told = []
    there = space(
        engine, "words", encoder, store=store, say=lambda *progress: told.append(progress)
    )
    assert encoder.asked[len(before) :] == [*TEXTS[3], *TEXTS[4]]
    assert told == [(n, 5) for n in range(1, 6)]
    assert there.rows.tolist() == [0, 1, 3, 4]  # one has no text, one none that could be read
    lengths = [np.mean([len(said) for said in TEXTS[n]]) for n in (0, 1, 3, 4)]
    np.testing.assert_allclose(there.vectors[:, 0], lengths)
    assert space(engine, "words", encoder, store=store) is there


def test_only_some_items_can_be_asked_for(store):
    there = space(Words(), "words", Counting(), store=store, only=[4, 2, 1])
    assert there.rows.tolist() == [1, 4]


def test_the_worlds_own_vectors_are_taken_over(store):
    engine = Engine()

    class Silent(encoders.EfficientNetLite):
        card = encoders.default(Modality.IMAGE).card

        def _encode(self, batch, tokens):
            raise AssertionError("nothing had to be encoded")

    there = space(engine, "shop", Silent(), store=store)
    shelf = engine._library.shelf("shop").dataset
    has = [n for n, item in enumerate(shelf.items) if Modality.IMAGE in item.modalities]
    assert there.rows.tolist() == has
    np.testing.assert_array_equal(there.vectors, shelf.vectors[Modality.IMAGE][has])


def test_an_item_of_the_world_is_nearest_to_its_own_picture(store):
    engine = Engine()
    item = next(i for i in engine.items("shop") if Modality.IMAGE in i.modalities)
    media = Media(Modality.IMAGE, engine.picture("shop", item.id, 256), item.id)
    found = nearest(engine, "shop", "efficientnet-lite0", media, 1, store=store)
    assert found[0].item.id == item.id
    assert found[0].cosine > 0.8  # the world was built from pictures without loss


def test_the_parts_of_a_bag_of_words_are_its_words():
    engine = Words()
    encoder = opened(engine, "words", "bag-of-words", Modality.TEXT)
    said = "cup cup xylophone chair"
    made = made_of(encoder, decode(text(said)))
    assert [said[s.start : s.end] for s, _ in made.parts if isinstance(s, Span)] == said.split()
    length = np.sqrt(2**2 + 1)
    assert [c for _, c in made.parts] == [
        pytest.approx(2 / length),
        pytest.approx(2 / length),
        None,
        pytest.approx(1 / length),
    ]
    assert made.dim == encoder.card.dim


def test_a_picture_is_named_and_cut_into_cells():
    ramp = np.linspace(0, 255, 64 * 64 * 3).reshape(64, 64, 3).astype(np.uint8)
    made = made_of(encoders.default(Modality.IMAGE), Picture(ramp))
    assert len(made.names) == 5
    assert all(isinstance(box, Box) and -1 <= c <= 1 for box, c in made.parts)
    plain = made_of(ColourAndTexture(), Picture(ramp))
    assert len(plain.parts) == 16
    assert plain.names == ()


def test_costs():
    pictures = [Picture(np.full((40, 40, 3), 60 * n, np.uint8)) for n in range(3)]
    network = cost(encoders.default(Modality.IMAGE), pictures)
    assert (network.parameters, network.dim) == (4_652_008, 1280)
    assert network.megabytes == 18.8
    assert network.ms > 0
    ruler = cost(ColourAndTexture(), pictures)
    assert (ruler.parameters, ruler.megabytes, ruler.dim) == (0, 0, 52)
    words = opened(Words(), "words", "bag-of-words", Modality.TEXT)
    assert cost(words, [Passage("a cup")]).parameters == len(words.vocabulary)


def test_an_unknown_encoder_is_told_what_there_is_with_what_is_fitted():
    with pytest.raises(TriadError) as error:
        opened(Words(), "words", "nonsense", Modality.TEXT)
    assert error.value.code == "unknown_encoder"
    assert {"bag-of-words", "use-multilingual-v3"} <= set(error.value.values["known"].split(", "))


def test_an_encoder_is_fitted_once_on_a_world():
    engine = Words()
    one = opened(engine, "words", "tf-idf", Modality.TEXT)
    assert opened(engine, "words", "tf-idf", Modality.TEXT) is one
    assert "cup" in one.vocabulary
