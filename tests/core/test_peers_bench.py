import argparse
from importlib import import_module
from importlib.util import find_spec

import numpy as np
import pytest

from core.errors import TriadError
from core.recommenders.inputs import prepare
from tests.core.recommenders.small_worlds import everybody, make_world

bench = import_module("core.bench.peers")  # the package has a function of that name


def test_without_cornac_one_sentence_says_how_to_get_it(monkeypatch):
    monkeypatch.setattr(bench, "find_spec", lambda name: None)
    with pytest.raises(TriadError, match=r"pip install -r requirements-dev\.txt"):
        bench.peers(argparse.Namespace(world="shop", seeds=1))


@pytest.mark.skipif(find_spec("cornac") is None, reason="cornac is not installed")
@pytest.mark.parametrize("fit", [bench.cornac_bpr, bench.cornac_vbpr])
def test_rows_of_cornac_are_ours(fit, monkeypatch):
    """Rows that were mixed up would recommend at random."""
    # What is best for thousands of visitors learns nothing from a few.
    monkeypatch.setattr(bench, "VBPR", {"n_epochs": 20, "batch_size": 100, "learning_rate": 0.005})
    world = make_world()
    found = fit(prepare(world.train, world.features, world.present, world.valid), 0)
    scores = found.scores(everybody(world.train), world.train)
    scores = np.where(world.train.toarray() > 0, -np.inf, scores)
    top = world.kind[np.argsort(-scores, axis=1)[:, :4]]
    assert (top == world.taste[:, None]).mean() > 0.6  # by chance a third
