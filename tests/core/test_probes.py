"""The probe reads what is there, and nothing where there is nothing."""

import numpy as np
import pytest

from core.bench.probes import SAME, accuracy, offline
from core.encoders.sources import works
from core.types import MODALITIES, Modality


def test_what_was_planted_is_read():
    rng = np.random.default_rng(0)
    y = np.arange(60) % 4
    x = np.eye(4)[y] + 0.1 * rng.normal(size=(60, 4))
    assert accuracy(x.astype(np.float32), y) == 1


def test_from_noise_nothing_is_read():
    rng = np.random.default_rng(1)
    y = np.arange(200) % 4
    assert accuracy(rng.normal(size=(200, 8)).astype(np.float32), y) == pytest.approx(0.25, abs=0.1)


@pytest.mark.parametrize("modality", MODALITIES)
def test_everything_that_works_offline_is_probed_once(modality):
    assert set(works(modality)) - set(SAME) <= set(offline(modality))
    assert len(set(offline(modality))) == len(offline(modality))


def test_what_is_fitted_is_probed():
    assert {"bag-of-words", "tf-idf", "word2vec", "embedding-layer"} <= set(offline(Modality.TEXT))
