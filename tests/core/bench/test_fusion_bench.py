"""The fusion table: what is planted, what is kept of a run that was stopped, and what the verdict says."""

import json
from dataclasses import replace
from importlib import import_module

import numpy as np
import pytest

from core.bench.planted import Sizes, planted, withheld
from core.bench.verdict import document, lines
from core.types import MODALITIES

bench = import_module("core.bench.fusion")  # the package has a function of this name

SMALL = Sizes(items=40, visitors=60)
GRID = bench.Grid(
    fusions=("sum", "mean"), redundancies=(0.0,), missing=(0.5,), seeds=2, sizes=SMALL, epochs=1
)


def made_up(level, visitors=50, seed=0, **valid):
    """Cells in which every method has its level and a little noise of its own."""
    rng = np.random.default_rng(seed)
    ndcg = {n: (x + 0.02 * rng.standard_normal(visitors)).tolist() for n, x in level.items()}
    return {"ndcg": ndcg, "valid": valid, "seconds": 1.0}


ALONE = {
    "popularity": 0.1,
    "image": 0.2,
    "text": 0.3,
    "audio": 0.25,
    "behaviour": 0.2,
    "ensemble": 0.32,
    "oracle": 0.5,
}


@pytest.fixture
def cells():
    found = {}
    for seed in range(2):
        found["alone", 0.0, 0.5, seed] = made_up(ALONE, seed=seed, image=0.4, text=0.1, audio=0.1)
        found["sum", 0.0, 0.5, seed] = made_up({"sum": 0.4}, seed=10 + seed)
        found["mean", 0.0, 0.5, seed] = made_up({"mean": 0.2}, seed=20 + seed)
    return found


def test_what_is_withheld_is_nested_and_never_everything():
    some, more = (withheld(300, s, np.random.default_rng(1)) for s in (0.3, 0.6))
    assert not (some & ~more).any()
    assert not more.all(axis=1).any()
    assert some.mean() == pytest.approx(0.3, abs=0.05)
    assert not withheld(300, 0.0, np.random.default_rng(1)).any()


def test_withholding_changes_nothing_but_what_items_show():
    whole, holed = (planted("shop", SMALL, redundancy=0.5, missing=m, seed=3) for m in (0.0, 0.6))
    np.testing.assert_array_equal(whole.truth.utility, holed.truth.utility)
    np.testing.assert_array_equal(whole.interactions.item, holed.interactions.item)
    assert whole.present[:, :3].all()
    assert 0.3 < holed.present[:, :3].mean() < 0.7


def test_redundancy_is_how_much_one_modality_tells_of_another():
    def agreement(redundancy):
        data = planted("shop", Sizes(items=120, visitors=20, noise=0.1), redundancy=redundancy)
        image, text = (
            data.vectors[m] - data.vectors[m].mean(0) for m in (MODALITIES[0], MODALITIES[1])
        )
        return np.corrcoef((image @ image.T).ravel(), (text @ text.T).ravel())[0, 1]

    assert agreement(0.0) < 0.1 < 0.3 < agreement(1.0)


def test_a_run_that_was_stopped_goes_on(tmp_path, monkeypatch):
    monkeypatch.setenv("TRIAD_CACHE_DIR", str(tmp_path))
    path = GRID.file()
    path.parent.mkdir(parents=True)
    for cell in list(GRID.cells()):
        bench.append(path, cell, made_up({"x": 0.1}))
    text = path.read_text()
    path.write_text(text[: text.rindex("\n", 0, -1) + 40])  # killed in the middle of the last line
    kept = bench.read(path)
    assert list(kept) == list(GRID.cells())[:-1]
    bench.append(path, list(GRID.cells())[-1], made_up({"x": 0.3}))
    again = bench.read(path)
    assert list(again) == list(GRID.cells())
    assert {cell: again[cell] for cell in kept} == kept
    monkeypatch.setattr(bench, "compute", lambda *_: pytest.fail("computed again"))
    assert bench.reached(GRID) == again


def test_cells_of_other_worlds_are_not_mixed_in():
    assert GRID.file() == replace(GRID, seeds=5, missing=(0.1,)).file()
    assert (
        len({GRID.file(), replace(GRID, epochs=2).file(), replace(GRID, world="music").file()}) == 3
    )


def test_a_cell_ranks_for_everybody_and_the_oracle_is_ahead():
    found = bench.compute(GRID, ("alone", 0.0, 0.5, 0))
    mean = {name: np.mean(values) for name, values in found["ndcg"].items()}
    assert set(mean) == set(ALONE)
    assert {len(v) for v in found["ndcg"].values()} == {SMALL.visitors}
    assert mean["oracle"] == max(mean.values())
    fused = bench.compute(GRID, ("sum", 0.0, 0.5, 0))
    assert set(fused["ndcg"]) == {"sum"} == set(fused["valid"])


def test_the_best_single_modality_is_chosen_on_validation(cells):
    made = document(GRID, cells)
    single = next(r for r in made["baselines"] if r["name"] == "single")
    image = next(r for r in made["baselines"] if r["name"] == "image")
    assert single["which"] == "image"  # text is better on test, which must not matter
    assert (single["mean"], single["n"]) == (image["mean"], 2)


def test_a_win_is_an_interval_that_excludes_zero(cells):
    made = document(GRID, cells)
    up, down = made["rows"]
    difference, low, high, p = up["over"]["single"]
    assert low < difference < high
    assert difference == pytest.approx(up["mean"] - 0.2, abs=0.005)
    assert (low > 0, p < 0.01) == (True, True)
    assert down["over"]["single"][1] < 0 < down["over"]["single"][2]
    assert down["over"]["ensemble"][2] < 0
    table = lines(made)
    assert "*+" in table["sum"]
    assert "*" not in table["mean"]


def test_the_document_is_written_whole_and_the_same_each_time(cells, tmp_path):
    made = document(GRID, cells)
    for name in ("one", "two"):
        bench.write(made, tmp_path / "experiments" / f"{name}.json")
    one, two = ((tmp_path / "experiments" / f"{n}.json").read_text() for n in ("one", "two"))
    assert one == two
    assert json.loads(one) == json.loads(json.dumps(made))
    assert len(one.splitlines()) < 3 * (len(made["rows"]) + len(made["baselines"]))
