"""The probe of the augmentation benchmark: right where it can be, and never on items it has met."""

import numpy as np

from core.bench.augmentation import _probe

Y = np.arange(120) % 4


def test_what_is_there_is_read_off():
    x = np.eye(4, dtype=np.float32)[Y] + np.random.default_rng(0).normal(0, 0.1, (120, 4))
    assert _probe(x[None], x, Y) == 1


def test_views_of_an_item_do_not_leak_from_training_into_the_test():
    """Noise of which every item has identical copies: only who met the item itself could name it."""
    x = np.random.default_rng(0).normal(size=(120, 200)).astype(np.float32)
    assert _probe(np.stack([x] * 4), x, Y) < 0.45


def test_it_is_the_given_vectors_that_are_tested():
    x = np.eye(4, dtype=np.float32)[Y]
    assert _probe(x[None], np.roll(x, 1, axis=1), Y) == 0
