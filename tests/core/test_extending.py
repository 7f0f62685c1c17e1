"""``docs/extending.md`` is followed: a file is written where it says, and all that it promises holds."""

import json
import re
import shutil
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import numpy as np
import pytest

import core.fusion
from core.coalitions import COALITIONS, FULL
from core.evaluation.splits import by_time
from core.explain.shapley import shapley
from core.fusion import ATTENTIONS, FUSIONS
from core.methods import catalog_of, fit_scalers, new_tower
from core.recommenders.two_tower import Entries, TwoTower
from core.training.train import TrainConfig, train
from core.types import Method
from tests.core.fusion import test_contracts as contracts

ROOT = Path(__file__).parents[2]
GUIDE = (ROOT / "docs" / "extending.md").read_text(encoding="utf-8")
NONE = 0


def blocks(language):
    return re.findall(rf"```{language}\n(.*?)```", GUIDE, re.DOTALL)


@pytest.fixture(scope="module")
def copy(tmp_path_factory):
    """A copy of the package and its words, with what the guide has one write."""
    root = tmp_path_factory.mktemp("copy")
    shutil.copytree(ROOT / "core", root / "core")
    shutil.copytree(ROOT / "assets" / "locales", root / "assets" / "locales")
    (place,) = re.findall(r"Write it to `(core/fusion/\w+\.py)`", GUIDE)
    (code,) = blocks("python")
    (root / place).write_text(code, encoding="utf-8")
    places = re.findall(r"assets/locales/\w+\.json", GUIDE)
    for place, words in zip(places, blocks("json"), strict=True):
        found = json.loads((root / place).read_text(encoding="utf-8"))
        found["fusion"] |= json.loads(f"{{{words}}}")
        (root / place).write_text(json.dumps(found, ensure_ascii=False), encoding="utf-8")
    return root


@pytest.fixture(scope="module")
def key(copy):
    """The key of the guide's fusion, which this process knows until the module's tests are over."""
    before = set(FUSIONS)
    folder = str(copy / "core" / "fusion")
    core.fusion.__path__.append(folder)
    try:
        import_module("core.fusion.average")
        (new,) = set(FUSIONS) - before
        yield new
    finally:
        core.fusion.__path__.remove(folder)
        sys.modules.pop("core.fusion.average", None)
        for added in set(FUSIONS) - before:
            FUSIONS._entries.pop(added)


def test_the_command_line_lists_it_because_the_file_is_there(copy, key):
    command = [sys.executable, "-m", "core", "methods", "--json"]
    done = subprocess.run(command, cwd=copy, capture_output=True, text=True, check=True)
    cards = {c["key"]: c["card"] for c in json.loads(done.stdout) if c["family"] == "fusion"}
    assert set(cards) == set(FUSIONS)
    assert cards[key]["formula"] == FUSIONS[key].card.formula


@pytest.mark.parametrize("language", ["en", "zh"])
def test_it_has_names_that_no_other_has(copy, key, language, monkeypatch):
    monkeypatch.setattr(contracts, "LOCALES", copy / "assets" / "locales")
    contracts.test_every_fusion_has_a_name_and_a_line(language)


def test_it_keeps_what_every_fusion_must_keep(key):
    contracts.test_cards_are_complete(FUSIONS[key].card)
    contracts.test_chance_plays_in_training_only_and_is_its_own(key)
    contracts.test_gates_sum_to_one_over_the_present(key)
    contracts.test_device_and_dtype_follow_the_input(key)
    for shown in contracts.SHOWN.values():
        contracts.test_any_part_of_the_channels_can_be_trained_on(key, shown, rows=3)
    for attention in ATTENTIONS:
        contracts.test_every_parameter_is_saved_and_trains(key, attention)
        contracts.test_every_present_channel_is_heard(key, attention)
        contracts.test_order_of_the_dict_and_company_in_the_batch_change_nothing(key, attention)
        for training in (True, False):
            contracts.test_poison_in_absent_slots_changes_nothing(key, attention, training)


@pytest.fixture(scope="module")
def learned(key, planted):
    """What one step of training makes of it: the model, its state before, and the loss."""
    catalog = catalog_of(planted, fit_scalers(planted))
    tower = new_tower(Method(key), catalog, seed=0, width=16)
    before = {name: value.clone() for name, value in tower.state_dict().items()}
    split = by_time(planted)
    one = TrainConfig(epochs=1, batch=len(split.train), full=1.0)
    (epoch,) = train(tower, catalog, split.train, None, one)
    return TwoTower(tower, catalog), before, epoch.loss


def test_it_learns_in_one_step(learned):
    model, before, loss = learned
    assert np.isfinite(loss)
    now = model.tower.state_dict()
    moved = [name for name in before if ".fusion." in name and not now[name].equal(before[name])]
    assert moved == [name for name in before if ".fusion." in name]


def test_its_contributions_sum_to_its_scores(learned, planted):
    model, _, _ = learned
    rows = np.arange(len(planted.items))
    visitor = model.visitor(Entries.liked(model.catalog, planted.history(0)))
    values = model.values(visitor, rows, FULL)
    scores = model.scores(visitor, FULL)  # of the whole catalog at once: not the way values go
    assert values.shape == (COALITIONS, len(rows))
    assert np.ptp(scores) > 1e-3
    np.testing.assert_allclose(values[NONE] + shapley(values).sum(0), scores, atol=1e-5)
    for column, phi in enumerate(shapley(values)):
        absent = ~model.catalog.present[:, column].numpy()
        assert (phi[absent] == 0).all()
        assert np.abs(phi[~absent]).max() > 1e-4
