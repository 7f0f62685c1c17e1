"""Views of a medium: the same by seed, other by another, and still that medium."""

from __future__ import annotations

import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from core.media import augment
from core.media.augment.audio import with_noise
from core.media.augment.image import turned_hue
from core.types import Passage, Picture, Sound

RATE = 32_000
SEEDS = range(12)
PICTURES = (augment.cropped, augment.flipped, augment.jittered)
SOUNDS = (augment.amplified, augment.noisy, augment.masked)


def cut(text: str) -> list[tuple[int, int]]:
    """Words between blanks, and Chinese by the character."""
    return [match.span() for match in re.finditer(r"[\u4e00-\u9fff]|[^\W\u4e00-\u9fff]+", text)]


def without_words(passage: Passage, seed) -> Passage:
    return augment.without_words(passage, seed, cut, probability=0.4)


def without_run(passage: Passage, seed) -> Passage:
    return augment.without_run(passage, seed, cut, most=0.5)


TEXTS = (without_words, without_run)


@pytest.fixture(scope="module")
def picture() -> Picture:
    y, x = np.mgrid[:60, :90]
    pixels = np.stack([2 * x, 3 * y, (x + y) % 256], axis=-1)
    return Picture(pixels.astype(np.uint8))


@pytest.fixture(scope="module")
def sound() -> Sound:
    t = np.arange(RATE) / RATE
    wave = sum(np.sin(2 * np.pi * 220 * n * t) / n for n in range(1, 20)) * np.exp(-t)
    return Sound((0.25 * wave).astype(np.float32), RATE)


@pytest.mark.parametrize("change", PICTURES)
def test_pictures_keep_their_shape_and_follow_the_seed(change, picture) -> None:
    views = [change(picture, seed).pixels for seed in SEEDS]
    assert all(v.shape == picture.pixels.shape and v.dtype == np.uint8 for v in views)
    assert all(
        np.array_equal(v, change(picture, s).pixels) for v, s in zip(views, SEEDS, strict=True)
    )
    assert any(not np.array_equal(views[0], v) for v in views[1:])


@pytest.mark.parametrize("size", [(1, 1), (1, 40), (33, 2)])
@pytest.mark.parametrize("change", PICTURES)
def test_pictures_of_any_size(change, size) -> None:
    tiny = Picture(np.full((*size, 3), 77, np.uint8))
    assert all(change(tiny, seed).pixels.shape == (*size, 3) for seed in SEEDS)


def test_a_crop_shows_a_part_and_nothing_else(picture) -> None:
    for seed in SEEDS:
        view = augment.cropped(picture, seed).pixels.astype(int)
        red = view[:, :, 0] / 2  # which column of the original this is
        assert red.min() >= -1
        assert red.max() <= 90
        share = (np.ptp(red) + 2) / 90 * (np.ptp(view[:, :, 1] / 3) + 2) / 60
        assert 0.68 < share <= 1.1
    whole = augment.cropped(picture, 0, least=1.0, stretch=1.0)
    assert np.array_equal(whole.pixels, picture.pixels)


def test_a_flip_is_a_flip_or_nothing(picture) -> None:
    assert np.array_equal(
        augment.flipped(picture, 0, probability=1).pixels, picture.pixels[:, ::-1]
    )
    assert augment.flipped(picture, 0, probability=0) is picture
    mirrored = sum(augment.flipped(picture, seed) is not picture for seed in range(400))
    assert 150 < mirrored < 250


def test_colours_move_as_torchvision_moves_them(picture) -> None:
    functional = pytest.importorskip("torchvision.transforms.v2.functional")
    image = Image.fromarray(picture.pixels)
    for seed in range(4):
        rng = np.random.default_rng(seed)
        factors = [float(rng.uniform(0.8, 1.2)) for _ in range(3)]
        turn = float(rng.uniform(-0.02, 0.02))
        theirs = functional.adjust_brightness(image, factors[0])
        theirs = functional.adjust_contrast(theirs, factors[1])
        theirs = functional.adjust_saturation(theirs, factors[2])
        theirs = functional.adjust_hue(theirs, turn)
        assert np.array_equal(augment.jittered(picture, seed).pixels, np.asarray(theirs))


def test_a_hue_turned_all_the_way_is_the_same_and_half_way_is_the_opposite() -> None:
    red = Image.new("RGB", (4, 4), (255, 0, 0))
    assert np.abs(np.asarray(turned_hue(red, 0.0)).astype(int) - [255, 0, 0]).max() == 0
    assert np.abs(np.asarray(turned_hue(red, 0.5)).astype(int) - [0, 255, 255]).max() <= 8


@pytest.mark.parametrize("change", TEXTS)
@given(
    said=st.text("ab c,.\n很好看杯1", min_size=1, max_size=60).filter(cut), seed=st.integers(0, 99)
)
@settings(max_examples=60, deadline=None)
def test_texts_keep_a_word_and_get_no_new_ones(change, said: str, seed: int) -> None:
    passage = Passage(said, "zh")
    changed = change(passage, seed)
    assert cut(changed.text)
    assert changed.language == "zh"
    assert changed == change(passage, seed)
    left = iter(said.replace("\n", " "))
    assert all(mark in left for mark in changed.text.replace("\n", " ")), "a subsequence"


@pytest.mark.parametrize("change", TEXTS)
def test_a_text_of_one_word_stays(change) -> None:
    for seed in SEEDS:
        assert change(Passage("Mug!", "en"), seed) == Passage("Mug!", "en")


@pytest.mark.parametrize("change", TEXTS)
def test_texts_follow_the_seed(change) -> None:
    passage = Passage("one two three four five six seven eight", "en")
    views = {change(passage, seed).text for seed in SEEDS}
    assert len(views) > 4
    assert all("  " not in view for view in views)


def test_words_are_dropped_as_often_as_asked() -> None:
    passage = Passage(" ".join(f"w{n}" for n in range(1000)), "en")
    kept = len(augment.without_words(passage, 0, cut, probability=0.15).text.split())
    assert 810 < kept < 890
    assert augment.without_words(passage, 0, cut, probability=0.0) == passage
    assert len(augment.without_words(passage, 0, cut, probability=1.0).text.split()) == 1


def test_a_run_is_one_gap_no_longer_than_asked() -> None:
    words = [f"w{n}" for n in range(20)]
    for seed in range(60):
        kept = augment.without_run(Passage(" ".join(words), "en"), seed, cut, most=0.2).text.split()
        gone = [n for n, word in enumerate(words) if word not in kept]
        assert 1 <= len(gone) <= 4
        assert gone == list(range(gone[0], gone[0] + len(gone)))


@pytest.mark.parametrize("change", SOUNDS)
def test_sounds_keep_their_shape_and_follow_the_seed(change, sound) -> None:
    views = [change(sound, seed) for seed in SEEDS]
    for seed, view in zip(SEEDS, views, strict=True):
        assert view.samples.shape == sound.samples.shape
        assert view.samples.dtype == np.float32
        assert view.rate == sound.rate
        assert np.abs(view.samples).max() <= 1
        assert np.array_equal(view.samples, change(sound, seed).samples)
    assert any(not np.array_equal(views[0].samples, view.samples) for view in views[1:])


@pytest.mark.parametrize("change", SOUNDS)
@pytest.mark.parametrize("length", [1, 300, 3_200, 33_333])
def test_silence_stays_silent_at_any_length(change, length) -> None:
    silent = Sound(np.zeros(length, np.float32), RATE)
    for seed in SEEDS:
        assert not change(silent, seed).samples.any()
        assert len(change(silent, seed).samples) == length


@pytest.mark.parametrize("decibels", [0.0, 10.0, 17.3, 40.0])
def test_noise_is_as_far_below_as_asked(decibels, sound) -> None:
    noise = with_noise(sound.samples, decibels, np.random.default_rng(1)).astype(float)
    noise -= sound.samples
    ratio = 10 * np.log10(np.square(sound.samples, dtype=float).sum() / np.square(noise).sum())
    assert ratio == pytest.approx(decibels, abs=0.1)


def test_noise_of_a_full_sound_keeps_its_ratio_and_stays_within_one() -> None:
    square = np.sign(np.sin(2 * np.pi * 100 * (np.arange(RATE) + 0.5) / RATE)).astype(np.float32)
    view = augment.noisy(Sound(square, RATE), 3, lowest=20, highest=20).samples.astype(float)
    assert np.abs(view).max() == pytest.approx(1)
    gain = (view @ square) / (square @ square)
    ratio = 10 * np.log10(np.square(gain * square).sum() / np.square(view - gain * square).sum())
    assert gain < 0.9
    assert ratio == pytest.approx(20, abs=0.1)


def test_gain_is_within_its_range(sound) -> None:
    for seed in SEEDS:
        heard = np.abs(sound.samples) > 1e-3
        ratio = augment.amplified(sound, seed, most=3).samples[heard] / sound.samples[heard]
        assert np.ptp(ratio) < 1e-4
        decibels = 20 * np.log10(np.median(ratio))
        assert -3.01 <= decibels <= 3.01


def test_no_mask_is_the_same_sound(sound) -> None:
    same = augment.masked(sound, 0, bands=0, share=0.0)
    assert np.allclose(same.samples, sound.samples, atol=1e-6)


def test_masks_take_away_and_add_nothing(sound) -> None:
    hiss = Sound(np.random.default_rng(0).normal(0, 0.1, RATE).astype(np.float32), RATE)
    for seed in SEEDS:
        before, after = (
            float(np.square(s.samples).sum()) for s in (hiss, augment.masked(hiss, seed))
        )
        assert 0.3 * before < after <= before * 1.0001


def test_a_time_mask_silences_a_stretch() -> None:
    hiss = Sound(np.random.default_rng(0).normal(0, 0.1, RATE).astype(np.float32), RATE)
    silenced = 0
    for seed in SEEDS:
        view = augment.masked(hiss, seed, bands=0, share=0.5, masks=1).samples
        frames = np.abs(view[: RATE // 800 * 800].reshape(-1, 800)).max(axis=1)
        quiet = np.flatnonzero(frames < 1e-3)
        assert len(quiet) <= 0.5 * len(frames)
        assert not len(quiet) or np.ptp(quiet) == len(quiet) - 1, "one stretch"
        silenced += len(quiet) > 0
    assert silenced > len(SEEDS) / 2


def test_sub_seeds_differ() -> None:
    seeds = {augment.sub_seed(s, n) for s in (0, 1, (0, 1), (1, 0)) for n in range(3)}
    assert len(seeds) == 12
