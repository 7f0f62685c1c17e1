"""Views of media by content and seed, their vectors, and what the encoders do before their first layer."""

from __future__ import annotations

import io

import numpy as np
import pytest
import torch
from PIL import Image

from core.encoders.base import Encoded, Encoder, EncoderCard
from core.encoders.image import framed, normalised
from core.encoders.steps import encoder_trace, full_trace
from core.encoders.store import VectorStore
from core.encoders.views import (
    RECIPES,
    digest_of,
    encode_views,
    modality_of,
    recipe_fingerprint,
    view,
)
from core.media import decode, loudness
from core.types import Media, Modality, Passage, Picture, Sound


class Length(Encoder):
    """A text encoder of two numbers that counts its calls."""

    card = EncoderCard("length", Modality.TEXT, 2, "test", "1", "MIT")

    def __init__(self) -> None:
        super().__init__()
        self.seen: list[str] = []

    def _encode(self, batch, tokens):
        self.seen += [each.text for each in batch]
        rows = [[float(len(each.text)), float(each.text.count("a"))] for each in batch]
        return Encoded(torch.tensor(rows), None, ((),) * len(batch))


PASSAGES = [
    Passage(f"number {n} of a long row of rather similar reviews about a mug" * 2, "en")
    for n in range(3)
]


@pytest.mark.parametrize("modality", list(Modality))
def test_views_are_of_the_same_kind_and_follow_the_seed(modality, batch_of) -> None:
    for clean in batch_of(modality):
        views = [view(clean, (0, n)) for n in range(5)]
        digests = [digest_of(each) for each in views]
        assert {modality_of(each) for each in views} == {modality}
        assert digests == [digest_of(view(clean, (0, n))) for n in range(5)]
        assert len(set(digests)) > 1
        assert {digest_of(view(clean, (1, n))) for n in range(5)} != set(digests)


def test_two_items_get_different_views_from_one_seed(make_drawn) -> None:
    one, other = np.zeros((50, 80, 3), np.uint8), np.zeros((50, 80, 3), np.uint8)
    one[:, 40:] = other[:, 40:] = 200
    other[0, 0, 0] = 1
    views = [view(Picture(x), (0, 0)).pixels.astype(int) for x in (one, other)]
    assert np.abs(views[0] - views[1]).max() > 3


def test_chinese_is_dropped_by_the_word() -> None:
    said = "冬天喝咖啡特别舒服"  # 冬天 喝咖啡 特别 舒服, or finer; never a half of 咖啡
    kept = {view(Passage(said, "zh"), (0, n)).text for n in range(60)}
    assert len(kept) > 3
    assert not any(("咖" in text) != ("啡" in text) for text in kept)


def test_vectors_of_views_are_what_encoding_the_views_gives() -> None:
    encoder = Length()
    found = encode_views(encoder, [[p] for p in PASSAGES], 4, seed=7)
    assert found.shape == (4, 3, 2)
    assert found.dtype == np.float32
    for k in range(4):
        for i, passage in enumerate(PASSAGES):
            assert found[k, i, 0] == len(view(passage, (7, k)).text)


def test_several_media_are_averaged_and_none_is_zero() -> None:
    both = encode_views(Length(), [PASSAGES[:2], []], 2)
    each = encode_views(Length(), [[p] for p in PASSAGES[:2]], 2)
    assert np.allclose(both[:, 0], each.mean(axis=1))
    assert not both[:, 1].any()


def test_order_does_not_matter() -> None:
    forth = encode_views(Length(), [[p] for p in PASSAGES], 2)
    back = encode_views(Length(), [[p] for p in reversed(PASSAGES)], 2)
    assert np.array_equal(forth, back[:, ::-1])


def test_kept_vectors_are_not_encoded_again(tmp_path) -> None:
    store, encoder = VectorStore(tmp_path), Length()
    first = encode_views(encoder, [[p] for p in PASSAGES], 3, store=store)
    calls = len(encoder.seen)
    assert np.array_equal(encode_views(encoder, [[p] for p in PASSAGES], 3, store=store), first)
    assert len(encoder.seen) == calls
    encode_views(encoder, [[p] for p in PASSAGES], 3, seed=1, store=store)
    assert len(encoder.seen) == 2 * calls


def test_recipes_have_names_of_their_own_and_fingerprints() -> None:
    assert len({recipe_fingerprint(m) for m in Modality}) == len(Modality)
    for recipe in RECIPES.values():
        assert len({each.key for each in recipe}) == len(recipe)


def png(pixels: np.ndarray) -> Media:
    out = io.BytesIO()
    Image.fromarray(pixels).save(out, "PNG")
    return Media(Modality.IMAGE, out.getvalue(), "a.png")


def test_the_picture_steps_are_the_encoders_own(make_drawn) -> None:
    picture = make_drawn(3)
    frame, scale = encoder_trace(picture)
    assert np.array_equal(frame.after.value, framed(picture.pixels))
    seen = normalised(torch.from_numpy(framed(picture.pixels).copy())[None])[0]
    assert np.array_equal(scale.after.value, seen.permute(1, 2, 0).numpy())
    assert scale.after.facts["low"] >= -1
    assert scale.after.facts["high"] <= 1


def test_the_sound_step_ends_at_the_encoders_loudness(batch_of) -> None:
    for sound in batch_of(Modality.AUDIO):
        (step,) = encoder_trace(sound)
        assert step.before.facts["loudness"] == round(loudness(sound), 1)
        assert step.after.facts["loudness"] == pytest.approx(-18, abs=0.11)
        assert isinstance(sound, Sound)


def test_sentences_are_pieces_of_the_text() -> None:
    (step,) = encoder_trace(Passage("很好看。握着也暖！ A fine mug. So warm", "zh"))
    assert step.after.value == ("很好看。", "握着也暖！", "A fine mug.", "So warm")
    assert encoder_trace(Passage("mug"))[0].after.value == ("mug",)
    assert not encoder_trace(Passage("mug"))[0].changed


def test_a_full_trace_goes_from_bytes_to_the_encoder(make_drawn) -> None:
    media = png(make_drawn(1).pixels)
    steps = full_trace(media)
    assert [steps[0].key, steps[-1].key] == ["decode", "scale"]
    clean = decode(media)
    before = next(s for s in steps if s.key == "frame").before.value
    assert np.array_equal(before, clean.pixels)
