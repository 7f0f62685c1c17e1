from __future__ import annotations

import numpy as np
import pytest
import torch
from PIL import Image

from core import encoders
from core.encoders.histogram import (
    COLOURS,
    GRAINS,
    GREYS,
    HUES,
    SHADES,
    SIDE,
    colours_of,
    grains_of,
    shares,
)
from core.types import Picture


@pytest.fixture(scope="module")
def encoder():
    return encoders.get("colour-histogram-lbp")


def noise(seed: int, *size: int) -> np.ndarray:
    return np.random.default_rng(seed).integers(0, 256, size, dtype=np.uint8)


def pattern_by_definition(grey: np.ndarray, y: int, x: int) -> int:
    """Ojala's uniform, rotation-invariant pattern of one pixel."""
    height, width = grey.shape
    ring = [(-1, -1), (-1, 0), (-1, 1), (0, 1), (1, 1), (1, 0), (1, -1), (0, -1)]
    bits = []
    for down, right in ring:
        row, column = min(max(y + down, 0), height - 1), min(max(x + right, 0), width - 1)
        bits.append(int(grey[row, column] >= grey[y, x]))
    changes = sum(bits[n] != bits[n - 1] for n in range(8))
    return sum(bits) if changes <= 2 else 9


def test_grains_are_as_defined():
    grey = noise(0, 9, 13) // 32
    expected = [[pattern_by_definition(grey, y, x) for x in range(13)] for y in range(9)]
    assert grains_of(grey).tolist() == expected


def test_grains_keep_through_any_rising_curve():
    grey = noise(1, 40, 40)
    curve = np.sort(np.random.default_rng(2).choice(60_000, 256, replace=False))
    assert (grains_of(grey) == grains_of(curve[grey])).all()


def test_colours_have_hue_and_shade_and_greys_have_shade():
    rgb = np.array(
        [[(255, 0, 0), (100, 0, 0), (0, 255, 0), (0, 0, 255), (0, 0, 0), (128, 128, 128)]], np.uint8
    )
    hsv = np.asarray(Image.fromarray(rgb).convert("HSV"))
    red, dark_red, green, blue, black, grey = colours_of(hsv)[0].tolist()
    assert [red // SHADES, green // SHADES, blue // SHADES] == [0, HUES // 3 - 1, HUES * 2 // 3 - 1]
    assert (red % SHADES, dark_red) == (SHADES - 1, 1)
    assert (black, grey) == (HUES * SHADES, HUES * SHADES + GREYS // 2)
    every = noise(3, 60, 60, 3)
    assert 0 <= colours_of(every).min() <= colours_of(every).max() < COLOURS


def test_a_cell_counts_its_own_pixels():
    pixels = np.zeros((SIDE, SIDE, 3), np.uint8)
    pixels[:32, 32:64] = (255, 0, 0)  # the second cell
    found = shares(pixels)
    red = SHADES - 1
    assert found[:, red].tolist() == [0, 0.5, *[0] * 14]
    assert found[:, :COLOURS].sum(axis=1) == pytest.approx(0.5)
    assert found[:, COLOURS:].sum(axis=1) == pytest.approx(0.5)


def test_size_hardly_matters(encoder, make_mug, make_drawn):
    for picture in (make_mug(), make_drawn(0), make_drawn(5)):
        image = Image.fromarray(picture.pixels)
        sizes = [
            (image.width * 2, image.height * 2),
            (image.width * 3 // 2, image.height * 3 // 2),
        ]
        sized = [
            Picture(np.asarray(image.resize(size, Image.Resampling.BICUBIC))) for size in sizes
        ]
        pooled = encoder.encode([picture, *sized]).pooled
        assert (pooled @ pooled[0]).min() > 0.97


def test_mirroring_and_turning_move_tokens_and_keep_the_picture(encoder):
    pixels = noise(4, SIDE, SIDE, 3)
    turned = [pixels, pixels[:, ::-1], np.rot90(pixels)]
    encoded = encoder.encode([Picture(np.ascontiguousarray(each)) for each in turned], tokens=True)
    assert torch.allclose(encoded.pooled, encoded.pooled[:1].expand(3, -1), atol=1e-6)
    grid = encoded.tokens.unflatten(1, (4, 4))
    assert torch.allclose(grid[1], grid[0].flip(1), atol=1e-6)
    assert torch.allclose(grid[2], grid[0].rot90(), atol=1e-6)


@pytest.mark.parametrize("level", [0, 128, 255])
@pytest.mark.parametrize("size", [(1, 1), (3, 1024), (200, 200)])
def test_a_flat_picture_is_one_colour_and_one_grain(encoder, level, size):
    encoded = encoder.encode([Picture(np.full((*size, 3), level, np.uint8))], tokens=True)
    assert encoded.pooled.isfinite().all()
    assert (encoded.pooled > 0).sum() == 2
    assert encoded.pooled[0, COLOURS + 8] == pytest.approx(0.5**0.5)
    assert torch.allclose(encoded.tokens, encoded.pooled[:, None].expand(-1, 16, -1))


def test_vectors_have_unit_length_and_tell_colours_and_grains_apart(encoder):
    red, blue = np.zeros((2, 64, 64, 3), np.uint8)
    red[..., 0] = blue[..., 2] = 255
    stripes = np.repeat(np.where(np.arange(SIDE) % 8 < 4, 90, 160), SIDE).reshape(SIDE, SIDE)
    grey = np.repeat(stripes[..., None], 3, axis=2).astype(np.uint8)
    shuffled = np.random.default_rng(5).permutation(grey.reshape(-1, 3)).reshape(grey.shape)
    pictures = [Picture(each) for each in (red, blue, grey, shuffled)]
    pooled = encoder.encode(pictures).pooled
    assert pooled.norm(dim=1) == pytest.approx([1] * 4)
    assert float(pooled[0] @ pooled[1]) == pytest.approx(0.5)  # flat both, of one grain
    same_colours = pooled[2, :COLOURS] @ pooled[3, :COLOURS]
    assert float(same_colours) == pytest.approx(0.5)
    assert float(pooled[2, -GRAINS:] @ pooled[3, -GRAINS:]) < 0.4
